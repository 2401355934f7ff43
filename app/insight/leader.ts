import type { RecordTable } from '../columns/types.ts';
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
  for (const { chunk, rows, count } of slices) {
    const stats = chunk.stats('ts');
    if (stats === null || stats.min === null || stats.max === null || stats.max < start || stats.min >= end) continue;
    const ts = chunk.numbers('ts');
    const ids = chunk.ids('orig_h');
    const states = chunk.ids('conn_state');
    const bytes = chunk.numbers(measure === 'bytesIn' ? 'resp_bytes' : 'orig_bytes');
    for (let k = 0; k < count; k++) {
      const i = rows === null ? k : rows[k];
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
