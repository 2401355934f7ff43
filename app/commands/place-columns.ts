import { LINE_COLUMN, OFFSET_COLUMN, type RecordTable } from '../columns/types.ts';
import type { ColumnInfo } from '../contract/records.ts';
import type { CellReader } from './columns.ts';

interface PlaceColumn {
  readonly title: string;
  /** The column of the store that says it; null: the record's place in the store does. */
  readonly stored: string | null;
}

/**
 * Columns that lead from a record to its evidence. They are chosen by name; a log that has a column of its own with one of these names keeps it, and the
 * record's is to be had with `_` before it.
 */
const places: ReadonlyMap<string, PlaceColumn> = new Map([
  ['id', { title: 'Number of the record', stored: null }],
  ['evidence', { title: 'Number of the evidence that the record comes from', stored: null }],
  ['line', { title: 'Line in the original, counted from 1', stored: LINE_COLUMN }],
  ['offset', { title: 'Byte in the original, unpacked, at which the record begins, counted from 0', stored: OFFSET_COLUMN }],
]);

export const placeNames: readonly string[] = [...places.keys()];

/** The column of this name; undefined where it is none of these, or the log has its own. Numbers of records are no amounts: they stand without separators. */
export function placeColumn(table: RecordTable, name: string): ColumnInfo | undefined {
  const place = placeOf(table, name);
  return place === undefined ? undefined : { name, type: 'int', title: place.title, shown: false };
}

/** The column of the store that holds such a column, to sort by; undefined where none does. */
export function storedPlace(table: RecordTable, name: string): string | undefined {
  return placeOf(table, name)?.stored ?? undefined;
}

/** Reads single cells of such a column; undefined where it is none. `stored` reads a column of the store. */
export function placeReader(table: RecordTable, name: string, stored: (column: string) => CellReader): CellReader | undefined {
  const place = placeOf(table, name);
  if (place === undefined) return undefined;
  if (place.stored !== null) return stored(place.stored);
  return name.endsWith('id') ? (chunk, index) => chunk.firstRow + index : (chunk) => chunk.evidence;
}

function placeOf(table: RecordTable, name: string): PlaceColumn | undefined {
  return table.column(name) === undefined ? places.get(name.replace(/^_/, '')) : undefined;
}
