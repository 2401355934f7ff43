import { sliceOf, type RowFilter, type Slice } from '../columns/scan/slices.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';

/** Record ids from `from` up to `to`, which belongs to the next. */
interface Span {
  readonly from: number;
  to: number;
}

/** A chunk, and the first of its rows that counts. */
export interface Rest {
  readonly chunk: ChunkView;
  readonly from: number;
}

/**
 * Which records of a table were counted. A record never changes and its id is never used again: what was counted of it holds for as long as all that
 * was counted is there, in whatever chunks it lies by now, and nothing came in between.
 */
export class CountedRows {
  #spans: readonly Span[] = [];

  /** What is behind the records that were counted, in the order of the table; null where they are not what is there: count anew. */
  rest({ chunks }: Pick<RecordTable, 'chunks'>): readonly Rest[] | null {
    const end = this.#spans.at(-1)?.to ?? -Infinity;
    const there = spansOf(chunks, end);
    if (there.length !== this.#spans.length || there.some(({ from, to }, i) => from !== this.#spans[i].from || to !== this.#spans[i].to))
      return null;
    return chunks
      .filter(({ firstRow, rows }) => firstRow + rows > end)
      .map((chunk) => ({ chunk, from: Math.max(0, end - chunk.firstRow) }));
  }

  /** All of the table was counted. */
  all({ chunks }: Pick<RecordTable, 'chunks'>): void {
    this.#spans = spansOf(chunks, Infinity);
  }
}

/** The ids of the records before `end`. */
function spansOf(chunks: readonly ChunkView[], end: number): readonly Span[] {
  const spans: Span[] = [];
  for (const { firstRow, rows } of chunks) {
    const to = Math.min(firstRow + rows, end);
    if (to <= firstRow) continue;
    const last = spans.at(-1);
    if (last?.to === firstRow) last.to = to;
    else spans.push({ from: firstRow, to });
  }
  return spans;
}

/** The rows that a filter lets through; chunks without one are left out. */
export function slicesOfRest(rest: readonly Rest[], filter: RowFilter): readonly Slice[] {
  const slices: Slice[] = [];
  for (const { chunk, from } of rest) {
    if (filter.everything && from === 0) {
      slices.push({ chunk, rows: null, count: chunk.rows });
      continue;
    }
    const mask = filter.everything ? new Uint8Array(chunk.rows).fill(1) : filter.mask(chunk);
    // masks are shared
    const slice = sliceOf(chunk, mask === null || from === 0 ? mask : mask.slice().fill(0, 0, from));
    if (slice !== null) slices.push(slice);
  }
  return slices;
}
