/**
 * Isolation forest beside scikit-learn (all cores) and ml-isolation-forest: scoring the same seeded rows with 100 trees of 256 rows, in turns.
 * Fitting is timed too, but takes so little that it decides nothing.
 */
import { IsolationForest as MlIsolationForest } from 'ml-isolation-forest';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { formatBytes, formatCount } from '../../app/contract/format.ts';
import { IsolationForest } from '../../app/learn/isolation/isolation-forest.ts';
import type { Matrix } from '../../app/learn/matrix.ts';
import { ThreadPool } from '../../app/learn/thread-pool.ts';
import { heapRows, matrixOf } from '../lib/learn-data.ts';
import { askPeer, peerVersion, type PeerArray } from '../lib/python-peer.ts';
import { fastest, judge, perSecond, timeLine, type Timed } from '../lib/ratios.ts';

const COLUMNS = 20;
const TREES = 100;
const RUNS = 5;
const MILLION = 1_000_000;
/** What ml-isolation-forest can finish. */
const FEW = 10_000;

interface Scored extends Timed {
  readonly fitSeconds: number;
  /** Mean score: where it is far off, the forests are not the same. */
  readonly mean: number;
}

const threads = availableParallelism();
const pool = new ThreadPool(() => new Worker(new URL('../../app/learn/kernels/learn-thread.ts', import.meta.url)), threads);
const meanOf = (scores: ArrayLike<number>): number => Array.from(scores).reduce((sum, value) => sum + value, 0) / scores.length;

async function ours(matrix: Matrix): Promise<Scored> {
  const began = performance.now();
  const model = await new IsolationForest({ nEstimators: TREES, seed: 1 }).fit(matrix, { pool });
  const fitted = performance.now();
  const scores = await model.scoreSamples(matrix, { pool });
  return { fitSeconds: (fitted - began) / 1000, seconds: (performance.now() - fitted) / 1000, mean: meanOf(scores) };
}

function mlOnce(rows: number[][]): Scored {
  const model = new MlIsolationForest({ nEstimators: TREES });
  const began = performance.now();
  model.train(rows);
  const fitted = performance.now();
  const scores = model.predict(rows);
  return { fitSeconds: (fitted - began) / 1000, seconds: (performance.now() - fitted) / 1000, mean: meanOf(scores) };
}

const line = (name: string, rows: number, { seconds, fitSeconds, mean }: Scored): void =>
  console.log(timeLine(name, seconds, `${perSecond(rows, seconds)}, mean score ${mean.toFixed(3)}, fitted in ${fitSeconds.toFixed(3)} s`));

async function besideScikitLearn(rows: PeerArray): Promise<void> {
  const version = peerVersion();
  const matrix = matrixOf(rows);
  const runs: { own: Scored[]; peer: Scored[] } = { own: [], peer: [] };
  for (let run = 0; run < RUNS; run++) {
    runs.own.push(await ours(matrix));
    if (version !== null) runs.peer.push(askPeer('isolation', { trees: TREES }, { x: rows }) as Scored);
  }
  line(`Flowcase, ${threads} threads`, MILLION, fastest(runs.own));
  if (version === null) return;
  line(`scikit-learn ${version}, all cores`, MILLION, fastest(runs.peer));
  judge('scoring, beside scikit-learn', fastest(runs.peer).seconds / fastest(runs.own).seconds, 8);
}

async function besideMlIsolationForest(): Promise<void> {
  const rows = heapRows(FEW, COLUMNS);
  const lists = Array.from({ length: FEW }, (_, r) => Array.from(rows.values.subarray(r * COLUMNS, (r + 1) * COLUMNS)));
  const matrix = matrixOf(rows);
  const runs: { own: Scored[]; peer: Scored[] } = { own: [], peer: [] };
  for (let run = 0; run < RUNS; run++) {
    runs.own.push(await ours(matrix));
    runs.peer.push(mlOnce(lists));
  }
  line(`Flowcase, ${threads} threads`, FEW, fastest(runs.own));
  line('ml-isolation-forest 0.1.0', FEW, fastest(runs.peer));
  judge('scoring, beside ml-isolation-forest', fastest(runs.peer).seconds / fastest(runs.own).seconds, 8);
}

console.log(`isolation forest, ${formatCount(MILLION)} × ${COLUMNS}, ${TREES} trees of 256 rows, best of ${RUNS} in turns`);
await besideScikitLearn(heapRows(MILLION, COLUMNS));
console.log(`isolation forest, ${formatCount(FEW)} × ${COLUMNS}, ${TREES} trees of 256 rows, best of ${RUNS} in turns`);
await besideMlIsolationForest();
await pool.close();
console.log(`  peak memory of this process: ${formatBytes(process.resourceUsage().maxRSS * 1024)}`);
