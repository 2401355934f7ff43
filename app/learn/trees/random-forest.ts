import { Random } from '../../shared/random.ts';
import { Calibration, calibrationMethods, type CalibrationMethod } from '../calibration.ts';
import type { GrownTree } from '../kernels/forest-kernel.ts';
import type { Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import { checkWhole, outside } from '../parameters.ts';
import type { Classifier, Means, SavedEstimator } from '../types.ts';
import { Work } from '../work.ts';
import { drawTree, treeRules, type RuleNames, type TreeDrawing, type TreeMatter } from './describe.ts';
import { outOfBagScore, type OutOfBag } from './out-of-bag.ts';
import { packTrees } from './packed-trees.ts';
import { prepare } from './prepare.ts';
import { readAbsentValues, readTrees, readWeights, saveTrees } from './saved-trees.ts';
import type { TrainingSet } from './training-set.ts';
import type { TreeNodes } from './tree-nodes.ts';
import { checkTreeParameters, growthLimits, notEnough, type TreeParameters } from './tree-parameters.ts';
import { VotingTrees, type FittedTrees } from './voting-trees.ts';

const NAME = 'random forest';
const MOST_TREES = 10_000;

export interface RandomForestParameters extends TreeParameters {
  readonly nEstimators?: number;
  /** Every tree draws as many rows as there are, with putting back; false: it takes each once. */
  readonly bootstrap?: boolean;
  /** Also tells how well the forest does on rows that a tree did not draw. Needs `bootstrap`. */
  readonly oobScore?: boolean;
  /** Turns shares of votes into probabilities that hold, by the rows that each tree did not draw. Needs `bootstrap`. */
  readonly calibration?: CalibrationMethod | null;
}

interface Fitted extends FittedTrees {
  readonly importances: Float64Array;
  readonly outOfBag: OutOfBag | null;
  readonly calibration: Calibration | null;
}

/**
 * A random forest (Breiman 2001), in the shape of scikit-learn's RandomForestClassifier: trees on rows drawn with putting back, each node
 * looking at some columns only; the class with the greatest mean share wins. Of the trees, see DecisionTree.
 *
 * The same matrix, classes, parameters and seed give the same bits, on any number of threads.
 */
export class RandomForest extends VotingTrees<Fitted> implements Classifier {
  readonly kind = 'random-forest';
  readonly parameters: Required<RandomForestParameters>;
  protected readonly name = NAME;

  /** @throws FlowcaseError PARAMETER */
  constructor(parameters: RandomForestParameters = {}) {
    super();
    this.parameters = {
      nEstimators: 100,
      criterion: 'gini',
      maxDepth: null,
      minSamplesSplit: 2,
      minSamplesLeaf: 1,
      maxFeatures: 'sqrt',
      classWeight: null,
      absentValues: 'learned',
      bootstrap: true,
      oobScore: false,
      calibration: null,
      seed: 0,
      ...parameters,
    };
    checkTreeParameters(NAME, this.parameters);
    checkWhole(NAME, 'nEstimators', this.parameters.nEstimators, 1, MOST_TREES);
    if (this.parameters.oobScore && !this.parameters.bootstrap) {
      throw outside(NAME, 'oobScore', 'true', 'false where no rows are drawn (bootstrap is false)');
    }
    const { calibration, bootstrap } = this.parameters;
    if (calibration === null) return;
    if (!calibrationMethods.includes(calibration))
      throw outside(NAME, 'calibration', calibration, `none or ${calibrationMethods.join(' or ')}`);
    if (!bootstrap) throw outside(NAME, 'calibration', calibration, 'none where no rows are drawn (bootstrap is false)');
  }

  /** The trees as arrays. @throws FlowcaseError NOT_FITTED */
  get trees_(): readonly TreeNodes[] {
    return this.known().trees;
  }
  /** Column → mean of the trees' shares of the impurity taken away; sums to 1. */
  get featureImportances_(): Float64Array {
    return this.known().importances;
  }
  /** How well the trees do on rows that they did not draw; null where not asked for, and after loading. */
  get outOfBag_(): OutOfBag | null {
    return this.known().outOfBag;
  }

  /** @throws FlowcaseError NOTHING_TO_CLUSTER without rows that have a class, PARAMETER, NOT_FINITE (infinite), OUT_OF_MEMORY, CANCELLED, PROCESS_DIED */
  async fit(matrix: Matrix, y: Uint16Array, classes: number, means: Means = {}): Promise<this> {
    const { pace = unwatched(), pool = null } = means;
    const { classWeight, seed, oobScore, nEstimators, calibration: method } = this.parameters;
    const prepared = await prepare(NAME, matrix, y, classes, classWeight, seed, pace, pool);
    const { set } = prepared;
    const allowed = oobScore || method !== null ? bits(nEstimators, set.bins.rows) : null;
    const grown = await this.#grow(set, allowed, means);
    const trees = grown.map(({ tree }) => tree);
    const packed = packTrees(trees, set.weights);
    const judged = allowed === null ? null : await outOfBagScore(packed, prepared, allowed, means);
    const calibration = method === null || judged === null ? null : Calibration.fit(method, judged.decision, set.y, classes);
    const outOfBag = oobScore ? judged : null;
    const importances = meanImportance(grown, matrix.columns);
    this.fitted = { trees, packed, weights: set.weights, importances, columns: matrix.columns, outOfBag, calibration };
    return this;
  }

  override async predict(matrix: Matrix, means: Means = {}): Promise<Uint16Array> {
    if (this.known().calibration === null) return super.predict(matrix, means);
    const { nClasses_: classes } = this;
    const shares = await this.predictProba(matrix, means);
    const winners = new Uint16Array(matrix.rows);
    for (let row = 0; row < winners.length; row++) {
      const at = row * classes;
      for (let k = 1; k < classes; k++) if (shares[at + k] > shares[at + winners[row]]) winners[row] = k;
    }
    return winners;
  }

  /** Row × class: mean over the trees of the shares of a leaf's training rows; calibrated where that was asked for. @throws as `predict` */
  override async predictProba(matrix: Matrix, means: Means = {}): Promise<Float32Array> {
    const shares = await super.predictProba(matrix, means);
    this.known().calibration?.apply(shares);
    return shares;
  }

  /** One tree (from 0) as text, down to `maxDepth` steps. @throws FlowcaseError NOT_FITTED, PARAMETER */
  rules(tree: number, names: RuleNames, maxDepth = Number.POSITIVE_INFINITY): string {
    return treeRules(this.#matter(tree), names, maxDepth);
  }

  /** One tree (from 0) as nested nodes for drawing, down to `maxDepth` steps. @throws FlowcaseError NOT_FITTED, PARAMETER */
  draw(tree: number, maxDepth = Number.POSITIVE_INFINITY): TreeDrawing {
    return drawTree(this.#matter(tree), maxDepth);
  }

  save(): SavedEstimator {
    const { trees, weights, columns, importances, calibration } = this.known();
    const { calibration: method, absentValues, ...parameters } = this.parameters;
    return {
      kind: this.kind,
      // forests from before there was a calibration keep their fingerprints
      parameters: { ...parameters, ...(method === null ? {} : { calibration: method }), columns },
      arrays: { ...saveTrees(trees, weights, absentValues), importances: importances.slice(), ...calibration?.save() },
    };
  }

  /** Takes a saved forest's arrays in place of a fit. */
  static restore(saved: SavedEstimator): RandomForest {
    const { columns, ...parameters } = saved.parameters;
    const model = new RandomForest({ ...parameters, absentValues: readAbsentValues(saved.arrays) });
    const weights = readWeights(saved.arrays);
    const trees = readTrees(saved.arrays, weights.length, Number(columns));
    const importances = Float64Array.from(saved.arrays['importances'] ?? []);
    const { calibration: method } = model.parameters;
    const calibration = method === null ? null : Calibration.restore(method, saved.arrays, weights.length);
    const packed = packTrees(trees, weights);
    model.fitted = { trees, packed, weights, importances, columns: Number(columns), outOfBag: null, calibration };
    return model;
  }

  #matter(number: number): TreeMatter {
    const { trees, weights } = this.known();
    checkWhole(NAME, 'tree', number, 0, trees.length - 1);
    return { tree: trees[number], weights, criterion: this.parameters.criterion };
  }

  async #grow(set: TrainingSet, outOfBag: Uint32Array | null, { pace = unwatched(), pool = null }: Means): Promise<GrownTree[]> {
    const { seed, nEstimators, bootstrap } = this.parameters;
    const random = new Random(seed);
    const seeds = Uint32Array.from({ length: nEstimators }, () => random.uint32());
    const limits = growthLimits(this.parameters, set.bins.columns);
    const work = new Work('forest', { set, limits, seeds, bootstrap, outOfBag }, pace, pool);
    try {
      return await work.round(nEstimators, null, (done) => pace.progress.report(done, nEstimators, 'trees', 'random forest'));
    } finally {
      work.close();
    }
  }
}

/** Sums over the trees in their order; trees that ask nothing say nothing. */
function meanImportance(grown: readonly GrownTree[], columns: number): Float64Array {
  const sum = new Float64Array(columns);
  for (const { importance } of grown) for (let c = 0; c < columns; c++) sum[c] += importance[c];
  const all = sum.reduce((total, of) => total + of, 0);
  return all > 0 ? sum.map((of) => of / all) : sum;
}

function bits(trees: number, rows: number): Uint32Array {
  try {
    return new Uint32Array(new SharedArrayBuffer(trees * Math.ceil(rows / 32) * 4));
  } catch (cause) {
    throw notEnough(`the out-of-bag score of ${trees} trees over ${rows} records`, cause);
  }
}

/** A forest as `save` gave it: predicts the same bits. @throws FlowcaseError PARAMETER */
export function loadRandomForest(saved: SavedEstimator): RandomForest {
  return RandomForest.restore(saved);
}
