import { VOTE_ROWS } from '../kernels/vote-kernel.ts';
import type { Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import type { Means } from '../types.ts';
import { Work } from '../work.ts';
import type { PackedTrees } from './packed-trees.ts';
import { notEnough } from './tree-parameters.ts';

export interface Votes {
  /** Row → class with the greatest mean share, the first of equals. */
  readonly winners: Uint16Array;
  /** Row × class: mean of the trees' shares; null where not asked for. */
  readonly shares: Float32Array | null;
}

/**
 * All trees on all rows, the rows over the threads. `allowed`: see VoteSetup.
 * @throws FlowcaseError OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function vote(
  trees: PackedTrees,
  matrix: Matrix,
  withShares: boolean,
  { pace = unwatched(), pool = null }: Means,
  allowed: Uint32Array | null = null,
): Promise<Votes> {
  const { rows, columns, values } = matrix;
  const winners = sharedRoom(() => new Uint16Array(new SharedArrayBuffer(rows * 2)), rows);
  const shares = withShares ? sharedRoom(() => new Float32Array(new SharedArrayBuffer(rows * trees.classes * 4)), rows) : null;
  const work = new Work('vote', { values, rows, columns, trees, allowed, winners, shares }, pace, pool);
  try {
    const segments = Math.ceil(rows / VOTE_ROWS);
    await work.round(segments, null, (done) => pace.progress.report(Math.min(rows, done * VOTE_ROWS), rows, 'records', 'predicting'));
  } finally {
    work.close();
  }
  return { winners, shares };
}

function sharedRoom<A>(make: () => A, rows: number): A {
  try {
    return make();
  } catch (cause) {
    throw notEnough(`predictions of ${rows} records`, cause);
  }
}
