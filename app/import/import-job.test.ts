import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCaseForReading } from '../case/open.ts';
import type { Progress } from '../shared/progress.ts';
import { codes, ImportBench, longLog, sample } from './testing-import.ts';

const bench = new ImportBench();

describe('importing folders', () => {
  it('takes every log in the order of names, leaves hidden files out, and refuses strangers without stopping', async () => {
    bench.file('logs/b/conn.log', sample);
    bench.file('logs/a.log', longLog(3));
    bench.file('logs/readme.txt', 'hello\n');
    bench.file('logs/.hidden/conn.log', longLog(4));
    bench.file('logs/.conn.log', longLog(5));
    const result = await bench.run([join(bench.folder, 'logs')]);
    expect(result.evidence.map(({ path }) => path)).toEqual([join(bench.folder, 'logs/a.log'), join(bench.folder, 'logs/b/conn.log')]);
    expect(codes(result)).toEqual([[join(bench.folder, 'logs/readme.txt'), 'FORMAT_UNKNOWN']]);
  });

  it('says of a folder that it gave nothing', async () => {
    mkdirSync(join(bench.folder, 'empty'));
    bench.file('texts/readme.txt', 'hello\n');
    const result = await bench.run([join(bench.folder, 'empty'), join(bench.folder, 'texts')]);
    expect(result.refused.map(({ path }) => path).sort()).toEqual([
      join(bench.folder, 'empty'),
      join(bench.folder, 'texts'),
      join(bench.folder, 'texts/readme.txt'),
    ]);
  });

  it.skipIf(process.platform === 'win32')('follows links but goes round no circle, and opens no pipe', async () => {
    bench.file('logs/conn.log', sample);
    symlinkSync(join(bench.folder, 'logs'), join(bench.folder, 'logs/again'));
    symlinkSync(join(bench.folder, 'logs/conn.log'), join(bench.folder, 'logs/link.log'));
    symlinkSync(join(bench.folder, 'logs/self'), join(bench.folder, 'logs/self'));
    spawnSync('mkfifo', [join(bench.folder, 'logs/pipe')]);
    const result = await bench.run([join(bench.folder, 'logs'), join(bench.folder, 'logs/conn.log'), '/dev/zero']);
    expect(result.evidence).toHaveLength(1);
    expect(codes(result)).toEqual([
      [join(bench.folder, 'logs/pipe'), 'FILE_UNREADABLE'],
      [join(bench.folder, 'logs/self'), 'FILE_UNREADABLE'],
      ['/dev/zero', 'FILE_UNREADABLE'],
    ]);
  });
});

describe('the job', () => {
  it('tells how far it is, and lets others run meanwhile', async () => {
    const path = bench.file('conn.log', longLog(60_000));
    const told: { readonly done: number; readonly total: number | null; readonly note: string }[] = [];
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await bench.run([path], {}, { report: (done, total, _, note) => void told.push({ done, total, note }), stopped: () => false });
    running = false;
    expect(turns).toBeGreaterThan(4);
    expect(told.length).toBeGreaterThan(0);
    expect(
      told.every(({ done, total }, i) => total === statSync(path).size && done <= total && (i === 0 || done >= told[i - 1].done)),
    ).toBe(true);
    expect(told.at(-1)?.note).toMatch(/^conn\.log/);
  });

  it('leaves the case as it was when it is cancelled, files that it had finished too', async () => {
    await bench.run([bench.file('before.log', longLog(10))]);
    const kept = bench.writer.evidence();
    const [first, second] = [bench.file('first.log', sample), bench.file('second.log', longLog(30_000))];
    let finished = false;
    const progress: Progress = { report: (_, __, ___, note) => void (finished ||= note.startsWith('second')), stopped: () => finished };
    await expect(bench.run([first, second], {}, progress)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(bench.writer.evidence()).toEqual(kept);
    expect(bench.writer.info()).toMatchObject({ evidence: 1, connections: 10, rejects: 0 });
    bench.writer.close();
    const reader = openCaseForReading(bench.writer.path);
    expect(reader.table('connection').rows).toBe(10);
    expect(reader.custody().map(({ act }) => act)).toEqual(['case.created', 'evidence.imported', 'evidence.imported', 'evidence.removed']);
    reader.close();
  });

  it('lets what goes wrong with the case through, and leaves nothing behind', async () => {
    const path = bench.file('conn.log', sample);
    const failing: Progress = {
      report: () => {
        throw new RangeError('the case, not the file');
      },
      stopped: () => false,
    };
    await expect(bench.run([path], {}, failing)).rejects.toThrow('the case, not the file');
    expect(bench.writer.info()).toMatchObject({ evidence: 0, connections: 0 });
    expect((await bench.run([path])).evidence).toHaveLength(1);
  });
});
