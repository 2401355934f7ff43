/**
 * k-means beside ml-kmeans in one process: the same seeded rows, the same starting centres, the same number of passes, taking turns.
 * `node bench/learn.ts [rows]`; then our own with two threads, and on a million rows with the peak of memory.
 */
import { kmeans as mlKmeans } from 'ml-kmeans';
import { Worker } from 'node:worker_threads';
import { formatBytes, formatCount } from '../app/contract/format.ts';
import { KMeans } from '../app/learn/kmeans.ts';
import { Matrix } from '../app/learn/matrix.ts';
import { unwatched } from '../app/learn/pace.ts';
import { ThreadPool } from '../app/learn/thread-pool.ts';
import { Random } from '../app/shared/random.ts';

const COLUMNS = 15;
const K = 7;
const PASSES = 20;
const RUNS = 3;
const thread = new URL('../app/learn/kernels/learn-thread.ts', import.meta.url);

/** Overlapping heaps, so that no algorithm has converged after twenty passes. Column after column. */
function seededColumns(rows: number): Float32Array[] {
  const random = new Random(20);
  const heaps = Array.from({ length: 12 }, () => Array.from({ length: COLUMNS }, () => random.normal()));
  const of = Uint8Array.from({ length: rows }, () => random.below(heaps.length));
  return Array.from({ length: COLUMNS }, (_, c) => Float32Array.from(of, (heap) => heaps[heap][c] + random.normal()));
}

function toMatrix(columns: readonly Float32Array[]): Matrix {
  const matrix = new Matrix(columns[0].length, columns.length);
  columns.forEach((values, c) => matrix.setColumn(c, values));
  return matrix;
}

interface Timed {
  readonly seconds: number;
  readonly passes: number;
  readonly inertia: number;
}

async function ours(matrix: Matrix, init: Float64Array, pool: ThreadPool | null): Promise<Timed> {
  const began = performance.now();
  const model = await new KMeans({ nClusters: K, init, maxIter: PASSES, tol: 0 }).fit(matrix, { pace: unwatched(), pool });
  return { seconds: (performance.now() - began) / 1000, passes: model.nIter_, inertia: model.inertia_ };
}

function theirs(rows: number[][], init: number[][]): Timed {
  const began = performance.now();
  const result = mlKmeans(rows, K, { initialization: init, maxIterations: PASSES, tolerance: 0 });
  const seconds = (performance.now() - began) / 1000;
  let inertia = 0;
  rows.forEach((row, i) => row.forEach((value, c) => (inertia += (value - result.centroids[result.clusters[i]][c]) ** 2)));
  return { seconds, passes: result.iterations, inertia };
}

const best = (runs: readonly Timed[]): Timed => runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
const line = (name: string, rows: number, { seconds, passes, inertia }: Timed, ratio: string): void =>
  console.log(
    `${name.padEnd(28)} ${seconds.toFixed(3).padStart(8)} s ${String(passes).padStart(4)} passes ${formatCount((rows * (passes + 1)) / seconds).padStart(14)} rows/s   inertia ${inertia.toFixed(1)}   ${ratio}`,
  );

const rows = Number(process.argv.slice(2).find((argument) => /^\d+$/.test(argument)) ?? 200_000);
console.log(`k-means, ${formatCount(rows)} rows × ${COLUMNS}, k = ${K}, the same start, ${PASSES} passes, best of ${RUNS} taking turns`);
const columns = seededColumns(rows);
const matrix = toMatrix(columns);
const asArrays = Array.from({ length: rows }, (_, r) => columns.map((column) => column[r]));
const start = asArrays.slice(0, K);
const init = Float64Array.from(start.flat());
const pool = new ThreadPool(() => new Worker(thread), 2);
const results: { ml: Timed[]; one: Timed[]; two: Timed[] } = { ml: [], one: [], two: [] };
for (let run = 0; run < RUNS; run++) {
  results.ml.push(theirs(asArrays, start));
  results.one.push(await ours(matrix, init, null));
  results.two.push(await ours(matrix, init, pool));
}
const peer = best(results.ml);
const ratio = (one: Timed): string => `${(peer.seconds / one.seconds).toFixed(1)} × ml-kmeans`;
line('ml-kmeans 7.0.1', rows, peer, '1');
line('Flowcase, 1 thread', rows, best(results.one), ratio(best(results.one)));
line('Flowcase, 2 threads', rows, best(results.two), ratio(best(results.two)));
const floor = 3;
if (peer.seconds / best(results.one).seconds < floor) {
  console.error(`k-means is less than ${floor} times as fast as ml-kmeans`);
  process.exitCode = 1;
}

const MILLION = 1_000_000;
asArrays.length = 0;
results.ml.length = 0;
const large = toMatrix(seededColumns(MILLION));
const one = await ours(large, init, null);
const two = await ours(large, init, pool);
await pool.close();
line('Flowcase, 1M rows, 1 thread', MILLION, one, '');
line('Flowcase, 1M rows, 2 threads', MILLION, two, '');
console.log(`peak memory of the whole process, ml-kmeans' rows included: ${formatBytes(process.resourceUsage().maxRSS * 1024)}`);
