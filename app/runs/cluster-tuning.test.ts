import { describe, expect, it } from 'vitest';
import type { ClusterTuneRequest } from '../contract/runs.ts';
import { KMeans } from '../learn/kmeans.ts';
import { Matrix } from '../learn/matrix.ts';
import { GaussianMixture } from '../learn/mixture.ts';
import { Pace, unwatched } from '../learn/pace.ts';
import { silhouette } from '../learn/silhouette.ts';
import { Random } from '../shared/random.ts';
import { tuneClusters, tuningWords, withBest } from './cluster-tuning.ts';

const random = new Random(5);
/** Three heaps, long in one direction. */
const matrix = Matrix.fromRows(Array.from({ length: 600 }, (_, i) => [10 * (i % 3) + random.normal(), 5 * random.normal()]).flat(), 2);
const asked = { method: 'kmeans', k: 7, covariance: 'full', starts: null, seed: 2 } as const;
const tune: ClusterTuneRequest = { search: 'grid', values: { k: [2, 3, 4] }, iterations: 20, scoring: 'silhouette' };

describe('settings of a clustering', () => {
  it('are scored as the estimator alone scores, and the best is taken', async () => {
    const { trials, rows } = await tuneClusters(matrix, asked, tune, {});
    expect(rows).toBe(600);
    expect(trials.map(({ k, starts, covariance }) => [k, starts, covariance])).toEqual([2, 3, 4].map((k) => [k, 4, null]));
    for (const { k, score } of trials) {
      const own = await new KMeans({ nClusters: k, nInit: 4, seed: 2 }).fit(matrix);
      expect(score).toBe((await silhouette(matrix, own.labels_, k, new Random(2), unwatched())).score);
    }
    const best = trials.find(({ rank }) => rank === 1);
    expect(withBest(asked, { scoring: 'silhouette', rows, trials })).toEqual({ ...asked, k: best?.k, starts: 4 });
  });

  it('of a mixture are its shapes too, by the lowest BIC', async () => {
    const values = { k: [2, 3], covariance: ['full', 'spherical'], starts: [1, 3] } as const;
    const tuning = await tuneClusters(matrix, { ...asked, method: 'gmm' }, { ...tune, values, scoring: 'bic' }, {});
    expect(tuning.trials).toHaveLength(8);
    for (const { k, covariance, starts, score } of tuning.trials) {
      const own = await new GaussianMixture({ nComponents: k, covarianceType: covariance ?? 'tied', nInit: starts, seed: 2 }).fit(matrix);
      expect(score).toBe(await own.bic(matrix));
    }
    const least = Math.min(...tuning.trials.map(({ score }) => score ?? Number.POSITIVE_INFINITY));
    const best = tuning.trials.find(({ rank }) => rank === 1);
    expect(best?.score).toBe(least);
    expect(withBest({ ...asked, method: 'gmm' }, tuning)).toMatchObject({ k: 3, covariance: 'full' });
    expect(tuningWords(tuning, 9000)).toMatch(/^k = 3, full covariance, .* is the best of 8 settings tried on a sample of 600 rows by BIC/);
  });

  it('at random are as many as were asked for, the same for the same seed', async () => {
    const few = { ...tune, search: 'random', iterations: 2 } as const;
    const [one, two] = [await tuneClusters(matrix, asked, few, {}), await tuneClusters(matrix, asked, few, {})];
    expect(one.trials).toHaveLength(2);
    expect(two.trials.map(({ k, score }) => [k, score])).toEqual(one.trials.map(({ k, score }) => [k, score]));
  });

  it.each([
    [{ values: {} }, {}, 'no setting to try'],
    [{ values: { covariance: ['full'] } }, {}, 'k-means has no covariance'],
    [{ scoring: 'bic' }, {}, 'no BIC'],
    [{ values: { starts: [1] } }, { k: 'auto' }, 'cannot be automatic'],
  ] as const)('that cannot be are refused: %j %j', async (change, request, words) => {
    await expect(tuneClusters(matrix, { ...asked, ...request }, { ...tune, ...change }, {})).rejects.toMatchObject({
      code: 'PARAMETER',
      message: expect.stringContaining(words) as string,
    });
  });

  it('are counted as they are tried, and stop where somebody says so', async () => {
    const told: (number | null)[][] = [];
    const report = (done: number, total: number | null): number => told.push([done, total]);
    await expect(tuneClusters(matrix, asked, tune, { pace: new Pace({ report, stopped: () => told.length > 2 }) })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(told.slice(0, 2)).toEqual([
      [0, 4],
      [1, 4],
    ]);
  });
});
