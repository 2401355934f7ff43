import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../case/open.ts';
import { caseFields, identity, scratchFolder } from '../case/testing.ts';
import { verifyCase } from '../case/verify.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import { Random } from '../shared/random.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles } from './import-files.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet: Progress = { report: () => undefined, stopped: () => false };

const MOMENTS = 50;
const ROWS = 40_000;
const REJECTS = 400;

/** A log that takes a while, with new hosts and bad lines all along. */
function writeLog(path: string): void {
  const head = zeekConn.example.split('\n').filter((line) => /^#(?!close)/.test(line));
  const row = (i: number): string =>
    `17135568${String(i % 100).padStart(2, '0')}.000000\tC${i}\t10.${i % 250}.${i % 99}.7\t40000\t192.0.2.10\t443\ttcp\ts${i % 3000}\t1.5\t${i}\t2000\tSF`;
  const lines = Array.from({ length: ROWS }, (_, i) => (i % (ROWS / REJECTS) === 0 ? `bad\n${row(i)}` : row(i)));
  writeFileSync(path, `${[...head, ...lines].join('\n')}\n`);
}

function start(path: string, log: string): ChildProcess {
  return fork(join(import.meta.dirname, 'testing-kill.ts'), [path, log], { stdio: 'ignore', execArgv: [] });
}

/** What the case holds is whole, and what its custody log says. */
async function state(path: string): Promise<{ readonly ok: boolean; readonly evidence: number; readonly rows: number }> {
  const reader = openCaseForReading(path);
  try {
    const { ok } = await verifyCase(reader, {}, quiet);
    return { ok, evidence: reader.evidence().length, rows: reader.table('connection').rows };
  } finally {
    reader.close();
  }
}

it(`a process that is killed at any of ${MOMENTS} moments of an import leaves the case as it was, or with all of it; then it imports`, async () => {
  const log = join(scratch.path, 'conn.log');
  writeLog(log);
  const small = join(scratch.path, 'small.log');
  writeFileSync(small, zeekConn.example);
  const model = join(scratch.path, 'model.flowcase');
  const made = createCase(model, caseFields);
  await importFiles(made, { paths: [small], force: false }, quiet);
  made.close();

  // how long a whole import takes here and now
  copyFileSync(model, join(scratch.path, 'whole.flowcase'));
  const whole = start(join(scratch.path, 'whole.flowcase'), log);
  await once(whole, 'message');
  const began = performance.now();
  await once(whole, 'message');
  const duration = performance.now() - began;

  const random = new Random(20);
  const seen = new Set<string>();
  for (let i = 0; i < MOMENTS; i++) {
    const folder = join(scratch.path, String(i));
    mkdirSync(folder);
    const path = join(folder, 'case.flowcase');
    copyFileSync(model, path);
    const child = start(path, log);
    await once(child, 'message');
    const ended = once(child, 'exit');
    // one in each of as many equal stretches, and a little beyond the end
    const after = ((i + random.float()) / MOMENTS) * duration * 1.1;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, after)), ended]);
    child.kill('SIGKILL');
    await ended;

    // its lock and its write-ahead log are still there: nobody may be kept out by them
    const killed = existsSync(`${path}-wal`);
    const writer = openCaseForWriting(path, identity);
    const finished = writer.evidence().length === 2;
    seen.add(`${killed ? 'killed' : 'closed'} ${finished ? 'after' : 'before'} the end`);
    const rows = finished ? ROWS + 2 : 2;
    expect(await state(path)).toEqual({ ok: true, evidence: finished ? 2 : 1, rows });
    const { evidence, skipped } = await importFiles(writer, { paths: [log], force: false }, quiet);
    expect([evidence.length, skipped.length]).toEqual(finished ? [0, 1] : [1, 0]);
    if (!finished) expect(evidence[0]).toMatchObject({ rows: ROWS, rejected: REJECTS, lines: ROWS + REJECTS + 8 });
    writer.close();
    expect(await state(path)).toEqual({ ok: true, evidence: 2, rows: ROWS + 2 });
  }
  expect(seen).toContain('killed before the end');
}, 600_000);
