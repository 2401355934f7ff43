import { LINE_COLUMN, OFFSET_COLUMN, type ColumnSpec } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import { field, type FieldDescription } from './field-description.ts';
import { requestAliases, requestFields } from './request-fields.ts';
import { mapped as tstatNames } from './tstat-columns.ts';
import { zeekField } from './zeek-fields.ts';

export type { FieldDescription };

/** Zeek's connection record (https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html), in the order it is shown. */
export const connectionFields: readonly FieldDescription[] = [
  field('ts', 'time', 'number', true, 'Time of the first packet'),
  field('uid', 'string', 'text', true, "Unique id of the connection, the same in all of Zeek's logs"),
  field('orig_h', 'addr', 'host', true, 'Originator: the address that began the connection'),
  field('orig_p', 'port', 'number', true, "Originator's port (ICMP: type)"),
  field('resp_h', 'addr', 'host', true, 'Responder: the address that was contacted'),
  field('resp_p', 'port', 'number', true, "Responder's port (ICMP: code)"),
  field('proto', 'enum', 'term', true, 'Transport protocol'),
  field('service', 'string', 'term', true, 'Application protocol that Zeek recognised'),
  field('duration', 'interval', 'number', true, 'From the first packet to the last'),
  field('orig_bytes', 'count', 'number', true, 'Payload bytes the originator sent'),
  field('resp_bytes', 'count', 'number', true, 'Payload bytes the responder sent'),
  field('conn_state', 'string', 'term', true, "How the connection went, in Zeek's words (SF, S0, REJ, ...)"),
  field('local_orig', 'bool', 'number', false, 'The originator is in the local network'),
  field('local_resp', 'bool', 'number', false, 'The responder is in the local network'),
  field('missed_bytes', 'count', 'number', false, 'Bytes that the sensor did not see (packet loss)'),
  field('history', 'string', 'term', true, 'What happened, a letter each: upper case originator, lower case responder'),
  field('orig_pkts', 'count', 'number', false, 'Packets the originator sent'),
  field('orig_ip_bytes', 'count', 'number', false, 'Bytes the originator sent, with IP headers'),
  field('resp_pkts', 'count', 'number', false, 'Packets the responder sent'),
  field('resp_ip_bytes', 'count', 'number', false, 'Bytes the responder sent, with IP headers'),
  field('tunnel_parents', 'set', 'term', false, 'Uids of the connections that carried this one in a tunnel'),
  field('ip_proto', 'count', 'number', false, 'Number of the IP protocol'),
  field('orig_l2_addr', 'string', 'term', false, "Originator's link-layer (MAC) address"),
  field('resp_l2_addr', 'string', 'term', false, "Responder's link-layer (MAC) address"),
  field('vlan', 'int', 'number', false, 'Outer VLAN'),
  field('inner_vlan', 'int', 'number', false, 'Inner VLAN'),
  field('speculative_service', 'set', 'term', false, 'Application protocols that were likely but not confirmed'),
  field('orig_cc', 'string', 'term', false, "Originator's country, as the sensor wrote it"),
  field('resp_cc', 'string', 'term', false, "Responder's country, as the sensor wrote it"),
  field('community_id', 'string', 'text', false, 'Community ID: the same connection in other tools'),
  field('label', 'string', 'term', true, 'Label that came with the log'),
  field('detailed-label', 'string', 'term', true, 'Detailed label that came with the log'),
  field('class', 'string', 'term', true, 'Class that came with the log'),
];

export const lineField = field(LINE_COLUMN, 'count', 'number', false, 'Line in the original, counted from 1');
export const offsetField = field(
  OFFSET_COLUMN,
  'count',
  'number',
  false,
  'First byte of the line in the unpacked original, counted from 0',
);

/** What logs of every kind may have, kept the same way in each. */
// prettier-ignore
const shared: ReadonlySet<string> = new Set(['uid', 'orig_h', 'orig_p', 'resp_h', 'resp_p', 'proto', 'community_id', 'label', 'detailed-label']);
const sharedFields: readonly FieldDescription[] = [
  field('ts', 'time', 'number', true, 'Time of the record'),
  ...connectionFields.filter(({ name }) => shared.has(name)),
];

const byName = (fields: readonly FieldDescription[]): ReadonlyMap<string, FieldDescription> =>
  new Map([...fields, lineField, offsetField].map((one) => [one.name, one]));
const known = byName(connectionFields);
const knownInRequests = byName(requestFields);
const knownInTables = byName(sharedFields);

/** The known column of this name in records of this kind, or undefined for a log's own columns. */
export function describeColumn(name: string, kind: RecordKind = 'connection'): FieldDescription | undefined {
  return (kind === 'connection' ? known : kind === 'request' ? knownInRequests : knownInTables).get(name);
}

/** Known columns of a kind, in the order they are shown. */
export function knownFields(kind: RecordKind): readonly FieldDescription[] {
  return kind === 'connection' ? connectionFields : kind === 'request' ? requestFields : sharedFields;
}

/** What is known of a column's looks: a known column's, or (`own`) that of a field of Zeek's log that the kind is named after. */
export function aboutColumn(
  name: string,
  kind: RecordKind,
): { readonly title: string; readonly shown: boolean; readonly place: number; readonly own: boolean } | undefined {
  const fields = knownFields(kind);
  const place = fields.findIndex((one) => one.name === name);
  if (place >= 0) return { title: fields[place].title, shown: fields[place].shown, place, own: false };
  const own = kind === 'connection' || kind === 'request' ? undefined : zeekField(kind, name);
  return own === undefined ? undefined : { ...own, place: fields.length + own.place, own: true };
}

/** How a known column is kept, without what concerns its looks. */
export function specOf({ name, type, storage, dictionary, title }: FieldDescription): ColumnSpec {
  return { name, type, storage, dictionary, title };
}

/**
 * A log's name for a field, as Flowcase calls the column: `id.orig_h`, `id_orig_h` and `orig_h` are one, and so are the spellings of a detailed
 * label (IoT-23: `detailed-label`, netflowlabeler and CTU-SME-11: `detailedlabel`); other names stay.
 */
export function columnName(field: string): string {
  const rest = /^id[._$](.+)$/.exec(field)?.[1];
  if (rest !== undefined && known.has(rest)) return rest;
  return field === 'detailedlabel' || field === 'detailed_label' ? 'detailed-label' : field;
}

/** What other tools call a known column: Tstat's names. */
const aliases: ReadonlyMap<string, string> = new Map([...tstatNames, ['first', 'ts'], ['first_abs', 'ts'], ['c_first_abs', 'ts']]);

/** The known column of records of a kind that another tool calls so, or undefined: for what a person types, never for naming a log's columns. */
export function aliasOf(name: string, kind: RecordKind = 'connection'): string | undefined {
  return (kind === 'request' ? requestAliases : aliases).get(name);
}
