import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saidShares } from './calibration-testing.ts';
import { Calibration, calibrationMethods } from './calibration.ts';
import { probabilityFigures } from './metrics/probabilities.ts';
import { dataset } from './testing-datasets.ts';
import { loadRandomForest, RandomForest } from './trees/random-forest.ts';
import { NO_CLASS } from './types.ts';

describe.each(calibrationMethods)('calibration by %s', (method) => {
  it('makes probabilities that are nearer to what is so, on rows it did not see', () => {
    for (const classes of [2, 4]) {
      const learned = saidShares(2000, classes, 1);
      const asked = saidShares(2000, classes, 2);
      const before = probabilityFigures(asked.y, asked.shares, classes);
      Calibration.fit(method, learned.shares, learned.y, classes).apply(asked.shares);
      const after = probabilityFigures(asked.y, asked.shares, classes);
      expect(after.brier).toBeLessThan(before.brier);
      expect(after.logLoss).toBeLessThan(before.logLoss);
    }
  });

  it('gives shares that sum to one, in the order of what was said, and the same after it was saved', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 1000 }), (classes, seed) => {
        const { shares, y } = saidShares(80, classes, seed);
        const fitted = Calibration.fit(method, shares, y, classes);
        const again = Calibration.restore(method, fitted.save(), classes);
        const [one, two] = [shares.slice(), shares.slice()];
        fitted.apply(one);
        again.apply(two);
        expect(two).toEqual(one);
        for (let at = 0; at < one.length; at += classes) {
          const row = one.subarray(at, at + classes);
          expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
          expect(row.every((share) => share >= 0 && share <= 1)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves out what nobody voted on, and what has no class', () => {
    const { shares, y } = saidShares(100, 3, 1);
    const more = new Float32Array([...shares, Number.NaN, Number.NaN, Number.NaN, 1, 0, 0]);
    const withMore = Calibration.fit(method, more, Uint16Array.from([...y, 0, NO_CLASS]), 3);
    expect(withMore.save()).toEqual(Calibration.fit(method, shares, y, 3).save());
    withMore.apply(more);
    expect(more[300]).toBeNaN();
    expect(() =>
      Calibration.fit(
        method,
        shares,
        y.map(() => NO_CLASS),
        3,
      ),
    ).toThrow('rows that no tree learned from');
  });

  it('is a part of a forest: its answers are the calibrated ones, and it is saved with it', async () => {
    const { matrix, y, classes } = dataset('wine');
    const plain = await new RandomForest({ nEstimators: 30, oobScore: true }).fit(matrix, y, classes);
    const forest = await new RandomForest({ nEstimators: 30, calibration: method }).fit(matrix, y, classes);
    const expected = await plain.predictProba(matrix);
    Calibration.fit(method, plain.outOfBag_?.decision ?? new Float32Array(), y, classes).apply(expected);
    expect(await forest.predictProba(matrix)).toEqual(expected);
    const winners = Uint16Array.from(y, (_, row) => {
      const own = expected.subarray(row * classes, (row + 1) * classes);
      return own.indexOf(Math.max(...own));
    });
    expect(await forest.predict(matrix)).toEqual(winners);
    const loaded = loadRandomForest(forest.save());
    expect(await loaded.predictProba(matrix)).toEqual(expected);
    // what has none is what it was before there was any
    expect(plain.save().parameters).not.toHaveProperty('calibration');
    expect(() => new RandomForest({ calibration: method, bootstrap: false })).toThrow('bootstrap is false');
    const arrays = { ...forest.save().arrays, calibrationAt: new Float64Array() };
    expect(() => loadRandomForest({ ...forest.save(), arrays })).toThrow('as it was saved with');
  });
});
