import { covarianceTypes } from '../../app/contract/runs.ts';
import type { Matrix } from '../../app/learn/matrix.ts';
import { rowsOf } from '../../app/learn/testing.ts';
import { startOfCase, type MixtureCase } from '../../app/learn/mixture-testing.ts';
import { askPeer } from '../../bench/lib/python-peer.ts';

/** What bench/learn/jobs/mixture.py finds. */
export interface PeerMixture {
  readonly lowerBound: number;
  readonly iterations: number;
  readonly score: number;
  readonly bic: number;
  readonly aic: number;
  readonly weights: readonly number[];
  readonly means: readonly number[];
  readonly covariances: readonly number[];
  readonly probabilities: readonly number[];
  readonly samples: readonly number[];
}

/** scikit-learn's mixtures of every covariance type, in float64, from the same start. @throws where Python or scikit-learn is missing */
export function theirMixtures(matrix: Matrix, of: MixtureCase): readonly PeerMixture[] {
  const x = { values: Float32Array.from(rowsOf(matrix).flat()), shape: [matrix.rows, matrix.columns] };
  const { k, iterations, regularisation } = of;
  const asked = { k, iterations, tolerance: 0, regularisation, double: true, whole: true };
  const each = covarianceTypes.map((covariance) => ({ ...asked, covariance }));
  return askPeer('mixtures', { each }, { x, means: { values: startOfCase(matrix, of), shape: [k, matrix.columns] } }) as PeerMixture[];
}
