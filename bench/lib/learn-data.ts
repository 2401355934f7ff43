import { Matrix } from '../../app/learn/matrix.ts';
import { Random } from '../../app/shared/random.ts';
import type { PeerArray } from './python-peer.ts';

/** Seeded overlapping heaps, so that no algorithm has converged after twenty passes: rows × columns, row after row. */
export function heapRows(rows: number, columns: number, heaps = 12, seed = 20): PeerArray & { readonly values: Float32Array } {
  const random = new Random(seed);
  const centres = Float64Array.from({ length: heaps * columns }, () => random.normal());
  const values = new Float32Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++) {
    const heap = random.below(heaps);
    for (let c = 0; c < columns; c++) values[at++] = centres[heap * columns + c] + random.normal();
  }
  return { values, shape: [rows, columns] };
}

/** The same rows as estimators take them. */
export function matrixOf({ values, shape: [, columns] }: PeerArray): Matrix {
  return Matrix.fromRows(values, columns);
}
