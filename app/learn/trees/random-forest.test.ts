import { RandomForestClassifier } from 'ml-random-forest';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';
import { Pace } from '../pace.ts';
import { dataset, type DatasetName } from '../testing-datasets.ts';
import { createThread, rowsOf } from '../testing.ts';
import { ThreadPool } from '../thread-pool.ts';
import { crossValidate } from '../validation/cross-validation.ts';
import { stratifiedKFold } from '../validation/splits.ts';
import { forestBytes } from './memory.ts';
import { permutationImportance } from './permutation-importance.ts';
import { RandomForest } from './random-forest.ts';
import { blobs } from './testing.ts';

const pool = new ThreadPool(createThread, 2);
afterAll(() => pool.close());

const shareRight = (found: ArrayLike<number>, y: Uint16Array): number => y.filter((k, row) => found[row] === k).length / y.length;

describe('a random forest', () => {
  it.each<[DatasetName, number, number]>([
    ['iris', 0.949, 4],
    ['wine', 0.982, 4],
    ['breast-cancer', 0.962, 2],
    ['digits', 0.977, 1],
  ])(
    'of 100 trees is as accurate in ten folds as scikit-learn: %s %d',
    async (name, expected, repeats) => {
      const { matrix, y, classes } = dataset(name);
      let sum = 0;
      for (let seed = 0; seed < repeats; seed++) {
        const splits = stratifiedKFold(y, classes, { folds: 10, seed });
        sum += (await crossValidate(() => new RandomForest({ seed }), matrix, y, classes, splits, { pool })).mean.accuracy;
      }
      expect(Math.abs(sum / repeats - expected)).toBeLessThan(0.01);
    },
    120_000,
  );

  it('agrees with ml-random-forest on rows that neither has seen', async () => {
    const { matrix, y, classes } = dataset('wine', true);
    const [{ train, test }] = stratifiedKFold(y, classes, { folds: 3, seed: 1 });
    const rows = rowsOf(matrix);
    const second = new RandomForestClassifier({ seed: 3, maxFeatures: 0.5, replacement: false, nEstimators: 30, noOOB: true });
    second.train(
      Array.from(train, (row) => rows[row]),
      Array.from(train, (row) => y[row]),
    );
    const truth = Uint16Array.from(test, (row) => y[row]);
    const theirs = shareRight(second.predict(Array.from(test, (row) => rows[row])), truth);
    const model = await new RandomForest({ seed: 3 }).fit(
      matrix.pick(train),
      Uint16Array.from(train, (row) => y[row]),
      classes,
      { pool },
    );
    const ours = shareRight(await model.predict(matrix.pick(test), { pool }), truth);
    // 60 rows: one of them is 0.017
    expect(Math.min(ours, theirs)).toBeGreaterThan(0.92);
    expect(Math.abs(ours - theirs)).toBeLessThan(0.06);
  });

  it('tells from rows that a tree did not draw what it does on new ones', async () => {
    const { matrix, y, classes } = blobs(6000, 8, 3, 4);
    const rows = Uint32Array.from({ length: 3000 }, (_, i) => 2 * i);
    const rest = rows.map((row) => row + 1);
    const model = await new RandomForest({ nEstimators: 50, oobScore: true, seed: 9 }).fit(
      matrix.pick(rows),
      Uint16Array.from(rows, (row) => y[row]),
      classes,
      { pool },
    );
    const found = await model.predict(matrix.pick(rest), { pool });
    const accuracy = shareRight(
      found,
      Uint16Array.from(rest, (row) => y[row]),
    );
    expect(model.outOfBag_?.rows).toBe(3000);
    expect(Math.abs((model.outOfBag_?.score ?? 0) - accuracy)).toBeLessThan(0.03);
    expect(accuracy).toBeLessThan(0.99);
    const own = shareRight(
      await model.predict(matrix.pick(rows), { pool }),
      Uint16Array.from(rows, (row) => y[row]),
    );
    expect(own).toBeGreaterThan((model.outOfBag_?.score ?? 1) + 0.02);
  });

  it('has no word on rows that all of its trees drew', async () => {
    const { matrix, y, classes } = blobs(60, 3, 2, 4);
    const one = await new RandomForest({ nEstimators: 1, oobScore: true }).fit(matrix, y, classes);
    const { rows, decision } = one.outOfBag_ ?? { rows: 0, decision: new Float32Array() };
    expect(decision.filter((share) => Number.isNaN(share))).toHaveLength(2 * (60 - rows));
    expect(rows).toBeGreaterThan(10);
    expect(rows).toBeLessThan(35);
  });

  it('draws rows evenly: about 1 - 1/e of them, each tree others', async () => {
    const { matrix, y, classes } = blobs(2000, 2, 2, 4);
    const model = await new RandomForest({ nEstimators: 20, oobScore: true, maxDepth: 1 }).fit(matrix, y, classes);
    for (const { leafRows } of model.trees_) expect(leafRows.reduce((sum, count) => sum + count, 0)).toBe(2000);
    const whole = await new RandomForest({ nEstimators: 2, bootstrap: false, maxFeatures: null }).fit(matrix, y, classes);
    expect(whole.trees_[0]).toEqual(whole.trees_[1]);
    expect(() => new RandomForest({ bootstrap: false, oobScore: true })).toThrow(expect.objectContaining({ code: 'PARAMETER' }) as Error);
  });

  it('counts votes and shares of a row as it predicts it', async () => {
    const { matrix, y, classes } = blobs(500, 5, 3, 21);
    const model = await new RandomForest({ nEstimators: 15, maxDepth: 4, seed: 2, classWeight: 'balanced' }).fit(matrix, y, classes);
    const shares = await model.predictProba(matrix);
    const winners = await model.predict(matrix);
    rowsOf(matrix).forEach((row, r) => {
      const { prediction, shares: own, votes, paths } = model.explain(row);
      expect(prediction).toBe(winners[r]);
      own.forEach((share, k) => expect(share).toBe(shares[r * classes + k]));
      expect(votes.reduce((sum, count) => sum + count, 0)).toBe(15);
      expect(paths.every(({ steps }) => steps.length <= 4)).toBe(true);
    });
  });

  it('knows which columns matter, by impurity and by shuffling, and says of how many rows', async () => {
    const random = new Random(3);
    const rows = 3000;
    const y = Uint16Array.from({ length: rows }, () => random.below(2));
    // column 0 decides, column 2 helps, column 1 and 3 are noise
    const values = Array.from(y, (k) => [k * 2 + random.normal(), random.normal(), k * 0.7 + random.normal(), random.normal()]).flat();
    const matrix = Matrix.fromRows(values, 4);
    const model = await new RandomForest({ nEstimators: 40, maxDepth: 8, seed: 1 }).fit(matrix, y, 2, { pool });
    const gini = model.featureImportances_;
    expect(gini.reduce((sum, of) => sum + of, 0)).toBeCloseTo(1, 12);
    expect(gini[0]).toBeGreaterThan(2 * gini[2]);
    expect(gini[2]).toBeGreaterThan(1.2 * Math.max(gini[1], gini[3]));
    const before = matrix.values.slice();
    const shuffled = await permutationImportance(model, matrix, y, { sample: 1000, seed: 4 }, { pool });
    expect(matrix.values).toEqual(before);
    expect(shuffled.sample).toBe(1000);
    expect(shuffled.mean[0]).toBeGreaterThan(0.15);
    expect(shuffled.mean[0]).toBeGreaterThan(2 * shuffled.mean[2]);
    expect(shuffled.mean[2]).toBeGreaterThan(Math.max(shuffled.mean[1], shuffled.mean[3]));
    expect(await permutationImportance(model, matrix, y, { sample: 1000, seed: 4 })).toEqual(shuffled);
  });

  it('tells its progress tree by tree, and stops when told to', async () => {
    const { matrix, y, classes } = blobs(4000, 6, 3, 1);
    let stopped = false;
    const told: number[] = [];
    const pace = new Pace({
      report: (done) => {
        told.push(done);
        stopped = done > 3;
      },
      stopped: () => stopped,
    });
    await expect(new RandomForest({ nEstimators: 2000 }).fit(matrix, y, classes, { pace, pool })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(told.at(-1)).toBeLessThan(1000);
  });
});

describe('forestBytes', () => {
  it('grows with rows, trees and depth, and knows that shallow trees are small', () => {
    const base = forestBytes(1_000_000, 40, 2, { nEstimators: 100, maxDepth: 16, threads: 2 });
    expect(base).toBeGreaterThan(1_000_000 * 40);
    expect(base).toBeLessThan(2 ** 30);
    expect(forestBytes(2_000_000, 40, 2, { nEstimators: 100, maxDepth: 16, threads: 2 })).toBeGreaterThan(base);
    expect(forestBytes(1_000_000, 40, 2, { nEstimators: 100, threads: 2 })).toBeGreaterThan(base);
  });
});
