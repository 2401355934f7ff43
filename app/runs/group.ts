import type { ClusterRequest, CovarianceType } from '../contract/runs.ts';
import { KMeans } from '../learn/kmeans.ts';
import type { Matrix } from '../learn/matrix.ts';
import { parameterCount, type MixtureModel } from '../learn/mixture-model.ts';
import { GaussianMixture } from '../learn/mixture.ts';
import type { Pace } from '../learn/pace.ts';
import type { ThreadPool } from '../learn/thread-pool.ts';
import { USUAL_STARTS } from './cluster-tuning.ts';
import { mahalanobis } from './mixture-distance.ts';

/** What a method found, in its own order of clusters; some may have no rows. */
export interface Grouped {
  readonly found: number;
  /** Row → cluster from 0. */
  readonly labels: Uint16Array;
  /** found × columns. */
  readonly centres: Float64Array;
  /** Row → distance to its centre: Euclidean, or in standard deviations of the component (Mahalanobis) for a mixture. */
  readonly distance: Float32Array;
  readonly iterations: number;
  readonly converged: boolean;
  readonly inertia: number | null;
  readonly mixture: MixtureFound | null;
}

export interface MixtureFound {
  readonly type: CovarianceType;
  readonly weights: Float64Array;
  /** In the shapes of `MixtureModel`. */
  readonly covariances: Float64Array;
  /** Mean of the rows. */
  readonly logLikelihood: number;
  readonly bic: number;
  readonly aic: number;
}

/** Groups the rows by the method that was asked for, into `k` groups at most. @throws FlowcaseError as the estimators */
export async function groupRows(
  matrix: Matrix,
  request: Pick<ClusterRequest, 'method' | 'seed' | 'covariance' | 'starts'>,
  k: number,
  pace: Pace,
  pool: ThreadPool | null,
): Promise<Grouped> {
  return request.method === 'kmeans' ? byKMeans(matrix, request, k, pace, pool) : byMixture(matrix, request, k, pace, pool);
}

async function byKMeans(
  matrix: Matrix,
  { seed, starts: asked }: Pick<ClusterRequest, 'seed' | 'starts'>,
  k: number,
  pace: Pace,
  pool: ThreadPool | null,
): Promise<Grouped> {
  const starts = asked ?? USUAL_STARTS.kmeans;
  const model = await new KMeans({ nClusters: k, nInit: starts, seed }).fit(matrix, {
    pace,
    pool,
    onStep: ({ start, iteration }) =>
      pace.progress.report(start - 1, starts, 'starts', `k-means: start ${start} of ${starts}, pass ${iteration}`),
  });
  return {
    found: model.nClusters_,
    labels: model.labels_,
    centres: model.clusterCenters_,
    distance: model.distances_.map(Math.sqrt),
    iterations: model.nIter_,
    converged: model.converged_,
    inertia: model.inertia_,
    mixture: null,
  };
}

async function byMixture(
  matrix: Matrix,
  { seed, covariance, starts }: Pick<ClusterRequest, 'seed' | 'covariance' | 'starts'>,
  k: number,
  pace: Pace,
  pool: ThreadPool | null,
): Promise<Grouped> {
  const mixture = new GaussianMixture({ nComponents: k, covarianceType: covariance, nInit: starts ?? USUAL_STARTS.gmm, seed });
  await mixture.fit(matrix, {
    pace,
    pool,
    onStep: ({ iteration, lowerBound }) =>
      pace.progress.report(
        iteration,
        mixture.maxIter,
        'iterations',
        `Gaussian mixture: iteration ${iteration}, log-likelihood ${lowerBound.toFixed(4)}`,
      ),
  });
  const { labels, scores } = await mixture.predictAndScore(matrix, { pace, pool });
  let logLikelihood = 0;
  for (const score of scores) logLikelihood += score;
  const model: MixtureModel = {
    type: covariance,
    components: mixture.nComponents_,
    columns: matrix.columns,
    weights: mixture.weights_,
    means: mixture.means_,
    covariances: mixture.covariances_,
  };
  const parameters = parameterCount(model);
  return {
    found: model.components,
    labels,
    centres: model.means,
    distance: await mahalanobis(matrix, model, labels, pace),
    iterations: mixture.nIter_,
    converged: mixture.converged_,
    inertia: null,
    mixture: {
      type: covariance,
      weights: model.weights,
      covariances: model.covariances,
      logLikelihood: logLikelihood / matrix.rows,
      bic: -2 * logLikelihood + parameters * Math.log(matrix.rows),
      aic: -2 * logLikelihood + 2 * parameters,
    },
  };
}
