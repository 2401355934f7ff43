/** Runs beside each other: two of our own, and one beside an independent implementation. */

/** Two clusterings of the same things, side by side. */
export interface RunComparison {
  readonly a: number;
  readonly b: number;
  /** Records, or hosts, in both. */
  readonly rows: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** Adjusted Rand index, and normalised mutual information. */
  readonly ari: number;
  readonly nmi: number;
  /** Members of cluster `a` of the first that are in cluster `b` of the second; only where there are any, the most first. */
  readonly flows: readonly { readonly a: number; readonly b: number; readonly count: number }[];
}

/**
 * What a second opinion comes to. `agrees`: both say the same, and the run as it is kept was met again where that was looked at. `differs`: they
 * do not, or the run was not met again. `not confirmed`: neither can be said, because what is learned rests on chance, or the case has changed since.
 */
export type CrosscheckVerdict = 'agrees' | 'differs' | 'not confirmed';

/** A run repeated by an independent implementation. */
export interface Crosscheck {
  readonly id: number;
  readonly run: number;
  readonly created: number;
  readonly by: string;
  readonly program: string;
  /** "ml-kmeans 7.0.1" */
  readonly tool: string;
  readonly rows: number;
  /** Rows of the run where only a seeded sample of them was checked; null: all were. */
  readonly sampledFrom: number | null;
  readonly seed: number;
  /** Agreement of the two answers row by row: adjusted Rand index of clusters, share of equal predictions. */
  readonly ari: number | null;
  readonly equal: number | null;
  /** Largest difference of a centre or mean in one feature, in standard deviations; null where there are none. */
  readonly largestDifference: number | null;
  /** Accuracy of ours and of the other on the same rows. */
  readonly accuracy: { readonly ours: number; readonly theirs: number } | null;
  readonly seconds: { readonly ours: number; readonly theirs: number };
  /** One sentence: whether they agree, and what differs and why. */
  readonly words: string;
  readonly agrees: boolean;
  /** Not there where an older program asked: `crosscheckVerdict`. */
  readonly verdict?: CrosscheckVerdict;
}

/** What a second opinion comes to, whatever program asked for it. */
export function crosscheckVerdict({ agrees, verdict }: Pick<Crosscheck, 'agrees' | 'verdict'>): CrosscheckVerdict {
  return verdict ?? (agrees ? 'agrees' : 'differs');
}
