import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Random } from '../shared/random.ts';
import { Matrix } from './matrix.ts';

/** Fisher's iris data (public domain), 150 × 4, as scikit-learn ships it. */
export function iris(): Matrix {
  const text = readFileSync(new URL('./fixtures/iris.csv', import.meta.url), 'utf8');
  return Matrix.fromRows(text.trim().split(/[\n,]/).map(Number), 4);
}

/** A thread on the kernel's entry. */
export function createThread(): Worker {
  return new Worker(new URL('./kernels/learn-thread.ts', import.meta.url));
}

/** Overlapping heaps. */
export function heaps(rows: number, columns: number, count: number, seed: number): Matrix {
  const random = new Random(seed);
  const centres = Array.from({ length: count * columns }, () => random.normal() * 2);
  const values = new Float32Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++) {
    const heap = random.below(count);
    for (let c = 0; c < columns; c++) values[at++] = centres[heap * columns + c] + random.normal();
  }
  return Matrix.fromRows(values, columns);
}

export function rowsOf(matrix: Matrix): number[][] {
  return Array.from({ length: matrix.rows }, (_, r) => Array.from({ length: matrix.columns }, (_, c) => matrix.get(r, c)));
}

/** Lloyd's algorithm as the textbook has it, in float64: `passes` assignments, each followed by new means. */
export function naiveLloyd(
  rows: number[][],
  start: number[][],
  passes: number,
): { centres: number[][]; labels: number[]; inertia: number } {
  let centres = start.map((row) => [...row]);
  let nearest = assign(rows, centres);
  for (let pass = 0; pass < passes; pass++) {
    centres = centres.map((old, c) => {
      const own = rows.filter((_, i) => nearest.labels[i] === c);
      return own.length === 0 ? old : old.map((_, d) => own.reduce((sum, row) => sum + row[d], 0) / own.length);
    });
    nearest = assign(rows, centres);
  }
  return { centres, ...nearest };
}

export function assign(rows: number[][], centres: number[][]): { labels: number[]; inertia: number } {
  let inertia = 0;
  const labels = rows.map((row) => {
    const distances = centres.map((centre) => squared(row, centre));
    const least = Math.min(...distances);
    inertia += least;
    return distances.indexOf(least);
  });
  return { labels, inertia };
}

export function squared(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}
