import { BLOCK } from '../matrix.ts';
import type { PackedTrees } from '../trees/packed-trees.ts';
import { LEAF } from '../trees/tree-nodes.ts';
import type { Kernel } from './kernel.ts';

export interface VoteSetup {
  /** Of the matrix: rows in blocks of four (see Matrix). */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly trees: PackedTrees;
  /** Tree × ⌈rows / 32⌉ words: a tree votes only where a row's bit is set; null: all trees vote. */
  readonly allowed: Uint32Array | null;
  /** Row → class that wins, shared. */
  readonly winners: Uint16Array;
  /** Row × class, shared: the mean of the trees' shares; null where only the winners are wanted. */
  readonly shares: Float32Array | null;
}

/** Rows of a segment; a multiple of the rows that are walked together. */
export const VOTE_ROWS = 4096;
/** Rows that go through one tree together, so that both rows and tree stay near. */
const TOGETHER = 256;

/** Predictions of trees; a segment is `VOTE_ROWS` rows. A row that no tree may vote on gets shares of NaN and the first class. */
export function voteKernel(setup: VoteSetup): Kernel<null, undefined> {
  const { rows, columns, trees } = setup;
  const near = new Float32Array(TOGETHER * columns);
  const sums = new Float64Array(TOGETHER * trees.classes);
  const voters = new Uint32Array(TOGETHER);
  return {
    run(segment, _argument, stopped) {
      const end = Math.min(rows, (segment + 1) * VOTE_ROWS);
      for (let row = segment * VOTE_ROWS; row < end && !stopped(); row += TOGETHER) {
        const count = Math.min(TOGETHER, end - row);
        bringNear(setup, row, count, near);
        sums.fill(0);
        voters.fill(0);
        for (let tree = 0; tree < trees.roots.length; tree++) vote(setup, tree, row, count, near, sums, voters);
        decide(setup, row, count, sums, voters);
      }
      return undefined;
    },
  };
}

/** Row after row. */
function bringNear({ values, columns }: VoteSetup, row: number, count: number, near: Float32Array): void {
  const stride = columns * BLOCK;
  for (let i = 0; i < count; i++) {
    let from = ((row + i) >>> 2) * stride + ((row + i) & 3);
    for (let c = 0, to = i * columns; c < columns; c++, to++, from += BLOCK) near[to] = values[from];
  }
}

function vote(
  { rows, columns, trees, allowed }: VoteSetup,
  tree: number,
  row: number,
  count: number,
  near: Float32Array,
  sums: Float64Array,
  voters: Uint32Array,
): void {
  const { nodes, roots, shares, classes } = trees;
  const thresholds = new Float32Array(nodes.buffer, nodes.byteOffset, nodes.length);
  const words = Math.ceil(rows / 32) * tree;
  for (let i = 0; i < count; i++) {
    if (allowed !== null && ((allowed[words + ((row + i) >>> 5)] >>> ((row + i) & 31)) & 1) === 0) continue;
    const base = i * columns;
    let at = roots[tree] * 4;
    for (let feature = nodes[at]; feature !== LEAF; feature = nodes[at]) {
      at = (nodes[at + 2] + (near[base + feature] > thresholds[at + 1] ? 1 : 0)) * 4;
    }
    const from = nodes[at + 3];
    voters[i]++;
    for (let k = 0; k < classes; k++) sums[i * classes + k] += shares[from + k];
  }
}

function decide(
  { trees: { classes }, winners, shares }: VoteSetup,
  row: number,
  count: number,
  sums: Float64Array,
  voters: Uint32Array,
): void {
  for (let i = 0; i < count; i++) {
    let best = 0;
    for (let k = 0; k < classes; k++) {
      if (sums[i * classes + k] > sums[i * classes + best]) best = k;
      if (shares !== null) shares[(row + i) * classes + k] = sums[i * classes + k] / voters[i];
    }
    winners[row + i] = best;
  }
}
