import type { ChunkView, PackedNumbers } from '../types.ts';

/** 1 where the row's bit is set, else 0. */
export function bitOf(bitmap: Uint8Array, row: number): number {
  return (bitmap[row >> 3] >> (row & 7)) & 1;
}

/** The number of one row; NaN where it is absent. Costs no decoding of the rows beside it. */
export function numberAt(chunk: ChunkView, column: string, row: number): number {
  const { values, base, absent } = chunk.packedNumbers(column);
  return absent !== null && bitOf(absent, row) === 1 ? NaN : values[row] + base;
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
