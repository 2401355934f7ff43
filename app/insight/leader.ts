import type { RecordTable } from '../columns/types.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import type { Slice } from '../columns/scan/slices.ts';
import { failedStates } from './slices.ts';

/** The originator with the largest part of a measure between two times, and its share (0..1); null where there is nothing to share. */
export function leaderWithin(
  table: RecordTable,
  slices: readonly Slice[],
  start: number,
  end: number,
  measure: 'connections' | 'bytesOut' | 'bytesIn' | 'failed',
): { readonly host: string; readonly share: number } | null {
  const hosts = table.dictionary('host');
  const sums = new Float64Array(hosts.size + 1);
  const failed = failedStates(table);
  let whole = 0;
  const columns = new SliceColumns();
  for (const slice of slices) {
    const stats = slice.chunk.stats('ts');
    if (stats === null || stats.min === null || stats.max === null || stats.max < start || stats.min >= end) continue;
    const ts = columns.numbers(slice, 'ts');
    const ids = columns.ids(slice, 'orig_h');
    const states = columns.ids(slice, 'conn_state');
    const bytes = columns.numbers(slice, measure === 'bytesIn' ? 'resp_bytes' : 'orig_bytes');
    for (let i = 0; i < slice.count; i++) {
      if (!(ts[i] >= start && ts[i] < end)) continue;
      const value = measure === 'connections' ? 1 : measure === 'failed' ? failed[states[i]] : bytes[i];
      if (value !== value) continue;
      sums[ids[i]] += value;
      whole += value;
    }
  }
  let best = 0;
  for (let id = 1; id < sums.length; id++) if (sums[id] > sums[best] || best === 0) best = id;
  return best === 0 || whole === 0 ? null : { host: hosts.textOf(best), share: sums[best] / whole };
}
