import type { ChunkView, RecordTable } from '../columns/types.ts';
import { connStates } from '../formats/conn-states.ts';
import type { CompiledFilter } from '../query/types.ts';

/** The chosen rows of a chunk: all of them, or their indices, ascending. */
export interface Slice {
  readonly chunk: ChunkView;
  readonly rows: Uint32Array | null;
  readonly count: number;
}

/** What a filter lets through, chunk by chunk; chunks without a row are left out. */
export function slicesOf(table: RecordTable, filter: Pick<CompiledFilter, 'mask' | 'everything'>): readonly Slice[] {
  const slices: Slice[] = [];
  for (const chunk of table.chunks) {
    const slice = filter.everything ? { chunk, rows: null, count: chunk.rows } : sliceOf(chunk, filter.mask(chunk));
    if (slice !== null) slices.push(slice);
  }
  return slices;
}

/** The rows of a mask; null for none. */
export function sliceOf(chunk: ChunkView, mask: Uint8Array | null): Slice | null {
  if (mask === null) return null;
  const rows = new Uint32Array(chunk.rows);
  let count = 0;
  for (let i = 0; i < chunk.rows; i++) {
    rows[count] = i;
    count += mask[i];
  }
  if (count === 0) return null;
  return count === chunk.rows ? { chunk, rows: null, count } : { chunk, rows: rows.subarray(0, count), count };
}

export function countRows(slices: readonly Slice[]): number {
  return slices.reduce((sum, slice) => sum + slice.count, 0);
}

/** First and last time stamp of the rows, microseconds; null where no row has one. */
export function spanOf(slices: readonly Slice[]): { readonly first: number; readonly last: number } | null {
  let first = Infinity;
  let last = -Infinity;
  for (const { chunk, rows, count } of slices) {
    const stats = chunk.stats('ts');
    if (stats === null || stats.min === null || stats.max === null) continue;
    if (rows === null) {
      first = Math.min(first, stats.min);
      last = Math.max(last, stats.max);
      continue;
    }
    const ts = chunk.numbers('ts');
    for (let k = 0; k < count; k++) {
      const time = ts[rows[k]];
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return first <= last ? { first, last } : null;
}

/** For every entry of the term dictionary: 1 where it is a connection state in which no connection came about. */
export function failedStates(table: RecordTable): Uint8Array {
  const terms = table.dictionary('term');
  const failed = new Uint8Array(terms.size + 1);
  for (const [name, state] of connStates) if (state.failed) failed[terms.idOf(name)] = 1;
  failed[0] = 0;
  return failed;
}
