/**
 * `node bench/query.ts [rows ...]` (1 and 5 million unless told): what an analyst asks, put to the column store, to DuckDB with two threads
 * and to SQLite rows without an index. All three hold the same rows of one generated log and take turns in one process; every answer must be
 * equal, row by row. Flowcase answers as the product does: a reader of the case, the filter compiled anew, one thread.
 * Warm: columns that were asked for before lie decoded in memory. Cold: the first question to a case just opened (the file is in the
 * system's memory).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCaseForReading } from '../app/case/open.ts';
import { formatBytes, formatCount } from '../app/contract/format.ts';
import { duckPeer } from './lib/duck-peer.ts';
import type { Peer } from './lib/query-peer.ts';
import { questionsAbout, type Question, type Row } from './lib/questions.ts';
import { sqlitePeer } from './lib/sqlite-peer.ts';
import { connLog } from './lib/traffic.ts';

const RUNS = 5;
/** SQLite takes most of the time; its figures hardly change. */
const SQLITE_RUNS = 2;
/** Decoded columns kept in memory. */
const CACHE_BYTES = 512 * 2 ** 20;
const WANTED = { duck: 1, sqlite: 25 };

export interface QueryTimes {
  readonly question: string;
  /** Milliseconds, best of the runs. */
  readonly warm: number;
  readonly cold: number;
  readonly duck: number;
  readonly sqlite: number;
  /** Milliseconds of processors, warm: one thread here, two there. Says more than the clock where the machine is busy. */
  readonly cpu: { readonly flowcase: number; readonly duck: number };
}

/** @throws Error where an answer differs */
export async function benchQuery(rows: number): Promise<readonly QueryTimes[]> {
  const log = await connLog(rows);
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-bench-'));
  try {
    const path = join(folder, 'query.flowcase');
    importLog(log, path);
    const duck = await duckPeer(log);
    const sqlite = await sqlitePeer(log, join(folder, 'query.sqlite'));
    console.log(`${formatCount(rows)} connections, best of ${RUNS} runs in turns (SQLite ${SQLITE_RUNS}), milliseconds`);
    console.log(
      `  case ${formatBytes(statSync(path).size)}, one thread, ${formatBytes(CACHE_BYTES)} for decoded columns; ${duck.title}; ${sqlite.title}`,
    );
    const times = await measureAll(path, duck, sqlite);
    duck.close();
    sqlite.close();
    return times;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importLog(log: string, path: string): void {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'lib/import-child.ts'), log, path], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the import failed: ${stderr}`);
}

async function measureAll(path: string, duck: Peer, sqlite: Peer): Promise<QueryTimes[]> {
  const reader = openCaseForReading(path, { cacheBytes: CACHE_BYTES });
  const host = String(questionsAbout('')[0].ours(reader)[0][0]);
  const times: QueryTimes[] = [];
  for (const question of questionsAbout(host)) {
    const best = {
      question: question.title,
      warm: Infinity,
      cold: Infinity,
      duck: Infinity,
      sqlite: Infinity,
      cpu: { flowcase: Infinity, duck: Infinity },
    };
    let rows = 0;
    for (let run = 0; run <= RUNS; run++) {
      const cold = timed(() => {
        const fresh = openCaseForReading(path, { cacheBytes: CACHE_BYTES });
        const answer = question.ours(fresh);
        fresh.close();
        return answer;
      });
      const started = process.cpuUsage();
      const warm = timed(() => question.ours(reader));
      const ourCpu = millisecondsOf(process.cpuUsage(started));
      const theirs = await duck.ask(question.sql(duck.div));
      mustBeEqual(question, warm.rows, theirs.rows, duck);
      const others = run < SQLITE_RUNS ? await sqlite.ask(question.sql(sqlite.div)) : null;
      if (others !== null) mustBeEqual(question, warm.rows, others.rows, sqlite);
      rows = warm.rows.length;
      // The first run warms everybody up; SQLite has nothing to warm that a run of it would not outlast.
      if (run > 0) {
        best.cold = Math.min(best.cold, cold.milliseconds);
        best.warm = Math.min(best.warm, warm.milliseconds);
        best.duck = Math.min(best.duck, theirs.milliseconds);
        best.cpu = { flowcase: Math.min(best.cpu.flowcase, ourCpu), duck: Math.min(best.cpu.duck, theirs.cpu) };
      }
      best.sqlite = Math.min(best.sqlite, others?.milliseconds ?? Infinity);
    }
    console.log(line(`${question.title} (${formatCount(rows)} rows)`, best));
    times.push(best);
  }
  reader.close();
  return times;
}

function millisecondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

function timed(answer: () => Row[]): { readonly rows: Row[]; readonly milliseconds: number } {
  const started = performance.now();
  const rows = answer();
  return { rows, milliseconds: performance.now() - started };
}

function mustBeEqual(question: Question, ours: readonly Row[], theirs: readonly Row[], peer: Peer): void {
  const different = Array.from({ length: Math.max(ours.length, theirs.length) }, (_, r) => r).find(
    (r) => JSON.stringify(ours[r]) !== JSON.stringify(theirs[r]),
  );
  if (different === undefined) return;
  throw new Error(
    `${question.title}: row ${different} is ${JSON.stringify(ours[different])}, and ${JSON.stringify(theirs[different])} by ${peer.title}`,
  );
}

function line(title: string, { warm, cold, duck, sqlite }: Omit<QueryTimes, 'question' | 'cpu'>): string {
  const figure = (value: number, width: number): string => value.toFixed(1).padStart(width);
  return `  ${title.padEnd(66)} flowcase ${figure(warm, 7)} (cold ${figure(cold, 7)})   DuckDB ${figure(duck, 7)} ${ratio(duck, warm)}   SQLite ${figure(sqlite, 9)} ${ratio(sqlite, warm)}`;
}

function ratio(theirs: number, ours: number): string {
  return `${(theirs / ours).toFixed(1).padStart(6)} x`;
}

function totalOf(times: readonly QueryTimes[]): Omit<QueryTimes, 'question'> {
  const sum = (pick: (one: QueryTimes) => number): number => times.reduce((total, one) => total + pick(one), 0);
  const cpu = { flowcase: sum((one) => one.cpu.flowcase), duck: sum((one) => one.cpu.duck) };
  return {
    cpu,
    warm: sum((one) => one.warm),
    cold: sum((one) => one.cold),
    duck: sum((one) => one.duck),
    sqlite: sum((one) => one.sqlite),
  };
}

if (import.meta.main) {
  const asked = process.argv.slice(2).map(Number);
  for (const rows of asked.length === 0 ? [1_000_000, 5_000_000] : asked) {
    const total = totalOf(await benchQuery(rows));
    console.log(line('total', total));
    console.log(
      `  of processors: flowcase ${total.cpu.flowcase.toFixed(0)}, DuckDB ${total.cpu.duck.toFixed(0)} ${ratio(total.cpu.duck, total.cpu.flowcase)}`,
    );
    if (total.duck / total.warm < WANTED.duck || total.sqlite / total.warm < WANTED.sqlite) {
      console.error(`  less than ${WANTED.duck} times as fast as DuckDB, or than ${WANTED.sqlite} times as SQLite`);
      process.exitCode = 1;
    }
  }
}
