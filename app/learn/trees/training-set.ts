import type { Bins } from './bins.ts';
import type { Criterion } from './impurity.ts';

/** What trees learn from; all large data in shared memory. */
export interface TrainingSet {
  readonly bins: Bins;
  /** Row → class. */
  readonly y: Uint16Array;
  /** Class → weight of each of its rows. */
  readonly weights: Float64Array;
}

/** How a tree grows, as kernels take it: nothing left open. */
export interface GrowthLimits {
  readonly criterion: Criterion;
  /** Steps from the root; Infinity: as deep as it goes. */
  readonly maxDepth: number;
  readonly minSamplesSplit: number;
  readonly minSamplesLeaf: number;
  /** Columns looked at in each node. */
  readonly maxFeatures: number;
  /** Whether each question chooses the side that absent values go to; else they go left. */
  readonly learnsAbsent: boolean;
}
