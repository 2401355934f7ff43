import { isPlace, LINE_COLUMN, type ColumnSpec, type DictionaryName, type RecordTable } from '../columns/types.ts';
import { mainKinds } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';
import { FlowcaseError } from '../errors.ts';
import { aliasOf, columnName, describeColumn, knownFields } from '../formats/fields.ts';
import { listWords, quoted, type Word } from './syntax.ts';

/** What a name in a filter stands for. */
export type Field = {
  readonly name: string;
  readonly title: string;
} & (
  | { readonly source: 'number'; readonly type: ColumnType; readonly columns: readonly string[]; readonly combine: 'any' | 'sum' }
  | { readonly source: 'entry'; readonly type: ColumnType; readonly columns: readonly string[]; readonly dictionary: DictionaryName }
  | { readonly source: 'text'; readonly type: ColumnType; readonly columns: readonly [string] }
  | { readonly source: 'tag' | 'cluster' | 'finding' | 'evidence' | 'id' | 'predicted' }
  | { readonly source: 'rated'; readonly type: 'double'; readonly of: 'confidence' | 'anomaly' }
);

/** A column of the log itself where a field of Flowcase has its name: `log.host`. */
const LOG_PREFIX = 'log.';

const made: readonly Field[] = [
  { name: 'host', title: 'Originator or responder', source: 'entry', type: 'addr', columns: ['orig_h', 'resp_h'], dictionary: 'host' },
  {
    name: 'port',
    title: 'Originator’s or responder’s port',
    source: 'number',
    type: 'port',
    columns: ['orig_p', 'resp_p'],
    combine: 'any',
  },
  {
    name: 'bytes',
    title: 'Payload bytes of both sides together',
    source: 'number',
    type: 'count',
    columns: ['orig_bytes', 'resp_bytes'],
    combine: 'sum',
  },
  {
    name: 'packets',
    title: 'Packets of both sides together',
    source: 'number',
    type: 'count',
    columns: ['orig_pkts', 'resp_pkts'],
    combine: 'sum',
  },
];

const about: readonly Field[] = [
  { name: 'tag', title: 'Tag on the record, its hosts or its cluster', source: 'tag' },
  { name: 'cluster', title: 'Cluster in the current run; 2:3 is cluster 3 of run 2', source: 'cluster' },
  { name: 'finding', title: 'Kind of finding that rests on the record', source: 'finding' },
  { name: 'predicted', title: 'Class that the latest prediction says', source: 'predicted' },
  { name: 'confidence', title: 'How sure the latest prediction is, 0 to 1', source: 'rated', type: 'double', of: 'confidence' },
  { name: 'anomaly', title: 'Score of the latest search for anomalies, 0 to 1', source: 'rated', type: 'double', of: 'anomaly' },
  { name: 'evidence', title: 'File that the record comes from, by name or number', source: 'evidence' },
  { name: 'line', title: 'Line in the original, counted from 1', source: 'number', type: 'count', columns: [LINE_COLUMN], combine: 'any' },
  { name: 'id', title: 'Number of the record', source: 'id' },
];

function ofColumn(spec: ColumnSpec): Field {
  const { name, title, type } = spec;
  if (spec.storage === 'number') return { name, title, source: 'number', type, columns: [name], combine: 'any' };
  if (spec.storage === 'text') return { name, title, source: 'text', type, columns: [name] };
  return { name, title, source: 'entry', type, columns: [name], dictionary: spec.dictionary ?? 'term' };
}

/** Fields that every record of the kind has beside its columns; in tables of other logs those of which the columns are there. */
function madeFor(table: RecordTable): readonly Field[] {
  if (table.kind === 'connection') return [...made, ...about];
  const there = (field: Field): boolean => 'columns' in field && field.columns.every((name) => table.column(name) !== undefined);
  return [...made.filter(there), ...about];
}

/** Every field a filter over this table may name; a log's columns first. A known column is a field though no log here has it. */
export function fieldsOf(table: RecordTable): readonly Field[] {
  const extra = madeFor(table);
  const taken = new Set(extra.map((field) => field.name));
  const columns = table.columns
    .filter((spec) => !isPlace(spec.name))
    .map((spec) => (taken.has(spec.name) ? { ...ofColumn(spec), name: `${LOG_PREFIX}${spec.name}` } : ofColumn(spec)));
  const there = new Set(columns.map((field) => field.name));
  const known =
    isMain(table) && table.columns.length === 0
      ? knownFields(table.kind)
          .filter(({ name }) => !there.has(name))
          .map(ofColumn)
      : [];
  return [...columns, ...known, ...extra];
}

/** The field of this name, or undefined. Zeek's names (`id.orig_h`), Tstat's (`c_ip`) and other cases (`TS`) are taken too. */
export function findField(table: RecordTable, text: string): Field | undefined {
  if (text.startsWith(LOG_PREFIX)) {
    const spec = table.column(text.slice(LOG_PREFIX.length));
    if (spec !== undefined) return ofColumn(spec);
  }
  const lower = text.toLowerCase();
  const alias = aliasOf(lower, table.kind);
  return (
    exactField(table, text) ??
    exactField(table, columnName(text)) ??
    exactField(table, columnName(lower)) ??
    (alias === undefined ? undefined : exactField(table, alias))
  );
}

/** Of connections and requests every known column is a field, though no log here has it. */
function isMain({ kind }: RecordTable): boolean {
  return mainKinds.some((main) => main === kind);
}

function exactField(table: RecordTable, name: string): Field | undefined {
  const extra = madeFor(table).find((field) => field.name === name);
  if (extra !== undefined) return extra;
  const spec = table.column(name) ?? (isMain(table) ? describeColumn(name, table.kind) : undefined);
  return spec === undefined ? undefined : ofColumn(spec);
}

/** Names that resemble the text, the nearest first. */
export function similarFields(table: RecordTable, text: string): readonly string[] {
  const wanted = text.toLowerCase().slice(0, 40);
  return fieldsOf(table)
    .map(({ name }) => ({ name, distance: distanceOf(wanted, name.toLowerCase().slice(0, 40)) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Letters to change, add or take away to make `b` of `a`. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

/** So many fields are named to who asked for one that there is not. */
const NAMED = 12;

function someFields(table: RecordTable): string {
  const names = fieldsOf(table).map(({ name }) => name);
  if (names.length <= NAMED) return `There are ${listWords(names, 'and')}.`;
  return `There are ${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more.`;
}

/** The field that a word in a filter names. @throws FlowcaseError FILTER_FIELD */
export function fieldOf(table: RecordTable, word: Word): Field {
  const field = findField(table, word.text);
  if (field !== undefined) return field;
  const similar = similarFields(table, word.text);
  const hint = similar.length === 0 ? someFields(table) : `Did you mean ${listWords(similar)}?`;
  throw new FlowcaseError('FILTER_FIELD', `There is no field ${quoted(word.text)} (character ${word.position + 1}). ${hint}`, {
    position: word.position,
    length: word.length,
    field: word.text,
    expected: similar,
    known: fieldsOf(table).map(({ name }) => name),
  });
}
