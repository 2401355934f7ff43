import { FlowcaseError } from '../../errors.ts';
import { Random } from '../../shared/random.ts';
import type { Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import { checkFinite, checkWhole, notFitted, outside } from '../parameters.ts';
import { sampleRows } from '../sample.ts';
import type { Means, OutlierDetector, SavedEstimator } from '../types.ts';
import { addGains, pathLength } from './isolation-paths.ts';
import { depthOf, emptyTrees, growTree, type IsolationTrees } from './isolation-tree.ts';
import { scoreRows } from './score-rows.ts';

export { averagePathLength } from './isolation-tree.ts';

const NAME = 'Isolation forest';
/** The paper's border: no row stands out that does not score above it. */
const HALF = 0.5;

export interface IsolationForestParameters {
  readonly nEstimators?: number;
  /** Rows that each tree is grown from, drawn without repetition; all where there are fewer. */
  readonly maxSamples?: number;
  /** Share of the rows learned from that count as outliers, above 0 up to 0.5; 'auto': those that score above 0.5. */
  readonly contamination?: 'auto' | number;
  readonly seed?: number;
}

/**
 * Isolation forest (Liu, Ting, Zhou 2008, "Isolation Forest", ICDM), in the shape of scikit-learn's: random questions tell strange rows apart
 * from the others sooner than ordinary ones. The same matrix, parameters and seed give the same bits, on any number of threads.
 */
export class IsolationForest implements OutlierDetector {
  readonly kind = 'isolation';
  readonly nEstimators: number;
  readonly maxSamples: number;
  readonly contamination: 'auto' | number;
  readonly seed: number;

  /** Rows that each tree was grown from; 0 before `fit`. */
  maxSamples_ = 0;
  /** Columns it learned from. */
  nFeaturesIn_ = 0;
  trees_: IsolationTrees = emptyTrees(0, 1);
  /** The score above which a row counts as an outlier. */
  threshold_ = HALF;

  /** @throws FlowcaseError PARAMETER */
  constructor({ nEstimators = 100, maxSamples = 256, contamination = 'auto', seed = 0 }: IsolationForestParameters = {}) {
    checkWhole(NAME, 'nEstimators', nEstimators, 1, 10_000);
    checkWhole(NAME, 'maxSamples', maxSamples, 1, 65_536);
    if (contamination !== 'auto' && !(contamination > 0 && contamination <= 0.5)) {
      throw outside(NAME, 'contamination', contamination, "'auto' or a share above 0 up to 0.5");
    }
    this.nEstimators = nEstimators;
    this.maxSamples = maxSamples;
    this.contamination = contamination;
    this.seed = seed;
  }

  /** @throws FlowcaseError NOTHING_TO_CLUSTER without rows, NOT_FINITE, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED */
  async fit(matrix: Matrix, means: Means = {}): Promise<this> {
    const { pace = unwatched() } = means;
    if (matrix.rows === 0) throw new FlowcaseError('NOTHING_TO_CLUSTER', 'There are no records to learn from. Widen the filter.');
    await checkFinite(NAME, matrix, pace);
    const sampled = Math.min(this.maxSamples, matrix.rows);
    const trees = emptyTrees(this.nEstimators, depthOf(sampled));
    const random = new Random(this.seed);
    const sample = new Float32Array(sampled * matrix.columns);
    const { values } = matrix;
    for (let tree = 0; tree < this.nEstimators; tree++) {
      const own = random.fork();
      sampleRows(matrix.rows, sampled, own).forEach((row, i) => {
        matrix.copyRow(row, sample.subarray(i * matrix.columns, (i + 1) * matrix.columns), values);
      });
      growTree(trees, tree, sample, matrix.columns, own);
      if (!pace.due) continue;
      pace.progress.report(tree + 1, this.nEstimators, 'trees', 'growing isolation trees');
      await pace.breathe();
    }
    const threshold = this.contamination === 'auto' ? HALF : quantile(await score(trees, sampled, matrix, means), 1 - this.contamination);
    this.maxSamples_ = sampled;
    this.nFeaturesIn_ = matrix.columns;
    this.trees_ = trees;
    this.threshold_ = threshold;
    return this;
  }

  /**
   * Row → 2^(-E[h] / c(n)), 0..1: E[h] the mean length of its paths, n the rows a tree was grown from. Well above 0.5 it is strange; where no
   * row scores much above 0.5, none is.
   * @throws FlowcaseError NOT_FITTED, PARAMETER (columns), NOT_FINITE, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
   */
  async scoreSamples(matrix: Matrix, means: Means = {}): Promise<Float32Array> {
    this.#check(matrix);
    return score(this.trees_, this.maxSamples_, matrix, means);
  }

  /** Row → 1 where it is an outlier (scores above `threshold_`), else 0. Throws as `scoreSamples`. */
  async predict(matrix: Matrix, means: Means = {}): Promise<Uint8Array> {
    return Uint8Array.from(await this.scoreSamples(matrix, means), (value) => (value > this.threshold_ ? 1 : 0));
  }

  /** Tree → length of a row's path down it. @throws FlowcaseError NOT_FITTED, PARAMETER (columns) */
  pathLengths(matrix: Matrix, row: number): Float64Array {
    this.#check(matrix);
    const values = new Float32Array(matrix.columns);
    matrix.copyRow(row, values);
    return Float64Array.from({ length: this.nEstimators }, (_, tree) => pathLength(this.trees_, tree, values));
  }

  /**
   * What isolates each row: the depth that every column gained it, mean over the trees (isolation-paths.ts says how; after Saabas 2014). Rows ×
   * columns, row by row. A row's gains sum to c(n) - E[h]: the columns with the largest are those in which it is strange.
   * @throws FlowcaseError NOT_FITTED, PARAMETER (columns), NOT_FINITE, CANCELLED
   */
  async attribution(matrix: Matrix, { pace = unwatched() }: Means = {}): Promise<Float64Array> {
    this.#check(matrix);
    await checkFinite(NAME, matrix, pace);
    const { columns, rows, values } = { columns: matrix.columns, rows: matrix.rows, values: matrix.values };
    const gains = new Float64Array(rows * columns);
    const row = new Float32Array(columns);
    for (let r = 0; r < rows; r++) {
      const own = gains.subarray(r * columns, (r + 1) * columns);
      matrix.copyRow(r, row, values);
      for (let tree = 0; tree < this.nEstimators; tree++) addGains(this.trees_, tree, row, own);
      for (let c = 0; c < columns; c++) own[c] /= this.nEstimators;
      if (pace.due) await pace.breathe();
    }
    return gains;
  }

  /** @throws FlowcaseError NOT_FITTED */
  save(): SavedEstimator {
    if (this.maxSamples_ === 0) throw notFitted(NAME);
    const { nEstimators, maxSamples, contamination, seed } = this;
    const { features, thresholds, samples } = this.trees_;
    return {
      kind: this.kind,
      parameters: {
        nEstimators,
        maxSamples,
        contamination,
        seed,
        sampled: this.maxSamples_,
        columns: this.nFeaturesIn_,
        threshold: this.threshold_,
      },
      arrays: { features: features.slice(), thresholds: thresholds.slice(), samples: samples.slice() },
    };
  }

  #check(matrix: Matrix): void {
    if (this.maxSamples_ === 0) throw notFitted(NAME);
    if (matrix.columns !== this.nFeaturesIn_) throw outside(NAME, 'columns', matrix.columns, String(this.nFeaturesIn_));
  }
}

async function score(trees: IsolationTrees, sampled: number, matrix: Matrix, means: Means): Promise<Float32Array> {
  const { scores, finite } = await scoreRows(trees, sampled, matrix, means);
  // Which value it is, is only asked where there is one.
  if (!finite) await checkFinite(NAME, matrix, means.pace ?? unwatched());
  return scores;
}

/** Between the two nearest where it lies between two, as numpy's percentile. */
function quantile(values: Float32Array, share: number): number {
  const sorted = values.slice().sort();
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}
