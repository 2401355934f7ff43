import type { ColumnSpec } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';
import { freeName, ownColumn, takenNames } from './own-columns.ts';
import { columnName, describeColumn, specOf } from './fields.ts';
import { zeekField } from './zeek-fields.ts';
import type { ZeekHeader } from './zeek-header.ts';
import { needed } from './zeek-kinds.ts';

/** How the bytes of a field become a value. `time` is that of a connection, never before 1970; `moment` any other. */
export const READ = { count: 0, integer: 1, double: 2, port: 3, time: 4, interval: 5, bool: 6, moment: 7, address: 8, text: 9 } as const;
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

/** The plan for rows under this header, which become records of this kind. */
export function layoutOf(header: ZeekHeader, kind: RecordKind): Layout {
  const names = header.fields ?? [];
  const types = header.types?.length === names.length ? header.types : null;
  if (header.types !== null && types === null) {
    header.remark(`The header names ${names.length} fields and ${header.types.length} types; the types of the known fields were taken.`);
  }
  const taken = takenNames();
  const fields = names.map((name, index) => fieldOf(name, index, types?.[index] ?? null, taken, kind));
  return { width: names.length, joined: header.joined, fields: fields.toSorted((a, b) => order(a.read) - order(b.read)) };
}

function fieldOf(name: string, index: number, declared: string | null, taken: Set<string>, kind: RecordKind): LayoutField {
  const column = freeName(columnName(name), index, taken);
  const known = describeColumn(column, kind);
  const type = known?.type ?? (declared === null ? (zeekField(kind, column)?.type ?? 'string') : columnType(declared));
  return planOf({ index, name, column, kind, type });
}

/** How a field of this type is read and kept. */
export function planOf(about: {
  readonly index: number;
  readonly name: string;
  readonly column: string;
  readonly kind: RecordKind;
  readonly type: ColumnType;
}): LayoutField {
  const { index, name, column, kind, type } = about;
  const known = describeColumn(column, kind);
  const connection = kind === 'connection';
  const read = type === 'time' && connection && column === 'ts' ? READ.time : readOf(type);
  return {
    index,
    name,
    column,
    type,
    read,
    spec: known === undefined ? ownColumn(column, type) : specOf(known),
    isSet: type === 'set' || type === 'vector',
    needed: connection && needed.has(column),
    // what cannot be below zero is read as a code of what is wrong there
    unsigned:
      read === READ.count || read === READ.port || read === READ.time || read === READ.bool || (connection && column === 'duration'),
  };
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
      return READ.moment;
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
  const plain = /^[a-z0-9]+/.exec(declared)?.[0] ?? '';
  if (plain === 'table') return 'set';
  return zeekTypes.get(plain) ?? 'string';
}

const zeekTypes: ReadonlyMap<string, ColumnType> = new Map(
  (['time', 'interval', 'count', 'int', 'double', 'port', 'bool', 'addr', 'subnet', 'enum', 'string', 'set', 'vector'] as const).map(
    (type) => [type, type],
  ),
);
