import { ABSENT_RIGHT, LEAF, type TreeNodes } from './tree-nodes.ts';

/**
 * Words of a packed node: column, threshold (see `keyOf`), place of the left child (in words; the right one is next to it), and what is taken
 * from a value's key before it is compared: 1 where absent values go right. Their key is the least int32 and becomes the greatest, all others
 * keep their order; the threshold there is one less, too. A leaf leads to itself, as nothing is greater than the greatest int32; its last word
 * is the place of its shares (or its number in `starts`).
 */
export const NODE_WORDS = 4;

/** Bits of infinity; above it, without the sign, is what is no number. */
const INFINITE = 0x7f800000;
const ABSENT_KEY = -(2 ** 31);
const GREATEST = 2 ** 31 - 1;
const one = new Float32Array(1);
const oneBits = new Int32Array(one.buffer);

/** Trees as prediction walks them; all in shared memory. */
export interface PackedTrees {
  readonly classes: number;
  /** NODE_WORDS a node. */
  readonly nodes: Int32Array;
  /** Tree → its root. */
  readonly roots: Uint32Array;
  /** Leaf × class: shares of the classes, weighted, which sum to 1. Of many classes only those that a leaf has. */
  readonly shares: Float32Array;
  /** Where leaves list the classes that they have: where each one's begin, and where the last one's end, and which they are; null: all, in order. */
  readonly listed: { readonly starts: Uint32Array; readonly classes: Uint16Array } | null;
}

/** From so many classes on leaves list those that they have. */
export const MANY_CLASSES = 64;

/**
 * Thresholds are rounded down to float32: values are float32, so that `value > threshold` is the same for each of them.
 * `weights`: class → weight.
 */
export function packTrees(trees: readonly TreeNodes[], weights: Float64Array): PackedTrees {
  const classes = weights.length;
  const total = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const leaves = trees.reduce((sum, tree) => sum + tree.leafStarts.length - 1, 0);
  const entries = trees.reduce((sum, tree) => sum + tree.leafRows.length, 0);
  const many = classes >= MANY_CLASSES;
  const nodes = new Int32Array(new SharedArrayBuffer(total * NODE_WORDS * 4));
  const roots = new Uint32Array(new SharedArrayBuffer(trees.length * 4));
  const shares = new Float32Array(new SharedArrayBuffer((many ? entries : leaves * classes) * 4));
  const listed = many
    ? {
        starts: new Uint32Array(new SharedArrayBuffer((leaves + 1) * 4)),
        classes: new Uint16Array(new SharedArrayBuffer(entries * 2)),
      }
    : null;
  let start = 0;
  let firstLeaf = 0;
  let firstEntry = 0;
  trees.forEach((tree, t) => {
    roots[t] = start;
    for (let node = 0; node < tree.feature.length; node++) {
      const at = (start + node) * NODE_WORDS;
      const leaf = tree.feature[node] === LEAF;
      nodes[at] = leaf ? 0 : tree.feature[node];
      const absentRight = tree.absent[node] & ABSENT_RIGHT;
      nodes[at + 1] = leaf ? GREATEST : keyOf(roundedDown(tree.threshold[node])) - absentRight;
      nodes[at + 2] = leaf ? at : (start + tree.left[node]) * NODE_WORDS;
      nodes[at + 3] = leaf ? (firstLeaf + tree.left[node]) * (many ? 1 : classes) : absentRight;
    }
    for (let leaf = 0; leaf + 1 < tree.leafStarts.length; leaf++) {
      writeShares(tree, leaf, weights, shares, (at) => (many ? firstEntry + at : (firstLeaf + leaf) * classes + tree.leafClasses[at]));
      if (listed !== null) listed.starts[firstLeaf + leaf + 1] = firstEntry + tree.leafStarts[leaf + 1];
    }
    listed?.classes.set(tree.leafClasses, firstEntry);
    start += tree.feature.length;
    firstLeaf += tree.leafStarts.length - 1;
    firstEntry += tree.leafRows.length;
  });
  return { classes, nodes, roots, shares, listed };
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

/** `place`: where the share of an entry of the leaf goes. */
function writeShares(
  { leafStarts, leafClasses, leafRows }: TreeNodes,
  leaf: number,
  weights: Float64Array,
  shares: Float32Array,
  place: (entry: number) => number,
): void {
  const [from, to] = [leafStarts[leaf], leafStarts[leaf + 1]];
  let sum = 0;
  for (let at = from; at < to; at++) sum += leafRows[at] * weights[leafClasses[at]];
  for (let at = from; at < to; at++) shares[place(at)] = (leafRows[at] * weights[leafClasses[at]]) / sum;
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
