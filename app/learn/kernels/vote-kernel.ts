import { BLOCK } from '../matrix.ts';
import { NODE_WORDS, orderedKey, type PackedTrees } from '../trees/packed-trees.ts';
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

/** Rows of a segment. */
export const VOTE_ROWS = 4096;
/** Bytes of the rows that go through one tree together, so that both rows and tree stay near. */
const NEAR_BYTES = 160 * 1024;

/** Predictions of trees; a segment is `VOTE_ROWS` rows. A row that no tree may vote on gets shares of NaN and the first class. */
export function voteKernel(setup: VoteSetup): Kernel<null, undefined> {
  const { rows, columns, trees } = setup;
  const together = Math.min(1024, Math.max(64, Math.floor(NEAR_BYTES / 16 / columns) * 4));
  const near = new Int32Array(together * columns);
  const sums = new Float64Array(together * trees.classes);
  const voters = new Uint32Array(together);
  const leaves = new Int32Array(together);
  return {
    run(segment, _argument, stopped) {
      const end = Math.min(rows, (segment + 1) * VOTE_ROWS);
      for (let row = segment * VOTE_ROWS; row < end && !stopped(); row += together) {
        const count = Math.min(together, end - row);
        bringNear(setup, row, count, near);
        sums.fill(0);
        voters.fill(0);
        for (let tree = 0; tree < trees.roots.length; tree++) vote(setup, tree, row, count, near, leaves, sums, voters);
        decide(setup, row, count, sums, voters);
      }
      return undefined;
    },
  };
}

/** Row after row, as keys that are compared with thresholds. */
function bringNear({ values, columns }: VoteSetup, row: number, count: number, near: Int32Array): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const stride = columns * BLOCK;
  for (let i = 0; i < count; i++) {
    let from = ((row + i) >>> 2) * stride + ((row + i) & 3);
    for (let c = 0, to = i * columns; c < columns; c++, to++, from += BLOCK) near[to] = orderedKey(bits[from]);
  }
}

/** Four rows at a time, so that the processor has something to do while it waits for one's node. */
function vote(
  { rows, columns, trees, allowed }: VoteSetup,
  tree: number,
  row: number,
  count: number,
  near: Int32Array,
  leaves: Int32Array,
  sums: Float64Array,
  voters: Uint32Array,
): void {
  const { nodes, roots, shares, classes, listed } = trees;
  walk(trees, roots[tree] * NODE_WORDS, columns, count, near, leaves);
  const words = Math.ceil(rows / 32) * tree;
  for (let i = 0; i < count; i++) {
    if (allowed !== null && ((allowed[words + ((row + i) >>> 5)] >>> ((row + i) & 31)) & 1) === 0) continue;
    const from = nodes[leaves[i] + 3];
    voters[i]++;
    if (listed === null) for (let k = 0; k < classes; k++) sums[i * classes + k] += shares[from + k];
    else for (let at = listed.starts[from]; at < listed.starts[from + 1]; at++) sums[i * classes + listed.classes[at]] += shares[at];
  }
}

/** 1 where a < b, else 0, for all int32, without a branch: half of all questions would surprise the processor (Warren, Hacker's Delight, 2-12). */
function less(a: number, b: number): number {
  return ((a & ~b) | (~(a ^ b) & (a - b))) >>> 31;
}

/** Row → place of its leaf. Leaves lead to themselves, whatever the value: a row that has arrived waits for the other three. */
function walk({ nodes }: PackedTrees, root: number, columns: number, count: number, near: Int32Array, leaves: Int32Array): void {
  for (let i = 0, base = 0; i < count; i += 4, base += 4 * columns) {
    const base1 = base + columns;
    const base2 = base1 + columns;
    const base3 = base2 + columns;
    let [at, at1, at2, at3] = [root, root, root, root];
    for (;;) {
      const to = nodes[at + 2] + NODE_WORDS * less(nodes[at + 1], (near[base + nodes[at]] - nodes[at + 3]) | 0);
      const to1 = nodes[at1 + 2] + NODE_WORDS * less(nodes[at1 + 1], (near[base1 + nodes[at1]] - nodes[at1 + 3]) | 0);
      const to2 = nodes[at2 + 2] + NODE_WORDS * less(nodes[at2 + 1], (near[base2 + nodes[at2]] - nodes[at2 + 3]) | 0);
      const to3 = nodes[at3 + 2] + NODE_WORDS * less(nodes[at3 + 1], (near[base3 + nodes[at3]] - nodes[at3 + 3]) | 0);
      if (to === at && to1 === at1 && to2 === at2 && to3 === at3) break;
      at = to;
      at1 = to1;
      at2 = to2;
      at3 = to3;
    }
    leaves[i] = at;
    leaves[i + 1] = at1;
    leaves[i + 2] = at2;
    leaves[i + 3] = at3;
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
