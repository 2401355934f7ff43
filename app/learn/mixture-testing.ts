import type { CovarianceType } from '../contract/runs.ts';
import type { Matrix } from './matrix.ts';
import { GaussianMixture } from './mixture.ts';
import { dataset, type DatasetName } from './testing-datasets.ts';

/** A mixture that ours and scikit-learn's are held together on: same rows, same start, the same number of iterations. */
export interface MixtureCase {
  readonly name: DatasetName;
  readonly standardised: boolean;
  readonly k: number;
  readonly iterations: number;
  readonly regularisation: number;
}

/** Breast cancer has features that are nearly sums of others, digits has constant ones: both as thin as mixtures come. */
export const mixtureCases: readonly MixtureCase[] = [
  { name: 'iris', standardised: false, k: 3, iterations: 20, regularisation: 1e-6 },
  { name: 'wine', standardised: true, k: 3, iterations: 20, regularisation: 1e-6 },
  { name: 'breast-cancer', standardised: true, k: 2, iterations: 20, regularisation: 1e-6 },
  { name: 'digits', standardised: false, k: 4, iterations: 6, regularisation: 1e-3 },
];

export function matrixOfCase({ name, standardised }: MixtureCase): Matrix {
  return dataset(name, standardised).matrix;
}

/** Starting means: k rows, evenly over the whole. k × columns. */
export function startOfCase(matrix: Matrix, { k }: MixtureCase): Float64Array {
  const means = new Float64Array(k * matrix.columns);
  for (let i = 0; i < k; i++)
    matrix.copyRow(Math.floor(((i + 0.5) / k) * matrix.rows), means.subarray(i * matrix.columns, (i + 1) * matrix.columns));
  return means;
}

export function ourMixture(matrix: Matrix, of: MixtureCase, covarianceType: CovarianceType, twin = false): Promise<GaussianMixture> {
  const { k, iterations, regularisation } = of;
  const init = startOfCase(matrix, of);
  return new GaussianMixture({ nComponents: k, covarianceType, init, maxIter: iterations, tol: 0, regCovar: regularisation }).fit(matrix, {
    twin,
  });
}

/** A case's figures as scikit-learn has them (fixtures/mixture.json). */
export interface MixtureFigures {
  readonly name: DatasetName;
  readonly covariance: CovarianceType;
  readonly lowerBound: number;
  readonly score: number;
  readonly bic: number;
  readonly aic: number;
  readonly weights: readonly number[];
  readonly means: readonly number[];
  readonly covariances?: readonly number[];
}

/** The largest difference of two lists, as a share of the largest value. */
export function worstDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let [worst, size] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
    size = Math.max(size, Math.abs(theirs[i]));
  }
  return worst / size;
}

/** How far ours is from those figures, each difference as a share. */
export async function differences(
  ours: GaussianMixture,
  matrix: Matrix,
  theirs: MixtureFigures,
  twin: boolean,
): Promise<Record<string, number>> {
  return {
    lowerBound: Math.abs(ours.lowerBound_ / theirs.lowerBound - 1),
    score: Math.abs((await ours.score(matrix, { twin })) / theirs.score - 1),
    bic: Math.abs((await ours.bic(matrix, { twin })) / theirs.bic - 1),
    aic: Math.abs((await ours.aic(matrix, { twin })) / theirs.aic - 1),
    weights: worstDifference(ours.weights_, theirs.weights),
    means: worstDifference(ours.means_, theirs.means),
    covariances: theirs.covariances === undefined ? 0 : worstDifference(ours.covariances_, theirs.covariances),
  };
}
