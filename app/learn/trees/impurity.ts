import { addLeaf, depthOf, LEAF, nodeCounts, type TreeNodes } from './tree-nodes.ts';

/** `gini`: 1 - Σ p²; `entropy`: - Σ p log2 p (Breiman, Friedman, Olshen, Stone 1984; Quinlan 1986). */
export type Criterion = 'gini' | 'entropy';

export interface NodeImpurities {
  /** Node → weight of its rows: counts times the weights of their classes. */
  readonly weight: Float64Array;
  /** Node → impurity. */
  readonly impurity: Float64Array;
}

/** Trees that are deeper have the counts of all their nodes laid out at once: the way down would take too many steps of its own. */
const DEEPEST = 500;

/** `weights`: class → its weight. */
export function nodeImpurities(tree: TreeNodes, weights: Float64Array, criterion: Criterion): NodeImpurities {
  const classes = weights.length;
  const weight = new Float64Array(tree.feature.length);
  const impurity = new Float64Array(tree.feature.length);
  const judge = (node: number, counts: Float64Array): void => {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += counts[k] * weights[k];
    weight[node] = sum;
    let pure = criterion === 'gini' ? 1 : 0;
    for (let k = 0; k < classes; k++) {
      if (counts[k] === 0) continue;
      const share = (counts[k] * weights[k]) / sum;
      if (share > 0) pure -= criterion === 'gini' ? share * share : share * Math.log2(share);
    }
    impurity[node] = Math.max(0, pure);
  };
  const depth = depthOf(tree);
  if (depth > DEEPEST) {
    const counts = nodeCounts(tree, classes);
    for (let node = 0; node < weight.length; node++) judge(node, counts.subarray(node * classes, (node + 1) * classes));
    return { weight, impurity };
  }
  // Counts of one node at a level are enough: with many nodes and many classes those of all would be most of the memory.
  const kept = Array.from({ length: depth + 1 }, () => new Float64Array(classes));
  const visit = (node: number, into: Float64Array, level: number): void => {
    if (tree.feature[node] === LEAF) {
      into.fill(0);
      addLeaf(tree, node, into);
    } else {
      const right = kept[level + 1];
      visit(tree.left[node], into, level + 1);
      visit(tree.left[node] + 1, right, level + 1);
      for (let k = 0; k < classes; k++) into[k] += right[k];
    }
    judge(node, into);
  };
  visit(0, kept[0], 0);
  return { weight, impurity };
}

/**
 * Column → the impurity that its questions took away, weighted by rows, as a share of all (Breiman 2001: mean decrease in impurity).
 * All zero where the tree asks nothing.
 */
export function impurityImportance(tree: TreeNodes, weights: Float64Array, criterion: Criterion, columns: number): Float64Array {
  const { weight, impurity } = nodeImpurities(tree, weights, criterion);
  const importance = new Float64Array(columns);
  let sum = 0;
  for (let node = 0; node < weight.length; node++) {
    if (tree.feature[node] === LEAF) continue;
    const left = tree.left[node];
    const taken = weight[node] * impurity[node] - weight[left] * impurity[left] - weight[left + 1] * impurity[left + 1];
    importance[tree.feature[node]] += taken;
    sum += taken;
  }
  return sum > 0 ? importance.map((of) => of / sum) : importance.fill(0);
}
