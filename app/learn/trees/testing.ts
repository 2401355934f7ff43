import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';

export interface Labelled {
  readonly matrix: Matrix;
  readonly y: Uint16Array;
  readonly classes: number;
}

/** Overlapping heaps, one or more a class, with continuous values: hardly a tie. */
export function blobs(rows: number, columns: number, classes: number, seed: number): Labelled {
  const random = new Random(seed);
  const centres = Array.from({ length: 2 * classes * columns }, () => random.normal() * 2);
  const values = new Float32Array(rows * columns);
  const y = new Uint16Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    const heap = random.below(2 * classes);
    y[row] = heap % classes;
    for (let c = 0; c < columns; c++) values[at++] = centres[heap * columns + c] + 1.5 * random.normal();
  }
  return { matrix: Matrix.fromRows(values, columns), y, classes };
}
