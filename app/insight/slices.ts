import { SliceColumns } from '../columns/scan/slice-columns.ts';
import type { Slice } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import { connStates } from '../formats/conn-states.ts';

/** First and last time stamp of some rows, microseconds. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** null where no row has a time. */
export function spanOf(slices: readonly Slice[]): Span | null {
  let first = Infinity;
  let last = -Infinity;
  const columns = new SliceColumns();
  for (const slice of slices) {
    const stats = slice.chunk.stats('ts');
    if (stats === null || stats.min === null || stats.max === null) continue;
    if (slice.rows === null) {
      first = Math.min(first, stats.min);
      last = Math.max(last, stats.max);
      continue;
    }
    const ts = columns.numbers(slice, 'ts');
    for (let i = 0; i < slice.count; i++) {
      const time = ts[i];
      if (time < first) first = time;
      if (time > last) last = time;
    }
  }
  return first <= last ? { first, last } : null;
}

/** The span of the rows of both. */
export function wider(a: Span | null, b: Span | null): Span | null {
  if (a === null || b === null) return a ?? b;
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}

/** For every entry of the term dictionary: 1 where it is a connection state in which no connection came about. */
export function failedStates(table: RecordTable): Uint8Array {
  const terms = table.dictionary('term');
  const failed = new Uint8Array(terms.size + 1);
  for (const [name, state] of connStates) if (state.failed) failed[terms.idOf(name)] = 1;
  failed[0] = 0;
  return failed;
}
