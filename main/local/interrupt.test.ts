import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openCaseForReading } from '../../app/case/open.ts';
import { ServeBench } from './testing-serve.ts';

/** `flowcase` as a program of its own that is told to end, at every moment of its life. */
const bench = new ServeBench();
const empty = join(bench.folder, 'empty.flowcase');
/** So many files take seconds: none of the moments below is after the end. */
const FILES = 3000;

beforeAll(async () => {
  await (await bench.withCase(0)).close();
  copyFileSync(bench.casePath, empty);
  mkdirSync(join(bench.folder, 'logs'));
  for (let file = 0; file < FILES; file++) {
    const line = `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /${file} HTTP/1.1" 200 5 "-" "-"\n`;
    writeFileSync(join(bench.folder, 'logs', `${file}.log`), line);
  }
});
beforeEach(() => {
  for (const name of besides()) rmSync(join(bench.folder, name));
  copyFileSync(empty, bench.casePath);
});
afterAll(() => bench.close());

const besides = (): string[] => readdirSync(bench.folder).filter((name) => name.startsWith(basename(bench.casePath)));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
}

/** Runs a command and sends it the signal when `moment` has come. */
async function end(signal: NodeJS.Signals, moment: () => Promise<unknown>, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), ...args], {
    cwd: bench.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, FLOWCASE_DATA: join(bench.folder, 'data') },
  });
  let err = '';
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([moment(), closed]);
  child.kill(signal);
  const [code, by] = await closed;
  return { code, signal: by, err };
}

/** The case is being opened: its lock is there. */
async function opening(): Promise<void> {
  const until = performance.now() + 20_000;
  while (!existsSync(`${bench.casePath}-lock`) && performance.now() < until) await wait(1);
}

function evidence(): number {
  const reader = openCaseForReading(bench.casePath);
  try {
    return reader.evidence().length;
  } finally {
    reader.close();
  }
}

/** Nothing is in the case, nothing lies beside it, and a person was told, or nothing had begun. */
function expectCancelled({ code, signal, err }: Ended, sent: NodeJS.Signals): void {
  if (signal === null) expect([code, err]).toEqual([1, expect.stringMatching(/cancelled\. The case is as it was before\./)]);
  else expect([signal, err]).toEqual([sent, '']);
  expect(besides()).toEqual([basename(bench.casePath)]);
  expect(evidence()).toBe(0);
}

it.each([0, 100, 200, 300, 400, 500, 600, 700, 900, 1200])('an import is cancelled after %i ms', async (milliseconds) => {
  expectCancelled(await end('SIGINT', () => wait(milliseconds), 'import', 'a.flowcase', 'logs'), 'SIGINT');
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s while the case is being opened, and once it is read into', async (signal) => {
  const early = await end(signal, opening, 'import', 'a.flowcase', 'logs');
  expectCancelled(early, signal);
  expect(early.code).toBe(1);
  const later = await end(signal, () => opening().then(() => wait(300)), 'import', 'a.flowcase', 'logs');
  expectCancelled(later, signal);
  expect(later.code).toBe(1);
});

it.each([
  ['cluster', 'a.flowcase'],
  ['train', 'a.flowcase', '--label', 'application'],
  ['anomalies', 'a.flowcase'],
  ['export', 'a.flowcase', 'connections', '--out', 'out.csv'],
  ['report', 'a.flowcase', '--out', 'out.pdf'],
  ['verify', 'a.flowcase'],
])('%s is cancelled while the case is being opened', async (...args) => {
  const ended = await end('SIGTERM', opening, ...args);
  expectCancelled(ended, 'SIGTERM');
  expect(ended.code).toBe(1);
});
