import { Ordering } from '../columns/scan/ordering.ts';
import { asPacked } from '../columns/scan/packed-rows.ts';
import { asSlices, boundsOf, type RowFilter, type Slice } from '../columns/scan/slices.ts';
import { NumberKey, RankKey, type SortKey } from '../columns/scan/sort-key.ts';
import { TextKey } from '../columns/scan/text-key.ts';
import { isPlace, type ColumnSpec, type RecordTable } from '../columns/types.ts';
import { FlowcaseError } from '../errors.ts';
import { findField } from '../query/fields.ts';
import { sumOf } from '../query/numbers.ts';
import { entryRanks } from './entry-ranks.ts';
import { placeNames, storedPlace } from './place-columns.ts';

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/**
 * The chosen records in the order asked for: by time unless a column is named. Equal values keep the order of the log, absent ones come
 * last. `by`: the key of a column that is not of the log. Pages are worked out when they are asked for. @throws FlowcaseError PARAMETER for a column that there is not
 */
export function orderRecords(table: RecordTable, rows: RowFilter | readonly Slice[], sort: Sort | undefined, by?: SortKey): Ordering {
  const slices = asSlices(table, rows);
  if (sort === undefined && table.column('ts')?.storage !== 'number') return new Ordering(slices, null);
  return new Ordering(slices, by ?? keyFor(table, slices, sort?.column ?? 'ts'), sort?.descending ?? false);
}

function keyFor(table: RecordTable, slices: readonly Slice[], column: string): SortKey {
  const spec = table.column(storedPlace(table, column) ?? column);
  if (spec !== undefined) return columnKey(table, slices, spec);
  const field = findField(table, column.replace(/^_(?=id$|evidence$)/, ''));
  if (field?.source === 'id')
    return new NumberKey((chunk) => asPacked(Float64Array.from({ length: chunk.rows }, (_, i) => chunk.firstRow + i)), places(slices));
  if (field?.source === 'evidence')
    return new NumberKey((chunk) => asPacked(new Float64Array(chunk.rows).fill(chunk.evidence)), evidences(slices));
  if (field?.source === 'number' && field.combine === 'sum') {
    return new NumberKey((chunk) => asPacked(sumOf(chunk, field.columns)), sumBounds(slices, field.columns));
  }
  if (field?.source === 'number' || field?.source === 'entry' || field?.source === 'text') {
    const [only, ...others] = field.columns.flatMap((name) => table.column(name) ?? []);
    if (others.length === 0 && (only as typeof only | undefined) !== undefined) return columnKey(table, slices, only);
  }
  throw unknownColumn(table, column);
}

function columnKey(table: RecordTable, slices: readonly Slice[], spec: ColumnSpec): SortKey {
  const { name, storage } = spec;
  if (storage === 'dictionary') return new RankKey(name, entryRanks(table, spec));
  if (storage === 'text') return new TextKey(name);
  return new NumberKey((chunk) => chunk.packedNumbers(name), boundsOf(slices, name));
}

type Bounds = { readonly min: number; readonly max: number } | null;

function places(slices: readonly Slice[]): Bounds {
  const last = slices.at(-1)?.chunk;
  return last === undefined ? null : { min: slices[0].chunk.firstRow, max: last.firstRow + last.rows };
}

function evidences(slices: readonly Slice[]): Bounds {
  const numbers = slices.map(({ chunk }) => chunk.evidence);
  return numbers.length === 0 ? null : { min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** No sum lies outside: an absent part counts as nothing. */
function sumBounds(slices: readonly Slice[], columns: readonly string[]): Bounds {
  const bounds = columns.flatMap((column) => boundsOf(slices, column) ?? []);
  if (bounds.length === 0) return null;
  return {
    min: bounds.reduce((sum, { min }) => sum + Math.min(min, 0), 0),
    max: bounds.reduce((sum, { max }) => sum + Math.max(max, 0), 0),
  };
}

export function unknownColumn(table: RecordTable, column: string): FlowcaseError {
  const own = table.columns.map(({ name }) => name).filter((name) => !isPlace(name));
  const allowed = table.columns.length === 0 ? [] : [...own, ...placeNames.filter((name) => !own.includes(name))];
  const there = allowed.length === 0 ? 'There are no records of this kind.' : `There are: ${allowed.join(', ')}.`;
  return new FlowcaseError('PARAMETER', `There is no column “${column.slice(0, 60)}” here. ${there}`, {
    name: 'column',
    value: column,
    allowed,
  });
}
