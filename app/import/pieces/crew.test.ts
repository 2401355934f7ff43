import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCase } from '../../case/open.ts';
import { caseFields, scratchFolder } from '../../case/testing.ts';
import type { CaseWriter } from '../../case/types.ts';
import type { ImportResult } from '../../contract/case.ts';
import { zeekConn } from '../../formats/zeek-tsv.ts';
import type { Progress } from '../../shared/progress.ts';
import { importFiles } from '../import-files.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

let cases = 0;
let folder = '';
let writer: CaseWriter;
beforeEach(() => {
  folder = join(scratch.path, String(++cases));
  mkdirSync(folder);
  writer = createCase(join(folder, 'case.flowcase'), caseFields);
  return () => writer.close();
});

/** More than a file that is read without threads. */
function longLog(name: string, rows = 70_000, host = '10.0.0.1'): string {
  const head = zeekConn.example.split('\n').filter((line) => /^#(?!close)/.test(line));
  const row = (i: number): string => `1713556800.000000\tC${i}\t${host}\t40000\t192.0.2.10\t443\ttcp\tssl\t1.500000\t${i}\t2000\tSF`;
  const path = join(folder, name);
  writeFileSync(path, `${[...head, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')}\n`);
  return path;
}

const quiet: Progress = { report: () => undefined, stopped: () => false };

/** The real thread, with this run in it first. */
function createThread(first = '', resourceLimits = {}): Worker {
  const entry = new URL('./parse-thread.ts', import.meta.url).href;
  const code = `import { parentPort } from 'node:worker_threads'; ${first}; await import(${JSON.stringify(entry)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { resourceLimits });
}

const run = (paths: string[], start: () => Worker, progress = quiet): Promise<ImportResult> =>
  importFiles(writer, { paths, force: false }, progress, { threads: 3, createThread: start });

describe('threads that read', () => {
  it('are started for long files alone, once for a job, and ended with it', async () => {
    const started: Worker[] = [];
    const exits: Promise<unknown>[] = [];
    const start = (): Worker => {
      const worker = createThread();
      started.push(worker);
      exits.push(new Promise((resolve) => worker.once('exit', resolve)));
      return worker;
    };
    await run([longLog('short.log', 100, '10.0.0.3')], start);
    expect(started).toHaveLength(0);
    const { evidence } = await run([longLog('a.log'), longLog('b.log', 71_000, '10.0.0.2')], start);
    expect(evidence.map(({ rows }) => rows)).toEqual([70_000, 71_000]);
    expect(started).toHaveLength(3);
    await Promise.all(exits);
  });

  it.each([
    ['ends', 'parentPort.once("message", () => process.exit(1))', {}, /ended unexpectedly/],
    ['throws', 'parentPort.once("message", () => { throw new Error("broken"); })', {}, /ended unexpectedly/],
    [
      'runs out of memory',
      'parentPort.once("message", () => { const all = []; for (;;) all.push(new Array(1e6).fill({})); })',
      { maxOldGenerationSizeMb: 32 },
      /ran out of memory/,
    ],
  ])('that %s: one clear error, and the case is as it was', async (_, first, limits, message) => {
    const path = longLog('conn.log');
    const error: unknown = await run([path], () => createThread(first, limits)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PROCESS_DIED' });
    expect((error as Error).message).toMatch(message);
    expect(writer.info()).toMatchObject({ evidence: 0, connections: 0, custody: { entries: 1 } });
    expect((await run([path], createThread)).evidence).toMatchObject([{ rows: 70_000 }]);
  });

  it('are left at once where the import is cancelled while they read', async () => {
    const path = longLog('conn.log');
    let stopped = false;
    const wait = 'parentPort.once("message", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000))';
    const cancelled = run([path], () => createThread(wait), { report: () => undefined, stopped: () => stopped });
    setTimeout(() => (stopped = true), 300);
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(writer.info()).toMatchObject({ evidence: 0, custody: { entries: 1 } });
  }, 15_000);
});
