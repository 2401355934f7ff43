/**
 * k-means beside scikit-learn (Lloyd, all cores) and ml-kmeans: the same seeded rows, the same starting centres, the same number of
 * iterations, in turns. In total: with each one's own start and end.
 */
import { kmeans as mlKmeans } from 'ml-kmeans';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { formatBytes, formatCount } from '../../app/contract/format.ts';
import { KMeans } from '../../app/learn/kmeans.ts';
import type { Matrix } from '../../app/learn/matrix.ts';
import { ThreadPool } from '../../app/learn/thread-pool.ts';
import { heapRows, matrixOf } from '../lib/learn-data.ts';
import { askPeer, peerVersion, type PeerArray } from '../lib/python-peer.ts';
import { fastest, judge, perSecond, timeLine, type Timed } from '../lib/ratios.ts';

const COLUMNS = 20;
const K = 7;
const ITERATIONS = 20;
const RUNS = 5;
/** A fit of few rows takes some hundredths of a second: more turns, so that one of them is undisturbed. */
const FEW_RUNS = 15;
const MILLION = 1_000_000;
/** What ml-kmeans can finish. */
const FEW = 100_000;

interface Found extends Timed {
  readonly inertia: number;
  readonly iterations: number;
}

const threads = availableParallelism();
const pool = new ThreadPool(() => new Worker(new URL('../../app/learn/kernels/learn-thread.ts', import.meta.url)), threads);

async function ours(matrix: Matrix, init: Float64Array | 'k-means++', iterations = ITERATIONS): Promise<Found> {
  const began = performance.now();
  const model = await new KMeans({ nClusters: K, init, maxIter: iterations, tol: 0, seed: 1 }).fit(matrix, { pool });
  return { seconds: (performance.now() - began) / 1000, inertia: model.inertia_, iterations: model.nIter_ };
}

function theirs(rows: PeerArray, init: Float64Array | 'k-means++', iterations = ITERATIONS): Found {
  const start = init === 'k-means++' ? {} : { init: { values: Float32Array.from(init), shape: [K, COLUMNS] } };
  return askPeer('kmeans', { k: K, iterations, tolerance: 0, seed: 1 }, { x: rows, ...start }) as Found;
}

function mlOnce(rows: number[][]): Found {
  const began = performance.now();
  const found = mlKmeans(rows, K, { initialization: rows.slice(0, K), maxIterations: ITERATIONS, tolerance: 0 });
  const seconds = (performance.now() - began) / 1000;
  return { seconds, inertia: inertiaOf(rows, found), iterations: found.iterations };
}

/** ml-kmeans gives none; summed up behind the clock. */
function inertiaOf(rows: number[][], { clusters, centroids }: Pick<ReturnType<typeof mlKmeans>, 'clusters' | 'centroids'>): number {
  return rows.reduce((sum, row, at) => {
    const centre = centroids[clusters[at]];
    return row.reduce((far, value, column) => far + (value - centre[column]) ** 2, sum);
  }, 0);
}

const line = (name: string, rows: number, { seconds, iterations, inertia }: Found): void =>
  console.log(timeLine(name, seconds, `${iterations} iterations, ${perSecond(rows * iterations, seconds)}, inertia ${inertia.toFixed(1)}`));

/** Seconds of one more iteration: the difference between many and few, which leaves start and end out. */
const perIteration = (many: Found, few: Found): number => (many.seconds - few.seconds) / (many.iterations - few.iterations);

async function besideScikitLearn(rows: PeerArray, matrix: Matrix): Promise<void> {
  const version = peerVersion();
  const init = Float64Array.from(rows.values.subarray(0, K * COLUMNS));
  const own: { many: Found[]; few: Found[]; whole: Found[] } = { many: [], few: [], whole: [] };
  const peer: typeof own = { many: [], few: [], whole: [] };
  for (let run = 0; run < RUNS; run++) {
    own.many.push(await ours(matrix, init));
    own.few.push(await ours(matrix, init, 2));
    own.whole.push(await ours(matrix, 'k-means++'));
    if (version === null) continue;
    peer.many.push(theirs(rows, init));
    peer.few.push(theirs(rows, init, 2));
    peer.whole.push(theirs(rows, 'k-means++'));
  }
  const [many, few, whole] = [fastest(own.many), fastest(own.few), fastest(own.whole)];
  line(`Flowcase, ${threads} threads`, MILLION, many);
  line('  with its own start', MILLION, whole);
  console.log(`  an iteration: ${(perIteration(many, few) * 1000).toFixed(1)} ms`);
  if (version === null) return;
  const [peerMany, peerFew, peerWhole] = [fastest(peer.many), fastest(peer.few), fastest(peer.whole)];
  line(`scikit-learn ${version}, all cores`, MILLION, peerMany);
  line('  with its own start', MILLION, peerWhole);
  console.log(`  an iteration: ${(perIteration(peerMany, peerFew) * 1000).toFixed(1)} ms`);
  judge('an iteration, beside scikit-learn', perIteration(peerMany, peerFew) / perIteration(many, few), 2);
  judge('from the same centres, in total', peerMany.seconds / many.seconds, 1.5);
  judge('with its own start, in total', peerWhole.seconds / whole.seconds, 1.5);
}

async function besideMlKmeans(): Promise<void> {
  const rows = heapRows(FEW, COLUMNS);
  const matrix = matrixOf(rows);
  const lists = Array.from({ length: FEW }, (_, r) => Array.from(rows.values.subarray(r * COLUMNS, (r + 1) * COLUMNS)));
  const init = Float64Array.from(lists.slice(0, K).flat());
  const runs: { own: Found[]; peer: Found[] } = { own: [], peer: [] };
  for (let run = 0; run < FEW_RUNS; run++) {
    runs.own.push(await ours(matrix, init));
    runs.peer.push(mlOnce(lists));
  }
  line(`Flowcase, ${threads} threads`, FEW, fastest(runs.own));
  line('ml-kmeans 7.0.1', FEW, fastest(runs.peer));
  judge('beside ml-kmeans', fastest(runs.peer).seconds / fastest(runs.own).seconds, 15);
}

console.log(`k-means, ${formatCount(MILLION)} × ${COLUMNS}, k = ${K}, ${ITERATIONS} iterations, best of ${RUNS} in turns`);
const rows = heapRows(MILLION, COLUMNS);
await besideScikitLearn(rows, matrixOf(rows));
console.log(`k-means, ${formatCount(FEW)} × ${COLUMNS}, k = ${K}, ${ITERATIONS} iterations, best of ${FEW_RUNS} in turns`);
await besideMlKmeans();
await pool.close();
console.log(`  peak memory of this process: ${formatBytes(process.resourceUsage().maxRSS * 1024)}`);
