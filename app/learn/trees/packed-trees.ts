import { LEAF, type TreeNodes } from './tree-nodes.ts';

/**
 * Words of a packed node: column, threshold (see `keyOf`), place of the left child (in words; the right one is next to it), place of the leaf's shares.
 * A leaf leads to itself: no value is greater than its threshold, infinity.
 */
export const NODE_WORDS = 4;

/** Bits of infinity; above it, without the sign, is what is no number. */
const INFINITE = 0x7f800000;
const ABSENT_KEY = -(2 ** 31);
const one = new Float32Array(1);
const oneBits = new Int32Array(one.buffer);

/** Trees as prediction walks them; all in shared memory. */
export interface PackedTrees {
  readonly classes: number;
  /** NODE_WORDS a node. */
  readonly nodes: Int32Array;
  /** Tree → its root. */
  readonly roots: Uint32Array;
  /** Leaf × class: shares of the classes, weighted, which sum to 1. */
  readonly shares: Float32Array;
}

/**
 * Thresholds are rounded down to float32: values are float32, so that `value > threshold` is the same for each of them.
 * `weights`: class → weight.
 */
export function packTrees(trees: readonly TreeNodes[], weights: Float64Array): PackedTrees {
  const classes = weights.length;
  const total = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const leaves = trees.reduce((sum, tree) => sum + tree.leafCounts.length, 0);
  const nodes = new Int32Array(new SharedArrayBuffer(total * NODE_WORDS * 4));
  const roots = new Uint32Array(new SharedArrayBuffer(trees.length * 4));
  const shares = new Float32Array(new SharedArrayBuffer(leaves * 4));
  let start = 0;
  let firstShare = 0;
  trees.forEach((tree, t) => {
    roots[t] = start;
    for (let node = 0; node < tree.feature.length; node++) {
      const at = (start + node) * NODE_WORDS;
      const leaf = tree.feature[node] === LEAF;
      nodes[at] = leaf ? 0 : tree.feature[node];
      nodes[at + 1] = keyOf(leaf ? Number.POSITIVE_INFINITY : roundedDown(tree.threshold[node]));
      nodes[at + 2] = leaf ? at : (start + tree.left[node]) * NODE_WORDS;
      nodes[at + 3] = leaf ? firstShare + tree.left[node] * classes : 0;
    }
    writeShares(tree.leafCounts, weights, shares, firstShare);
    start += tree.feature.length;
    firstShare += tree.leafCounts.length;
  });
  return { classes, nodes, roots, shares };
}

/** Float32 as int32 in the same order, so that they are compared without a branch; absent values (NaN) stand below all. */
export function keyOf(value: number): number {
  one[0] = value + 0;
  return orderedKey(oneBits[0]);
}

/** The same from the bits of a float32. */
export function orderedKey(bits: number): number {
  return (bits & 0x7fffffff) > INFINITE ? ABSENT_KEY : bits ^ ((bits >> 31) & 0x7fffffff);
}

function writeShares(counts: Uint32Array, weights: Float64Array, shares: Float32Array, from: number): void {
  const classes = weights.length;
  for (let leaf = 0; leaf < counts.length; leaf += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += counts[leaf + k] * weights[k];
    for (let k = 0; k < classes; k++) {
      if (counts[leaf + k] > 0) shares[from + leaf + k] = (counts[leaf + k] * weights[k]) / sum;
    }
  }
}

/** The greatest float32 that is not above. */
export function roundedDown(value: number): number {
  one[0] = value;
  if (one[0] > value) {
    // The float32 below: one less for positive bits, one more for negative ones; below zero comes the least negative one.
    if (one[0] === 0) oneBits[0] = 0x80000001 | 0;
    else oneBits[0] += one[0] > 0 ? -1 : 1;
  }
  return one[0];
}
