import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  copyFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../../errors.ts';
import { LINE_LIMIT } from '../../formats/types.ts';
import type { Position } from '../types.ts';
import { followFile, type FollowOptions } from './follow-file.ts';
import { CollectingSink, followThrough, inFolder, ScriptedClock, stored } from './testing.ts';

let folder = '';
let log = '';

inFolder('access.log', (...made) => ([folder, log] = made));

/** What a program of the system packs. */
function packedBy(program: string): (bytes: Uint8Array) => Buffer {
  return (bytes) => execFileSync(program, ['-c'], { input: bytes, maxBuffer: 2 ** 28 });
}

/** Numbered lines. */
function lines(from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += `192.0.2.${i % 250} line ${i} ${'x'.repeat(i % 90)}\n`;
  return text;
}

function follow(
  acts: readonly (() => void)[],
  from: Position | null = null,
  options: Partial<FollowOptions> = {},
): Promise<CollectingSink> {
  return followThrough(log, acts, from, options);
}

describe('a file that grows', () => {
  it('gives whole lines, and the rest of a line when it comes', async () => {
    const sink = await follow([
      () => writeFileSync(log, 'one\ntw'),
      () => appendFileSync(log, 'o'),
      () => appendFileSync(log, '\r\nthree\n\nfour'),
    ]);
    expect(sink.batches.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['one\n', 'two\r\nthree\n\n']);
    expect(sink.batches[0].begins).toMatchObject({ path: log, name: 'access.log', byte: 0, line: 0, head: null });
    expect(sink.batches[1].begins).toBe(null);
    expect(sink.last).toMatchObject({ current: 1, files: [{ mark: { byte: 16, line: 4 } }] });
    expect(sink.faults).toEqual([]);
  });

  it('begins at its end where that is asked, behind its last whole line, with its head', async () => {
    writeFileSync(log, `${lines(0, 400)}unfin`);
    const sink = await follow([() => appendFileSync(log, `ished\n${lines(400, 410)}`)], null, { from: 'end' });
    expect(sink.text).toBe(`unfinished\n${lines(400, 410)}`);
    const before = Buffer.from(lines(0, 400));
    expect(sink.batches[0].begins).toMatchObject({ byte: before.length, line: 400 });
    expect(Buffer.from(sink.batches[0].begins?.head ?? [])).toEqual(before);
    expect(sink.last).toMatchObject({ files: [{ mark: { line: 411 } }] });
  });

  it('goes on where any batch ended', async () => {
    const acts = [0, 1, 2, 3, 4].map((i) => () => appendFileSync(log, `${lines(i * 7, i * 7 + 7)}half`));
    const whole = await follow(acts);
    for (const [i, batch] of whole.batches.entries()) {
      const rest = await follow([], stored(batch.after));
      expect(rest.text).toBe(Buffer.concat(whole.batches.slice(i + 1).map(({ bytes }) => bytes)).toString());
      for (const { begins } of rest.batches) expect(begins).toBe(null);
    }
  });

  it('waits while the sink has no room, and stops in between', async () => {
    writeFileSync(log, lines(0, 100_000));
    const stop = new AbortController();
    let waiting = 0;
    const sink = new CollectingSink(async () => {
      waiting++;
      expect(waiting).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      waiting--;
      if (sink.batches.length === 2) stop.abort();
    });
    const source = followFile({ path: log, from: 'beginning' });
    await source.run(sink, null, stop.signal);
    expect(sink.batches).toHaveLength(3);
    const rest = await follow([], sink.last);
    expect(sink.text + rest.text).toBe(lines(0, 100_000));
  });

  it('ends where the sink is to stop, and fails with what else it throws', async () => {
    writeFileSync(log, 'one\n');
    const stopped = new CollectingSink(() => {
      throw new FlowcaseError('CANCELLED', 'stop');
    });
    await followFile({ path: log, from: 'beginning' }).run(stopped, null, new AbortController().signal);
    // an error of the system, but not of the file
    const failing = new CollectingSink(() => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    });
    const source = followFile({ path: log, from: 'beginning' });
    await expect(source.run(failing, null, new AbortController().signal)).rejects.toThrow('no space');
    expect(source.gauge).toMatchObject({ state: 'failed', why: 'no space' });
  });

  it('hands over a line that is too long without holding all of it, and what follows exactly', async () => {
    writeFileSync(log, 'before\n');
    const long = 'x'.repeat(12 * LINE_LIMIT);
    const sink = await follow([
      () => appendFileSync(log, long),
      () => appendFileSync(log, `${long}\nafter\nand\n`),
      () => appendFileSync(log, 'more\n'),
    ]);
    const texts = sink.batches.map(({ bytes }) => Buffer.from(bytes).toString());
    expect(texts[1].length).toBeGreaterThan(LINE_LIMIT + 1);
    expect(texts[1].length).toBeLessThan(LINE_LIMIT + 10);
    expect(texts.map((text) => text.slice(-6))).toEqual(['efore\n', 'xxxxx\n', 'r\nand\n', 'more\n']);
    expect(sink.batches[1]).toMatchObject({ ends: true, begins: null });
    expect(sink.batches[2].begins).toMatchObject({ id: '2', byte: 7 + 24 * LINE_LIMIT + 1, line: 2 });
    expect(sink.faults).toHaveLength(1);
    expect((await follow([], stored(sink.batches[1].after))).text).toBe('after\nand\nmore\n');
  });

  it('hands over a long line whole where it is held', async () => {
    const long = `${'y'.repeat(3 * LINE_LIMIT)}\n`;
    const sink = await follow([() => writeFileSync(log, long.slice(0, 50)), () => appendFileSync(log, long.slice(50))]);
    expect(sink.text).toBe(long);
    expect(sink.faults).toEqual([]);
  });

  it('waits for a file that is not there, and says so', async () => {
    const stop = new AbortController();
    const source = followFile({ path: log, from: 'end', clock: new ScriptedClock(() => stop.abort()) });
    const run = source.run(new CollectingSink(), null, stop.signal);
    expect(source.gauge.state).toBe('starting');
    await run;
    expect(source.gauge.why).toBe(`for ${log} to appear`);
    // one that comes later is read whole
    expect((await follow([() => writeFileSync(log, 'first\n')], null, { from: 'end' })).text).toBe('first\n');
  });

  it('refuses a folder and a position that is none', async () => {
    const never = new AbortController().signal;
    await expect(followFile({ path: folder, from: 'end' }).run(new CollectingSink(), null, never)).rejects.toThrow(/is a folder/);
    await expect(followFile({ path: log, from: 'end' }).run(new CollectingSink(), { form: 9 }, never)).rejects.toThrow(
      /cannot be understood/,
    );
  });
});

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

describe('a pattern', () => {
  it('follows several files, each as a stretch, and new ones', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, `${name}.log`));
    mkdirSync(join(folder, 'folder.log'));
    const sink = await follow(
      [
        () => {
          writeFileSync(a, 'a1\n');
          writeFileSync(b, 'b1\n');
        },
        () => appendFileSync(a, 'a2\n'),
        () => writeFileSync(c, 'c1\n'),
        () => appendFileSync(c, 'c2\n'),
      ],
      null,
      { path: join(folder, '*.log') },
    );
    expect(sink.text).toBe('a1\nb1\na2\nc1\nc2\n');
    expect(sink.batches.map(({ begins }) => (begins === null ? null : [begins.id, begins.name, begins.byte]))).toEqual([
      ['1', 'a.log', 0],
      ['2', 'b.log', 0],
      ['1', 'a.log', 3],
      ['3', 'c.log', 0],
      null,
    ]);
    appendFileSync(b, 'b2\n');
    const rest = await follow([], sink.last, { path: join(folder, '*.log') });
    expect(rest.text).toBe('b2\n');
    expect(rest.batches[0].begins).toMatchObject({ id: '2', byte: 3, line: 1 });
  });

  it('that takes in rotated files reads none of them twice', async () => {
    const path = join(folder, 'access.log*');
    writeFileSync(`${log}.1`, lines(0, 10));
    writeFileSync(log, lines(10, 20));
    const sink = await follow(
      [
        () => appendFileSync(log, lines(20, 30)),
        () => {
          renameSync(`${log}.1`, `${log}.2`);
          renameSync(log, `${log}.1`);
          writeFileSync(log, lines(30, 40));
        },
        ...Array.from({ length: 12 }, () => () => undefined),
        () => {
          copyFileSync(log, `${log}.0`);
          writeFileSync(log, lines(40, 50));
        },
        ...Array.from({ length: 12 }, () => () => undefined),
        () => writeFileSync(`${log}.3.gz`, gzipSync(lines(0, 10))),
      ],
      null,
      { path },
    );
    expect(sink.text.split('\n').sort()).toEqual(lines(0, 50).split('\n').sort());
    expect((await follow([], sink.last, { path })).text).toBe('');
    expect(sink.faults).toEqual([]);
  });

  it('goes on behind the end of files that were quiet so far', async () => {
    const [a, b] = ['a', 'b'].map((name) => join(folder, `${name}.log`));
    writeFileSync(a, lines(0, 9));
    writeFileSync(b, lines(100, 109));
    const path = join(folder, '*.log');
    const sink = await follow([() => appendFileSync(a, 'x\n')], null, { path, from: 'end' });
    expect(sink.text).toBe('x\n');
    appendFileSync(b, 'y\n');
    const rest = await follow([], sink.last, { path, from: 'end' });
    expect(rest.text).toBe('y\n');
    expect(rest.batches[0].begins).toMatchObject({ line: 9 });
  });
});
