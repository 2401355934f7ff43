import type { Means } from '../types.ts';
import type { PackedTrees } from './packed-trees.ts';
import type { Prepared } from './prepare.ts';
import { vote } from './voting.ts';

/** How well a forest does on rows that its trees did not learn from (Breiman 1996). */
export interface OutOfBag {
  /** Share of the rows that their trees get right; NaN where there are no such rows. */
  readonly score: number;
  /** Rows that at least one tree did not draw; the score speaks of these alone. */
  readonly rows: number;
  /** Row (of those with a class) × class: mean share of the trees that did not draw it; NaN where every tree did. */
  readonly decision: Float32Array;
}

/** `allowed`: tree × words, bits of the rows that a tree did not draw. @throws FlowcaseError OUT_OF_MEMORY, CANCELLED, PROCESS_DIED */
export async function outOfBagScore(trees: PackedTrees, { set, matrix }: Prepared, allowed: Uint32Array, means: Means): Promise<OutOfBag> {
  const { winners, shares } = await vote(trees, matrix, true, means, allowed);
  const decision = shares ?? new Float32Array();
  let right = 0;
  let rows = 0;
  for (let row = 0; row < winners.length; row++) {
    if (Number.isNaN(decision[row * trees.classes])) continue;
    rows++;
    if (winners[row] === set.y[row]) right++;
  }
  return { score: right / rows, rows, decision };
}
