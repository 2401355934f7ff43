import type { SavedEstimator } from '../types.ts';
import { outside } from '../parameters.ts';
import type { TreeNodes } from './tree-nodes.ts';

/**
 * Trees one behind the other: `feature` (int32), `threshold` (float64), `left` (uint32; numbers within the tree, see TreeNodes) a node;
 * `leafCounts` (uint32) leaf × class; `treeNodes` (uint32): nodes of each tree; `classWeights` (float64).
 */
export function saveTrees(trees: readonly TreeNodes[], weights: Float64Array): SavedEstimator['arrays'] {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const counts = trees.reduce((sum, tree) => sum + tree.leafCounts.length, 0);
  const feature = new Int32Array(nodes);
  const threshold = new Float64Array(nodes);
  const left = new Uint32Array(nodes);
  const leafCounts = new Uint32Array(counts);
  let node = 0;
  let count = 0;
  for (const tree of trees) {
    feature.set(tree.feature, node);
    threshold.set(tree.threshold, node);
    left.set(tree.left, node);
    leafCounts.set(tree.leafCounts, count);
    node += tree.feature.length;
    count += tree.leafCounts.length;
  }
  const treeNodes = Uint32Array.from(trees, (tree) => tree.feature.length);
  return { feature, threshold, left, leafCounts, treeNodes, classWeights: weights.slice() };
}

/** The trees of `saveTrees`. @throws FlowcaseError PARAMETER where arrays are missing or do not fit together */
export function readTrees(arrays: SavedEstimator['arrays'], classes: number, columns: number): TreeNodes[] {
  const { feature, threshold, left, leafCounts, treeNodes } = arrays;
  if (
    !(feature instanceof Int32Array) ||
    !(threshold instanceof Float64Array) ||
    !(left instanceof Uint32Array) ||
    !(leafCounts instanceof Uint32Array) ||
    !(treeNodes instanceof Uint32Array)
  ) {
    throw damaged();
  }
  const nodes = treeNodes.reduce((sum, length) => sum + length, 0);
  const leaves = (nodes + treeNodes.length) / 2;
  if (feature.length !== nodes || threshold.length !== nodes || left.length !== nodes || leafCounts.length !== leaves * classes)
    throw damaged();
  let node = 0;
  let leaf = 0;
  return Array.from(treeNodes, (length) => {
    const own = (length + 1) / 2;
    const tree: TreeNodes = {
      feature: feature.slice(node, node + length),
      threshold: threshold.slice(node, node + length),
      left: left.slice(node, node + length),
      leafCounts: leafCounts.slice(leaf * classes, (leaf + own) * classes),
    };
    node += length;
    leaf += own;
    checkTree(tree, classes, columns);
    return tree;
  });
}

/** Class → weight. @throws FlowcaseError PARAMETER */
export function readWeights(arrays: SavedEstimator['arrays']): Float64Array {
  const { classWeights } = arrays;
  if (!(classWeights instanceof Float64Array)) throw damaged();
  return classWeights.slice();
}

/** A walk through the tree ends, and within it: children stand behind their parents, leaves have counts, columns are there. */
function checkTree(tree: TreeNodes, classes: number, columns: number): void {
  const nodes = tree.feature.length;
  for (let node = 0; node < nodes; node++) {
    const below = tree.left[node];
    const asks = tree.feature[node];
    const fits = asks < 0 ? (below + 1) * classes <= tree.leafCounts.length : asks < columns && below > node && below + 1 < nodes;
    if (!fits) throw damaged();
  }
}

function damaged(): Error {
  return outside('A saved tree', 'its arrays', 'these', 'arrays as it was saved with');
}
