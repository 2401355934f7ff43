import { expect, it } from 'vitest';
import { mixtureWords } from './mixture-words.ts';

const of = (type: 'full' | 'tied' | 'diag' | 'spherical', sizes: readonly number[]): Parameters<typeof mixtureWords>[0] => ({
  found: sizes.length,
  labels: Uint16Array.from(sizes.flatMap((size, k) => new Array<number>(size).fill(k))),
  mixture: { type },
});

it('a mixture with more free parameters than rows says so, with both figures and what to do', () => {
  // 20 columns: 20 × 21 / 2 + 20 a component, and 3 weights less one
  expect(mixtureWords(of('full', [100, 100, 100]), 20)).toEqual([
    'This mixture has 692 free parameters for 300 rows: it can follow every row, so that its BIC and its settling say little of the rows there will be. A diag covariance or fewer features have fewer.',
  ]);
  expect(mixtureWords(of('diag', [30, 30, 30]), 20)[0]).toMatch(
    /^This mixture has 122 free parameters for 90 rows: .* Fewer features, or fewer components, have fewer\.$/,
  );
  expect(mixtureWords(of('full', [1000, 1000, 1000]), 20)).toEqual([]);
  expect(mixtureWords({ ...of('full', [5, 5]), mixture: null }, 20)).toEqual([]);
});

it('a component with more free parameters than rows of its own is counted', () => {
  expect(mixtureWords(of('full', [1000, 231, 230]), 20)).toEqual([]);
  expect(mixtureWords(of('full', [1000, 229, 3]), 20)).toEqual([
    '2 of the 3 components have more free parameters (230 each) than rows: what they say of their rows is by heart. A diag covariance or fewer features have fewer.',
  ]);
  // one that no row is nearest to has none to follow; tied ones share their shape
  expect(mixtureWords(of('full', [1000, 300, 0]), 20)).toEqual([]);
  expect(mixtureWords(of('tied', [1000, 21, 19]), 20)[0]).toMatch(/^1 of the 3 components has more free parameters \(20\) than rows/);
});
