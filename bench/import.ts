/** `node bench/import.ts [rows]`: import of a generated conn.log into a case, beside `sqlite3 .import` of the same file. */
import { race, raceReport, sqlitePeer, type ImportRace, type Peer } from './lib/race.ts';
import { connLog } from './lib/traffic.ts';

/** The columns of a generated log, typed as a person would type them. */
const table = `CREATE TABLE conn(ts REAL, uid TEXT, orig_h TEXT, orig_p INTEGER, resp_h TEXT, resp_p INTEGER, proto TEXT, service TEXT,
  duration REAL, orig_bytes INTEGER, resp_bytes INTEGER, conn_state TEXT, local_orig TEXT, local_resp TEXT, missed_bytes INTEGER,
  history TEXT, orig_pkts INTEGER, orig_ip_bytes INTEGER, resp_pkts INTEGER, resp_ip_bytes INTEGER, tunnel_parents TEXT);`;
const HEADER_LINES = 8;

/** Same file, same columns, both onto the disk. sqlite3 takes the #close line for a row. */
export async function benchImport(rows = 1_000_000): Promise<{ readonly result: ImportRace; readonly peer: Peer }> {
  const log = await connLog(rows);
  const how = `.mode tabs\n.import --skip ${HEADER_LINES} "${log}" conn`;
  const peer = sqlitePeer({ create: table, how, count: "SELECT count(*) FROM conn WHERE ts NOT LIKE '#%'" }, rows);
  return { result: race(log, rows, peer), peer };
}

if (import.meta.main) {
  const { result, peer } = await benchImport(Number(process.argv[2] ?? 1_000_000));
  console.log(raceReport('connections', peer, result));
}
