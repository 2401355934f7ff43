import type { RunSummary } from './runs.ts';

/**
 * How a clustering ended, short. Which of two rules ended a k-means (no row changed its cluster, or the centres moved less than `tol`) is not
 * kept, so neither is claimed.
 */
export function settledShort({ converged }: Pick<RunSummary, 'converged'>): string {
  return converged ? 'settled within the tolerance' : 'stopped at the limit before it settled';
}

/** The same, with what the tolerance is of. */
export function settledWords({ method, converged }: Pick<RunSummary, 'method' | 'converged'>): string {
  const short = settledShort({ converged });
  if (!converged) return short;
  const why =
    method === 'kmeans'
      ? 'no row changed its cluster, or the centres moved less than it'
      : 'the mean log-likelihood of a row gained less than it';
  return `${short}: ${why}`;
}
