import type { ChunkView, RecordTable } from '../types.ts';

/** What chooses rows: a compiled filter, or anything else that gives one byte per row of a chunk (1 = chosen), null where no row is. */
export interface RowFilter {
  /** True where every row is chosen; `mask` is not asked then. */
  readonly everything: boolean;
  mask(chunk: ChunkView): Uint8Array | null;
}

/** The chosen rows of a chunk: all of them (null), or their indices, ascending. */
export interface Slice {
  readonly chunk: ChunkView;
  readonly rows: Uint32Array | null;
  readonly count: number;
}

export const everyRow: RowFilter = { everything: true, mask: (chunk) => new Uint8Array(chunk.rows).fill(1) };

/** What a filter lets through, chunk by chunk; chunks without a row are left out. The filter runs once however often the slices are walked. */
export function slicesOf(table: Pick<RecordTable, 'chunks'>, filter: RowFilter): readonly Slice[] {
  if (filter.everything) return table.chunks.map((chunk) => ({ chunk, rows: null, count: chunk.rows }));
  const slices: Slice[] = [];
  for (const chunk of table.chunks) {
    const slice = sliceOf(chunk, filter.mask(chunk));
    if (slice !== null) slices.push(slice);
  }
  return slices;
}

/** Slices as they are; a filter's rows as slices. */
export function asSlices(table: Pick<RecordTable, 'chunks'>, rows: RowFilter | readonly Slice[]): readonly Slice[] {
  return 'mask' in rows ? slicesOf(table, rows) : rows;
}

let scratch = new Uint32Array(1 << 16);

/** The rows of a mask; null for none. */
export function sliceOf(chunk: ChunkView, mask: Uint8Array | null): Slice | null {
  if (mask === null) return null;
  if (mask.length > scratch.length) scratch = new Uint32Array(mask.length);
  const rows = scratch;
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    rows[count] = i;
    count += mask[i];
  }
  if (count === 0) return null;
  return { chunk, rows: count === chunk.rows ? null : rows.slice(0, count), count };
}

export function countRows(slices: readonly Slice[]): number {
  let rows = 0;
  for (const { count } of slices) rows += count;
  return rows;
}

/** Least and greatest value of a number column over whole chunks, by their figures; null where no chunk has a value. */
export function boundsOf(slices: readonly Slice[], column: string): { readonly min: number; readonly max: number } | null {
  let min = Infinity;
  let max = -Infinity;
  for (const { chunk } of slices) {
    const stats = chunk.stats(column);
    if (stats === null || stats.min === null || stats.max === null) continue;
    if (stats.min < min) min = stats.min;
    if (stats.max > max) max = stats.max;
  }
  return min <= max ? { min, max } : null;
}

/** The rows with these record ids, ascending; ids of no record are left out. */
export function slicesOfIds(table: Pick<RecordTable, 'chunks'>, ids: Float64Array): readonly Slice[] {
  const slices: Slice[] = [];
  let from = 0;
  for (const chunk of table.chunks) {
    const end = chunk.firstRow + chunk.rows;
    while (from < ids.length && ids[from] < chunk.firstRow) from++;
    let to = from;
    while (to < ids.length && ids[to] < end) to++;
    const count = to - from;
    if (count > 0) slices.push({ chunk, rows: count === chunk.rows ? null : rowsWithin(ids.subarray(from, to), chunk.firstRow), count });
    from = to;
  }
  return slices;
}

function rowsWithin(ids: Float64Array, firstRow: number): Uint32Array {
  const rows = new Uint32Array(ids.length);
  for (let k = 0; k < rows.length; k++) rows[k] = ids[k] - firstRow;
  return rows;
}
