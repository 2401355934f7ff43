import type { ColumnSpec } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { Decimal, FormatOptions, Mapping } from '../contract/formats.ts';
import type { ColumnType } from '../contract/records.ts';
import type { ClockDoubts } from './clock-doubts.ts';
import { describeColumn, specOf } from './fields.ts';
import { freeName, ownColumn, takenNames } from './own-columns.ts';
import { CLOCK_COLUMN, END_COLUMN } from './table-names.ts';
import { epochReader, isTimeUnit, timeReader, unitShift, type TimeReader, type TimeUnit } from './table-times.ts';
import { timeZone } from './time-zone.ts';
import { needed } from './zeek-kinds.ts';

/** How a field becomes a value. */
export const AS = { number: 0, count: 1, port: 2, interval: 3, time: 4, bool: 5, protocol: 6, address: 7, text: 8 } as const;
export type As = (typeof AS)[keyof typeof AS];

/** A column that the rows of a table fill. */
export interface TablePlanColumn {
  /** Place of the field in a line; -1: it is worked out. */
  readonly field: number;
  /** As the log calls it. */
  readonly name: string;
  readonly column: string;
  readonly type: ColumnType;
  readonly spec: ColumnSpec | null;
  readonly as: As;
  /** Of an interval: see unitShift. */
  readonly shift: number;
  readonly time: TimeReader | null;
  /** What the numbers of a time count; null: it is written otherwise, or no time. */
  readonly unit: TimeUnit | null;
  /** A record without it is none. */
  readonly needed: boolean;
  /** Where values go, as texts, that this column cannot hold. */
  readonly other: string;
  /** Fields that become the same column, where those before them have no value; what they hold all the same goes, as text, into their `other`. */
  readonly alternatives: readonly TablePlanColumn[];
}

export interface TablePlan {
  /** What the zone of its times has to say of those that were read last. */
  readonly doubts: ClockDoubts | null;
  readonly kind: RecordKind;
  readonly delimiter: number;
  /** Fields of a line. */
  readonly width: number;
  /** So many of them stand in the last one, parted by three blanks; else 1. */
  readonly joined: number;
  /** The line that names the columns; null: there is none. */
  readonly header: Uint8Array | null;
  /** In the order in which they are read: numbers, then addresses, then texts, so that what is refused has left nothing in a dictionary. */
  readonly columns: readonly TablePlanColumn[];
  /** Places among the columns; -1: there is none. */
  readonly ts: number;
  readonly protocolNumber: number;
  /** The duration is worked out from when a record began and ended. */
  readonly duration: number;
  readonly end: number;
  /** Field of a line that holds the time of day of `ts`, which is a day then; -1: there is none. */
  readonly clock: number;
  /** Type and code of ICMP stand together where the responder's port does: `8.0`, or 256 times the one and the other. Zeek has them in both ports. */
  readonly icmpInPort: boolean;
  /** How its numbers are written, where that is not as everywhere. */
  readonly decimal: Decimal | null;
  /** Values such as `2.500` may be one number or another. */
  readonly doubtful: boolean;
  /** Flowcase wrote it: as CSV, where texts that a spreadsheet would run have an apostrophe before them; or so that each is exactly what it was. */
  readonly own: 'guarded' | 'exact' | null;
}

/** A field of a line and the column it becomes. */
export interface PlannedField {
  readonly field: number;
  readonly name: string;
  readonly to: string;
  readonly type: ColumnType;
  readonly unit?: keyof typeof unitShift | undefined;
}

export interface PlanRequest {
  readonly kind: RecordKind;
  readonly delimiter: number;
  readonly width: number;
  readonly header: Uint8Array | null;
  readonly fields: readonly PlannedField[];
  readonly options: FormatOptions;
  /** Protocols are numbers, at least some of them: the number is kept too. */
  readonly protocolNumbers: boolean;
  readonly icmpInPort?: boolean;
  readonly joined?: number;
  /** See TablePlan. */
  readonly decimal?: Decimal | null;
  readonly doubtful?: boolean;
  /** Flowcase wrote it, and no text is changed. */
  readonly exact?: boolean;
}

/** @throws FlowcaseError INVALID_INPUT for a time format or a zone that is none */
export function planTable(request: PlanRequest): TablePlan {
  const { kind, options } = request;
  const clock = request.fields.some(({ to }) => to === 'ts') ? request.fields.find(({ to }) => to === CLOCK_COLUMN) : undefined;
  const fields = request.fields.filter((field) => field !== clock);
  const toUtc = timeZone(options.timeZone);
  const format = options.mapping?.timeFormat;
  const written = timeReader(format, toUtc);
  const numbered = format !== undefined && isTimeUnit(format) ? format : null;
  const taken = takenNames();
  for (const { to } of fields) taken.add(to);
  const first = new Map(fields.toReversed().map((one) => [one.to, one]));
  const columnOf = ({ field, name, to, type, unit }: PlannedField): TablePlanColumn => {
    const known = describeColumn(to, kind);
    const isFirst = first.get(to)?.field === field;
    const is = known?.type ?? first.get(to)?.type ?? type;
    return {
      field,
      name,
      column: to,
      type: is,
      spec: known === undefined ? ownColumn(to, is) : specOf(known),
      as: asOf(to, is, known !== undefined),
      shift: unitShift[unit ?? 'seconds'],
      time: is === 'time' ? (unit === undefined ? written : epochReader(unit)) : null,
      unit: is === 'time' ? (unit ?? numbered) : null,
      needed: kind === 'connection' && needed.has(to),
      other: freeName(isFirst ? `${to}_text` : name, field, taken),
      alternatives: isFirst ? fields.filter((one) => one.to === to && one.field !== field).map(columnOf) : [],
    };
  };
  const planned = [...first.values()].toReversed().map(columnOf);
  const columns = planned.toSorted((a, b) => order(a.as) - order(b.as));
  const derive = (column: string): number => {
    const known = describeColumn(column, kind);
    if (known === undefined || columns.some((one) => one.column === column)) return -1;
    const about = {
      name: column,
      column,
      type: known.type,
      spec: specOf(known),
      shift: 0,
      time: null,
      unit: null,
      needed: false,
      other: '',
      alternatives: [],
    };
    return columns.push({ ...about, field: -1, as: AS.number }) - 1;
  };
  const placeOf = (column: string): number => columns.findIndex((one) => one.column === column);
  const end = placeOf(END_COLUMN);
  const ts = placeOf('ts');
  return {
    doubts: toUtc.doubts,
    kind,
    delimiter: request.delimiter,
    width: request.width,
    joined: request.joined ?? 1,
    header: request.header,
    columns,
    ts,
    protocolNumber: request.protocolNumbers && placeOf('proto') >= 0 ? derive('ip_proto') : -1,
    duration: end >= 0 && ts >= 0 && columns[end]?.type === 'time' ? derive('duration') : -1,
    end,
    clock: clock?.field ?? -1,
    icmpInPort: request.icmpInPort === true,
    decimal: request.decimal ?? null,
    doubtful: request.doubtful === true,
    own: request.exact === true ? 'exact' : options.mapping?.guarded === true ? 'guarded' : null,
  };
}

function asOf(column: string, type: ColumnType, known: boolean): As {
  if (column === 'proto' && known) return AS.protocol;
  switch (type) {
    case 'time':
      return AS.time;
    case 'interval':
      return AS.interval;
    case 'port':
      return AS.port;
    case 'bool':
      return AS.bool;
    case 'addr':
      return AS.address;
    case 'count':
      return known ? AS.count : AS.number;
    case 'int':
    case 'double':
      return AS.number;
    case 'enum':
    case 'string':
    case 'set':
    case 'vector':
    case 'subnet':
      return AS.text;
  }
}

const order = (as: As): number => (as < AS.protocol ? 0 : as === AS.address ? 1 : 2);

/** The fields that a mapping takes of a table with these names, each there once. */
export function plannedFields(columns: NonNullable<Mapping['columns']>, names: readonly string[]): PlannedField[] {
  const places = new Map(names.map((name, place) => [name, place]));
  return columns.flatMap(({ from, to, type, unit }) => {
    const field = places.get(from);
    return to === null || field === undefined ? [] : [{ field, name: from, to, type: type ?? 'string', unit }];
  });
}

/** Whether some of the protocols among these rows are numbers. */
export function hasNumbers(fields: readonly PlannedField[], rows: readonly (readonly string[])[]): boolean {
  const proto = fields.find(({ to }) => to === 'proto');
  return proto !== undefined && rows.some((row) => protocolNumber.test(row[proto.field] ?? ''));
}

const protocolNumber = /^\s*(\d+(\.0)?|icmp-?v?6|ipv6-icmp)\s*$/i;
