/**
 * How the time of k-means grows with the rows, from 100,000 to ten million: its own start (k-means++) and twenty iterations, all threads, whole
 * fits in one process each time anew; and what memory ten million take.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { formatBytes, formatCount } from '../../app/contract/format.ts';
import { KMeans } from '../../app/learn/kmeans.ts';
import { Matrix } from '../../app/learn/matrix.ts';
import { ThreadPool } from '../../app/learn/thread-pool.ts';
import { Random } from '../../app/shared/random.ts';
import { perSecond, timeLine } from '../lib/ratios.ts';

const COLUMNS = 20;
const K = 7;
const ITERATIONS = 20;
const SIZES = [100_000, 1_000_000, 10_000_000];
/** Every size is run until about as many rows have been through. */
const ROWS_IN_ALL = 20_000_000;
const MOST_MEMORY = 4 * 2 ** 30;
/** A row of the largest may cost so much more or less than one of the smallest. */
const MOST_GROWTH = 1.2;

/** Seeded overlapping heaps, straight into the matrix. */
function heaps(rows: number): Matrix {
  const random = new Random(20);
  const matrix = new Matrix(rows, COLUMNS);
  const { values } = matrix;
  const centres = Float64Array.from({ length: 12 * COLUMNS }, () => random.normal());
  for (let row = 0; row < rows; row++) {
    const heap = random.below(12);
    for (let c = 0, at = matrix.offset(row, 0); c < COLUMNS; c++, at += 4) values[at] = centres[heap * COLUMNS + c] + random.normal();
  }
  return matrix;
}

const threads = availableParallelism();
const pool = new ThreadPool(() => new Worker(new URL('../../app/learn/kernels/learn-thread.ts', import.meta.url)), threads);
console.log(`k-means by the number of rows, × ${COLUMNS}, k = ${K}, ${ITERATIONS} iterations, ${threads} threads, best of the runs`);
const costs: number[] = [];
for (const rows of SIZES) {
  const matrix = heaps(rows);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < Math.min(10, ROWS_IN_ALL / rows); run++) {
    const began = performance.now();
    await new KMeans({ nClusters: K, maxIter: ITERATIONS, tol: 0, seed: 1 }).fit(matrix, { pool });
    best = Math.min(best, (performance.now() - began) / 1000);
  }
  costs.push(best / rows);
  console.log(timeLine(`${formatCount(rows)} rows`, best, perSecond(rows * ITERATIONS, best)));
}
await pool.close();
const memory = process.resourceUsage().maxRSS * 1024;
console.log(
  `  a row of ten million costs ${(costs[2] / costs[0]).toFixed(2)} times one of 100,000, ${(costs[2] / costs[1]).toFixed(2)} times one of a million`,
);
console.log(`  peak memory: ${formatBytes(memory)}`);
if (memory > MOST_MEMORY || costs[2] / costs[0] > MOST_GROWTH) {
  console.error('k-means takes too much memory or time for many rows');
  process.exitCode = 1;
}
