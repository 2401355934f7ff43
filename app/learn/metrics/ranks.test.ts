import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rankCorrelation, ranksOf } from './ranks.ts';

it('ranks share their places where values are equal', () => {
  expect([...ranksOf([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  expect([...ranksOf([])]).toEqual([]);
  // what is no number is equal to nothing
  expect(ranksOf([Number.NaN, Number.NaN])).toHaveLength(2);
});

// scipy.stats.spearmanr 1.17
it.each([
  [[1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233],
  [[1, 1, 2, 3], [4, 2, 2, 0], -0.8333333333333334],
])('correlate as scipy says: %j %j', (a, b, expected) => {
  expect(rankCorrelation(a, b)).toBeCloseTo(expected, 12);
});

it('are 1 for whatever keeps the order, -1 for what turns it round, and nothing without an order', () => {
  expect(rankCorrelation([1, 1], [2, 3])).toBeNull();
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 2 }), (values) => {
      expect(rankCorrelation(values, values.map(Math.cbrt))).toBeCloseTo(1, 12);
      expect(
        rankCorrelation(
          values,
          values.map((value) => -value),
        ),
      ).toBeCloseTo(-1, 12);
    }),
  );
});
