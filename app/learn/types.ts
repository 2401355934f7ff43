import type { Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';
import type { ThreadPool } from './thread-pool.ts';

/** With what an estimator works: nothing of it changes the result. */
export interface Means {
  /** Told of progress and asked to stop; nobody watches where it is not given. */
  readonly pace?: Pace;
  /** Threads; null or none: this one alone. */
  readonly pool?: ThreadPool | null;
}

/** The code of a row without a class. */
export const NO_CLASS = 0xffff;

/**
 * The shapes of scikit-learn's estimators: parameters in the constructor, which only checks and keeps them; `fit` learns, forgets earlier
 * fits and returns itself; what was learned has names that end with an underscore. Matrices are float32 (see Matrix). Values must be finite;
 * trees and forests also take NaN, which means absent.
 *
 * All throw FlowcaseError PARAMETER, NOT_FITTED, NOT_FINITE (names row and column), OUT_OF_MEMORY, CANCELLED, PROCESS_DIED.
 */
export interface Clusterer {
  readonly kind: string;
  fit(matrix: Matrix, means?: Means): Promise<this>;
  /** Row → cluster from 0. */
  predict(matrix: Matrix, means?: Means): Promise<Uint16Array>;
  save(): SavedEstimator;
}

export interface Classifier {
  readonly kind: string;
  /** `y`: row → code of its class from 0 to `classes` - 1; rows of NO_CLASS are left out. */
  fit(matrix: Matrix, y: Uint16Array, classes: number, means?: Means): Promise<this>;
  /** Row → the most probable class, the first of equals. */
  predict(matrix: Matrix, means?: Means): Promise<Uint16Array>;
  /** rows × classes, row by row; a row sums to 1. */
  predictProba(matrix: Matrix, means?: Means): Promise<Float32Array>;
  save(): SavedEstimator;
}

export interface OutlierDetector {
  readonly kind: string;
  fit(matrix: Matrix, means?: Means): Promise<this>;
  /** Row → score from 0 to 1, the higher the stranger (Liu, Ting, Zhou 2008: the opposite of scikit-learn's `score_samples`). */
  scoreSamples(matrix: Matrix, means?: Means): Promise<Float32Array>;
  save(): SavedEstimator;
}

export type SavedArray = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Int16Array | Uint8Array;

/** A fitted estimator as data: enough to predict with the same bits. Loading is a function beside the class: `loadKMeans(saved)`. */
export interface SavedEstimator {
  readonly kind: string;
  /** Constructor's parameters and small figures; plain JSON. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly arrays: Readonly<Record<string, SavedArray>>;
}
