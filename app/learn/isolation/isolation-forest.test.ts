import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';
import { rankingFigures } from '../metrics/ranking.ts';
import { Pace } from '../pace.ts';
import { createThread, heaps } from '../testing.ts';
import { ThreadPool } from '../thread-pool.ts';
import { averagePathLength, IsolationForest } from './isolation-forest.ts';
import { forestQuestions } from './isolation-questions.ts';
import { loadIsolationForest } from './load-isolation-forest.ts';
import { NO_QUESTION } from './isolation-tree.ts';
import { rankCorrelation } from '../metrics/ranks.ts';
import { scoreByAnswers, scoreByWalking } from './score-rows.ts';
import { tumours } from './testing.ts';

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

describe('IsolationForest beside scikit-learn', () => {
  it('finds malignant tumours among benign ones as well, and ranks all as it does', async () => {
    const { matrix, malignant, theirs } = tumours();
    const areas: number[] = [];
    const means = new Float64Array(matrix.rows);
    for (let seed = 0; seed < 10; seed++) {
      const model = await new IsolationForest({ seed }).fit(matrix);
      const scores = await model.scoreSamples(matrix);
      areas.push(rankingFigures(malignant, scores).rocAuc ?? 0);
      scores.forEach((score, row) => (means[row] += score / 10));
    }
    expect(Math.abs(sum(areas) / 10 - 0.945)).toBeLessThan(0.03);
    for (const area of areas) expect(Math.abs(area - 0.945)).toBeLessThan(0.05);
    expect(rankCorrelation(means, theirs)).toBeGreaterThan(0.99);
    const furthest = Math.max(...means.map((mean, row) => Math.abs(mean - theirs[row])));
    expect(furthest).toBeLessThan(0.02);
  });

  it('has the paper’s average path lengths', () => {
    expect([0, 1, 2].map(averagePathLength)).toEqual([0, 0, 1]);
    // 2 H(n - 1) - 2 (n - 1) / n with the harmonic number itself: the paper's logarithm is near it.
    const exact = (n: number): number => 2 * sum(Array.from({ length: n - 1 }, (_, i) => 1 / (i + 1))) - (2 * (n - 1)) / n;
    expect(averagePathLength(256)).toBeCloseTo(exact(256), 2);
    expect(averagePathLength(256)).toBeCloseTo(10.24477092012, 10);
  });
});

const small = fc
  .record({ rows: fc.integer({ min: 1, max: 70 }), columns: fc.integer({ min: 1, max: 6 }), seed: fc.nat(), grid: fc.boolean() })
  .map(({ rows, columns, seed, grid }) => {
    const random = new Random(seed);
    return Matrix.fromRows(
      Array.from({ length: rows * columns }, () => (grid ? random.below(3) : random.normal())),
      columns,
    );
  });

describe('properties of IsolationForest', () => {
  const options = { numRuns: 60 };

  /** Values that lie together but for a few far away, near the borders of cells of thresholds too. */
  const uneven = fc
    .record({ rows: fc.integer({ min: 1, max: 300 }), columns: fc.integer({ min: 1, max: 4 }), seed: fc.nat() })
    .map((shape) => {
      const random = new Random(shape.seed);
      const value = (): number => Math.exp(random.below(3) * 4 * random.normal()) * (random.below(2) === 0 ? 1 : -1);
      return Matrix.fromRows(Array.from({ length: shape.rows * shape.columns }, value), shape.columns);
    });

  it('scores in both ways what the plain twin finds, whatever the depth', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(small, uneven), fc.integer({ min: 1, max: 80 }), fc.nat(1000), async (matrix, maxSamples, seed) => {
        const model = await new IsolationForest({ nEstimators: 7, maxSamples, seed }).fit(matrix);
        const average = averagePathLength(model.maxSamples_);
        // Added in the same order, so the same to the last bit.
        const expected = Array.from({ length: matrix.rows }, (_, row) => {
          const paths = model.pathLengths(matrix, row).reduce((total, path) => total + path, 0);
          return Math.fround(average === 0 ? 0.5 : 2 ** (-paths / (7 * average)));
        });
        const questions = forestQuestions(model.trees_, matrix.columns);
        if (questions === null) throw new Error('trees of 80 rows ask too much');
        for (const { scores, finite } of [
          await scoreByWalking(model.trees_, model.maxSamples_, matrix),
          await scoreByAnswers(questions, model.maxSamples_, matrix),
        ]) {
          expect(finite).toBe(true);
          expect(Array.from(scores)).toEqual(expected);
        }
        expect(Array.from(await model.scoreSamples(matrix))).toEqual(expected);
      }),
      options,
    );
  });

  it('scores many rows in columns of very many thresholds as it scores them on their own, and says what is no number', async () => {
    const random = new Random(6);
    const matrix = Matrix.fromRows(
      Array.from({ length: 40_000 }, () => random.normal()),
      2,
    );
    const model = await new IsolationForest({ seed: 3 }).fit(matrix);
    const questions = forestQuestions(model.trees_, 2);
    if (questions === null) throw new Error('trees of 256 rows ask too much');
    expect(questions.rankings.length).toBeGreaterThan(10);
    const [walking, answers] = [await scoreByWalking(model.trees_, 256, matrix), await scoreByAnswers(questions, 256, matrix)];
    expect(answers.scores).toEqual(walking.scores);
    expect(await model.scoreSamples(matrix)).toEqual(walking.scores);
    for (const row of [0, 4095, 19_999]) {
      const broken = matrix.pick(Array.from({ length: 20_000 }, (_, i) => i));
      broken.values[broken.offset(row, 1)] = row === 0 ? Number.NaN : Number.NEGATIVE_INFINITY;
      await expect(model.scoreSamples(broken)).rejects.toMatchObject({ code: 'NOT_FINITE' });
    }
  });

  it('lets rows go down on their own where trees ask too much', async () => {
    const random = new Random(7);
    const matrix = Matrix.fromRows(
      Array.from({ length: 3 * 20_000 }, () => random.float()),
      3,
    );
    const model = await new IsolationForest({ maxSamples: 4096, nEstimators: 3 }).fit(matrix);
    expect(forestQuestions(model.trees_, 3)).toBeNull();
    const scores = await model.scoreSamples(matrix);
    const paths = model.pathLengths(matrix, 17).reduce((total, path) => total + path, 0);
    expect(scores[17]).toBe(Math.fround(2 ** (-paths / (3 * averagePathLength(4096)))));
  });

  it('gives to the columns what the path is shorter than expected, and nothing to a constant one', async () => {
    await fc.assert(
      fc.asyncProperty(small, fc.nat(1000), async (plain, seed) => {
        const { columns } = plain;
        const matrix = new Matrix(plain.rows, columns + 1);
        for (let row = 0; row < plain.rows; row++) {
          for (let c = 0; c < columns; c++) matrix.values[matrix.offset(row, c)] = plain.get(row, c);
          matrix.values[matrix.offset(row, columns)] = 4;
        }
        const model = await new IsolationForest({ nEstimators: 9, maxSamples: 32, seed }).fit(matrix);
        const gains = await model.attribution(matrix);
        for (let row = 0; row < matrix.rows; row++) {
          const own = gains.subarray(row * (columns + 1), (row + 1) * (columns + 1));
          const expected = averagePathLength(model.maxSamples_) - sum(model.pathLengths(matrix, row)) / 9;
          expect(sum(own)).toBeCloseTo(expected, 9);
          expect(own[columns]).toBe(0);
        }
      }),
      options,
    );
  });

  it('grows trees in which every question splits, and every row of the sample arrives somewhere', async () => {
    await fc.assert(
      fc.asyncProperty(small, fc.integer({ min: 1, max: 80 }), fc.nat(1000), async (matrix, maxSamples, seed) => {
        const { trees_: trees, maxSamples_: sampled } = await new IsolationForest({ nEstimators: 5, maxSamples, seed }).fit(matrix);
        const questions = 2 ** trees.depth - 1;
        const places = 2 * questions + 1;
        for (let tree = 0; tree < 5; tree++) {
          expect(trees.samples[tree * places]).toBe(sampled);
          for (let place = 0; place < questions; place++) {
            const [at, left, right] = [place, 2 * place + 1, 2 * place + 2].map((of) => trees.samples[tree * places + of]);
            if (trees.features[tree * questions + place] === NO_QUESTION) expect([left, right]).toEqual([0, 0]);
            else {
              expect(left + right).toBe(at);
              expect(Math.min(left, right)).toBeGreaterThan(0);
            }
          }
        }
      }),
      options,
    );
  });
});

describe('IsolationForest', () => {
  const pools: ThreadPool[] = [];
  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  it('gives the same bits on any number of threads', async () => {
    const matrix = heaps(40_003, 5, 3, 3);
    const fit = async (pool: ThreadPool | null): Promise<[number, Float32Array]> => {
      const model = await new IsolationForest({ nEstimators: 20, contamination: 0.1, seed: 5 }).fit(matrix, { pool });
      return [model.threshold_, await model.scoreSamples(matrix, { pool })];
    };
    const alone = await fit(null);
    for (const threads of [1, 2, 3]) {
      const pool = new ThreadPool(createThread, threads);
      pools.push(pool);
      expect(await fit(pool)).toEqual(alone);
    }
  });

  it('says what isolates a row', async () => {
    const random = new Random(1);
    const values = Array.from({ length: 4000 }, () => random.normal());
    // Row 7 is far off in column 2, row 9 in column 0.
    values[7 * 4 + 2] = 40;
    values[9 * 4] = -40;
    const matrix = Matrix.fromRows(values, 4);
    const model = await new IsolationForest({ maxSamples: 1000, seed: 2 }).fit(matrix);
    const gains = await model.attribution(matrix.pick([7, 9, 100]));
    const strongest = (row: number): number =>
      gains.subarray(row * 4, row * 4 + 4).reduce((best, gain, c, all) => (gain > all[best] ? c : best), 0);
    expect([strongest(0), strongest(1)]).toEqual([2, 0]);
    expect(gains[2]).toBeGreaterThan(3);
    const scores = await model.scoreSamples(matrix);
    expect(
      [...scores.keys()]
        .sort((a, b) => scores[b] - scores[a])
        .slice(0, 2)
        .sort(),
    ).toEqual([7, 9]);
  });

  it('counts the asked share as outliers', async () => {
    const matrix = heaps(2000, 4, 3, 9);
    const model = await new IsolationForest({ contamination: 0.05, seed: 1 }).fit(matrix);
    expect(sum(await model.predict(matrix))).toBe(100);
    const auto = await new IsolationForest({ seed: 1 }).fit(matrix);
    expect(auto.threshold_).toBe(0.5);
  });

  it('has one score for rows that are all alike, and for a single row', async () => {
    for (const rows of [1, 2, 5]) {
      const matrix = Matrix.fromRows(new Array<number>(rows * 2).fill(3), 2);
      const model = await new IsolationForest({ nEstimators: 3 }).fit(matrix);
      expect([...(await model.scoreSamples(matrix))]).toEqual(new Array<number>(rows).fill(0.5));
    }
  });

  it('takes values at the ends of float32', async () => {
    const matrix = Matrix.fromRows([-3.4e38, 3.4e38, 0, 1e-45, -0], 1);
    const model = await new IsolationForest({ nEstimators: 50, seed: 3 }).fit(matrix);
    const scores = await model.scoreSamples(matrix);
    expect(Math.min(scores[0], scores[1])).toBeGreaterThan(scores[2]);
  });

  it('refuses what it cannot do, in words', async () => {
    const matrix = Matrix.fromRows([1, 2, 3, Number.NaN], 2);
    await expect(new IsolationForest().fit(matrix)).rejects.toThrow(/row 2, column 2 is NaN/);
    await expect(new IsolationForest().fit(new Matrix(0, 1))).rejects.toMatchObject({ code: 'NOTHING_TO_CLUSTER' });
    await expect(new IsolationForest().scoreSamples(matrix)).rejects.toMatchObject({ code: 'NOT_FITTED' });
    expect(() => new IsolationForest().save()).toThrow(expect.objectContaining({ code: 'NOT_FITTED' }) as Error);
    const model = await new IsolationForest().fit(Matrix.fromRows([1, 2, 3, 4], 2));
    await expect(model.scoreSamples(new Matrix(3, 3))).rejects.toMatchObject({ code: 'PARAMETER' });
    await expect(model.attribution(matrix)).rejects.toMatchObject({ code: 'NOT_FINITE' });
    for (const parameters of [{ nEstimators: 0 }, { maxSamples: 0.5 }, { contamination: 0 }, { contamination: Number.NaN }]) {
      expect(() => new IsolationForest(parameters)).toThrow(new RegExp(Object.keys(parameters)[0]));
    }
  });

  it.each([0, 2])('stops while it scores (threads: %i)', async (threads) => {
    const pool = threads === 0 ? null : new ThreadPool(createThread, threads);
    if (pool !== null) pools.push(pool);
    const matrix = heaps(30_000, 3, 3, 2);
    const model = await new IsolationForest({ nEstimators: 5 }).fit(matrix);
    const pace = new Pace({ report: () => undefined, stopped: () => true });
    await expect(model.scoreSamples(matrix, { pace, pool })).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('is read again as it was saved, and not where something in it lies', async () => {
    const matrix = heaps(500, 3, 2, 4);
    const model = await new IsolationForest({ nEstimators: 11, contamination: 0.2, seed: 8 }).fit(matrix);
    const saved = model.save();
    const again = loadIsolationForest(saved);
    expect(await again.scoreSamples(matrix)).toEqual(await model.scoreSamples(matrix));
    expect(again.save()).toEqual(saved);
    const { features, thresholds, samples } = model.trees_;
    const damaged = [
      { ...saved, kind: 'kmeans' },
      { ...saved, parameters: { ...saved.parameters, sampled: 1000 } },
      { ...saved, parameters: { ...saved.parameters, nEstimators: 12 } },
      { ...saved, parameters: { ...saved.parameters, contamination: 'none' } },
      { ...saved, arrays: { features: features.map((column) => column + 1), thresholds, samples } },
      { ...saved, arrays: { features, thresholds: thresholds.map(() => Number.NaN), samples } },
      { ...saved, arrays: { features, thresholds, samples: samples.map((rows) => rows + 1) } },
      { ...saved, arrays: { features, thresholds } },
    ];
    for (const one of damaged) expect(() => loadIsolationForest(one)).toThrow(expect.objectContaining({ code: 'FILE_DAMAGED' }) as Error);
  });
});
