import { LEAF, nodeCounts, type TreeNodes } from './tree-nodes.ts';

/** `gini`: 1 - Σ p²; `entropy`: - Σ p log2 p (Breiman, Friedman, Olshen, Stone 1984; Quinlan 1986). */
export type Criterion = 'gini' | 'entropy';

export interface NodeImpurities {
  /** Node → weight of its rows: counts times the weights of their classes. */
  readonly weight: Float64Array;
  /** Node → impurity. */
  readonly impurity: Float64Array;
}

/** `weights`: class → its weight. */
export function nodeImpurities(tree: TreeNodes, weights: Float64Array, criterion: Criterion): NodeImpurities {
  const classes = weights.length;
  const counts = nodeCounts(tree, classes);
  const weight = new Float64Array(tree.feature.length);
  const impurity = new Float64Array(tree.feature.length);
  for (let node = 0; node < weight.length; node++) {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += counts[node * classes + k] * weights[k];
    weight[node] = sum;
    let pure = criterion === 'gini' ? 1 : 0;
    for (let k = 0; k < classes; k++) {
      const share = (counts[node * classes + k] * weights[k]) / sum;
      if (share > 0) pure -= criterion === 'gini' ? share * share : share * Math.log2(share);
    }
    impurity[node] = Math.max(0, pure);
  }
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
