import type { ChunkView, PackedIds, PackedNumbers } from '../types.ts';

/**
 * From the packed forms to arrays of one kind, for chosen rows (null: all). Every width has a loop of its own, and nothing else in scan/ reads
 * packed arrays row by row: a loop that meets several kinds of arrays, or is small enough to be inlined into a function that is called
 * rarely, runs five to ten times slower in V8.
 */

/** 1 where the row's bit is set, else 0. */
export function bitOf(bitmap: Uint8Array, row: number): number {
  return (bitmap[row >> 3] >> (row & 7)) & 1;
}

/** The number of one row, bit by bit as it came; NaN where it is absent. */
export function numberIn({ values, base, absent }: PackedNumbers, row: number): number {
  // -0 + 0 would be 0.
  if (values instanceof Float64Array) return values[row];
  return absent !== null && bitOf(absent, row) === 1 ? NaN : values[row] + base;
}

/** `numberIn` of a chunk's column. Costs no decoding of the rows beside it. */
export function numberAt(chunk: ChunkView, column: string, row: number): number {
  return numberIn(chunk.packedNumbers(column), row);
}

/** The dictionary id of one row; 0 where it is absent. */
export function idAt(chunk: ChunkView, column: string, row: number): number {
  const { values, base } = chunk.packedIds(column);
  return values[row] + base;
}

/** Numbers that were worked out, as if they had been stored. */
export function asPacked(values: Float64Array): PackedNumbers {
  return { values, base: 0, absent: null };
}

type Rows = Uint32Array | null;

/**
 * The numbers of `count` rows, `gap` (NaN or 0) where one is absent: in `out`, or in the chunk's own array where that is the same. Do not write
 * to what comes back.
 */
export function wideNumbers(packed: PackedNumbers, rows: Rows, count: number, out: Float64Array, gap: number): Float64Array {
  const { values, base, absent } = packed;
  if (values instanceof Float64Array) {
    if (rows === null && gap !== gap) return values;
    for (let k = 0; k < count; k++) {
      const value = values[rows === null ? k : rows[k]];
      out[k] = value === value ? value : gap;
    }
    return out;
  }
  widen(values, base, rows, count, out);
  // Without a base absent rows are 0 already.
  if (absent !== null && (gap !== 0 || base !== 0)) fillGaps(absent, rows, count, out, gap);
  return out;
}

/** The ids of `count` rows plus `shift`: in `out`, or in the chunk's own array where that is the same. */
export function wideIds({ values, base }: PackedIds, rows: Rows, count: number, out: Uint32Array, shift = 0): Uint32Array {
  if (values instanceof Uint32Array && rows === null && base + shift === 0) return values;
  widen(values, base + shift, rows, count, out);
  return out;
}

/** Sets `gap` where the row's bit is set. */
export function fillGaps(absent: Uint8Array, rows: Rows, count: number, out: Float64Array | Uint32Array, gap: number): void {
  if (rows !== null) {
    for (let k = 0; k < count; k++) if (((absent[rows[k] >> 3] >> (rows[k] & 7)) & 1) === 1) out[k] = gap;
    return;
  }
  for (let at = 0; at * 8 < count; at++) {
    // Most bytes are none.
    for (let bits = absent[at], i = at * 8; bits !== 0; bits >>= 1, i++) if ((bits & 1) === 1) out[i] = gap;
  }
}

function widen(
  values: Uint8Array | Uint16Array | Uint32Array,
  base: number,
  rows: Rows,
  count: number,
  out: Float64Array | Uint32Array,
): void {
  if (out instanceof Uint32Array) {
    if (values instanceof Uint8Array) ids8(values, base, rows, count, out);
    else if (values instanceof Uint16Array) ids16(values, base, rows, count, out);
    else ids32(values, base, rows, count, out);
  } else if (values instanceof Uint8Array) numbers8(values, base, rows, count, out);
  else if (values instanceof Uint16Array) numbers16(values, base, rows, count, out);
  else numbers32(values, base, rows, count, out);
}

function ids8(values: Uint8Array, base: number, rows: Rows, count: number, out: Uint32Array): void {
  if (rows === null) for (let i = 0; i < count; i++) out[i] = values[i] + base;
  else for (let k = 0; k < count; k++) out[k] = values[rows[k]] + base;
}

function ids16(values: Uint16Array, base: number, rows: Rows, count: number, out: Uint32Array): void {
  if (rows === null) for (let i = 0; i < count; i++) out[i] = values[i] + base;
  else for (let k = 0; k < count; k++) out[k] = values[rows[k]] + base;
}

function ids32(values: Uint32Array, base: number, rows: Rows, count: number, out: Uint32Array): void {
  if (rows === null) for (let i = 0; i < count; i++) out[i] = values[i] + base;
  else for (let k = 0; k < count; k++) out[k] = values[rows[k]] + base;
}

function numbers8(values: Uint8Array, base: number, rows: Rows, count: number, out: Float64Array): void {
  if (rows === null) for (let i = 0; i < count; i++) out[i] = values[i] + base;
  else for (let k = 0; k < count; k++) out[k] = values[rows[k]] + base;
}

function numbers16(values: Uint16Array, base: number, rows: Rows, count: number, out: Float64Array): void {
  if (rows === null) for (let i = 0; i < count; i++) out[i] = values[i] + base;
  else for (let k = 0; k < count; k++) out[k] = values[rows[k]] + base;
}

function numbers32(values: Uint32Array, base: number, rows: Rows, count: number, out: Float64Array): void {
  if (rows === null) for (let i = 0; i < count; i++) out[i] = values[i] + base;
  else for (let k = 0; k < count; k++) out[k] = values[rows[k]] + base;
}
