import type { RecordTable } from '../types.ts';
import type { Key } from './codes.ts';
import { groupBy } from './group.ts';
import { wideIds } from './packed-rows.ts';
import { IdRoom } from './room.ts';
import { asSlices, type RowFilter, type Slice } from './slices.ts';

/** How many different combinations of the keys the rows hold; those with an absent part do not count, as in SQL's count(DISTINCT). */
export function distinctCount(table: RecordTable, rows: RowFilter | readonly Slice[], keys: readonly Key[]): number {
  const groups = groupBy(table, rows, keys);
  let count = groups.size;
  for (let group = 0; group < groups.size; group++) {
    if (groups.keys.some((key) => key.isAbsent(group))) count--;
  }
  return count;
}

/** Ids of the entries that stand in any of the columns, ascending. The columns share one dictionary. */
export function entriesIn(table: RecordTable, rows: RowFilter | readonly Slice[], columns: readonly string[]): Uint32Array {
  const slices = asSlices(table, rows);
  const there = columns.flatMap((name) => table.column(name) ?? []).filter(({ storage }) => storage === 'dictionary');
  if (there.length === 0) return new Uint32Array(0);
  const scratch = new IdRoom();
  const seen = new Uint8Array(table.dictionary(there[0].dictionary ?? 'term').size + 1);
  for (const { chunk, rows: chosen, count } of slices) {
    for (const { name } of there) {
      const ids = wideIds(chunk.packedIds(name), chosen, count, scratch.atLeast(count));
      for (let k = 0; k < count; k++) seen[ids[k]] = 1;
    }
  }
  seen[0] = 0;
  const entries = new Uint32Array(seen.length);
  let size = 0;
  for (let id = 1; id < seen.length; id++) {
    entries[size] = id;
    size += seen[id];
  }
  return entries.slice(0, size);
}
