/** `node bench/tstat.ts [rows] [columns]`: import of a generated Tstat log into a case, beside `sqlite3 .import` of the same file. */
import { readSync, openSync, closeSync } from 'node:fs';
import { generatedLog } from './lib/traffic.ts';
import { race, raceReport, sqlitePeer, type ImportRace, type Peer } from './lib/race.ts';

const texts = /^(c_ip|s_ip|c_tls_SNI|s_tls_SCN|fqdn|dns_rslv|http_hostname|[cs]_TLSvers|class)$/;
const decimals =
  /^(first|last|durat|[cs]_(first|last|first_ack|rtt_(avg|min|max|std)|last_handshakeT|appdataT|sit\d|sit_avg|sit_std|pkts_data_avg|pkts_data_std)|req_tm|res_tm)$/;

/** A table with a typed column for each of the log's. */
function createTable(header: string): string {
  const seen = new Map<string, number>();
  const columns = header.split(' ').map((word) => {
    const name = word.slice(word.lastIndexOf('#') + 1).replace(/:\d+$/, '');
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const type = texts.test(name) ? 'TEXT' : decimals.test(name) ? 'REAL' : 'INTEGER';
    return `"${times === 1 ? name : `${name}_${times}`}" ${type}`;
  });
  return `CREATE TABLE log(${columns.join(', ')});`;
}

function headerOf(log: string): string {
  const bytes = Buffer.alloc(65_536);
  const file = openSync(log, 'r');
  const length = readSync(file, bytes);
  closeSync(file);
  return bytes.toString('latin1', 0, bytes.subarray(0, length).indexOf(10));
}

export async function benchTstat(rows = 200_000, columns = '130'): Promise<{ readonly result: ImportRace; readonly peer: Peer }> {
  const log = await generatedLog('tstat', { rows, seed: 1, layout: columns });
  const how = `.mode list\n.separator " "\n.import --skip 1 "${log}" log`;
  const peer = sqlitePeer({ create: createTable(headerOf(log)), how, count: 'SELECT count(*) FROM log WHERE first > 1e12' }, rows);
  return { result: race(log, rows, peer), peer };
}

if (import.meta.main) {
  const [, , rows = '200000', columns = '130'] = process.argv;
  const { result, peer } = await benchTstat(Number(rows), columns);
  console.log(raceReport(`Tstat connections of ${columns} columns`, peer, result));
}
