import { SliceColumns } from '../columns/scan/slice-columns.ts';
import { slicesOf, type RowFilter, type Slice } from '../columns/scan/slices.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';

/** What is shared out: for a slice, the amount of each of its rows; NaN where there is none. */
export type Amounts = (columns: SliceColumns, slice: Slice) => (row: number) => number;

/** Every record counts as one. */
export const ones: Amounts = () => () => 1;

/** The host in `orig_h` that has, of the records through a filter between two times, the largest part of an amount, and its share (0..1); null where there is nothing to share. */
export function leaderWithin(
  table: RecordTable,
  filter: RowFilter,
  { start, end }: { readonly start: number; readonly end: number },
  amounts: Amounts,
): { readonly host: string; readonly share: number } | null {
  const hosts = table.dictionary('host');
  const sums = new Float64Array(hosts.size + 1);
  let whole = 0;
  const columns = new SliceColumns();
  const within = (chunk: ChunkView): boolean => {
    const stats = chunk.stats('ts');
    return stats !== null && stats.min !== null && stats.max !== null && stats.max >= start && stats.min < end;
  };
  for (const slice of slicesOf({ chunks: table.chunks.filter(within) }, filter)) {
    const ts = columns.numbers(slice, 'ts');
    const ids = columns.ids(slice, 'orig_h');
    const amount = amounts(columns, slice);
    for (let i = 0; i < slice.count; i++) {
      if (!(ts[i] >= start && ts[i] < end)) continue;
      const value = amount(i);
      if (value !== value) continue;
      sums[ids[i]] += value;
      whole += value;
    }
  }
  let best = 0;
  for (let id = 1; id < sums.length; id++) if (sums[id] > sums[best] || best === 0) best = id;
  return best === 0 || whole === 0 ? null : { host: hosts.textOf(best), share: sums[best] / whole };
}
