/**
 * Gaussian mixture beside scikit-learn (all cores, float32 as we have it): the same seeded rows, each one's own k-means start, the same number
 * of iterations, in turns.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { formatBytes, formatCount } from '../../app/contract/format.ts';
import type { Matrix } from '../../app/learn/matrix.ts';
import { GaussianMixture } from '../../app/learn/mixture.ts';
import { ThreadPool } from '../../app/learn/thread-pool.ts';
import { heapRows, matrixOf } from '../lib/learn-data.ts';
import { askPeer, peerVersion, type PeerArray } from '../lib/python-peer.ts';
import { fastest, judge, perSecond, timeLine, type Timed } from '../lib/ratios.ts';

const ROWS = 1_000_000;
const COLUMNS = 20;
const COMPONENTS = 7;
const ITERATIONS = 20;
const RUNS = 2;
/** How many times as fast as scikit-learn. */
const FLOORS = { full: 8, diag: 4 } as const;
type Covariance = keyof typeof FLOORS;

interface Found extends Timed {
  readonly lowerBound: number;
  readonly iterations: number;
}

const threads = availableParallelism();
const pool = new ThreadPool(() => new Worker(new URL('../../app/learn/kernels/learn-thread.ts', import.meta.url)), threads);

async function ours(matrix: Matrix, covariance: Covariance): Promise<Found> {
  const parameters = { nComponents: COMPONENTS, covarianceType: covariance, maxIter: ITERATIONS, tol: 0, seed: 1 };
  const began = performance.now();
  const model = await new GaussianMixture(parameters).fit(matrix, { pool });
  return { seconds: (performance.now() - began) / 1000, lowerBound: model.lowerBound_, iterations: model.nIter_ };
}

function theirs(rows: PeerArray, covariance: Covariance): Found {
  return askPeer('mixture', { k: COMPONENTS, covariance, iterations: ITERATIONS, tolerance: 0, seed: 1 }, { x: rows }) as Found;
}

const line = (name: string, { seconds, iterations, lowerBound }: Found): void =>
  console.log(
    timeLine(name, seconds, `${iterations} iterations, ${perSecond(ROWS * iterations, seconds)}, log-likelihood ${lowerBound.toFixed(4)}`),
  );

const version = peerVersion();
const rows = heapRows(ROWS, COLUMNS);
const matrix = matrixOf(rows);
for (const covariance of ['full', 'diag'] as const) {
  console.log(
    `Gaussian mixture, ${covariance}, ${formatCount(ROWS)} × ${COLUMNS}, ${COMPONENTS} components, ${ITERATIONS} iterations, best of ${RUNS} in turns`,
  );
  const own: Found[] = [];
  const peer: Found[] = [];
  for (let run = 0; run < RUNS; run++) {
    own.push(await ours(matrix, covariance));
    if (version !== null) peer.push(theirs(rows, covariance));
  }
  line(`Flowcase, ${threads} threads`, fastest(own));
  if (version === null) continue;
  line(`scikit-learn ${version}, all cores`, fastest(peer));
  judge('beside scikit-learn', fastest(peer).seconds / fastest(own).seconds, FLOORS[covariance]);
}
await pool.close();
console.log(`  peak memory of this process: ${formatBytes(process.resourceUsage().maxRSS * 1024)}`);
