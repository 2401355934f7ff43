import { sortedIds } from '../columns/varint.ts';
import { recordId } from '../features/selection.ts';
import type { Selection } from '../features/types.ts';
import type { NewFinding } from './types.ts';

/** So many records are named with a finding; all of them are found by its number. */
const EXAMPLES = 100;

/** The records that a finding rests on, from rows of the selection in the detector's order. */
export function recordsBehind(selection: Selection, rows: ArrayLike<number>): Pick<NewFinding, 'records' | 'ids'> {
  const ids = Float64Array.from(rows, (row) => recordId(selection, row));
  return { records: Array.from(ids.subarray(0, EXAMPLES)), ids: sortedIds(ids) };
}
