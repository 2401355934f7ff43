/** Import of a file into a case beside other programs', each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatBytes, formatCount } from '../../app/contract/format.ts';
import { builtImport } from './built.ts';
import { compiledFolder } from './traffic.ts';

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

/** The best of a peer's runs. */
interface PeerResult {
  readonly seconds: number;
  readonly fileBytes: number;
}

export interface ImportRaces {
  readonly rows: number;
  readonly bytes: number;
  /** Best of the runs, seconds of the whole process; inside it too. */
  readonly flowcase: {
    readonly seconds: number;
    readonly inside: number;
    /** Seconds of all threads, user and system; and what an import of a few lines takes. */
    readonly cpu: number;
    readonly start: Start;
    readonly maxRss: number;
    readonly caseBytes: number;
  };
  /** Each of the peers in their order; null where it is not installed. */
  readonly peers: readonly (PeerResult | null)[];
  /** How many times as fast as each, process by process. */
  readonly ratios: readonly (number | null)[];
}

export type ImportRace = Omit<ImportRaces, 'peers' | 'ratios'> & { readonly peer: PeerResult | null; readonly ratio: number | null };

/** Short runs are told apart from noise by more of them. */
const RUNS = 5;
const LONG_RUNS = 3;
const LONG_BYTES = 2 ** 28;
const importChild = await builtImport();

interface Child {
  readonly rows: number;
  readonly seconds: number;
  /** Where it was asked for. */
  readonly cpu?: number;
  readonly maxRss: number;
}

/** Runs all in turns and keeps the best of each. Same file, all onto the disk. */
export function races(log: string, rows: number, peers: readonly Peer[]): ImportRaces {
  const runs = statSync(log).size < LONG_BYTES ? RUNS : LONG_RUNS;
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-bench-'));
  try {
    const ours: OneImport[] = [];
    const theirs = peers.map((): PeerResult[] => []);
    for (let run = 0; run < runs; run++) {
      ours.push(importOnce(log, join(folder, 'case.flowcase'), rows));
      for (const [i, peer] of peers.entries()) {
        if (peer.version === null) continue;
        const path = join(folder, `${i}.peer`);
        const seconds = peer.run(path);
        theirs[i].push({ seconds, fileBytes: statSync(path).size });
        rmSync(path, { recursive: true });
      }
    }
    const best = ours.reduce((a, b) => (b.whole < a.whole ? b : a));
    const fastest = theirs.map((all) => (all.length === 0 ? null : all.reduce((a, b) => (b.seconds < a.seconds ? b : a))));
    return {
      rows,
      bytes: statSync(log).size,
      flowcase: {
        seconds: best.whole,
        inside: best.seconds,
        cpu: leastCpu(ours),
        start: startOf(log, folder),
        maxRss: Math.max(...ours.map((run) => run.maxRss)),
        caseBytes: best.size,
      },
      peers: fastest,
      ratios: fastest.map((peer) => (peer === null ? null : peer.seconds / best.whole)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function race(log: string, rows: number, peer: Peer): ImportRace {
  const { peers, ratios, ...ours } = races(log, rows, [peer]);
  return { ...ours, peer: peers[0], ratio: ratios[0] };
}

/** What an import costs before its first row: seconds, and those of all threads. */
export interface Start {
  readonly seconds: number;
  readonly cpu: number;
}

const FEW_LINES = 64 * 1024;

const leastCpu = (runs: readonly Child[]): number => Math.min(...runs.map(({ cpu }) => cpu ?? NaN));

/** Of an import of the log's first lines: Node, the program, a new case. Packed logs are taken whole or not at all: nothing is known of them. */
export function startOf(log: string, folder: string): Start {
  if (log.endsWith('.gz')) return { seconds: NaN, cpu: NaN };
  const few = join(folder, 'few.log');
  const bytes = Buffer.alloc(FEW_LINES);
  const file = openSync(log, 'r');
  const text = bytes.subarray(0, readSync(file, bytes));
  closeSync(file);
  writeFileSync(few, text.subarray(0, text.lastIndexOf(10) + 1));
  const runs = Array.from({ length: RUNS }, () => {
    const path = join(folder, 'few.flowcase');
    const child = nodeChild(importChild, [few, path]);
    rmSync(path);
    return child;
  });
  return { seconds: Math.min(...runs.map(({ whole }) => whole)), cpu: leastCpu(runs) };
}

/** What each row costs beyond the start, in words. */
export function costReport(rows: number, seconds: number, cpu: number, start: Start): string {
  const each = (all: number, fixed: number): string => `${(((all - fixed) / rows) * 1e6).toFixed(3)} µs`;
  return `${each(seconds, start.seconds)} a row (${each(cpu, start.cpu)} of CPU) beyond the start's ${start.seconds.toFixed(2)} s (${start.cpu.toFixed(2)} s of CPU)`;
}

type OneImport = Child & { readonly whole: number; readonly size: number };

/** The log into a new case, which is taken away again. `codec`: of its columns. */
export function importOnce(log: string, path: string, rows: number, codec = 'none'): OneImport {
  const child = nodeChild(importChild, [log, path, codec]);
  if (child.rows !== rows) throw new Error(`${child.rows} of ${rows} rows came in`);
  const size = statSync(path).size;
  rmSync(path);
  return { ...child, size };
}

/** Runs a script as the product's own starters would: what Node compiled is kept. What it prints is JSON. */
export function nodeChild(script: string, args: readonly string[]): Child & { readonly whole: number } {
  const started = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: compiledFolder },
  });
  const whole = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return { ...(JSON.parse(stdout) as Child), whole };
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

/** DuckDB's own reader of CSV at its best, into a database of its own. `log`: a conn.log, packed with gzip or not. */
export function duckPeer(log: string, rows: number): Peer {
  return {
    name: 'DuckDB read_csv',
    version: 'from npm, 2 threads',
    advice: 'npm ci',
    run(path) {
      const { whole, rows: counted } = nodeChild(join(import.meta.dirname, 'duckdb-child.ts'), [log, path]);
      if (counted !== rows) throw new Error(`DuckDB took ${counted} of ${rows} rows`);
      return whole;
    },
  };
}

/** The races in words; `what`: "connections". */
export function racesReport(what: string, peers: readonly Peer[], result: ImportRaces): string {
  const { rows, bytes, flowcase } = result;
  const speed = (seconds: number): string =>
    `${formatCount(Math.round(rows / seconds))} rows/s, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  return [
    `import of ${formatCount(rows)} ${what} (${formatBytes(bytes)}), best of the runs in turns, whole processes`,
    `  flowcase        ${flowcase.seconds.toFixed(2)} s   ${speed(flowcase.seconds)}, case ${formatBytes(flowcase.caseBytes)}, peak memory ${formatBytes(flowcase.maxRss)}`,
    `                  ${flowcase.inside.toFixed(2)} s   without starting Node: ${speed(flowcase.inside)}`,
    ...(Number.isNaN(flowcase.start.cpu) ? [] : [`                  ${costReport(rows, flowcase.seconds, flowcase.cpu, flowcase.start)}`]),
    ...peers.map((peer, i) => {
      const found = result.peers[i];
      if (found === null) return `  ${peer.name} is not installed (${peer.advice}): nothing to compare with`;
      const ratio = `flowcase is ${(result.ratios[i] ?? 0).toFixed(2)} times as fast`;
      return `  ${peer.name.padEnd(15)} ${found.seconds.toFixed(2)} s   ${speed(found.seconds)}, file ${formatBytes(found.fileBytes)} (${peer.version ?? ''}): ${ratio}`;
    }),
  ].join('\n');
}

export function raceReport(what: string, peer: Peer, { peer: found, ratio, ...ours }: ImportRace): string {
  return racesReport(what, [peer], { ...ours, peers: [found], ratios: [ratio] });
}
