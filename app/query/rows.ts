import type { RecordTable } from '../columns/types.ts';
import type { CompiledFilter } from './types.ts';

/** Ids of the records that the filter lets through, ascending. */
export function matchingIds(table: RecordTable, filter: CompiledFilter): Float64Array {
  let ids = new Float64Array(filter.everything ? table.rows : Math.min(table.rows, 1024));
  let count = 0;
  for (const chunk of table.chunks) {
    const mask = filter.mask(chunk);
    if (mask === null) continue;
    if (count + chunk.rows > ids.length) {
      const grown = new Float64Array(Math.min(table.rows, Math.max(count + chunk.rows, ids.length * 2)));
      grown.set(ids.subarray(0, count));
      ids = grown;
    }
    const { firstRow } = chunk;
    for (let i = 0; i < chunk.rows; i++) {
      ids[count] = firstRow + i;
      count += mask[i];
    }
  }
  return ids.slice(0, count);
}
