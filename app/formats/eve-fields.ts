import type { RecordKind } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';
import type { CellPlan } from './cells.ts';
import { describeColumn, specOf } from './fields.ts';
import { ownColumn, takenNames } from './own-columns.ts';

/** How a value of an event becomes a cell. */
export type EveRead = 'time' | 'address' | 'port' | 'count' | 'number' | 'bool' | 'protocol' | 'service' | 'vlan' | 'text';

/** A column that a path of an event fills. */
export interface EveColumn extends CellPlan {
  readonly path: string;
  readonly read: EveRead;
}

type Known = readonly [column: string, read: EveRead];

/**
 * What events have in common, and the columns they become (https://docs.suricata.io/en/latest/output/eve/eve-json-format.html#common-section).
 * `flow_id` is the same in all events of a flow, as Zeek's uid is; for ICMP, type and code stand where the ports do, as Zeek has them.
 */
const common: Readonly<Record<string, Known>> = {
  timestamp: ['ts', 'time'],
  flow_id: ['uid', 'text'],
  src_ip: ['orig_h', 'address'],
  src_port: ['orig_p', 'port'],
  dest_ip: ['resp_h', 'address'],
  dest_port: ['resp_p', 'port'],
  proto: ['proto', 'protocol'],
  community_id: ['community_id', 'text'],
};

/**
 * Of flows besides (Event type: Flow). The time is that of the first packet; `timestamp`, when the event was written, stays beside it. Suricata
 * counts whole packets with all their headers: its bytes are *_ip_bytes. Netflow events (Event type: Netflow) are one direction each, from src_ip to dest_ip.
 */
const flow: Readonly<Record<string, Known>> = {
  ...common,
  timestamp: ['timestamp', 'time'],
  'flow.start': ['ts', 'time'],
  'flow.end': ['end', 'time'],
  app_proto: ['service', 'service'],
  icmp_type: ['orig_p', 'port'],
  icmp_code: ['resp_p', 'port'],
  'flow.bytes_toserver': ['orig_ip_bytes', 'count'],
  'flow.bytes_toclient': ['resp_ip_bytes', 'count'],
  'flow.pkts_toserver': ['orig_pkts', 'count'],
  'flow.pkts_toclient': ['resp_pkts', 'count'],
  vlan: ['vlan', 'vlan'],
  // events of one direction
  'netflow.start': ['ts', 'time'],
  'netflow.end': ['end', 'time'],
  'netflow.bytes': ['orig_ip_bytes', 'count'],
  'netflow.pkts': ['orig_pkts', 'count'],
};

/** What every table of flows has, in this order. */
export const flowPaths = Object.keys(flow);

const types: Readonly<Record<EveRead, ColumnType>> = {
  time: 'time',
  address: 'addr',
  port: 'port',
  count: 'count',
  number: 'double',
  bool: 'bool',
  protocol: 'enum',
  service: 'string',
  vlan: 'int',
  text: 'string',
};

const taken = takenNames();
const LONGEST = 200;

/** A path without the object that AWS Network Firewall has around each event (https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html). */
export const eventPath = (path: string): string => (path.startsWith('event.') ? path.slice(6) : path);

/** The column for a path with a value of this kind. */
export function eveColumn(written: string, kind: RecordKind, family: 'number' | 'bool' | 'text' | 'vector'): EveColumn {
  const path = eventPath(written);
  const known = (kind === 'connection' ? flow : common)[path];
  if (known !== undefined && Object.hasOwn(kind === 'connection' ? flow : common, path))
    return planned(path, known[0], known[1], types[known[1]], kind);
  // a column of the log's own is not called as a known one that it is not
  const plain = path === '' ? 'column' : path.slice(0, LONGEST);
  const name = taken.has(plain) || describeColumn(plain, kind) !== undefined ? `${plain}_2` : plain;
  const read = family === 'vector' ? 'text' : family;
  return planned(path, name, read, family === 'vector' ? 'vector' : types[read], kind);
}

function planned(path: string, column: string, read: EveRead, type: ColumnType, kind: RecordKind): EveColumn {
  const known = describeColumn(column, kind);
  return { path, column, type: known?.type ?? type, spec: known === undefined ? ownColumn(column, type) : specOf(known), read };
}

/** Columns that are worked out, or filled beside another. */
export function besides(kind: RecordKind): readonly EveColumn[] {
  const names = kind === 'connection' ? ['duration', 'ip_proto', 'inner_vlan'] : [];
  return names.flatMap((column) => {
    const known = describeColumn(column, kind);
    return known === undefined ? [] : [{ path: '', column, type: known.type, spec: specOf(known), read: 'number' as const }];
  });
}
