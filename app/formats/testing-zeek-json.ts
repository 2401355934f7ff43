import type { Cell } from '../contract/records.ts';
import { readLog } from './testing.ts';
import type { FormatOptions } from './types.ts';
import { zeekJson } from './zeek-json.ts';

/** Two records as Zeek writes them, and what is read of such. Only for tests. */
export const conn = {
  ts: 1700000000.000001,
  uid: 'C1',
  'id.orig_h': '10.0.0.1',
  'id.orig_p': 40000,
  'id.resp_h': '192.0.2.1',
  'id.resp_p': 443,
  proto: 'tcp',
  conn_state: 'SF',
};
export const dns = {
  ts: 1700000000.5,
  uid: 'C2',
  'id.orig_h': '10.0.0.1',
  'id.resp_h': '192.0.2.53',
  query: 'example.com',
  qtype_name: 'A',
  rcode_name: 'NOERROR',
};

export const lines = (...records: readonly (object | string)[]): string =>
  records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join('');
export const read = (...records: readonly (object | string)[]): ReturnType<typeof readLog> => readLog(zeekJson, lines(...records));
export const opened = (log: string, options: FormatOptions = {}): readonly [string, string] => {
  const { kind, title } = zeekJson.open(Buffer.from(log), options);
  return [kind, title];
};
export const column = (name: string, ...records: readonly (object | string)[]): (Cell | undefined)[] =>
  read(...records).sink.records.map((record) => record.get(name));
export const reasons = (...records: readonly (object | string)[]): unknown =>
  read(...records).sink.rejects.map(({ reason, what }) => [reason, what]);
