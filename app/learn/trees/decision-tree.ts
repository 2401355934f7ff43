import type { Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import { outside } from '../parameters.ts';
import type { Classifier, Means, SavedEstimator } from '../types.ts';
import { drawTree, treeRules, type RuleNames, type TreeDrawing, type TreeMatter } from './describe.ts';
import { impurityImportance } from './impurity.ts';
import { packTrees } from './packed-trees.ts';
import { prepare } from './prepare.ts';
import { pruneTree, pruningPath, type PruningPath } from './prune.ts';
import { readAbsentValues, readTrees, readWeights, saveTrees } from './saved-trees.ts';
import { depthOf, leavesOf, type TreeNodes } from './tree-nodes.ts';
import { checkTreeParameters, growthLimits, notEnough, type TreeParameters } from './tree-parameters.ts';
import { VotingTrees, type FittedTrees } from './voting-trees.ts';
import { WideTree } from './wide-tree.ts';

const NAME = 'decision tree';

export interface DecisionTreeParameters extends TreeParameters {
  /** Branches that save less impurity a leaf than this are taken away (minimal cost-complexity pruning); 0: none. */
  readonly ccpAlpha?: number;
}

/**
 * A classification tree (CART; Breiman, Friedman, Olshen, Stone 1984), in the shape of scikit-learn's DecisionTreeClassifier.
 *
 * - Thresholds lie half-way between neighbouring values of the node. A column of more than 255 distinct values is cut at 255 quantiles before.
 * - Of equally good questions the one of the lower column wins, then the one of the lower threshold.
 * - Absent values (NaN): where rows of a node have none, each threshold is tried with them on either side, and "is it absent?" is a question
 *   too. Of equally good ones in a column those with absent values on the right come first, then that question. Where no row of the node lacks
 *   its value, absent ones go to the child with more training weight, of equals to the right one.
 * - The same matrix, classes, parameters and seed give the same bits, on any number of threads.
 */
export class DecisionTree extends VotingTrees<FittedTrees> implements Classifier {
  readonly kind = 'decision-tree';
  readonly parameters: Required<DecisionTreeParameters>;
  protected readonly name = NAME;

  /** @throws FlowcaseError PARAMETER */
  constructor(parameters: DecisionTreeParameters = {}) {
    super();
    this.parameters = {
      criterion: 'gini',
      maxDepth: null,
      minSamplesSplit: 2,
      minSamplesLeaf: 1,
      maxFeatures: null,
      classWeight: null,
      absentValues: 'learned',
      ccpAlpha: 0,
      seed: 0,
      ...parameters,
    };
    checkTreeParameters(NAME, this.parameters);
    if (!(this.parameters.ccpAlpha >= 0)) throw outside(NAME, 'ccpAlpha', this.parameters.ccpAlpha, 'zero or more');
  }

  /** The tree as arrays. @throws FlowcaseError NOT_FITTED */
  get tree_(): TreeNodes {
    return this.known().trees[0];
  }
  /** Steps to the deepest leaf. */
  get depth_(): number {
    return depthOf(this.known().trees[0]);
  }
  get nLeaves_(): number {
    return leavesOf(this.known().trees[0]);
  }
  /** Column → its share of the impurity taken away; sums to 1, or is all zero where the tree is one leaf. */
  get featureImportances_(): Float64Array {
    const {
      trees: [tree],
      weights,
      columns,
    } = this.known();
    return impurityImportance(tree, weights, this.parameters.criterion, columns);
  }

  /** @throws FlowcaseError NOTHING_TO_CLUSTER without rows that have a class, PARAMETER, NOT_FINITE (infinite), OUT_OF_MEMORY, CANCELLED, PROCESS_DIED */
  async fit(matrix: Matrix, y: Uint16Array, classes: number, means: Means = {}): Promise<this> {
    const { tree, weights } = await this.#grow(matrix, y, classes, means);
    const { criterion, ccpAlpha } = this.parameters;
    const kept = ccpAlpha > 0 ? pruneTree(tree, weights, criterion, ccpAlpha) : tree;
    this.fitted = { trees: [kept], packed: packTrees([kept], weights), weights, columns: matrix.columns };
    return this;
  }

  /** The trees that pruning goes through when `ccpAlpha` grows. Leaves what was learned as it is. @throws as `fit` */
  async costComplexityPruningPath(matrix: Matrix, y: Uint16Array, classes: number, means: Means = {}): Promise<PruningPath> {
    const { tree, weights } = await this.#grow(matrix, y, classes, means);
    return pruningPath(tree, weights, this.parameters.criterion);
  }

  /** The tree as text, down to `maxDepth` steps. @throws FlowcaseError NOT_FITTED */
  rules(names: RuleNames, maxDepth = Number.POSITIVE_INFINITY): string {
    return treeRules(this.#matter(), names, maxDepth);
  }

  /** The tree as nested nodes for drawing, down to `maxDepth` steps. @throws FlowcaseError NOT_FITTED */
  draw(maxDepth = Number.POSITIVE_INFINITY): TreeDrawing {
    return drawTree(this.#matter(), maxDepth);
  }

  save(): SavedEstimator {
    const {
      trees: [tree],
      weights,
      columns,
    } = this.known();
    const { absentValues, ...parameters } = this.parameters;
    return { kind: this.kind, parameters: { ...parameters, columns }, arrays: saveTrees([tree], weights, absentValues) };
  }

  /** Takes a saved tree's arrays in place of a fit. */
  static restore(saved: SavedEstimator): DecisionTree {
    const { columns, ...parameters } = saved.parameters;
    const model = new DecisionTree({ ...parameters, absentValues: readAbsentValues(saved.arrays) });
    const weights = readWeights(saved.arrays);
    const [tree] = readTrees(saved.arrays, weights.length, Number(columns));
    model.fitted = { trees: [tree], packed: packTrees([tree], weights), weights, columns: Number(columns) };
    return model;
  }

  #matter(): TreeMatter {
    const {
      trees: [tree],
      weights,
    } = this.known();
    return { tree, weights, criterion: this.parameters.criterion };
  }

  async #grow(
    matrix: Matrix,
    y: Uint16Array,
    classes: number,
    { pace = unwatched(), pool = null }: Means,
  ): Promise<{ tree: TreeNodes; weights: Float64Array }> {
    const { classWeight, seed } = this.parameters;
    const { set } = await prepare(NAME, matrix, y, classes, classWeight, seed, pace, pool);
    const wide = wideTree(set, this.parameters, seed, pace, pool);
    try {
      return { tree: await wide.grow(), weights: set.weights };
    } finally {
      wide.close();
    }
  }
}

function wideTree(
  set: ConstructorParameters<typeof WideTree>[0],
  parameters: Required<TreeParameters>,
  seed: number,
  pace: ConstructorParameters<typeof WideTree>[3],
  pool: ConstructorParameters<typeof WideTree>[4],
): WideTree {
  try {
    return new WideTree(set, growthLimits(parameters, set.bins.columns), seed, pace, pool);
  } catch (cause) {
    throw cause instanceof RangeError ? notEnough(`a tree over ${set.bins.rows} records`, cause) : cause;
  }
}

/** A tree as `save` gave it: predicts the same bits. @throws FlowcaseError PARAMETER */
export function loadDecisionTree(saved: SavedEstimator): DecisionTree {
  return DecisionTree.restore(saved);
}
