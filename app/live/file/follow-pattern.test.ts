import { appendFileSync, mkdirSync, renameSync, writeFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CollectingSink, followThrough, inFolder, numberedLines as lines, type FollowHow } from './testing.ts';

let folder = '';
let log = '';

inFolder('access.log', (...made) => ([folder, log] = made));

const follow = (...how: FollowHow): Promise<CollectingSink> => followThrough(log, ...how);

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
