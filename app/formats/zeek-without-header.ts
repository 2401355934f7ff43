import { isIP } from 'node:net';
import { visibleText } from '../columns/visible-utf8.ts';
import { connStates } from './conn-states.ts';
import { beforeReturn } from './field-scanner.ts';

/** What the header would have said, had it not been cut off. */
export interface LostHeader {
  readonly path: string;
  readonly fields: readonly string[];
  readonly separator: string;
  readonly unset: string;
  /** The last field is all that is left of the line, or nothing. */
  readonly rest: boolean;
  /** What a person should know: a sentence. */
  readonly remark: string;
}

const words = (text: string): string[] => text.split(' ');
const ends = 'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto';
const counted = 'history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes';
const sizes = 'service duration orig_bytes resp_bytes conn_state';
const asked = 'query qclass qclass_name qtype qtype_name rcode rcode_name';
const flags = 'AA TC RD RA Z answers TTLs';
const conn24 = `${ends} ${sizes} local_orig local_resp missed_bytes ${counted} tunnel_parents`;

/** Column sets that versions of Bro and Zeek write unless told otherwise; each has a number of fields of its own within its log. */
const layouts: readonly { readonly path: string; readonly fields: readonly string[] }[] = [
  { path: 'conn', fields: words(`${ends} ${sizes} local_orig missed_bytes ${counted}`) },
  { path: 'conn', fields: words(`${ends} ${sizes} local_orig missed_bytes ${counted} tunnel_parents`) },
  { path: 'conn', fields: words(conn24) },
  { path: 'conn', fields: words(`${conn24} ip_proto`) },
  { path: 'conn', fields: words(`${conn24} label detailed-label`) },
  { path: 'dns', fields: words(`${ends} trans_id ${asked} ${flags} rejected`) },
  { path: 'dns', fields: words(`${ends} trans_id ${asked} QR ${flags}`) },
  { path: 'dns', fields: words(`${ends} trans_id rtt ${asked} ${flags} rejected`) },
];

const TIME = /^\d{1,10}\.\d+$/;
const COUNT = /^(?:\d+|-)$/;
const SPAN = /^(?:\d+\.\d+|-)$/;
const BOOL = /^[TF-]$/;
const STATE = new RegExp(`^(?:${[...connStates.keys()].join('|')}|-)$`);

/** What the fields that tell logs apart look like. */
const looks: ReadonlyMap<string, RegExp> = new Map([
  ['ts', TIME],
  ['uid', /^[0-9A-Za-z]{6,24}$/],
  ['id.orig_p', /^\d+$/],
  ['id.resp_p', /^\d+$/],
  ['proto', /^(?:tcp|udp|icmp|unknown_transport)$/],
  ['duration', SPAN],
  ['orig_bytes', COUNT],
  ['resp_bytes', COUNT],
  ['conn_state', STATE],
  ['local_orig', BOOL],
  ['local_resp', BOOL],
  ['missed_bytes', COUNT],
  ['orig_pkts', COUNT],
  ['resp_ip_bytes', COUNT],
  ['ip_proto', COUNT],
  ['trans_id', COUNT],
  ['rtt', SPAN],
  ['qclass', COUNT],
  ['qtype', COUNT],
  ['rcode', COUNT],
  ['AA', BOOL],
  ['RA', BOOL],
  ['Z', COUNT],
  ['rejected', BOOL],
]);

/**
 * The header of a log of connections or of DNS that has lost it (`grep -v '^#'`, `tail`, data sets that leave it out), by its first row
 * bytes[start..end); null where the row is none of theirs.
 */
export function lostHeader(bytes: Uint8Array, start: number, end: number): LostHeader | null {
  if (end - start > 65_536) return null;
  const line = visibleText(bytes, start, beforeReturn(bytes, start, end));
  return line.includes('\t') ? ofZeek(line.split('\t')) : ofBro1(line.split(' '));
}

function ofZeek(row: readonly string[]): LostHeader | null {
  const joined = (row.at(-1) ?? '').split('   ').length === 3 ? 3 : 1;
  const found = layouts.find(({ path, fields }) => {
    if (fields.length !== row.length || (joined > 1 && path !== 'conn')) return false;
    return fields.every((name, i) => (name.endsWith('_h') ? isIP(row[i]) > 0 : (looks.get(name)?.test(row[i]) ?? true)));
  });
  if (found === undefined) return null;
  const { path } = found;
  // IoT-23 joins three columns
  const fields = joined === 1 ? found.fields : [...found.fields.slice(0, -1), `${found.fields.at(-1) ?? ''}   label   detailed-label`];
  const remark = `The log has no header; its columns were taken to be those of Zeek's ${path}.log.`;
  return { path, fields, separator: '\t', unset: '-', rest: false, remark };
}

const bro1 = words('ts duration id.orig_h id.resp_h service id.orig_p id.resp_p proto orig_bytes resp_bytes conn_state flags');
const bro1Sizes = words('orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes');

/** Bro before 2.0 wrote its connections parted by blanks, `?` for what it did not know, and put remarks behind. */
function ofBro1(row: readonly string[]): LostHeader | null {
  if (row.length < bro1.length) return null;
  const [ts, duration, orig, resp, , origPort, respPort, proto, sent, received, state, flag] = row;
  const count = /^(?:\d+|\?)$/;
  const fits =
    TIME.test(ts) &&
    /^(?:\d+(?:\.\d+)?|\?)$/.test(duration) &&
    isIP(orig) > 0 &&
    isIP(resp) > 0 &&
    [origPort, respPort].every((port) => /^\d{1,5}$/.test(port)) &&
    /^(?:tcp|udp|icmp)$/.test(proto) &&
    count.test(sent) &&
    count.test(received) &&
    connStates.has(state) &&
    /^[LX]+$/.test(flag);
  if (!fits) return null;
  const sized = row.length >= bro1.length + 4 && row.slice(bro1.length, bro1.length + 4).every((field) => count.test(field));
  return {
    path: 'conn',
    fields: [...bro1, ...(sized ? bro1Sizes : []), 'addl'],
    separator: ' ',
    unset: '?',
    rest: true,
    remark: 'The log has no header; its columns were taken to be those of connections as Bro wrote them before version 2.0.',
  };
}
