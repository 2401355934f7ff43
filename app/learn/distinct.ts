import { BLOCK, type Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';

/** So many rows between two looks at the clock. */
const ROWS_A_BREATH = 4096;

/** The first rows that differ from all before them, at most `limit`: fewer than `limit` means that there are no more. */
export function distinctRows(matrix: Matrix, limit: number): number[] {
  const { rows } = matrix;
  const bits = bitsOf(matrix);
  const seen = new Map<number, number[]>();
  const found: number[] = [];
  for (let row = 0; row < rows && found.length < limit; row++) {
    const hash = hashOf(matrix, bits, row);
    const same = seen.get(hash);
    if (same?.some((other) => equalRows(matrix, bits, other, row)) === true) continue;
    if (same === undefined) seen.set(hash, [row]);
    else same.push(row);
    found.push(row);
  }
  return found;
}

/** Which of `rows` are the same as one of `others` in every column, in the order of `rows`: 1 where one is. @throws FlowcaseError CANCELLED */
export async function metAmong(matrix: Matrix, rows: Uint32Array, others: Uint32Array, pace: Pace): Promise<Uint8Array> {
  const bits = bitsOf(matrix);
  const met = new Uint8Array(rows.length);
  // places of equal hashes are a chain: the first, and for each the next
  const first = new Map<number, number>();
  const next = new Int32Array(rows.length).fill(-1);
  for (const [place, row] of rows.entries()) {
    const hash = hashOf(matrix, bits, row);
    next[place] = first.get(hash) ?? -1;
    first.set(hash, place);
    if (place % ROWS_A_BREATH === 0 && pace.due) await pace.breathe();
  }
  for (const [at, other] of others.entries()) {
    for (let place = first.get(hashOf(matrix, bits, other)) ?? -1; place >= 0; place = next[place])
      if (met[place] === 0 && equalRows(matrix, bits, rows[place], other)) met[place] = 1;
    if (at % ROWS_A_BREATH === 0 && pace.due) await pace.breathe();
  }
  return met;
}

function bitsOf({ values }: Matrix): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function hashOf(matrix: Matrix, bits: Uint32Array, row: number): number {
  const at = matrix.offset(row, 0);
  let hash = 0x811c9dc5;
  for (let c = 0; c < matrix.columns; c++) hash = Math.imul(hash ^ bits[at + BLOCK * c] ^ (bits[at + BLOCK * c] >>> 15), 0x01000193);
  return hash;
}

function equalRows(matrix: Matrix, bits: Uint32Array, a: number, b: number): boolean {
  const [one, other] = [matrix.offset(a, 0), matrix.offset(b, 0)];
  for (let c = 0; c < matrix.columns; c++) if (bits[one + BLOCK * c] !== bits[other + BLOCK * c]) return false;
  return true;
}
