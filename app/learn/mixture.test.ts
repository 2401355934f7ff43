import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { covarianceTypes } from '../contract/runs.ts';
import { Random } from '../shared/random.ts';
import { Matrix } from './matrix.ts';
import { nextModel, whitenersOf, type MixtureModel, type MixtureSums } from './mixture-model.ts';
import { MixtureRounds } from './mixture-rounds.ts';
import { differences, matrixOfCase, mixtureCases, ourMixture, worstDifference, type MixtureFigures } from './mixture-testing.ts';
import { GaussianMixture, loadMixture, type MixtureStep } from './mixture.ts';
import { Pace, unwatched } from './pace.ts';
import { createThread, heaps, iris, rowsOf } from './testing.ts';
import { ThreadPool } from './thread-pool.ts';

const { figures } = JSON.parse(readFileSync(new URL('./fixtures/mixture.json', import.meta.url), 'utf8')) as { figures: MixtureFigures[] };

describe('GaussianMixture beside scikit-learn', () => {
  it.each([
    [2, -1.429031],
    [3, -1.201237],
    [4, -1.087079],
  ])('finds on iris the likelihood that scikit-learn finds, k = %i', async (k, likelihood) => {
    const model = await new GaussianMixture({ nComponents: k, nInit: 10, seed: 1, tol: 1e-5, maxIter: 500 }).fit(iris());
    expect(Math.abs((await model.score(iris())) / likelihood - 1)).toBeLessThan(0.01);
    expect(model.converged_).toBe(true);
  });

  it.each(figures.map((of) => [of.name, of.covariance, of] as const))('has its figures on %s, %s', async (name, covariance, theirs) => {
    const of = mixtureCases.find((one) => one.name === name);
    if (of === undefined) throw new Error(`there is no case ${name}`);
    const matrix = matrixOfCase(of);
    for (const twin of [false, true]) {
      const found = await differences(await ourMixture(matrix, of, covariance, twin), matrix, theirs, twin);
      expect(Object.entries(found).filter(([, difference]) => !(difference < (twin ? 1e-7 : 2e-5)))).toEqual([]);
    }
  });
});

describe('GaussianMixture on any number of threads', () => {
  const pools: ThreadPool[] = [];
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  it.each(covarianceTypes)('gives the same bits, %s', async (covarianceType) => {
    // ten segments, the last one short and not a multiple of four
    const matrix = heaps(40_003, 6, 4, 3);
    const fit = (pool: ThreadPool | null): Promise<GaussianMixture> =>
      new GaussianMixture({ nComponents: 4, covarianceType, maxIter: 5, tol: 0, seed: 5 }).fit(matrix, { pool });
    const alone = await fit(null);
    const proba = await alone.predictProba(matrix);
    for (const threads of [1, 2, 3]) {
      const pool = new ThreadPool(createThread, threads);
      pools.push(pool);
      const model = await fit(pool);
      expect(model.save()).toEqual(alone.save());
      expect(await model.predictProba(matrix, { pool })).toEqual(proba);
    }
  });

  it.each([0, 2])('stops when it is told to (threads: %i)', async (threads) => {
    const pool = threads === 0 ? null : new ThreadPool(createThread, threads);
    if (pool !== null) pools.push(pool);
    let steps = 0;
    const pace = new Pace({ report: () => undefined, stopped: () => steps >= 2 });
    const fit = new GaussianMixture({ nComponents: 5, tol: 0 }).fit(heaps(30_000, 6, 8, 2), { pace, pool, onStep: () => steps++ });
    await expect(fit).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(steps).toBe(2);
  });
});

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 300 }),
  columns: fc.integer({ min: 1, max: 9 }),
  components: fc.integer({ min: 1, max: 5 }),
  type: fc.constantFrom(...covarianceTypes),
  seed: fc.nat(),
});

describe('the kernel beside its twin', () => {
  it('gives the same sums and the same shares, whatever the shape', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ rows, columns, components, type, seed }) => {
        const matrix = heaps(rows, columns, 3, seed);
        const model = randomModel(columns, components, type, new Random(seed));
        const rounds = (twin: boolean): MixtureRounds =>
          new MixtureRounds(matrix, model, { pace: unwatched(), pool: null, withShares: true, twin });
        const [fast, twin] = [rounds(false), rounds(true)];
        const [ours, theirs] = [await fast.learn(model), await twin.learn(model)];
        expect(worstDifference(ours.weights, theirs.weights)).toBeLessThan(1e-5);
        expect(worstDifference(ours.shifts, theirs.shifts)).toBeLessThan(1e-5);
        // shares of less than 10⁻¹² are none to the kernel: components are compared by what they have of all
        const flat = (of: MixtureSums): number[] => of.scatters.flatMap((scatter) => [...scatter]);
        expect(worstDifference(flat(ours), flat(theirs))).toBeLessThan(1e-5);
        await twin.apply(model);
        const [shares, scores] = [twin.shares.slice(), twin.scores.slice()];
        await fast.apply(model);
        expect(Math.max(...fast.shares.map((share, i) => Math.abs(share - shares[i])))).toBeLessThan(1e-4);
        expect(Math.max(...fast.scores.map((score, i) => Math.abs(score - scores[i]) / (1 + Math.abs(scores[i]))))).toBeLessThan(1e-5);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps seven digits in directions a million times thinner than others, far from zero', async () => {
    const random = new Random(8);
    const values = Array.from({ length: 20_000 }, () => {
      const wide = random.normal() * 1000;
      return [5000 + wide, 0.25 * wide + random.normal() * 1e-2, random.normal()];
    });
    const matrix = Matrix.fromRows(values.flat(), 3);
    const fit = (twin: boolean): Promise<GaussianMixture> =>
      new GaussianMixture({ nComponents: 2, maxIter: 10, tol: 0, seed: 2 }).fit(matrix, { twin });
    const [fast, twin] = [await fit(false), await fit(true)];
    expect(Math.abs(fast.lowerBound_ - twin.lowerBound_)).toBeLessThan(1e-3);
    const thin = (model: GaussianMixture): number => whitenersOf(modelOf(model)).reduce((most, one) => Math.max(most, ...one.factors), 0);
    expect(thin(fast) / thin(twin)).toBeCloseTo(1, 3);
    expect(thin(twin)).toBeGreaterThan(50);
  });
});

describe('a component that shrinks to a point in one step', () => {
  it.each(['full', 'diag'] as const)('is taken to float64 rather than lost, %s', async (covarianceType) => {
    const random = new Random(0);
    const same = Array.from({ length: 2000 }, () => [1234.5, 77.25, 0]);
    const wide = Array.from({ length: 1000 }, () => [random.normal() * 1e5, random.normal() * 1e5, random.normal()]);
    const matrix = Matrix.fromRows([...same, ...wide].flat(), 3);
    const fit = (twin: boolean): Promise<GaussianMixture> => new GaussianMixture({ nComponents: 3, covarianceType }).fit(matrix, { twin });
    const [fast, twin] = [await fit(false), await fit(true)];
    expect(Math.abs(fast.lowerBound_ - twin.lowerBound_)).toBeLessThan(1e-3);
    expect(Math.max(...whitenersOf(modelOf(fast)).flatMap(({ factors }) => [...factors]))).toBeCloseTo(1000, 0);
  });
});

/** Means anywhere, covariances B Bᵀ + 1/4. */
function randomModel(columns: number, components: number, type: MixtureModel['type'], random: Random): MixtureModel {
  const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.normal());
  const square = (): number[] => {
    const b = normals(columns * columns);
    const dot = (i: number, j: number): number =>
      b.subarray(i * columns, (i + 1) * columns).reduce((sum, v, m) => sum + v * b[j * columns + m], 0);
    return Array.from({ length: columns * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return dot(i, j) + (i === j ? 0.25 : 0);
    });
  };
  const count = { full: components, tied: 1, diag: components * columns, spherical: components }[type];
  const covariances =
    type === 'full' || type === 'tied'
      ? Float64Array.from(Array.from({ length: count }, square).flat())
      : normals(count).map((value) => value * value + 0.25);
  const weights = normals(components).map((value) => value * value + 0.1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { type, components, columns, weights: weights.map((weight) => weight / total), means: normals(components * columns), covariances };
}

function modelOf(of: GaussianMixture): MixtureModel {
  const { covarianceType: type, nComponents_: components, weights_: weights, means_: means, covariances_: covariances } = of;
  return { type, components, columns: means.length / components, weights, means, covariances };
}

describe('properties of GaussianMixture', () => {
  it('never becomes less likely, and its shares add up to one', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ rows, columns, components, type, seed }) => {
        const matrix = heaps(rows + 20, columns, 3, seed);
        const steps: MixtureStep[] = [];
        const parameters = { nComponents: components, covarianceType: type, regCovar: 1e-3, maxIter: 8, tol: 0, seed };
        const model = await new GaussianMixture(parameters).fit(matrix, { onStep: (step) => steps.push(step) });
        // what is added to the variances takes away a little likelihood of components that have few rows
        if (rows > 100) for (const step of steps.slice(1)) expect(step.change).toBeGreaterThan(-0.02);
        const shares = await model.predictProba(matrix);
        const labels = await model.predict(matrix);
        for (let row = 0; row < matrix.rows; row++) {
          const own = shares.subarray(row * components, (row + 1) * components);
          expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
          expect(own[labels[row]]).toBe(Math.max(...own));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same after it was saved and loaded', async () => {
    const matrix = heaps(500, 5, 3, 4);
    for (const covarianceType of covarianceTypes) {
      const model = await new GaussianMixture({ nComponents: 3, covarianceType, seed: 9 }).fit(matrix);
      const loaded = loadMixture(structuredClone(model.save()));
      expect(loaded.save()).toEqual(model.save());
      expect(await loaded.predictProba(matrix)).toEqual(await model.predictProba(matrix));
    }
  });
});

describe('GaussianMixture at the edges', () => {
  it('refuses a component without width, in words', async () => {
    const flat = Matrix.fromRows(
      Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? i : 7)),
      2,
    );
    for (const covarianceType of ['full', 'diag', 'tied'] as const) {
      const fit = new GaussianMixture({ nComponents: 2, covarianceType, regCovar: 0 }).fit(flat);
      await expect(fit).rejects.toMatchObject({ code: 'PARAMETER', message: expect.stringMatching(/width.*regCovar/) as string });
    }
    await expect(new GaussianMixture({ nComponents: 2 }).fit(flat)).resolves.toBeDefined();
  });

  it('takes rows that are all alike, a single row, a single column', async () => {
    for (const covarianceType of covarianceTypes) {
      for (const rows of [1, 2, 5]) {
        const model = await new GaussianMixture({ nComponents: 3, covarianceType }).fit(
          Matrix.fromRows(new Array<number>(rows * 2).fill(4), 2),
        );
        expect([model.nComponents_, ...model.means_]).toEqual([1, 4, 4]);
      }
      const line = await new GaussianMixture({ nComponents: 2, covarianceType }).fit(Matrix.fromRows([0, 1, 2, 100, 101, 102], 1));
      expect(new Set(await line.predict(Matrix.fromRows([1, 101], 1))).size).toBe(2);
    }
  });

  it('leaves a component that lost its rows where it is', () => {
    const model = randomModel(2, 2, 'full', new Random(1));
    const sums = {
      logLikelihood: -10,
      about: model.means,
      weights: Float64Array.of(5, 0),
      shifts: new Float64Array(4),
      scatters: [Float64Array.of(5, 0, 5), new Float64Array(3)],
    };
    const next = nextModel(model, sums, 0);
    expect(next.means.subarray(2)).toEqual(model.means.subarray(2));
    expect(next.covariances.subarray(4)).toEqual(model.covariances.subarray(4));
    expect(next.weights[1]).toBeLessThan(1e-15);
    expect(next.weights[1]).toBeGreaterThan(0);
    expect([...next.covariances.subarray(0, 4)]).toEqual([1, 0, 0, 1].map((value) => expect.closeTo(value, 9) as number));
  });

  it.each([false, true])('says in one pass what it says in two (twin: %s)', async (twin) => {
    const model = await new GaussianMixture({ nComponents: 3, seed: 1 }).fit(iris());
    const { labels, scores } = await model.predictAndScore(iris(), { twin });
    expect(labels).toEqual(await model.predict(iris(), { twin }));
    expect(scores).toEqual(await model.scoreSamples(iris(), { twin }));
    expect(labels.buffer).not.toBe(scores.buffer);
  });

  it('stays finite where a row is out of sight of all components', async () => {
    const model = await new GaussianMixture({ nComponents: 3, seed: 1 }).fit(iris());
    const far = Matrix.fromRows([5, 3, 1.4, 0.2, 1e25, -1e25, 1e25, 1e25], 4);
    const scores = await model.scoreSamples(far);
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(scores[1]).toBeLessThan(-1e30);
    expect((await model.predictProba(far)).every(Number.isFinite)).toBe(true);
  });

  it('refuses what it cannot do, in words', async () => {
    await expect(new GaussianMixture().fit(new Matrix(0, 3))).rejects.toMatchObject({ code: 'NOTHING_TO_CLUSTER' });
    await expect(new GaussianMixture().predict(iris())).rejects.toMatchObject({ code: 'NOT_FITTED' });
    expect(() => new GaussianMixture({ nComponents: 0 })).toThrow(/nComponents/);
    expect(() => new GaussianMixture({ regCovar: -1 })).toThrow(/regCovar/);
    await expect(new GaussianMixture({ nComponents: 2, init: Float64Array.of(1) }).fit(iris())).rejects.toMatchObject({
      code: 'PARAMETER',
    });
    const apart = Float64Array.from([...rowsOf(iris())[0], 1e6, 1e6, 1e6, 1e6]);
    await expect(new GaussianMixture({ nComponents: 2, init: apart }).fit(iris())).rejects.toThrow(/nearest to no row/);
    const model = await new GaussianMixture({ nComponents: 2 }).fit(iris());
    await expect(model.predict(new Matrix(3, 3))).rejects.toMatchObject({ code: 'PARAMETER' });
    const holed = iris();
    holed.values[5] = Number.NaN;
    await expect(model.fit(holed)).rejects.toMatchObject({ code: 'NOT_FINITE' });
    const { arrays, ...rest } = model.save();
    expect(() => loadMixture({ ...rest, arrays: { ...arrays, means: new Float64Array(3) } })).toThrow(/means/);
    expect(() => loadMixture({ ...rest, arrays, kind: 'kmeans' })).toThrow(/kmeans/);
    expect(() => loadMixture({ ...rest, arrays: { ...arrays, weights: Float64Array.of(2, -1) } })).toThrow(/weight/);
  });
});
