import { ABSENT_RIGHT, addLeaf, LEAF, type TreeNodes } from './tree-nodes.ts';

/** One question on the way of a row. */
export interface PathStep {
  readonly feature: number;
  /** Minus infinity: "is it absent?" */
  readonly threshold: number;
  /** Left: not greater than the threshold. Where the value is absent: the side that the node has for such rows. */
  readonly went: 'left' | 'right';
  /** The row's value; NaN: absent. */
  readonly value: number;
}

export interface TreePath {
  readonly steps: readonly PathStep[];
  /** Class → training rows in the leaf, as often as they were drawn. */
  readonly counts: readonly number[];
  /** The class with the greatest weight there, the first of equals. */
  readonly vote: number;
}

/** Why a row is taken for what it is. */
export interface Explanation {
  readonly prediction: number;
  /** Class → trees that vote for it; their sum is the number of trees. */
  readonly votes: readonly number[];
  /** Class → mean of the trees' shares: what predictProba says, and what decides. */
  readonly shares: readonly number[];
  /** Tree → the way through it. */
  readonly paths: readonly TreePath[];
}

/** `row`: values as in the matrix, rounded to float32 as there. `weights`: class → weight. */
export function explainRow(trees: readonly TreeNodes[], weights: Float64Array, row: ArrayLike<number>): Explanation {
  const values = Float32Array.from(row);
  const classes = weights.length;
  const votes = new Array<number>(classes).fill(0);
  const shares = new Array<number>(classes).fill(0);
  const paths = trees.map((tree) => pathOf(tree, weights, values));
  for (const path of paths) {
    votes[path.vote]++;
    const sum = path.counts.reduce((all, count, k) => all + count * weights[k], 0);
    for (let k = 0; k < classes; k++) shares[k] += Math.fround((path.counts[k] * weights[k]) / sum);
  }
  return { prediction: greatest(shares), votes, shares: shares.map((share) => Math.fround(share / trees.length)), paths };
}

function pathOf(tree: TreeNodes, weights: Float64Array, values: Float32Array): TreePath {
  const steps: PathStep[] = [];
  let node = 0;
  while (tree.feature[node] !== LEAF) {
    const feature = tree.feature[node];
    const threshold = tree.threshold[node];
    const value = values[feature];
    const right = Number.isNaN(value) ? (tree.absent[node] & ABSENT_RIGHT) !== 0 : value > threshold;
    steps.push({ feature, threshold, went: right ? 'right' : 'left', value });
    node = tree.left[node] + (right ? 1 : 0);
  }
  const found = new Float64Array(weights.length);
  addLeaf(tree, node, found);
  const counts = [...found];
  return { steps, counts, vote: greatest(counts.map((count, k) => count * weights[k])) };
}

/** Place of the greatest, the first of equals. */
export function greatest(of: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < of.length; i++) if (of[i] > of[best]) best = i;
  return best;
}
