import { FlowcaseError } from '../errors.ts';
import { Random } from '../shared/random.ts';
import { distinctRows } from './distinct.ts';
import { NO_LABEL } from './kernels/kmeans-module.ts';
import { kmeansPlusPlus } from './kmeans-start.ts';
import { BLOCK, type Matrix } from './matrix.ts';
import { unwatched, type Pace } from './pace.ts';
import { checkFinite, checkWhole, notFitted, outside } from './parameters.ts';
import { SavedReader } from './saved.ts';
import { Sweeper, type SweepTotals } from './sweeper.ts';
import type { ThreadPool } from './thread-pool.ts';
import type { Clusterer, SavedEstimator } from './types.ts';

/** Labels are kept in 16 bits, and the last value says "none yet". */
const MAX_CLUSTERS = NO_LABEL;
const NAME = 'k-means';
export const KMEANS_KIND = 'kmeans';

export interface KMeansParameters {
  readonly nClusters?: number;
  /** 'k-means++', or starting centres (nClusters × columns, row by row): then there is one start. */
  readonly init?: 'k-means++' | Float64Array;
  /** Starts; the one with the least inertia is kept, the first of equal ones. */
  readonly nInit?: number;
  readonly maxIter?: number;
  /** Ends where the centres moved, squared and summed, at most this times the mean variance of the columns. */
  readonly tol?: number;
  readonly seed?: number;
}

export interface FitOptions {
  readonly pace?: Pace;
  /** Threads to work with; null: this one alone. The result is the same. */
  readonly pool?: ThreadPool | null;
  /** Told after every pass. */
  readonly onStep?: (step: KMeansStep) => void;
}

/** A pass of Lloyd's algorithm: with the centres as they were before it (`inertia`: see SweepTotals). */
export interface KMeansStep {
  readonly start: number;
  readonly iteration: number;
  readonly inertia: number;
  readonly changed: number;
}

interface Solution {
  readonly centres: Float64Array;
  /** As they were for the last pass. */
  readonly seen: Float64Array;
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * k-means by Lloyd's algorithm, in the shape of scikit-learn's KMeans: parameters in the constructor, what was learned in fields that end
 * with an underscore.
 *
 * - The same matrix, parameters and seed give the same bits, on any number of threads.
 * - Where there are fewer distinct rows than clusters asked for, there are as many clusters as distinct rows (`nClusters_`).
 * - Rows that cannot have come nearer to another centre are passed over (Hamerly 2010); labels and centres are those of passes over all.
 * - A cluster that loses its last row gets the row that lies farthest from its own centre.
 */
export class KMeans implements Clusterer {
  readonly kind = KMEANS_KIND;
  readonly nClusters: number;
  readonly init: 'k-means++' | Float64Array;
  readonly nInit: number;
  readonly maxIter: number;
  readonly tol: number;
  readonly seed: number;

  /** Clusters found; 0 before `fit`. */
  nClusters_ = 0;
  /** nClusters_ × columns, row by row. */
  clusterCenters_: Float64Array = new Float64Array();
  /** Row → cluster from 0. */
  labels_: Uint16Array = new Uint16Array();
  /** Row → squared distance to its centre. */
  distances_: Float32Array = new Float32Array();
  /** Sum of squared distances to the nearest centre. */
  inertia_ = Number.NaN;
  /** Passes of the start that was kept. */
  nIter_ = 0;
  /** False where `maxIter` ended it. */
  converged_ = false;

  /** @throws FlowcaseError PARAMETER */
  constructor({ nClusters = 8, init = 'k-means++', nInit = 1, maxIter = 300, tol = 1e-4, seed = 0 }: KMeansParameters = {}) {
    checkWhole(NAME, 'nClusters', nClusters, 1, MAX_CLUSTERS);
    checkWhole(NAME, 'nInit', nInit, 1, 1000);
    checkWhole(NAME, 'maxIter', maxIter, 1, 1_000_000);
    if (!(tol >= 0)) throw outside(NAME, 'tol', tol, 'zero or more');
    this.nClusters = nClusters;
    this.init = init;
    this.nInit = nInit;
    this.maxIter = maxIter;
    this.tol = tol;
    this.seed = seed;
  }

  /** @throws FlowcaseError NOTHING_TO_CLUSTER without rows, PARAMETER, NOT_FINITE, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED */
  async fit(matrix: Matrix, { pace = unwatched(), pool = null, onStep }: FitOptions = {}): Promise<this> {
    if (matrix.rows === 0) throw new FlowcaseError('NOTHING_TO_CLUSTER', 'There are no records to group. Widen the filter.');
    await checkFinite(NAME, matrix, pace);
    const given = this.init === 'k-means++' ? null : this.init;
    if (given !== null && given.length !== this.nClusters * matrix.columns) {
      throw outside(NAME, 'init', given.length, `${this.nClusters} × ${matrix.columns} values`);
    }
    const k = given === null ? distinctRows(matrix, this.nClusters).length : this.nClusters;
    const sweeper = new Sweeper(matrix, k, pace, pool);
    const threshold = this.tol === 0 ? 0 : this.tol * (await meanVariance(matrix, pace));
    const random = new Random(this.seed);
    let best: Solution | null = null;
    const starts = given === null ? this.nInit : 1;
    for (let start = 1; start <= starts; start++) {
      const from = given ?? (await kmeansPlusPlus(matrix, k, random.fork(), pace));
      const tell = (iteration: number, totals: SweepTotals): void => onStep?.({ start, iteration, ...totals });
      const found = await lloyd(matrix, sweeper, from, this.maxIter, threshold, tell);
      // one among several is chosen by distances that were looked at
      const solution = starts === 1 ? found : { ...found, inertia: (await sweeper.sweep(found.seen, true)).inertia };
      if (best === null || solution.inertia < best.inertia) best = solution;
    }
    if (best !== null) await this.#keep(best, sweeper);
    sweeper.close();
    return this;
  }

  /** Row → nearest centre. @throws FlowcaseError NOT_FITTED, PARAMETER, NOT_FINITE, CANCELLED */
  async predict(matrix: Matrix, { pace = unwatched(), pool = null }: FitOptions = {}): Promise<Uint16Array> {
    if (this.nClusters_ === 0) throw notFitted(NAME);
    const columns = this.clusterCenters_.length / this.nClusters_;
    if (matrix.columns !== columns) throw outside(NAME, 'columns', matrix.columns, String(columns));
    await checkFinite(NAME, matrix, pace);
    const sweeper = new Sweeper(matrix, this.nClusters_, pace, pool);
    if (matrix.rows > 0) await sweeper.sweep(this.clusterCenters_);
    sweeper.close();
    return sweeper.labels.slice();
  }

  /** The centres, without the labels of the rows that were learned from. @throws FlowcaseError NOT_FITTED */
  save(): SavedEstimator {
    if (this.nClusters_ === 0) throw notFitted(NAME);
    const { nClusters, nInit, maxIter, tol, seed } = this;
    const columns = this.clusterCenters_.length / this.nClusters_;
    const found = { clusters: this.nClusters_, columns, inertia: this.inertia_, iterations: this.nIter_, converged: this.converged_ };
    const init = this.init === 'k-means++' ? {} : { init: this.init.slice() };
    return {
      kind: KMEANS_KIND,
      parameters: { nClusters, nInit, maxIter, tol, seed, ...found },
      arrays: { centers: this.clusterCenters_.slice(), ...init },
    };
  }

  /** What `save` gave, as it was, but for `labels_` and `distances_`. @throws FlowcaseError FILE_DAMAGED, PARAMETER */
  static load(saved: SavedEstimator): KMeans {
    const reader = new SavedReader(saved, KMEANS_KIND, NAME);
    const [clusters, columns, nClusters] = [reader.number('clusters'), reader.number('columns'), reader.number('nClusters')];
    if (!(columns >= 1 && clusters >= 1)) throw reader.damaged('it has no centres');
    const model = new KMeans({
      nClusters,
      nInit: reader.number('nInit'),
      maxIter: reader.number('maxIter'),
      tol: reader.number('tol'),
      seed: reader.number('seed'),
      ...('init' in saved.arrays ? { init: reader.floats('init', nClusters * columns) } : {}),
    });
    model.clusterCenters_ = reader.floats('centers', clusters * columns);
    model.nClusters_ = clusters;
    model.inertia_ = reader.number('inertia');
    model.nIter_ = reader.number('iterations');
    model.converged_ = reader.truth('converged');
    return model;
  }

  async #keep(best: Solution, sweeper: Sweeper): Promise<void> {
    const { inertia } = await sweeper.sweep(best.centres, true);
    this.nClusters_ = sweeper.layout.k;
    this.clusterCenters_ = best.centres;
    this.labels_ = sweeper.labels.slice();
    this.distances_ = sweeper.distances.slice();
    this.inertia_ = inertia;
    this.nIter_ = best.iterations;
    this.converged_ = best.converged;
  }
}

/** What `KMeans.save` gave, as it was. @throws FlowcaseError FILE_DAMAGED, PARAMETER */
export function loadKMeans(saved: SavedEstimator): KMeans {
  return KMeans.load(saved);
}

/** Passes until no label changes, the centres hardly move, or `maxIter` is reached. */
async function lloyd(
  matrix: Matrix,
  sweeper: Sweeper,
  start: Float64Array,
  maxIter: number,
  threshold: number,
  tell: (iteration: number, totals: SweepTotals) => void,
): Promise<Solution> {
  sweeper.forget();
  let centres: Float64Array = start.slice();
  let seen = centres;
  let inertia = Number.POSITIVE_INFINITY;
  for (let iteration = 1; iteration <= maxIter; iteration++) {
    const totals = await sweeper.sweep(centres);
    ({ inertia } = totals);
    tell(iteration, totals);
    seen = centres;
    if (totals.changed === 0) return { centres, seen, inertia, iterations: iteration, converged: true };
    if (totals.counts.includes(0)) {
      await sweeper.sweep(centres, true);
      refill(matrix, sweeper, totals);
    }
    centres = means(totals, seen, matrix.columns);
    if (squaredShift(centres, seen) <= threshold) return { centres, seen, inertia, iterations: iteration, converged: true };
  }
  return { centres, seen, inertia, iterations: maxIter, converged: false };
}

function means({ counts, sums }: SweepTotals, before: Float64Array, columns: number): Float64Array {
  return before.map((old, i) => {
    const count = counts[Math.floor(i / columns)];
    return count === 0 ? old : sums[i] / count;
  });
}

function squaredShift(a: Float64Array, b: Float64Array): number {
  let shift = 0;
  for (let i = 0; i < a.length; i++) shift += (a[i] - b[i]) ** 2;
  return shift;
}

/**
 * Gives every cluster without rows the row that lies farthest from its own centre: sums and counts are changed as if the pass had put it
 * there. Rows that are alone in their cluster, and rows on their centre, stay.
 */
function refill(matrix: Matrix, sweeper: Sweeper, { counts, sums }: SweepTotals): void {
  const { columns } = matrix;
  const { labels, distances } = sweeper;
  const row = new Float64Array(columns);
  const taken = new Set<number>();
  for (let empty = 0; empty < counts.length; empty++) {
    if (counts[empty] > 0) continue;
    let farthest = -1;
    for (let i = 0; i < labels.length; i++) {
      const distance = farthest < 0 ? 0 : distances[farthest];
      if (distances[i] > distance && counts[labels[i]] > 1 && !taken.has(i)) farthest = i;
    }
    if (farthest < 0) return;
    taken.add(farthest);
    const old = labels[farthest];
    matrix.copyRow(farthest, row);
    for (let c = 0; c < columns; c++) {
      sums[old * columns + c] -= row[c];
      sums[empty * columns + c] = row[c];
    }
    counts[old]--;
    counts[empty] = 1;
  }
}

/** Mean over the columns of their variances (as scikit-learn scales its tolerance), two passes in float64. @throws FlowcaseError CANCELLED */
async function meanVariance(matrix: Matrix, pace: Pace): Promise<number> {
  const { rows, columns, values } = matrix;
  const average = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const blockValues = columns * BLOCK;
  for (let block = 0; block < values.length; block += blockValues) {
    for (let c = 0, at = block; c < columns; c++, at += BLOCK) {
      average[c] += values[at] + values[at + 1] + values[at + 2] + values[at + 3];
    }
    if ((block & 0xfff) === 0 && pace.due) await pace.breathe();
  }
  for (let c = 0; c < columns; c++) average[c] /= rows;
  for (let block = 0; block < values.length; block += blockValues) {
    for (let c = 0, at = block; c < columns; c++, at += BLOCK) {
      for (let lane = 0; lane < BLOCK; lane++) squares[c] += (values[at + lane] - average[c]) ** 2;
    }
    if ((block & 0xfff) === 0 && pace.due) await pace.breathe();
  }
  // Rows that fill the last block are zero and were counted with the rest.
  const filling = Math.ceil(rows / BLOCK) * BLOCK - rows;
  const total = squares.reduce((sum, of, c) => sum + Math.max(0, of - filling * average[c] * average[c]), 0);
  return total / rows / columns;
}
