import type { SavedArray, SavedEstimator } from '../types.ts';
import { outside } from '../parameters.ts';
import { MANY_CLASSES } from './packed-trees.ts';
import { ABSENT_RIGHT, ABSENT_SEEN, type TreeNodes } from './tree-nodes.ts';
import type { AbsentValues } from './tree-parameters.ts';

/**
 * Trees one behind the other: `feature` (int32), `threshold` (float64), `left` (uint32; numbers within the tree, see TreeNodes) and
 * `absentSides` (uint8, TreeNodes.absent; without it absent values go left everywhere, as they did before sides were learned) a node;
 * `treeNodes` (uint32): nodes of each tree; `classWeights` (float64). Up to 63 classes `leafCounts` (uint32) leaf × class; of more the classes that
 * a leaf has: `leafSizes` (uint16) how many, and one after the other `leafClasses` (uint16) and `leafRows` (uint32). Both are read for any number.
 */
export function saveTrees(trees: readonly TreeNodes[], weights: Float64Array, absentValues: AbsentValues): SavedEstimator['arrays'] {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const feature = new Int32Array(nodes);
  const threshold = new Float64Array(nodes);
  const left = new Uint32Array(nodes);
  const absentSides = new Uint8Array(nodes);
  let node = 0;
  for (const tree of trees) {
    feature.set(tree.feature, node);
    threshold.set(tree.threshold, node);
    left.set(tree.left, node);
    absentSides.set(tree.absent, node);
    node += tree.feature.length;
  }
  const treeNodes = Uint32Array.from(trees, (tree) => tree.feature.length);
  const leaves = weights.length >= MANY_CLASSES ? listedLeaves(trees) : { leafCounts: denseLeaves(trees, weights.length) };
  const sides = absentValues === 'learned' ? { absentSides } : {};
  return { feature, threshold, left, ...sides, ...leaves, treeNodes, classWeights: weights.slice() };
}

/** How trees that were saved take absent values. */
export function readAbsentValues(arrays: Readonly<Record<string, unknown>>): AbsentValues {
  return arrays['absentSides'] === undefined ? 'left' : 'learned';
}

/** Whether a saved array says nothing that the others do not: sides that no training row chose are those of the heavier children. */
export function followsFromOthers(name: string, array: SavedArray): boolean {
  return name === 'absentSides' && array.every((side: number) => (side & ABSENT_SEEN) === 0);
}

function denseLeaves(trees: readonly TreeNodes[], classes: number): Uint32Array {
  const counts = new Uint32Array(trees.reduce((sum, tree) => sum + tree.leafStarts.length - 1, 0) * classes);
  let first = 0;
  for (const { leafStarts, leafClasses, leafRows } of trees) {
    for (let leaf = 0; leaf + 1 < leafStarts.length; leaf++, first += classes) {
      for (let at = leafStarts[leaf]; at < leafStarts[leaf + 1]; at++) counts[first + leafClasses[at]] = leafRows[at];
    }
  }
  return counts;
}

function listedLeaves(trees: readonly TreeNodes[]): Pick<TreeNodes, 'leafClasses' | 'leafRows'> & { leafSizes: Uint16Array } {
  const leaves = trees.reduce((sum, tree) => sum + tree.leafStarts.length - 1, 0);
  const entries = trees.reduce((sum, tree) => sum + tree.leafRows.length, 0);
  const [leafSizes, leafClasses, leafRows] = [new Uint16Array(leaves), new Uint16Array(entries), new Uint32Array(entries)];
  let leaf = 0;
  let entry = 0;
  for (const tree of trees) {
    for (let i = 0; i + 1 < tree.leafStarts.length; i++) leafSizes[leaf++] = tree.leafStarts[i + 1] - tree.leafStarts[i];
    leafClasses.set(tree.leafClasses, entry);
    leafRows.set(tree.leafRows, entry);
    entry += tree.leafRows.length;
  }
  return { leafSizes, leafClasses, leafRows };
}

/** The trees of `saveTrees`. @throws FlowcaseError PARAMETER where arrays are missing or do not fit together */
export function readTrees(arrays: SavedEstimator['arrays'], classes: number, columns: number): TreeNodes[] {
  const { feature, threshold, left, treeNodes } = arrays;
  if (
    !(feature instanceof Int32Array) ||
    !(threshold instanceof Float64Array) ||
    !(left instanceof Uint32Array) ||
    !(treeNodes instanceof Uint32Array)
  ) {
    throw damaged();
  }
  const nodes = treeNodes.reduce((sum, length) => sum + length, 0);
  const absent = readAbsentValues(arrays) === 'left' ? new Uint8Array(nodes) : arrays['absentSides'];
  const leaves = (nodes + treeNodes.length) / 2;
  if (feature.length !== nodes || threshold.length !== nodes || left.length !== nodes) throw damaged();
  if (!(absent instanceof Uint8Array) || absent.length !== nodes) throw damaged();
  const all = readLeaves(arrays, leaves, classes);
  let node = 0;
  let leaf = 0;
  return Array.from(treeNodes, (length) => {
    const own = (length + 1) / 2;
    const [from, to] = [all.leafStarts[leaf], all.leafStarts[leaf + own]];
    const tree: TreeNodes = {
      feature: feature.slice(node, node + length),
      threshold: threshold.slice(node, node + length),
      absent: absent.slice(node, node + length),
      left: left.slice(node, node + length),
      leafStarts: all.leafStarts.slice(leaf, leaf + own + 1).map((at) => at - from),
      leafClasses: all.leafClasses.slice(from, to),
      leafRows: all.leafRows.slice(from, to),
    };
    node += length;
    leaf += own;
    checkTree(tree, columns);
    return tree;
  });
}

type Leaves = Pick<TreeNodes, 'leafStarts' | 'leafClasses' | 'leafRows'>;

function readLeaves({ leafCounts, leafSizes, leafClasses, leafRows }: SavedEstimator['arrays'], leaves: number, classes: number): Leaves {
  if (leafCounts instanceof Uint32Array) {
    if (leafCounts.length !== leaves * classes) throw damaged();
    return fromDense(leafCounts, leaves, classes);
  }
  if (!(leafSizes instanceof Uint16Array) || !(leafClasses instanceof Uint16Array) || !(leafRows instanceof Uint32Array)) throw damaged();
  const leafStarts = new Uint32Array(leaves + 1);
  if (leafSizes.length !== leaves) throw damaged();
  leafSizes.forEach((size, leaf) => (leafStarts[leaf + 1] = leafStarts[leaf] + size));
  if (leafStarts[leaves] !== leafClasses.length || leafClasses.length !== leafRows.length) throw damaged();
  for (let leaf = 0; leaf < leaves; leaf++) {
    for (let at = leafStarts[leaf]; at < leafStarts[leaf + 1]; at++) {
      if (leafClasses[at] >= classes || (at > leafStarts[leaf] && leafClasses[at] <= leafClasses[at - 1])) throw damaged();
    }
  }
  return { leafStarts, leafClasses, leafRows };
}

function fromDense(leafCounts: Uint32Array, leaves: number, classes: number): Leaves {
  const entries = leafCounts.reduce((sum, count) => sum + Number(count > 0), 0);
  const [leafStarts, leafClasses, leafRows] = [new Uint32Array(leaves + 1), new Uint16Array(entries), new Uint32Array(entries)];
  let entry = 0;
  leafCounts.forEach((count, at) => {
    if (count > 0) {
      leafClasses[entry] = at % classes;
      leafRows[entry++] = count;
    }
    leafStarts[Math.floor(at / classes) + 1] = entry;
  });
  return { leafStarts, leafClasses, leafRows };
}

/** Class → weight. @throws FlowcaseError PARAMETER */
export function readWeights(arrays: SavedEstimator['arrays']): Float64Array {
  const { classWeights } = arrays;
  if (!(classWeights instanceof Float64Array)) throw damaged();
  return classWeights.slice();
}

/** A walk through the tree ends, and within it: children stand behind their parents, leaves have counts, columns are there. */
function checkTree(tree: TreeNodes, columns: number): void {
  const nodes = tree.feature.length;
  for (let node = 0; node < nodes; node++) {
    const below = tree.left[node];
    const asks = tree.feature[node];
    const fits = asks < 0 ? below + 1 < tree.leafStarts.length : asks < columns && below > node && below + 1 < nodes;
    if (!fits || tree.absent[node] > (ABSENT_RIGHT | ABSENT_SEEN)) throw damaged();
  }
}

function damaged(): Error {
  return outside('A saved tree', 'its arrays', 'these', 'arrays as it was saved with');
}
