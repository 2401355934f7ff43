import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { tumours } from '../isolation/testing.ts';
import { Matrix } from '../matrix.ts';
import { Pace } from '../pace.ts';
import { createThread, heaps, iris } from '../testing.ts';
import { ThreadPool } from '../thread-pool.ts';
import { DecisionTree } from '../trees/decision-tree.ts';
import { crossValidate } from '../validation/cross-validation.ts';
import { stratifiedKFold } from '../validation/splits.ts';
import { gridCandidates, randomCandidates } from './candidates.ts';
import { search, type SearchResult } from './search.ts';

const PARAMETER = expect.objectContaining({ code: 'PARAMETER' }) as Error;
const species = Uint16Array.from({ length: 150 }, (_, row) => Math.floor(row / 50));
const flowers = { matrix: iris(), y: species, classes: 3 };
const splits = stratifiedKFold(species, 3, { folds: 4, seed: 2 });

/** Without the seconds, which differ from run to run. */
const untimed = ({ trials }: SearchResult): unknown => trials.map((trial) => ({ ...trial, fitSeconds: 0, scoreSeconds: 0 }));

describe('candidates', () => {
  it('of a grid are everything that can be put together', () => {
    expect(gridCandidates({ a: [1, 2], b: ['x', null] })).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: null },
      { a: 2, b: 'x' },
      { a: 2, b: null },
    ]);
    expect(gridCandidates({})).toEqual([{}]);
    expect(() => gridCandidates({ a: [] })).toThrow(PARAMETER);
    const many = Array.from({ length: 101 }, (_, i) => i);
    expect(() => gridCandidates({ a: many, b: many })).toThrow(/10,201 combinations/);
  });

  it('drawn at random lie within their borders, none twice, and are the same with the same seed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 50 }), (seed, low, wide) => {
        const distributions = {
          a: { type: 'whole', low, high: low + wide } as const,
          b: { type: 'number', low: low / 100, high: low, log: true } as const,
          c: { type: 'whole', low, high: low + wide, log: true } as const,
          d: { type: 'choice', values: ['x', null] } as const,
        };
        const drawn = randomCandidates(distributions, 20, seed);
        expect(drawn).toEqual(randomCandidates(distributions, 20, seed));
        expect(new Set(drawn.map((one) => JSON.stringify(one))).size).toBe(20);
        for (const { a, b, c, d } of drawn) {
          for (const value of [a, c]) {
            expect(Number.isInteger(value)).toBe(true);
            expect(Number(value)).toBeGreaterThanOrEqual(low);
            expect(Number(value)).toBeLessThanOrEqual(low + wide);
          }
          expect(Number(b)).toBeGreaterThanOrEqual(low / 100);
          expect(Number(b)).toBeLessThanOrEqual(low);
          expect(['x', null]).toContain(d);
        }
      }),
    );
  });

  it('drawn by magnitude come as often from each', () => {
    const drawn = randomCandidates({ a: { type: 'number', low: 0.001, high: 1, log: true } }, 3000, 1);
    const below = (border: number): number => drawn.filter(({ a }) => Number(a) < border).length;
    expect(Math.abs(below(0.01) - 1000)).toBeLessThan(120);
    expect(Math.abs(below(0.1) - 2000)).toBeLessThan(120);
  });

  it('of choices alone are drawn from the grid without putting back, until it is empty', () => {
    const values = Array.from({ length: 20 }, (_, i) => i);
    const distributions = { a: { type: 'choice', values }, b: { type: 'choice', values } } as const;
    for (const iterations of [7, 400, 500]) {
      const drawn = randomCandidates(distributions, iterations, 5);
      expect(new Set(drawn.map(({ a, b }) => Number(a) * 20 + Number(b))).size).toBe(Math.min(400, iterations));
    }
    expect(randomCandidates(distributions, 7, 5)).not.toEqual(randomCandidates(distributions, 7, 6));
  });

  it('are as many as there are, where more are asked for', () => {
    const drawn = randomCandidates({ a: { type: 'whole', low: 1, high: 5 } }, 50, 3);
    expect(drawn.map(({ a }) => a).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(() => randomCandidates({ a: { type: 'whole', low: 2, high: 1 } }, 5, 1)).toThrow(PARAMETER);
    expect(() => randomCandidates({ a: { type: 'number', low: 0, high: 1, log: true } }, 5, 1)).toThrow(/above zero/);
    expect(() => randomCandidates({ a: { type: 'choice', values: [] } }, 5, 1)).toThrow(PARAMETER);
  });
});

describe('search', () => {
  const pools: ThreadPool[] = [];
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  it('gives each set of parameters the figures of its cross-validation, and refits the best on everything', async () => {
    const grid = { maxDepth: [1, 2, 5], criterion: ['gini', 'entropy'] };
    const result = await search({ estimator: 'tree', grid, fixed: { minSamplesLeaf: 2 }, seed: 3, scoring: 'macroF1', splits }, flowers);
    expect(result.trials).toHaveLength(6);
    for (const { parameters, mean, deviation, scores } of result.trials) {
      const make = (): DecisionTree => new DecisionTree({ ...parameters, minSamplesLeaf: 2, seed: 3 });
      const own = await crossValidate(make, flowers.matrix, species, 3, splits);
      expect([mean, deviation]).toEqual([own.mean.macroF1, own.deviation.macroF1]);
      expect(scores).toEqual(own.folds.map((fold) => fold.macroF1));
    }
    const best = Math.max(...result.trials.map(({ mean }) => mean ?? 0));
    expect(result.best.mean).toBe(best);
    expect(result.best).toBe(result.trials.find(({ mean }) => mean === best));
    expect(result.trials.filter(({ rank }) => rank === 1).every(({ mean }) => mean === best)).toBe(true);
    expect(Math.max(...result.trials.map(({ rank }) => rank))).toBeLessThanOrEqual(6);
    const again = await new DecisionTree({ ...result.best.parameters, minSamplesLeaf: 2, seed: 3 }).fit(flowers.matrix, species, 3);
    expect(result.model.save()).toEqual(again.save());
  });

  it('measures in the refitted one what trials need not measure', async () => {
    const asked = {
      estimator: 'forest',
      grid: { maxDepth: [3] },
      fixed: { nEstimators: 9 },
      seed: 2,
      scoring: 'accuracy',
      splits,
    } as const;
    const plain = await search(asked, flowers);
    const measured = await search({ ...asked, refit: (best) => ({ ...best, oobScore: true }) }, flowers);
    expect(plain.model.outOfBag_).toBeNull();
    expect(measured.model.outOfBag_?.decision).toHaveLength(150 * 3);
    expect(measured.model.trees_).toEqual(plain.model.trees_);
    expect(untimed(measured)).toEqual(untimed(plain));
  });

  it('takes the least where less is better', async () => {
    const result = await search({ estimator: 'tree', grid: { maxDepth: [1, 3] }, scoring: 'logLoss', splits }, flowers);
    expect(result.higherIsBetter).toBe(false);
    const [shallow, deep] = result.trials;
    expect(result.best.mean).toBe(Math.min(shallow.mean ?? 0, deep.mean ?? 0));
  });

  it('is the same on any number of threads', async () => {
    const request = {
      estimator: 'forest',
      distributions: { maxDepth: { type: 'whole', low: 1, high: 9 }, nEstimators: { type: 'whole', low: 2, high: 20, log: true } },
      iterations: 4,
      seed: 8,
      scoring: 'accuracy',
      splits,
    } as const;
    const alone = await search(request, flowers);
    const pool = new ThreadPool(createThread, 2);
    pools.push(pool);
    const two = await search(request, flowers, { pool });
    expect(untimed(two)).toEqual(untimed(alone));
    expect(two.model.save()).toEqual(alone.model.save());
  });

  it.each(['silhouette', 'daviesBouldin', 'calinskiHarabasz'] as const)('finds how many heaps there are by %s', async (scoring) => {
    const random = new Random(4);
    const matrix = Matrix.fromRows(
      Array.from({ length: 800 }, (_, i) => (Math.floor(i / 2) % 4) * 12 + random.normal()),
      2,
    );
    const grid = { nClusters: [1, 2, 3, 4, 5, 7] };
    const result = await search({ estimator: 'kmeans', grid, fixed: { nInit: 5 }, seed: 1, scoring }, { matrix });
    expect(result.best.parameters).toEqual({ nClusters: 4 });
    // One cluster has no such figure: it stands last, without a mean.
    expect(result.trials[0]).toMatchObject({ mean: null, deviation: null, rank: 6, failed: null });
    expect(result.model.save().parameters).toMatchObject({ nClusters: 4, clusters: 4 });
  });

  it('finds by BIC how many components were mixed, as scikit-learn does on iris', async () => {
    const result = await search(
      { estimator: 'gmm', grid: { nComponents: [1, 2, 3, 4], covarianceType: ['full'] }, seed: 1, scoring: 'bic' },
      { matrix: iris() },
    );
    expect(result.best.parameters).toEqual({ nComponents: 2, covarianceType: 'full' });
    await expect(search({ estimator: 'kmeans', grid: {}, scoring: 'bic' }, { matrix: iris() })).rejects.toThrow(/no likelihood/);
  });

  it('judges clusterers on rows they have not seen where there are splits', async () => {
    const [one] = splits;
    const result = await search(
      { estimator: 'kmeans', grid: { nClusters: [3] }, scoring: 'silhouette', splits: [one] },
      { matrix: iris() },
    );
    expect(result.best.scores).toHaveLength(1);
    expect(result.best.mean).toBeGreaterThan(0.4);
  });

  it('tunes what finds outliers by those that are known', async () => {
    const { matrix, malignant } = tumours();
    const y = Uint16Array.from(malignant);
    const folds = stratifiedKFold(y, 2, { folds: 3 });
    const grid = { maxSamples: [1, 128] };
    const result = await search({ estimator: 'isolation', grid, seed: 1, scoring: 'rocAuc', splits: folds }, { matrix, y });
    expect(result.best.parameters).toEqual({ maxSamples: 128 });
    expect(result.best.mean).toBeGreaterThan(0.9);
    expect(result.trials[0].mean).toBe(0.5);
  });

  it('says why a set of parameters does not fit the data, and goes on with the others', async () => {
    // 20 copies of one value: a variance of zero, which nothing is added to.
    const matrix = Matrix.fromRows([...new Array<number>(20).fill(1), ...Array.from({ length: 20 }, (_, i) => 5 + i * i)], 1);
    const grid = { regCovar: [0, 0.01] };
    const result = await search({ estimator: 'gmm', grid, fixed: { nComponents: 2 }, seed: 1, scoring: 'bic' }, { matrix });
    expect(result.trials[0].mean).toBeNull();
    expect(result.trials[0].failed).toMatch(/regCovar|singular|variance/i);
    expect(result.best.parameters).toEqual({ regCovar: 0.01 });
    const none = search({ estimator: 'kmeans', grid: { nClusters: [1] }, scoring: 'silhouette' }, { matrix });
    await expect(none).rejects.toThrow(/None of 1 sets/);
  });

  it('checks everything before it begins', async () => {
    let told = 0;
    const pace = new Pace({ report: () => (told += 1), stopped: () => false });
    const ask = (request: Partial<Parameters<typeof search>[0]>, data = {}): Promise<unknown> =>
      search({ estimator: 'tree', grid: {}, scoring: 'accuracy', splits, ...request }, { ...flowers, ...data }, { pace });
    await expect(ask({ grid: { maxDepth: [3, 0] } })).rejects.toThrow(/maxDepth/);
    await expect(ask({ grid: { nonsense: [1] } })).rejects.toThrow(/nonsense/);
    await expect(ask({ scoring: 'silhouette' })).rejects.toThrow(/cannot be scored by silhouette/);
    await expect(ask({ splits: [] })).rejects.toThrow(/without splits/);
    await expect(ask({}, { y: species.slice(1) })).rejects.toThrow(/class of every row/);
    expect(told).toBe(0);
  });

  it('tells how many fits are left, and stops between them', async () => {
    const told: (readonly [number, number | null, string])[] = [];
    const pace = new Pace({ report: (done, total, _, note) => told.push([done, total, note]), stopped: () => told.length > 5 });
    const matrix = heaps(300, 3, 3, 1);
    const running = search(
      { estimator: 'kmeans', grid: { nClusters: [2, 3, 4, 5, 6, 7, 8] }, scoring: 'silhouette' },
      { matrix },
      { pace },
    );
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(told[0]).toEqual([0, 8, '8 left']);
    expect(told[told.length - 1]).toEqual([5, 8, '3 left']);
  });
});
