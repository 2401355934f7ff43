/** Import of a file into a case beside another program's, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes, formatCount } from '../../app/contract/format.ts';

/** Another program that takes a file in. */
export interface Peer {
  /** As the report names it: "sqlite3 .import". */
  readonly name: string;
  /** Null where it is not installed: `advice` says how to get it. */
  readonly version: string | null;
  readonly advice: string;
  /** Takes the file into a new file at `path`. Returns the seconds of the whole process. @throws where rows are missing */
  run(path: string): number;
}

export interface ImportRace {
  readonly rows: number;
  readonly bytes: number;
  /** Best of the runs, seconds of the whole process; inside it for Flowcase too. */
  readonly flowcase: { readonly seconds: number; readonly inside: number; readonly maxRss: number; readonly caseBytes: number };
  /** Null where it is not installed. */
  readonly peer: { readonly seconds: number; readonly fileBytes: number } | null;
  /** How many times as fast as the peer, process by process. */
  readonly ratio: number | null;
}

const RUNS = 3;

interface Child {
  readonly rows: number;
  readonly seconds: number;
  readonly maxRss: number;
}

/** Runs both in turns and keeps the best of each. Same file, both onto the disk. */
export function race(log: string, rows: number, peer: Peer): ImportRace {
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-bench-'));
  try {
    const ours: (Child & { readonly whole: number; readonly size: number })[] = [];
    const theirs: { readonly whole: number; readonly size: number }[] = [];
    for (let run = 0; run < RUNS; run++) {
      ours.push(importOnce(log, join(folder, `${run}.flowcase`), rows));
      if (peer.version === null) continue;
      const path = join(folder, `${run}.peer`);
      theirs.push({ whole: peer.run(path), size: statSync(path).size });
    }
    const best = ours.reduce((a, b) => (b.whole < a.whole ? b : a));
    const fastest = theirs.length === 0 ? null : theirs.reduce((a, b) => (b.whole < a.whole ? b : a));
    return {
      rows,
      bytes: statSync(log).size,
      flowcase: { seconds: best.whole, inside: best.seconds, maxRss: Math.max(...ours.map((run) => run.maxRss)), caseBytes: best.size },
      peer: fastest === null ? null : { seconds: fastest.whole, fileBytes: fastest.size },
      ratio: fastest === null ? null : fastest.whole / best.whole,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importOnce(log: string, path: string, rows: number): Child & { readonly whole: number; readonly size: number } {
  const started = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(import.meta.dirname, 'import-child.ts'), log, path], {
    encoding: 'utf8',
  });
  const whole = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`the import failed: ${stderr}`);
  const child = JSON.parse(stdout) as Child;
  if (child.rows !== rows) throw new Error(`${child.rows} of ${rows} rows came in`);
  return { ...child, whole, size: statSync(path).size };
}

/** `sqlite3 .import` of the file into a typed table: `create` makes the table, `how` is what the shell is told; `count` must give the rows. */
export function sqlitePeer(sql: { readonly create: string; readonly how: string; readonly count: string }, rows: number): Peer {
  const { stdout, error } = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
  return {
    name: 'sqlite3 .import',
    version: error === undefined ? stdout.split(' ')[0] : null,
    advice: 'apt-get install sqlite3',
    run(path) {
      const started = performance.now();
      const { error: failed } = spawnSync('sqlite3', [path], { input: `${sql.create}\n${sql.how}\n`, encoding: 'utf8' });
      const whole = (performance.now() - started) / 1000;
      if (failed !== undefined) throw failed;
      const { stdout: counted } = spawnSync('sqlite3', [path, sql.count], { encoding: 'utf8' });
      if (Number(counted.trim()) !== rows) throw new Error(`sqlite3 took ${counted.trim()} of ${rows} rows`);
      return whole;
    },
  };
}

/** The race in words; `what`: "connections". */
export function raceReport(what: string, peer: Peer, result: ImportRace): string {
  const { rows, bytes, flowcase, ratio } = result;
  const speed = (seconds: number): string =>
    `${formatCount(Math.round(rows / seconds))} rows/s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  return [
    `import of ${formatCount(rows)} ${what} (${formatBytes(bytes)}), best of ${RUNS} runs in turns, whole processes`,
    `  flowcase        ${flowcase.seconds.toFixed(2)} s   ${speed(flowcase.seconds)}, case ${formatBytes(flowcase.caseBytes)}, peak memory ${formatBytes(flowcase.maxRss)}`,
    `                  ${flowcase.inside.toFixed(2)} s   without starting Node: ${speed(flowcase.inside)}`,
    result.peer === null
      ? `  ${peer.name} is not installed (${peer.advice}): nothing to compare with`
      : `  ${peer.name.padEnd(15)} ${result.peer.seconds.toFixed(2)} s   ${speed(result.peer.seconds)}, file ${formatBytes(result.peer.fileBytes)} (version ${peer.version ?? ''})`,
    ...(ratio === null ? [] : [`  flowcase is ${ratio.toFixed(2)} times as fast`]),
  ].join('\n');
}
