import fc from 'fast-check';
import { kmeans as mlKmeans } from 'ml-kmeans';
import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import { kmeansKernel, sweepLayout } from './kernels/kmeans-kernel.ts';
import { KMeans, type KMeansStep } from './kmeans.ts';
import { Matrix } from './matrix.ts';
import { Pace, unwatched } from './pace.ts';
import { Sweeper } from './sweeper.ts';
import { shuffle } from './sample.ts';
import { createThread, heaps, iris, naiveLloyd, rowsOf, squared } from './testing.ts';
import { dataset } from './testing-datasets.ts';
import { ThreadPool } from './thread-pool.ts';

const centresOf = (model: KMeans, columns: number): number[][] =>
  Array.from({ length: model.nClusters_ }, (_, k) => Array.from(model.clusterCenters_.subarray(k * columns, (k + 1) * columns)));

describe('KMeans beside others', () => {
  it.each([
    [2, 152.34795],
    [3, 78.85144],
    [4, 57.22847],
  ])('finds the best inertia that scikit-learn finds on iris, k = %i', async (k, inertia) => {
    const model = await new KMeans({ nClusters: k, nInit: 20, seed: 1 }).fit(iris());
    expect(Math.abs(model.inertia_ / inertia - 1)).toBeLessThan(0.001);
    if (k === 3) {
      const sizes = [0, 1, 2].map((c) => model.labels_.filter((label) => label === c).length);
      expect(sizes.sort((a, b) => b - a)).toEqual([62, 50, 38]);
    }
  });

  it.each([
    ['iris', false, 3, 78.8514],
    ['wine', true, 3, 1277.9285],
    ['breast-cancer', true, 2, 11595.4615],
    ['digits', false, 10, 1165127.46],
  ] as const)('finds the best inertia that scikit-learn finds on %s', async (name, standardised, k, inertia) => {
    const model = await new KMeans({ nClusters: k, nInit: 20, seed: 1 }).fit(dataset(name, standardised).matrix);
    expect(Math.abs(model.inertia_ / inertia - 1)).toBeLessThan(0.001);
  });

  it('goes the way of ml-kmeans from the same starting centres', async () => {
    const matrix = heaps(3000, 7, 6, 11);
    const rows = rowsOf(matrix);
    const start = rows.slice(0, 6);
    const theirs = mlKmeans(rows, 6, { initialization: start, maxIterations: 500, tolerance: 0 });
    const model = await new KMeans({ nClusters: 6, init: Float64Array.from(start.flat()), maxIter: 500, tol: 0 }).fit(matrix);
    expect(model.converged_).toBe(true);
    expect(Array.from(model.labels_)).toEqual(theirs.clusters);
    centresOf(model, 7).forEach((centre, k) => expect(squared(centre, theirs.centroids[k])).toBeLessThan(1e-10));
  });

  it.each([1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 25])('is Lloyd as the textbook has it, k = %i', async (k) => {
    const matrix = heaps(501, 5, 9, k);
    const rows = rowsOf(matrix);
    const naive = naiveLloyd(rows, rows.slice(0, k), 4);
    const model = await new KMeans({ nClusters: k, init: Float64Array.from(rows.slice(0, k).flat()), maxIter: 4, tol: 0 }).fit(matrix);
    expect(Array.from(model.labels_)).toEqual(naive.labels);
    expect(model.inertia_ / naive.inertia).toBeCloseTo(1, 5);
    centresOf(model, 5).forEach((centre, c) => expect(squared(centre, naive.centres[c])).toBeLessThan(1e-10));
  });
});

describe('KMeans on any number of threads', () => {
  const pools: ThreadPool[] = [];
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  it('gives the same bits', async () => {
    // Ten segments, the last one short and not a multiple of four.
    const matrix = heaps(40_003, 9, 5, 3);
    const fit = (pool: ThreadPool | null): Promise<KMeans> => new KMeans({ nClusters: 10, nInit: 2, seed: 5 }).fit(matrix, { pool });
    const alone = await fit(null);
    for (const threads of [1, 2, 3]) {
      const pool = new ThreadPool(createThread, threads);
      pools.push(pool);
      const model = await fit(pool);
      expect(model.clusterCenters_).toEqual(alone.clusterCenters_);
      expect(model.labels_).toEqual(alone.labels_);
      expect(model.distances_).toEqual(alone.distances_);
      expect([model.inertia_, model.nIter_]).toEqual([alone.inertia_, alone.nIter_]);
    }
  });

  it('hears a stop within a segment that compares with very many centres', () => {
    const matrix = heaps(20_000, 60, 3, 1);
    let asked = 0;
    const kernel = kmeansKernel({
      layout: sweepLayout(20_000, 60, 2000, matrix.reserve(sweepLayout(20_000, 60, 2000, 0).bytes)),
      memory: matrix.memory,
    });
    kernel.run(0, { reached: Number.POSITIVE_INFINITY, from: 0, passing: false, largest: null }, () => ++asked > 1);
    expect(asked).toBe(2);
  });

  it('ends with one error where a thread dies', async () => {
    const workers: Worker[] = [];
    const pool = new ThreadPool(() => {
      workers.push(createThread());
      return workers[workers.length - 1];
    }, 2);
    pools.push(pool);
    const init = Float64Array.from({ length: 12 }, (_, i) => i);
    const onStep = (): void => void workers[1].terminate();
    const fit = new KMeans({ nClusters: 3, init, maxIter: 10_000, tol: 0 }).fit(heaps(20_000, 4, 3, 1), { pool, onStep });
    await expect(fit).rejects.toMatchObject({ code: 'PROCESS_DIED' });
    await expect(pool.round(1, 1, null)).rejects.toMatchObject({ code: 'PROCESS_DIED' });
  });

  it('ends where its threads are ended under it', async () => {
    const pool = new ThreadPool(createThread, 2);
    const fit = new KMeans({ nClusters: 3, tol: 0 }).fit(heaps(20_000, 4, 3, 1), { pool, onStep: () => void pool.close() });
    await expect(fit).rejects.toMatchObject({ code: 'PROCESS_DIED' });
  });

  it.each([0, 2])('stops when it is told to (threads: %i)', async (threads) => {
    const pool = threads === 0 ? null : new ThreadPool(createThread, threads);
    if (pool !== null) pools.push(pool);
    let steps = 0;
    const pace = new Pace({ report: () => undefined, stopped: () => steps >= 2 });
    const fit = new KMeans({ nClusters: 8, tol: 0 }).fit(heaps(30_000, 6, 8, 2), { pace, pool, onStep: () => steps++ });
    await expect(fit).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(steps).toBe(2);
  });
});

describe('KMeans at the edges', () => {
  it('has as many clusters as there are distinct rows', async () => {
    const matrix = Matrix.fromRows([1, 1, 2, 2, 1, 1, 3, 3, 2, 2], 2);
    const model = await new KMeans({ nClusters: 7 }).fit(matrix);
    expect(model.nClusters_).toBe(3);
    expect(model.inertia_).toBe(0);
    expect(new Set(model.labels_).size).toBe(3);
  });

  it('takes rows that are all alike, and a single row', async () => {
    for (const rows of [1, 2, 5]) {
      const model = await new KMeans({ nClusters: 3 }).fit(Matrix.fromRows(new Array<number>(rows * 2).fill(4), 2));
      expect([model.nClusters_, model.inertia_, ...model.clusterCenters_]).toEqual([1, 0, 4, 4]);
      expect(model.labels_).toHaveLength(rows);
    }
  });

  it('starts from distinct rows where the sample of starting rows has too few', async () => {
    const rows = 70_000;
    const values = new Float32Array(rows);
    values.set([5, 6, 7], rows - 3);
    const model = await new KMeans({ nClusters: 4, seed: 3 }).fit(Matrix.fromRows(values, 1));
    expect([...model.clusterCenters_].sort((a, b) => a - b)).toEqual([0, 5, 6, 7]);
  });

  it('gives an empty cluster the farthest row', async () => {
    const matrix = Matrix.fromRows([0, 1, 2, 3, 100], 1);
    const model = await new KMeans({ nClusters: 2, init: Float64Array.of(1, 1000), tol: 0 }).fit(matrix);
    expect(Array.from(model.labels_)).toEqual([0, 0, 0, 0, 1]);
    expect([...model.clusterCenters_]).toEqual([1.5, 100]);
  });

  it('refuses what it cannot do, in words', async () => {
    await expect(new KMeans().fit(new Matrix(0, 3))).rejects.toMatchObject({ code: 'NOTHING_TO_CLUSTER' });
    await expect(new KMeans().predict(iris())).rejects.toMatchObject({ code: 'NOT_FITTED' });
    expect(() => new KMeans({ nClusters: 0 })).toThrow(/nClusters/);
    expect(() => new KMeans({ tol: Number.NaN })).toThrow(/tol/);
    await expect(new KMeans({ nClusters: 2, init: Float64Array.of(1) }).fit(iris())).rejects.toMatchObject({ code: 'PARAMETER' });
    const model = await new KMeans({ nClusters: 2 }).fit(iris());
    await expect(model.predict(new Matrix(3, 3))).rejects.toMatchObject({ code: 'PARAMETER' });
    expect(() => new Matrix(2 ** 28, 8)).toThrow(/GiB.*filter/);
  });

  it('predicts what it fitted', async () => {
    const matrix = iris();
    const model = await new KMeans({ nClusters: 3, seed: 2 }).fit(matrix);
    expect(await model.predict(matrix)).toEqual(model.labels_);
    expect(await model.predict(matrix.pick([149, 0]))).toEqual(Uint16Array.of(model.labels_[149], model.labels_[0]));
  });
});

const small = fc
  .record({ rows: fc.integer({ min: 1, max: 60 }), columns: fc.integer({ min: 1, max: 5 }), seed: fc.nat(), grid: fc.boolean() })
  .map(({ rows, columns, seed, grid }) => {
    const random = new Random(seed);
    return Matrix.fromRows(
      Array.from({ length: rows * columns }, () => (grid ? random.below(3) : random.normal())),
      columns,
    );
  });

describe('properties of KMeans', () => {
  const options = { numRuns: 150 };

  it('labels every row with its nearest centre, and its distance is that', async () => {
    await fc.assert(
      fc.asyncProperty(small, fc.integer({ min: 1, max: 12 }), fc.nat(1000), async (matrix, k, seed) => {
        const model = await new KMeans({ nClusters: k, seed }).fit(matrix);
        const centres = centresOf(model, matrix.columns);
        rowsOf(matrix).forEach((row, i) => {
          const distances = centres.map((centre) => squared(row, centre));
          const own = distances[model.labels_[i]];
          expect(own).toBeLessThanOrEqual(Math.min(...distances) + 1e-5 * (1 + own));
          expect(Math.abs(model.distances_[i] - own)).toBeLessThan(1e-5 * (1 + own));
        });
        expect(new Set(model.labels_).size).toBe(model.nClusters_);
      }),
      options,
    );
  });

  it('passes over only rows whose nearest centre is the same: labels, counts and sums are those of passes over all', async () => {
    const far = fc.constantFrom(0, 1, 1e3, 1e-21, 1e15);
    await fc.assert(
      fc.asyncProperty(small, fc.integer({ min: 1, max: 19 }), fc.nat(1000), far, async (matrix, k, seed, offset) => {
        const moved = Matrix.fromRows(
          rowsOf(matrix)
            .flat()
            .map((value) => (offset < 1 && offset > 0 ? value * offset : value + offset)),
          matrix.columns,
        );
        const [some, every] = [moved, moved.pick(Uint32Array.from({ length: moved.rows }, (_, i) => i))];
        const [bounded, plain] = [some, every].map((of) => new Sweeper(of, k, unwatched(), null));
        const random = new Random(seed);
        const centres = Float64Array.from({ length: k * moved.columns }, (_, i) => moved.get(random.below(moved.rows), i % moved.columns));
        for (let pass = 0; pass < 8; pass++) {
          const found = await bounded.sweep(centres);
          const wanted = await plain.sweep(centres, true);
          expect({ ...found, inertia: 0 }).toEqual({ ...wanted, inertia: 0 });
          expect(bounded.labels).toEqual(plain.labels);
          // ever smaller steps, as centres take them that settle
          for (let i = 0; i < centres.length; i++)
            centres[i] += random.normal() * 4 ** -pass * (offset > 0 && offset < 1 ? offset : Math.max(1, offset * 1e-6));
        }
      }),
      options,
    );
  });

  it('never gets worse from pass to pass', async () => {
    await fc.assert(
      fc.asyncProperty(small, fc.integer({ min: 1, max: 8 }), fc.nat(1000), async (matrix, k, seed) => {
        const steps: KMeansStep[] = [];
        await new KMeans({ nClusters: k, seed, tol: 0, nInit: 2 }).fit(matrix, { pace: unwatched(), onStep: (step) => steps.push(step) });
        steps.forEach((step, i) => {
          if (i > 0 && steps[i - 1].start === step.start)
            expect(step.inertia).toBeLessThanOrEqual(steps[i - 1].inertia * (1 + 1e-5) + 1e-9);
        });
      }),
      options,
    );
  });

  it('comes to the same inertia in whatever order the rows are', async () => {
    await fc.assert(
      fc.asyncProperty(small, fc.nat(1000), async (matrix, seed) => {
        const order = Uint32Array.from({ length: matrix.rows }, (_, i) => i);
        shuffle(order, new Random(seed));
        const k = Math.min(3, matrix.rows);
        const init = Float64Array.from(rowsOf(matrix).slice(0, k).flat());
        const fit = (of: Matrix): Promise<KMeans> => new KMeans({ nClusters: k, init, maxIter: 3, tol: 0 }).fit(of);
        const [one, other] = [await fit(matrix), await fit(matrix.pick(order))];
        // Rows at the same distance from two empty or equal centres may go either way; without such ties the sums are the same.
        if (new Set(rowsOf(matrix).map(String)).size === matrix.rows) expect(other.inertia_).toBeCloseTo(one.inertia_, 3);
      }),
      options,
    );
  });
});
