import type { Matrix } from './matrix.ts';

/** The first rows that differ from all before them, at most `limit`: fewer than `limit` means that there are no more. */
export function distinctRows(matrix: Matrix, limit: number): number[] {
  const { rows, columns, values } = { rows: matrix.rows, columns: matrix.columns, values: matrix.values };
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const seen = new Map<number, number[]>();
  const found: number[] = [];
  for (let row = 0; row < rows && found.length < limit; row++) {
    const at = matrix.offset(row, 0);
    let hash = 0x811c9dc5;
    for (let c = 0; c < columns; c++) hash = Math.imul(hash ^ bits[at + 4 * c] ^ (bits[at + 4 * c] >>> 15), 0x01000193);
    const same = seen.get(hash);
    if (same?.some((other) => equalRows(matrix, bits, other, row)) === true) continue;
    if (same === undefined) seen.set(hash, [row]);
    else same.push(row);
    found.push(row);
  }
  return found;
}

function equalRows(matrix: Matrix, bits: Uint32Array, a: number, b: number): boolean {
  const [one, other] = [matrix.offset(a, 0), matrix.offset(b, 0)];
  for (let c = 0; c < matrix.columns; c++) if (bits[one + 4 * c] !== bits[other + 4 * c]) return false;
  return true;
}
