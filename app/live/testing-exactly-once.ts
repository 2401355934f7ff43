import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { openCaseForReading } from '../case/open.ts';
import { Random } from '../shared/random.ts';

const terminal = join(import.meta.dirname, '..', '..', 'main', 'start', 'flowcase.mjs');

/** A program that is killed, and what it has kept then. */
export interface Consumer {
  readonly name: string;
  /** What is told to Node to start it on a source; the same again after it was killed. */
  args(source: string): readonly string[];
  /** Sequence numbers of the lines that it kept, in no order. Only while it does not run. */
  kept(): readonly number[];
  /** How many lines it kept, by now. */
  count(): number;
}

/** A combined access log of requests with the numbers [from, to): the number is their size. */
export function writeNumberedLog(path: string, from: number, to: number): void {
  const lines: string[] = [];
  for (let i = from; i < to; i++) {
    const time = new Date(1_713_139_200_000 + i * 25).toISOString();
    const client = `198.51.${(i >> 8) & 127}.${i & 255}`;
    lines.push(`${client} - - [15/Apr/2024:${time.slice(11, 19)} +0000] "GET /item/${i % 977} HTTP/1.1" 200 ${i} "-" "probe/1.0"\n`);
  }
  writeFileSync(path, lines.join(''));
}

/** The source alone, over a scratch database. */
export function scratchConsumer(folder: string): Consumer {
  const path = join(folder, 'scratch.sqlite');
  const rows = <T>(sql: string, schema: z.ZodType<T>): T[] => {
    const database = new Database(path, { readonly: true });
    try {
      return database
        .prepare(sql)
        .all()
        .map((row) => schema.parse(row));
    } finally {
      database.close();
    }
  };
  return {
    name: 'the source by itself',
    args: (source) => [join(import.meta.dirname, 'testing-consumer.ts'), path, source],
    kept: () => rows('SELECT text FROM line', z.object({ text: z.string() })).map(({ text }) => numberIn(text)),
    count: () => {
      try {
        return rows('SELECT count(*) AS n FROM line', z.object({ n: z.number() }))[0].n;
      } catch {
        return 0; // not begun yet
      }
    },
  };
}

/** `flowcase watch`, over a case. */
export function watchConsumer(folder: string): Consumer {
  const path = join(folder, 'watched.flowcase');
  flowcase('new', path);
  return {
    name: 'flowcase watch',
    args: (source) => [terminal, 'watch', path, source],
    kept: () => {
      const [, ...values] = flowcase(
        'query',
        path,
        'status = 200',
        '--from',
        'requests',
        '--columns',
        'bytes',
        '--limit',
        '1000000',
        '--csv',
      )
        .trimEnd()
        .split(/\r?\n/);
      return values.map(Number);
    },
    count: () => {
      const reader = openCaseForReading(path);
      try {
        return reader.info().requests;
      } finally {
        reader.close();
      }
    },
  };
}

/** One command of the terminal. @throws Error with what it said */
export function flowcase(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [terminal, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`flowcase ${args[0]}: ${stderr}`);
  return stdout;
}

/** `flowcase produce`; resolves with its figures. */
export function startProduce(...args: readonly string[]): Promise<{ readonly records: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [terminal, 'produce', ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let said = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child.once('close', (code) => {
      if (code === 0) resolve(z.object({ records: z.number() }).parse(JSON.parse(out)));
      else reject(new Error(`flowcase produce: ${said}`));
    });
  });
}

/** What was seen of a consumer that was killed over and over. */
export interface Killed {
  /** Lines kept after each death. */
  readonly counts: readonly number[];
  /** What it said on standard error, the end of it. */
  readonly said: string;
}

/** How long a consumer may take to begin on a busy machine, milliseconds. */
const BEGIN = 30_000;

/**
 * Starts a consumer and kills it (SIGKILL), `kills` times: at any moment of its first seconds, and in turn at a moment when it has kept something new.
 * `between` happens after each start.
 */
export async function killOverAndOver(
  consumer: Consumer,
  source: string,
  kills: number,
  seed: number,
  between: (round: number) => Promise<void>,
): Promise<Killed> {
  const random = new Random(seed);
  const counts: number[] = [];
  let said = '';
  for (let round = 0; round < kills; round++) {
    const child = startConsumer(consumer, source, (text) => (said = (said + text).slice(-4000)));
    const before = consumer.count();
    const moment = random.float();
    const alive = async (): Promise<void> => {
      if (round % 2 === 1) return wait(moment * 3000);
      const until = performance.now() + BEGIN;
      while (consumer.count() === before && performance.now() < until && child.exitCode === null) await wait(50);
      await wait(moment * 500);
    };
    await Promise.all([alive(), between(round)]);
    await end(child, 'SIGKILL');
    counts.push(consumer.count());
  }
  return { counts, said };
}

/** Lets a consumer run until it has kept `count` lines, and a little longer for what comes twice; then stops it. */
export async function finish(consumer: Consumer, source: string, count: number, patience: number): Promise<void> {
  let said = '';
  const child = startConsumer(consumer, source, (text) => (said = (said + text).slice(-4000)));
  try {
    const until = performance.now() + patience;
    while (consumer.count() < count) {
      if (performance.now() > until || child.exitCode !== null)
        throw new Error(`${consumer.name} has ${consumer.count()} of ${count} lines: ${said}`);
      await wait(500);
    }
    await wait(2000);
  } finally {
    await end(child, 'SIGTERM');
  }
}

function startConsumer(consumer: Consumer, source: string, hear: (text: string) => void): ChildProcess {
  const child = spawn(process.execPath, [...consumer.args(source)], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (part: Buffer) => hear(part.toString()));
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

/** The number of a line of writeNumberedLog. */
function numberIn(line: string): number {
  return Number(/" 200 (\d+) "/.exec(line)?.[1] ?? NaN);
}
