import type { FeatureInfo } from '../contract/runs.ts';
import type { Absent, FeatureKind, MadeFeature, Scaling } from './types.ts';

/**
 * A recipe with everything that was learned from the data it was built on, as plain data: it goes through JSON and back without loss, is kept
 * with a model, and `applyRecipe` puts new rows through it without learning anything.
 */
export interface FittedRecipe {
  readonly recipe: string;
  readonly scaling: Scaling;
  readonly absent: Absent;
  /** Length of a window in microseconds, for hosts; null: none. */
  readonly window: number | null;
  /** Columns of the matrix, in their order. */
  readonly features: readonly FittedFeature[];
  /** What was left out, and why. */
  readonly dropped: readonly FeatureInfo[];
}

/** A column of the matrix: ((log ? log(1 + x) : x) - shift) / divisor × weight, and `fill` where x is absent (null: NaN). */
export interface FittedFeature {
  readonly name: string;
  readonly title: string;
  readonly how: string;
  readonly kind: FeatureKind;
  /** How to come to it; null: it is the recipe's own, by its name. */
  readonly made: MadeFeature | null;
  readonly log: boolean;
  readonly shift: number;
  readonly divisor: number;
  readonly weight: number;
  readonly fill: number | null;
  /** Mean and standard deviation (or median and its robust twin) that were seen, after the logarithm. */
  readonly mean: number;
  readonly scale: number;
}
