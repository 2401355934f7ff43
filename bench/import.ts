/** `node bench/import.ts [rows]`: import of a generated conn.log into a case, beside `sqlite3 .import` of the same file. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes, formatCount } from '../app/contract/format.ts';
import { connLog } from './lib/traffic.ts';

export interface ImportBench {
  readonly rows: number;
  readonly bytes: number;
  /** Best of the runs, seconds of the whole process; inside it for Flowcase too. */
  readonly flowcase: { readonly seconds: number; readonly inside: number; readonly maxRss: number; readonly caseBytes: number };
  /** Null where sqlite3 is not installed. */
  readonly sqlite: { readonly seconds: number; readonly fileBytes: number; readonly version: string } | null;
  /** How many times as fast as sqlite3, process by process. */
  readonly ratio: number | null;
}

const RUNS = 3;

/** The columns of a generated log, typed as a person would type them. */
const table = `CREATE TABLE conn(ts REAL, uid TEXT, orig_h TEXT, orig_p INTEGER, resp_h TEXT, resp_p INTEGER, proto TEXT, service TEXT,
  duration REAL, orig_bytes INTEGER, resp_bytes INTEGER, conn_state TEXT, local_orig TEXT, local_resp TEXT, missed_bytes INTEGER,
  history TEXT, orig_pkts INTEGER, orig_ip_bytes INTEGER, resp_pkts INTEGER, resp_ip_bytes INTEGER, tunnel_parents TEXT);`;
const HEADER_LINES = 8;

interface Child {
  readonly rows: number;
  readonly seconds: number;
  readonly maxRss: number;
}

/** Runs both in turns, each in a process of its own, and keeps the best of each. Same file, same columns, both onto the disk. */
export async function benchImport(rows = 1_000_000): Promise<ImportBench> {
  const log = await connLog(rows);
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-bench-'));
  try {
    const version = sqliteVersion();
    const ours: (Child & { readonly whole: number; readonly size: number })[] = [];
    const theirs: { readonly whole: number; readonly size: number }[] = [];
    for (let run = 0; run < RUNS; run++) {
      ours.push(importOnce(log, join(folder, `${run}.flowcase`), rows));
      if (version !== null) theirs.push(sqliteOnce(log, join(folder, `${run}.sqlite`), rows));
    }
    const best = ours.reduce((a, b) => (b.whole < a.whole ? b : a));
    const maxRss = Math.max(...ours.map((run) => run.maxRss));
    const peer = theirs.length === 0 ? null : theirs.reduce((a, b) => (b.whole < a.whole ? b : a));
    return {
      rows,
      bytes: statSync(log).size,
      flowcase: { seconds: best.whole, inside: best.seconds, maxRss, caseBytes: best.size },
      sqlite: peer === null || version === null ? null : { seconds: peer.whole, fileBytes: peer.size, version },
      ratio: peer === null ? null : peer.whole / best.whole,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importOnce(log: string, path: string, rows: number): Child & { readonly whole: number; readonly size: number } {
  const started = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(import.meta.dirname, 'lib/import-child.ts'), log, path], {
    encoding: 'utf8',
  });
  const whole = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`the import failed: ${stderr}`);
  const child = JSON.parse(stdout) as Child;
  if (child.rows !== rows) throw new Error(`${child.rows} of ${rows} rows came in`);
  return { ...child, whole, size: statSync(path).size };
}

function sqliteOnce(log: string, path: string, rows: number): { readonly whole: number; readonly size: number } {
  const script = `${table}\n.mode tabs\n.import --skip ${HEADER_LINES} "${log}" conn\n`;
  const started = performance.now();
  const { error } = spawnSync('sqlite3', [path], { input: script, encoding: 'utf8' });
  const whole = (performance.now() - started) / 1000;
  if (error !== undefined) throw error;
  // it takes the #close line for a row
  const { stdout } = spawnSync('sqlite3', [path, "SELECT count(*) FROM conn WHERE ts NOT LIKE '#%'"], { encoding: 'utf8' });
  if (Number(stdout.trim()) !== rows) throw new Error(`sqlite3 took ${stdout.trim()} of ${rows} rows`);
  return { whole, size: statSync(path).size };
}

function sqliteVersion(): string | null {
  const { stdout, error } = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
  return error === undefined ? stdout.split(' ')[0] : null;
}

function report({ rows, bytes, flowcase, sqlite, ratio }: ImportBench): string {
  const speed = (seconds: number): string =>
    `${formatCount(Math.round(rows / seconds))} rows/s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  return [
    `import of ${formatCount(rows)} connections (${formatBytes(bytes)}), best of ${RUNS} runs in turns, whole processes`,
    `  flowcase        ${flowcase.seconds.toFixed(2)} s   ${speed(flowcase.seconds)}, case ${formatBytes(flowcase.caseBytes)}, peak memory ${formatBytes(flowcase.maxRss)}`,
    `                  ${flowcase.inside.toFixed(2)} s   without starting Node: ${speed(flowcase.inside)}`,
    sqlite === null
      ? '  sqlite3         is not installed (apt-get install sqlite3): nothing to compare with'
      : `  sqlite3 .import ${sqlite.seconds.toFixed(2)} s   ${speed(sqlite.seconds)}, file ${formatBytes(sqlite.fileBytes)} (version ${sqlite.version})`,
    ...(ratio === null ? [] : [`  flowcase is ${ratio.toFixed(2)} times as fast`]),
  ].join('\n');
}

if (import.meta.main) console.log(report(await benchImport(Number(process.argv[2] ?? 1_000_000))));
