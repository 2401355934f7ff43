import { expect, it } from 'vitest';
import { settledWords } from './settled-words.ts';

it('claims no more than is known of how a clustering ended', () => {
  expect(settledWords({ method: 'kmeans', converged: true })).toBe(
    'settled within the tolerance: no row changed its cluster, or the centres moved less than it',
  );
  expect(settledWords({ method: 'gmm', converged: true })).toContain('log-likelihood');
  expect(settledWords({ method: 'gmm', converged: false })).toBe('stopped at the limit before it settled');
});
