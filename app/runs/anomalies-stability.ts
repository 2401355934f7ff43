import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { IsolationForest } from '../learn/isolation/isolation-forest.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';

/** How many of the flagged rows half of the trees would have flagged without the others. */
export interface Stability {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Of them, those that score above the threshold in each half by itself. */
  readonly held: number;
  /** Trees of a half. */
  readonly trees: number;
}

/** Rows that are looked at, evenly over all that are flagged: each goes down every tree on its own. */
const MOST_ROWS = 2000;
/** Where fewer of them hold, the list is one of chance to a good part, and that is said. */
const MOST = 0.8;

/**
 * Whether the flagged rows are flagged by every other tree, and by those between: each half is a forest, and knows nothing of the other. null
 * where there is nothing to halve.
 * @param flagged rows of the matrix, the strangest first
 * @param averagePath c(n) of a tree's sample
 * @throws FlowcaseError CANCELLED
 */
export async function stabilityOf(
  forest: IsolationForest,
  matrix: Matrix,
  { rows, threshold }: { readonly rows: Uint32Array; readonly threshold: number },
  averagePath: number,
  pace: Pace,
): Promise<Stability | null> {
  const trees = Math.floor(forest.nEstimators / 2);
  if (trees === 0 || rows.length === 0) return null;
  const count = Math.min(rows.length, MOST_ROWS);
  let held = 0;
  for (let i = 0; i < count; i++) {
    const lengths = forest.pathLengths(matrix, rows[Math.floor((i * rows.length) / count)]);
    const sums = [0, 0];
    for (let tree = 0; tree < 2 * trees; tree++) sums[tree % 2] += lengths[tree];
    if (sums.every((sum) => 2 ** -(sum / trees / averagePath) > threshold)) held++;
    if (pace.due) await pace.breathe();
  }
  return { rows: count, held, trees };
}

/** "Of the 23 connections flagged, 9 are flagged by each half of the trees alone (100 trees): …" */
export function stabilityWords({ rows, held, trees }: Stability, noun: string, flagged: number): string {
  const of = rows < flagged ? `Of ${formatCount(rows)} of the ${plural(flagged, noun)} flagged` : `Of the ${plural(flagged, noun)} flagged`;
  const share = `${of}, ${formatCount(held)} (${formatShare(held / rows)}) score above the threshold in each half of the trees by itself (${plural(trees, 'tree')})`;
  return held >= MOST * rows
    ? `${share}: most of the list does not rest on the seed.`
    : `${share}: the others are near the threshold, and which of them are listed rests on the seed. Another seed lists others; take more trees, and compare what several seeds list.`;
}
