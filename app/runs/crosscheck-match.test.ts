import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contingencyTable } from '../learn/metrics/agreement.ts';
import { likenessOf, rowsMatched } from './crosscheck-match.ts';

/** Every matching tried. */
function tried(counts: readonly (readonly number[])[], used: ReadonlySet<number> = new Set(), row = 0): number {
  if (row === counts.length) return 0;
  const rest = counts[row].map((count, j) => (used.has(j) ? 0 : count + tried(counts, new Set([...used, j]), row + 1)));
  return Math.max(tried(counts, used, row + 1), ...rest);
}

it('matches as many rows as the best of all matchings', () => {
  const labels = fc.array(fc.tuple(fc.nat(4), fc.nat(3)), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(labels, (rows) => {
      const table = contingencyTable(
        Uint16Array.from(rows, ([a]) => a),
        Uint16Array.from(rows, ([, b]) => b),
      );
      const counts = Array.from({ length: table.rows }, (_, i) => [...table.counts.subarray(i * table.columns, (i + 1) * table.columns)]);
      expect(rowsMatched(table)).toBe(tried(counts));
    }),
    { numRuns: 60 },
  );
});

it('says the same only where every row is in the same group', () => {
  expect(likenessOf(20_000, 20_000, 1)).toBe('the same');
  expect(likenessOf(19_800, 20_000, 0.975)).toBe('nearly the same');
  expect(likenessOf(15_000, 20_000, 0.9)).toBe('different');
});
