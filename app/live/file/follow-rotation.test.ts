import { appendFileSync, readFileSync, renameSync, symlinkSync, truncateSync, unlinkSync, writeFileSync, copyFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CollectingSink, followThrough, inFolder, numberedLines as lines, type FollowHow } from './testing.ts';

let folder = '';
let log = '';

inFolder('access.log', (...made) => ([folder, log] = made));

/** What a program of the system packs. */
function packedBy(program: string): (bytes: Uint8Array) => Buffer {
  return (bytes) => execFileSync(program, ['-c'], { input: bytes, maxBuffer: 2 ** 28 });
}

const follow = (...how: FollowHow): Promise<CollectingSink> => followThrough(log, ...how);

describe('rotation', () => {
  it('by rename: the old file to its end, then the new one', async () => {
    const sink = await follow([
      () => writeFileSync(log, lines(0, 5)),
      () => {
        appendFileSync(log, lines(5, 8));
        renameSync(log, `${log}.1`);
        writeFileSync(log, lines(12, 14));
      },
      () => appendFileSync(`${log}.1`, `${lines(8, 12)}cut`),
    ]);
    expect(sink.text).toBe(`${lines(0, 12)}cut${lines(12, 14)}`);
    expect(sink.batches.map(({ begins }) => begins?.id ?? null)).toEqual(['1', null, null, null, '2']);
    expect(sink.batches.map(({ ends }) => ends ?? false)).toEqual([false, false, false, true, false]);
    expect(sink.faults).toEqual([]);
  });

  it('by copying and emptying: what was written in between is in the copy', async () => {
    const sink = await follow([
      () => writeFileSync(log, lines(0, 300)),
      () => {
        appendFileSync(log, lines(300, 310));
        copyFileSync(log, `${log}.1`);
        truncateSync(log);
        // longer than it was
        appendFileSync(log, lines(310, 900));
      },
    ]);
    expect(sink.text).toBe(lines(0, 900));
    expect(sink.faults).toEqual([]);
  });

  it.each([
    ['gz', gzipSync],
    ['zst', zstdCompressSync],
    ['bz2', packedBy('bzip2')],
    ['xz', packedBy('xz')],
  ])('by a copy packed as %s, while running and while not', async (ending, pack) => {
    const rotate = (): void => {
      appendFileSync(log, `${lines(3000, 3010)}cut`);
      writeFileSync(`${log}-20261121.${ending}`, pack(readFileSync(log)));
      writeFileSync(log, lines(3010, 3011));
    };
    writeFileSync(log, lines(0, 3000));
    const before = await follow([]);
    const running = await follow([rotate], before.last);
    expect(running.text).toBe(`${lines(3000, 3010)}cut${lines(3010, 3011)}`);
    const resumed = await follow([], before.last);
    expect(resumed.text).toBe(running.text);
    expect(resumed.batches.map(({ begins }) => begins?.id ?? null)).toEqual([null, null, '2']);
    expect([...running.faults, ...resumed.faults]).toEqual([]);
  });

  it('several times while nobody looked', async () => {
    writeFileSync(log, lines(0, 5));
    const before = await follow([]);
    appendFileSync(log, lines(5, 6));
    renameSync(log, `${log}.3`);
    writeFileSync(`${log}.2.gz`, gzipSync(lines(6, 9)));
    writeFileSync(`${log}.1`, lines(9, 12));
    writeFileSync(log, lines(12, 13));
    const sink = await follow([], before.last);
    expect(sink.text).toBe(lines(5, 13));
    expect(sink.batches.flatMap(({ begins }) => begins?.name ?? [])).toEqual(['access.log.2.gz', 'access.log.1', 'access.log']);
    expect(sink.batches.map(({ ends }) => ends ?? false)).toEqual([false, true, false, true, false, true, false]);
    expect(sink.faults).toEqual([]);
    expect((await follow([], sink.last)).text).toBe('');
  });

  it('emptied without a copy: said, and read from the beginning; what had no end is handed over', async () => {
    const sink = await follow([
      () => writeFileSync(log, `${lines(0, 50)}cut`),
      () => writeFileSync(log, lines(60, 61)),
      () => appendFileSync(log, lines(61, 99)),
    ]);
    expect(sink.text).toBe(`${lines(0, 50)}cut${lines(60, 99)}`);
    expect(sink.faults).toEqual([expect.stringMatching(/was emptied or replaced .* no copy/)]);
    const replaced = lines(200, 300);
    writeFileSync(log, replaced);
    const resumed = await follow([], sink.last);
    expect(resumed.text).toBe(replaced);
    expect(resumed.faults).toEqual([expect.stringMatching(/is not the file any more/)]);
    expect(resumed.batches.map(({ begins, ends }) => [begins?.id, ends])).toEqual([
      [undefined, true],
      ['3', undefined],
    ]);
  });

  it('deleted: waits until it is there again', async () => {
    const sink = await follow([
      () => writeFileSync(log, lines(0, 5)),
      () => unlinkSync(log),
      () => undefined,
      () => writeFileSync(log, lines(5, 7)),
    ]);
    expect(sink.text).toBe(lines(0, 7));
    expect(sink.faults).toEqual([]);
  });

  it('a link that is set to another file', async () => {
    const [first, second] = [join(folder, 'a'), join(folder, 'b')];
    const sink = await follow([
      () => {
        writeFileSync(first, lines(0, 5));
        symlinkSync(first, log);
      },
      () => {
        appendFileSync(first, lines(5, 6));
        writeFileSync(second, lines(6, 9));
        unlinkSync(log);
        symlinkSync(second, log);
      },
    ]);
    expect(sink.text).toBe(lines(0, 9));
    const appended = (): void => appendFileSync(second, 'x\n');
    expect((await follow([appended], sink.last)).text).toBe('x\n');
  });
});
