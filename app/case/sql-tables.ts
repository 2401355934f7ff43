import type Database from 'better-sqlite3';
import type { ChunkView, ColumnSpec, RecordTable } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import { plainTables } from './sql-plain.ts';
import type { CaseReader } from './types.ts';

export interface SqlTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: () => Generator<unknown[]>;
}

/** The tables that a query sees. */
export function sqlTables(reader: CaseReader, file: Database.Database, query: string): SqlTable[] {
  const uses = columnsUsed(query);
  const named = columnsNamed(query);
  const names = tableNames(reader.info().kinds.flatMap(({ kind, records }) => (records > 0 ? [kind] : [])));
  return [...[...names].map(([kind, name]) => recordTable(reader, kind, name, { uses, named })), ...plainTables(reader, file)];
}

/** Names that SQL takes without quotes and that no table of the case has: `connections`, `requests`, `dns_log`, `known_hosts_log`. */
export function tableNames(kinds: readonly RecordKind[]): ReadonlyMap<RecordKind, string> {
  const names = new Map<RecordKind, string>([
    ['connection', 'connections'],
    ['request', 'requests'],
  ]);
  const taken = new Set<string>();
  for (const kind of kinds) {
    if (names.has(kind)) continue;
    const plain = `${kind.replaceAll('-', '_').replace(/_log$/, '')}_log`;
    let name = plain;
    for (let i = 2; taken.has(name); i++) name = `${plain}_${i}`;
    taken.add(name);
    names.set(kind, name);
  }
  return names;
}

/**
 * SQLite does not say which columns it will ask a virtual table for, and making a value costs more than anything else. A column whose name
 * does not stand in the query cannot be asked for, unless by `*` or a natural join.
 */
function columnsUsed(query: string): (name: string) => boolean {
  const words = query.toLowerCase().replace(/\bcount\s*\(\s*\*\s*\)/g, '');
  if (words.includes('*') || words.includes('natural')) return () => true;
  return (name) => !/^\w+$/.test(name) || words.includes(name.toLowerCase());
}

/** SQLite's tables have at most 2,000 columns; a case of many kinds of log has more. */
const MOST_COLUMNS = 1900;

interface ColumnsAsked {
  readonly uses: (name: string) => boolean;
  readonly named: (name: string) => boolean;
}

/** Columns whose name stands in the query, whatever else it asks for. */
function columnsNamed(query: string): (name: string) => boolean {
  const text = query.toLowerCase();
  const words = new Set(text.match(/\w+/g));
  return (name) => (/^\w+$/.test(name) ? words.has(name.toLowerCase()) : text.includes(name.toLowerCase()));
}

/** Of too many columns those that the query names, and of the others the first there is room for: any column can be asked for by its name. */
function fewest(all: readonly SqlColumn[], named: (name: string) => boolean): (column: SqlColumn) => boolean {
  let room = MOST_COLUMNS - all.filter(({ name }) => named(name)).length;
  return ({ name }) => named(name) || room-- > 0;
}

type Value = (index: number) => unknown;
const unused: Value = () => null;
interface SqlColumn {
  readonly name: string;
  readonly of: (chunk: ChunkView) => Value;
}

/**
 * Records as a table: `id` and `evidence`, then every column under its name. Numbers are INTEGER where they are whole, text is TEXT, absent is NULL.
 * Times come twice: `ts` as REAL seconds since 1970 UTC, as Zeek writes it (datetime(ts, 'unixepoch') works), and `ts_us` as the exact INTEGER
 * microseconds. Intervals likewise: `duration` in seconds, `duration_us` in microseconds. Bool is 0 or 1.
 */
function recordTable(reader: CaseReader, kind: RecordKind, name: string, { uses, named }: ColumnsAsked): SqlTable {
  const table = reader.table(kind);
  const all = distinct([
    {
      name: 'id',
      of:
        (chunk): Value =>
        (index) =>
          BigInt(chunk.firstRow + index),
    },
    {
      name: 'evidence',
      of:
        (chunk): Value =>
        () =>
          BigInt(chunk.evidence),
    },
    ...table.columns.flatMap((spec) => sqlColumns(table, spec)),
  ]);
  const columns = all.length <= MOST_COLUMNS ? all : all.filter(fewest(all, named));
  return {
    name,
    columns: columns.map((column) => column.name),
    *rows() {
      for (const chunk of table.chunks) {
        const values = columns.map((column) => (uses(column.name) ? column.of(chunk) : unused));
        for (let i = 0; i < chunk.rows; i++) yield values.map((value) => value(i));
      }
    },
  };
}

function sqlColumns(table: RecordTable, spec: ColumnSpec): SqlColumn[] {
  switch (spec.storage) {
    case 'number':
      if (spec.type !== 'time' && spec.type !== 'interval')
        return [{ name: spec.name, of: (chunk) => numbers(chunk, spec.name, spec.type === 'double') }];
      return [
        { name: spec.name, of: (chunk) => seconds(chunk, spec.name) },
        { name: `${spec.name}_us`, of: (chunk) => numbers(chunk, spec.name, false) },
      ];
    case 'dictionary':
      return [{ name: spec.name, of: (chunk) => dictionaryTexts(table, spec, chunk) }];
    case 'text':
      return [{ name: spec.name, of: (chunk) => texts(chunk, spec.name) }];
  }
}

/** better-sqlite3 hands numbers over as REAL and bigints as INTEGER. */
function numbers(chunk: ChunkView, name: string, real: boolean): Value {
  const values = chunk.numbers(name);
  return (index) => {
    const value = values[index];
    if (Number.isNaN(value)) return null;
    return !real && Number.isSafeInteger(value) ? BigInt(value) : value;
  };
}

function seconds(chunk: ChunkView, name: string): Value {
  const values = chunk.numbers(name);
  return (index) => {
    const value = values[index];
    return Number.isNaN(value) ? null : value / 1e6;
  };
}

function dictionaryTexts(table: RecordTable, spec: ColumnSpec, chunk: ChunkView): Value {
  const dictionary = table.dictionary(spec.dictionary ?? 'term');
  const ids = chunk.ids(spec.name);
  return (index) => (ids[index] === 0 ? null : dictionary.textOf(ids[index]));
}

function texts(chunk: ChunkView, name: string): Value {
  const { offsets, bytes, absent } = chunk.text(name);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (index) => (absent?.[index] === 1 ? null : buffer.toString('utf8', offsets[index], offsets[index + 1]));
}

/** SQL knows no difference between upper and lower case in names: the second of two gets a number. */
function distinct(columns: readonly SqlColumn[]): SqlColumn[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let name = column.name;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${column.name}_${i}`;
    taken.add(name.toLowerCase());
    return { ...column, name };
  });
}
