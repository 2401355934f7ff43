/** Codes of a column: one byte. */
export const CODES = 256;
/** The code of an absent value. It is below all others; which side it goes to is each question's own. */
export const ABSENT = 0;

/**
 * A matrix in whole numbers of one byte, as trees learn from it; all in shared memory. A column of at most 255 distinct values has a code for
 * each, so that nothing is lost; others are cut at quantiles, equal values never apart.
 */
export interface Bins {
  readonly rows: number;
  readonly columns: number;
  /** Column after column; code of row r: `codes[column * rows + r]`. 0: absent; codes from 1 on are in the order of their values. */
  readonly codes: Uint8Array;
  /** Column × 256: the least and the greatest value of each code. */
  readonly lows: Float32Array;
  readonly highs: Float32Array;
  /** Column → codes, the absent one included whether it occurs or not. */
  readonly counts: Uint16Array;
}

/** The threshold between two codes that occur in a node, neighbours there: half-way between their values. `left` absent: minus infinity, which asks whether there is a value. */
export function thresholdBetween(bins: Bins, column: number, left: number, right: number): number {
  if (left === ABSENT) return Number.NEGATIVE_INFINITY;
  return (bins.highs[column * CODES + left] + bins.lows[column * CODES + right]) / 2;
}
