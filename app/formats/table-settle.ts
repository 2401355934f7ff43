import { FlowcaseError } from '../errors.ts';
import type { RecordKind } from '../contract/case.ts';
import type { Mapping } from '../contract/formats.ts';
import type { ColumnType } from '../contract/records.ts';
import { describeColumn } from './fields.ts';
import { freeName, takenNames } from './own-columns.ts';
import { Columns, type Declared, type MappedColumn } from './table-columns.ts';
import { areMostlyFractions, areWrittenAs, epochUnit, fitsType, isAbsent, looksRelative, type Guess } from './table-guess.ts';
import { isOfOther, sideOf } from './table-name-words.ts';
import { CLOCK_COLUMN, END_COLUMN, knownNames, saysEnd, type KnownName } from './table-names.ts';
import { needed } from './zeek-kinds.ts';

export interface Settled {
  /** null: a plain table, of which nobody said what it is. */
  readonly kind: RecordKind | null;
  readonly columns: MappedColumn[];
  readonly timeFormat: string | undefined;
  /** Its times may be day/month or month/day. */
  readonly ambiguous: boolean;
  /** How a person says that times are written, where none of the table's are; null: they are, or nobody said. */
  readonly unused: string | null;
}

/**
 * What each column of a table becomes. `names`: those of the header, each once; `rows`: a sample.
 * @throws FlowcaseError INVALID_INPUT where a mapping names what the table has not, or leaves connections without what they need
 */
export function settleColumns(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  mapping: Mapping,
  declared: Declared = () => undefined,
): Settled {
  const columns = new Columns(names, rows, mapping, declared);
  // names without a value beneath them may be anything's, as far as their words go
  const found = knownNames(names, (index, column) => mayBe(columns, index, column), rows.length > 0);
  const both = paired(columns, found);
  const withRoles = mapping.kind === undefined || mapping.kind === 'connection' ? byValues(columns, both) : both;
  const targets = new Set([...withRoles.map((one) => one?.column), ...columns.said.map((one) => one?.to)]);
  const connection = [...needed].every((column) => targets.has(column));
  const kind = mapping.kind ?? (connection ? 'connection' : null);
  if (kind === 'connection' && !connection) throw lacking([...needed].filter((column) => !targets.has(column)));
  const known = kind === 'connection' ? withRoles : both.map((one, index) => (isOfTable(columns, one, index, kind) ? one : null));
  const timeFormat = mapping.timeFormat ?? formatOf(columns, known);
  const becoming = mapped(columns, known, { kind: kind ?? 'table', timeFormat, said: mapping.timeFormat !== undefined });
  return {
    kind,
    columns: becoming,
    timeFormat,
    ambiguous: columns.guesses.some((guess) => guess.ambiguous),
    unused: mapping.timeFormat === undefined || rows.length === 0 ? null : unusedFormat(columns, becoming, mapping.timeFormat),
  };
}

/** The way of writing times that a person names, where not one of the times in the sample is written so. */
function unusedFormat(columns: Columns, becoming: readonly MappedColumn[], format: string): string | null {
  const isUsed = becoming.some(({ type, unit }, index) => {
    const values = columns.values(index);
    return type === 'time' && unit === undefined && (values.every(isAbsent) || areWrittenAs(values, format, 0));
  });
  return isUsed ? null : format;
}

/** Mappings whose way of writing times was told from values that fit another way as well; a person's own, or one that was kept, is none of them. */
const doubted = new WeakSet<Mapping>();

/** What a person should know of a table's times. `said`: as the table was asked for; `mapping`: what came of it, which may be settled again. */
export function timeRemarks({ ambiguous, unused, timeFormat }: Settled, said: Mapping, mapping: Mapping): string[] {
  const doubts = ambiguous && (said.timeFormat === undefined || doubted.has(said));
  if (doubts) doubted.add(mapping);
  return [
    ...(doubts ? [`Its times were read as ${timeFormat ?? ''}; by themselves, day and month cannot be told apart.`] : []),
    ...(unused === null
      ? []
      : [
          `No column has times that are written as ${unused}, the time format that was given: look how they are written, or say which column they are (--map NAME=ts:time).`,
        ]),
  ];
}

/** What Flowcase, which wrote a table, says of its columns, and before it what a person says. */
export function saidBefore(own: Mapping | null, said: Mapping): Mapping {
  if (own === null) return said;
  const named = new Set(said.columns?.map(({ from }) => from));
  return { ...own, ...said, columns: [...(own.columns ?? []).filter(({ from }) => !named.has(from)), ...(said.columns ?? [])] };
}

function lacking(columns: readonly string[]): FlowcaseError {
  const message = `Connections need a time and two addresses; of the table's columns none is ${columns.join(', ')}. Say which: --map NAME=${columns[0] ?? 'ts'}.`;
  return new FlowcaseError('INVALID_INPUT', message, { missing: columns });
}

function mayBe(columns: Columns, index: number, column: string): boolean {
  if (columns.said[index] !== null || columns.said.some((one) => one?.to === column)) return false;
  const type = typeOf(column) ?? 'string';
  // what counts from another beginning is not when a record began; Zeek's own `ts` is, whatever it says
  if (column === 'ts' && columns.names[index] !== 'ts' && looksRelative(columns.values(index))) return false;
  if (column === 'ts' && columns.isOtherWay(index)) return false;
  return (type === 'time' && columns.guesses[index]?.type === 'time') || fitsType(columns.values(index), type, column);
}

function typeOf(column: string): ColumnType | undefined {
  return column === END_COLUMN ? 'time' : describeColumn(column)?.type;
}

/** Of a plain table, only those columns are known that every table may have, and a time only where it is one beyond doubt. */
function isOfTable(columns: Columns, known: KnownName | null, index: number, kind: RecordKind | null): boolean {
  if (known === null || describeColumn(known.column, kind ?? 'table') === undefined) return false;
  return known.column !== 'ts' || columns.isTime(index);
}

/** A name without what tells IPv4 from IPv6 and TCP from UDP. */
function family(name: string): string {
  return name
    .toLowerCase()
    .replace(/ipv?[46]?/, 'ip')
    .replace(/(?<=src|dst)[46]/, '')
    .replace(/tcp|udp/, 'transport');
}

/**
 * Hosts in two columns, one for IPv4 and one for IPv6, or ports of TCP and of UDP, of which no record of the sample has both: the two become one. The second may
 * be empty in the sample.
 */
function paired(columns: Columns, found: readonly (KnownName | null)[]): readonly (KnownName | null)[] {
  const places = new Map(
    found.flatMap((one, index) => (/_[hp]$/.test(one?.column ?? '') ? [[family(columns.names[index] ?? ''), index] as const] : [])),
  );
  return found.map((one, index) => {
    if (one !== null || columns.said[index] !== null) return one;
    const pair = places.get(family(columns.names[index] ?? '')) ?? -1;
    const known = found[pair] ?? null;
    if (known === null || knownNames([columns.names[index] ?? ''], () => true)[0]?.column !== known.column) return one;
    const beside = columns.values(pair);
    const apart = columns.values(index).every((value, row) => isAbsent(value) || isAbsent(beside[row] ?? ''));
    return apart && mayBe(columns, index, known.column) ? known : one;
  });
}

/**
 * Where no names tell: two columns of addresses and a time are those of a connection, in this order. A column whose name says that it is the one end is never
 * the other, and one of a router or the like is neither where there are two without it.
 */
function byValues(columns: Columns, found: readonly (KnownName | null)[]): readonly (KnownName | null)[] {
  const targets = new Set([...found.map((one) => one?.column), ...columns.said.map((one) => one?.to)]);
  const free = columns.names.map((_, index) => index).filter((index) => found[index] === null && columns.said[index] === null);
  const addresses = free.filter((index) => columns.guesses[index]?.type === 'addr');
  const hosts = ['orig_h', 'resp_h'].filter((column) => !targets.has(column));
  const time = targets.has('ts')
    ? []
    : [free.find((index) => isWholly(columns.guesses[index])) ?? free.find((index) => columns.isTime(index))];
  const either = addresses.filter((index) => !isOfOther(columns.names[index] ?? ''));
  const ends = addresses.length === hosts.length ? addresses : either;
  if (ends.length !== hosts.length || time.includes(undefined)) return found;
  const mayStand = hosts.every((host, i) => {
    const side = sideOf(columns.names[ends[i] ?? -1] ?? '');
    return side === null || `${side}_h` === host;
  });
  if (!mayStand) return found;
  const roles = new Map<number | undefined, string>([
    ...hosts.map((column, i) => [ends[i], column] as const),
    ...time.map((index) => [index, 'ts'] as const),
  ]);
  return found.map((one, index) => {
    const column = roles.get(index);
    return column === undefined ? one : { column };
  });
}

const isWholly = (guess: Guess | undefined): boolean => guess?.type === 'time' && guess.partial !== true;

/**
 * What a person should know of columns whose names do not say which host began: the first one was taken for it. Null where one of the names says it, or they stand
 * the other way round, which a person has said.
 */
export function orderRemark(columns: readonly MappedColumn[]): string | null {
  const [orig, resp] = ['orig_h', 'resp_h'].map((host) => columns.findIndex(({ to }) => to === host));
  if (orig === undefined || resp === undefined || orig < 0 || resp < orig) return null;
  const [first, second] = [columns[orig]?.from ?? '', columns[resp]?.from ?? ''];
  if ([first, second].some((name) => saysEnd(name))) return null;
  return `Neither of the names ${first} and ${second} says which host began the connections: ${first}, which comes first, is taken for the originator. If it is the other way round: --map ${second}=orig_h --map ${first}=resp_h.`;
}

/** How times are written, by the first column that holds any: that of the record's own time where there is one. */
function formatOf(columns: Columns, known: readonly (KnownName | null)[]): string | undefined {
  const ts = columns.names.findIndex((_, index) => known[index]?.column === 'ts' || columns.said[index]?.to === 'ts');
  const own = columns.guesses[ts];
  const guess = own?.type === 'time' ? own : columns.guesses.find((one) => one.timeFormat !== null && isWholly(one));
  return guess?.timeFormat ?? undefined;
}

interface Way {
  readonly kind: RecordKind;
  readonly timeFormat: string | undefined;
  /** A person said how times are written. */
  readonly said: boolean;
}

function mapped(columns: Columns, known: readonly (KnownName | null)[], way: Way): MappedColumn[] {
  const taken = takenNames();
  for (const one of [...known.map((name) => name?.column), ...columns.said.map((said) => said?.to)]) {
    if (typeof one === 'string') taken.add(one);
  }
  const day = columns.names.findIndex((_, index) => (columns.said[index]?.to ?? known[index]?.column) === 'ts');
  return columns.names.map((from, index): MappedColumn => {
    if (columns.isClockOf(index, day)) return { from, to: CLOCK_COLUMN, type: 'string' };
    const said = columns.said[index];
    if (said?.to === null) return { from, to: null };
    const target = said?.to ?? known[index]?.column;
    const to = target ?? ownName(columns, index, taken, way.kind);
    const type = describeColumn(to, way.kind)?.type ?? said?.type ?? ownType(columns, index, to, way);
    const unit = said?.unit ?? unitOf(columns, index, type, known[index], way);
    return unit === undefined ? { from, to, type } : { from, to, type, unit };
  });
}

/** A column of the table's own is not called as a known one that it is not. */
function ownName(columns: Columns, index: number, taken: Set<string>, kind: RecordKind): string {
  const from = columns.names[index] ?? '';
  const known = describeColumn(from, kind);
  if (known === undefined || (!taken.has(from) && fitsType(columns.values(index), known.type, from))) return freeName(from, index, taken);
  return freeName(`${from}_text`, index, taken);
}

function ownType(columns: Columns, index: number, to: string, { timeFormat }: Way): ColumnType {
  const guess = columns.guesses[index];
  if (to === END_COLUMN && columns.isTime(index)) return 'time';
  if (guess === undefined) return 'string';
  // a column of the table's own loses no digit; that of the record's time has to be one
  if ((guess.finer === true || guess.partial === true) && to !== 'ts') return 'string';
  // one way of writing times is kept for a table; what is written otherwise stays as it is
  if (guess.type === 'time' && (guess.timeFormat ?? 'iso') !== (timeFormat ?? 'iso')) return 'string';
  return guess.type;
}

function unitOf(
  columns: Columns,
  index: number,
  type: ColumnType,
  known: KnownName | null | undefined,
  { said }: Way,
): MappedColumn['unit'] {
  if (type === 'interval') return known?.unit === 'microseconds' && areMostlyFractions(columns.values(index)) ? undefined : known?.unit;
  if (type !== 'time' || said || columns.guesses[index]?.type === 'time') return undefined;
  return epochUnit(columns.values(index)) ?? known?.unit;
}
