/**
 * `node bench/import.ts [rows ...] [--large]`: import of generated conn.logs into a case, beside `sqlite3 .import` and DuckDB with the same files;
 * of the first also packed with gzip, and with compressed columns. `--large`: 20 million rows too, ours alone.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createReadStream, createWriteStream, renameSync } from 'node:fs';
import { createGzip } from 'node:zlib';
import { formatBytes, formatCount } from '../app/contract/format.ts';
import { costReport, duckPeer, importOnce, races, racesReport, sqlitePeer, startOf, type ImportRaces, type Peer } from './lib/race.ts';
import { connColumns, connLog } from './lib/traffic.ts';

/** The columns of a generated log, typed as a person would type them. */
const types = { time: 'REAL', text: 'TEXT', number: 'INTEGER', bool: 'TEXT' } as const;
const table = `CREATE TABLE conn(${connColumns.map(([name, type]) => `${name} ${types[type]}`).join(', ')});`;
const HEADER_LINES = 8;

/** Same file, same columns, all onto the disk. sqlite3 takes the #close line for a row. */
export async function benchImport(rows = 1_000_000): Promise<{ readonly result: ImportRaces; readonly peers: readonly Peer[] }> {
  const log = await connLog(rows);
  const how = `.mode tabs\n.import --skip ${HEADER_LINES} "${log}" conn`;
  const sqlite = sqlitePeer({ create: table, how, count: "SELECT count(*) FROM conn WHERE ts NOT LIKE '#%'" }, rows);
  const peers = [sqlite, duckPeer(log, rows)];
  return { result: races(log, rows, peers), peers };
}

async function packed(log: string): Promise<string> {
  const path = `${log}.gz`;
  if (existsSync(path)) return path;
  await pipeline(createReadStream(log), createGzip(), createWriteStream(`${path}.part`));
  renameSync(`${path}.part`, path);
  return path;
}

/** Cost a row must not grow with the rows. */
function ours(log: string, rows: number, what: string, codec = 'none'): void {
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-bench-'));
  try {
    const { whole, cpu = NaN, size, maxRss } = importOnce(log, join(folder, 'case.flowcase'), rows, codec);
    console.log(
      `flowcase, ${formatCount(rows)} connections ${what}: ${whole.toFixed(2)} s, case ${formatBytes(size)}, peak memory ${formatBytes(maxRss)}\n  ${costReport(rows, whole, cpu, startOf(log, folder))}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const asked = process.argv.slice(2).flatMap((word) => (/^\d+$/.test(word) ? [Number(word)] : []));
  const all = asked.length === 0 ? [1_000_000, 5_000_000] : asked;
  const costs: number[] = [];
  for (const rows of all) {
    const { result, peers } = await benchImport(rows);
    console.log(racesReport('connections', peers, result));
    costs.push((result.flowcase.cpu - result.flowcase.start.cpu) / rows);
  }
  if (costs.length > 1) {
    const growth = (costs[costs.length - 1] / costs[0] - 1) * 100;
    console.log(
      `CPU a row beyond the start, ${formatCount(all[all.length - 1])} against ${formatCount(all[0])}: ${growth.toFixed(0)} % more (asked: at most 15 %)`,
    );
  }
  const first = await connLog(all[0]);
  ours(first, all[0], 'with compressed columns', 'zstd');
  const gz = await packed(first);
  const peers = [duckPeer(gz, all[0])];
  console.log(racesReport('connections packed with gzip', peers, races(gz, all[0], peers)));
  if (process.argv.includes('--large')) ours(await connLog(20_000_000), 20_000_000, 'at once');
}
