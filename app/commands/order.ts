import type { RecordTable } from '../columns/types.ts';
import { FlowcaseError } from '../errors.ts';
import { findField } from '../query/fields.ts';
import { sumOf } from '../query/numbers.ts';
import { sortedOrder } from './radix.ts';
import { columnKeys, gather } from './sort-keys.ts';

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/**
 * The ids, which come ascending, in the order asked for: by time unless a column is named. Equal values keep the order of the log, absent
 * ones come last. @throws FlowcaseError PARAMETER for a column that there is not
 */
export function orderIds(table: RecordTable, ids: Float64Array, sort: Sort | undefined): Float64Array {
  if (sort === undefined && table.column('ts')?.storage !== 'number') return ids;
  const keys = keysFor(table, ids, sort?.column ?? 'ts');
  const order = sortedOrder(keys, sort?.descending ?? false);
  const ordered = new Float64Array(ids.length);
  for (let k = 0; k < order.length; k++) ordered[k] = ids[order[k]];
  return ordered;
}

function keysFor(table: RecordTable, ids: Float64Array, column: string): Float64Array {
  const spec = table.column(column);
  if (spec !== undefined) return columnKeys(table, spec, ids);
  const field = findField(table, column);
  if (field?.source === 'id') return ids.slice();
  if (field?.source === 'evidence') return gather(table, ids, (chunk) => new Float64Array(chunk.rows).fill(chunk.evidence));
  if (field?.source === 'number' && field.combine === 'sum') return gather(table, ids, (chunk) => sumOf(chunk, field.columns));
  if (field?.source === 'number' || field?.source === 'entry' || field?.source === 'text') {
    const [only, ...others] = field.columns.flatMap((name) => table.column(name) ?? []);
    if (others.length === 0 && (only as typeof only | undefined) !== undefined) return columnKeys(table, only, ids);
  }
  throw unknownColumn(table, column);
}

export function unknownColumn(table: RecordTable, column: string): FlowcaseError {
  const allowed = table.columns.map(({ name }) => name);
  const there = allowed.length === 0 ? 'There are no records yet.' : `There are: ${allowed.join(', ')}.`;
  return new FlowcaseError('PARAMETER', `There is no column “${column.slice(0, 60)}” here. ${there}`, {
    name: 'column',
    value: column,
    allowed,
  });
}
