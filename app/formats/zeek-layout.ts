import type { ColumnSpec } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';
import { freeName, ownColumn, takenNames } from './own-columns.ts';
import { columnName, describeColumn, specOf } from './fields.ts';
import type { ZeekHeader } from './zeek-header.ts';

/** How the bytes of a field become a value. */
export const READ = { count: 0, integer: 1, double: 2, port: 3, time: 4, interval: 5, bool: 6, address: 7, text: 8 } as const;
export type Read = (typeof READ)[keyof typeof READ];

/** A field of the rows: where it stands, how it is read, and how it is kept. `spec` is null while it is not known whether the text repeats. */
export interface LayoutField {
  readonly index: number;
  /** As the log calls it, for messages. */
  readonly name: string;
  readonly column: string;
  readonly type: ColumnType;
  readonly read: Read;
  readonly spec: ColumnSpec | null;
  /** A set: its members are separated, so they are unescaped one by one. */
  readonly isSet: boolean;
  /** A record without it is none. */
  readonly needed: boolean;
  /** Below zero it is no such thing. */
  readonly unsigned: boolean;
}

export interface Layout {
  /** Fields a row has. */
  readonly width: number;
  readonly joined: number;
  /** Numbers first, then addresses, then texts, so that what is refused has left nothing in a dictionary. */
  readonly fields: readonly LayoutField[];
}

const needed: ReadonlySet<string> = new Set(['ts', 'orig_h', 'resp_h']);

/** Whether a header of this path and these fields describes connections. */
export function isConnection(path: string, fields: readonly string[]): boolean {
  const columns = new Set(fields.map(columnName));
  const has = (name: string): boolean => columns.has(name);
  if (![...needed].every(has)) return false;
  return path === 'conn' || path === 'open_conn' || (has('proto') && (has('conn_state') || has('duration') || has('orig_bytes')));
}

/** The plan for rows under this header. */
export function layoutOf(header: ZeekHeader): Layout {
  const names = header.fields ?? [];
  const types = header.types?.length === names.length ? header.types : null;
  if (header.types !== null && types === null) {
    header.remark(`The header names ${names.length} fields and ${header.types.length} types; the types of the known fields were taken.`);
  }
  const taken = takenNames();
  const fields = names.map((name, index) => fieldOf(name, index, types?.[index] ?? 'string', taken));
  return { width: names.length, joined: header.joined, fields: fields.toSorted((a, b) => order(a.read) - order(b.read)) };
}

function fieldOf(name: string, index: number, declared: string, taken: Set<string>): LayoutField {
  const column = freeName(columnName(name), index, taken);
  const known = describeColumn(column);
  const type = known?.type ?? columnType(declared);
  const place = { index, name, column, type, isSet: type === 'set' || type === 'vector' };
  const rules = {
    needed: needed.has(column),
    unsigned: type !== 'int' && type !== 'double' && (type !== 'interval' || column === 'duration'),
  };
  if (known !== undefined) {
    return { ...place, ...rules, read: readOf(type), spec: specOf(known) };
  }
  return { ...place, ...rules, read: readOf(type), spec: ownColumn(column, type) };
}

function readOf(type: ColumnType): Read {
  switch (type) {
    case 'count':
      return READ.count;
    case 'int':
      return READ.integer;
    case 'double':
      return READ.double;
    case 'port':
      return READ.port;
    case 'time':
      return READ.time;
    case 'interval':
      return READ.interval;
    case 'bool':
      return READ.bool;
    case 'addr':
      return READ.address;
    case 'enum':
    case 'string':
    case 'set':
    case 'vector':
    case 'subnet':
      return READ.text;
  }
}

const order = (read: Read): number => (read < READ.address ? 0 : read === READ.address ? 1 : 2);

/** Zeek's name of a type; what Flowcase does not know is text. */
function columnType(declared: string): ColumnType {
  const plain = /^[a-z]+/.exec(declared)?.[0] ?? '';
  if (plain === 'table') return 'set';
  return zeekTypes.get(plain) ?? 'string';
}

const zeekTypes: ReadonlyMap<string, ColumnType> = new Map(
  (['time', 'interval', 'count', 'int', 'double', 'port', 'bool', 'addr', 'subnet', 'enum', 'string', 'set', 'vector'] as const).map(
    (type) => [type, type],
  ),
);
