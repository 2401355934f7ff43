import { DecisionTreeClassifier } from 'ml-cart';
import { RandomForestClassifier } from 'ml-random-forest';
import type { Parameters, TrainRequest } from '../contract/models.ts';
import type { Matrix } from '../learn/matrix.ts';

/** Trees of both forests where the model has more. */
const MOST_TREES = 20;
/** ml-random-forest chooses features once a tree: a root of few, as nodes look at them, would leave most trees blind. Both look at this share. */
const FEATURE_SHARE = 0.7;
/** Of fewer features each of its trees looks at all: without one of four it would be another model. */
const FEW_FEATURES = 10;
/** What the second tool may do, in comparisons of `rowsWithinBound`: half a minute on a machine of 2020. A measure of the task and not of the clock. */
const WORK = 250_000_000;
/** It learns from so many rows whatever they cost. */
const LEAST_ROWS = 300;
/**
 * What the second tools know nothing of stands at what they do: they prune nothing, weigh nothing, and split by Gini down to single rows. They know
 * numbers only, so that absent values stand below all others (see `belowAll`), and go with the lesser ones.
 */
const ONLY_HERE: Parameters = {
  ...{ ccpAlpha: 0, minSamplesLeaf: 1, classWeight: null, criterion: 'gini', calibration: null },
  absentValues: 'left',
};

export type AskedModel = Pick<TrainRequest, 'model' | 'seed' | 'parameters'>;

/** Rows of a matrix, and the class of each of its rows. */
export interface LessonRows {
  readonly matrix: Matrix;
  readonly codes: Uint16Array;
  readonly rows: Uint32Array;
}

/**
 * As the model has them, but for what the second tool does not know (`leftAside` names it), and for a forest: fewer trees where there are many, and
 * the features that the second tool can look at.
 */
export function comparableParameters({ model, parameters }: AskedModel, columns: number): Parameters {
  const known = Object.fromEntries(
    Object.entries({ absentValues: null, ...parameters }).map(([name, value]) => [
      name,
      Object.hasOwn(ONLY_HERE, name) ? ONLY_HERE[name] : value,
    ]),
  );
  if (model === 'tree') return { ...known, maxFeatures: null };
  const trees = parameters['nEstimators'];
  const nEstimators = Math.min(MOST_TREES, typeof trees === 'number' ? trees : MOST_TREES);
  return { ...known, nEstimators, maxFeatures: columns < FEW_FEATURES ? null : FEATURE_SHARE };
}

/**
 * The parameters of a model that are no part of the check, "ccpAlpha (0.0157)": the second tool has nothing like them. `absent`: whether values are
 * absent in what both learn from; else it does not matter where such rows go.
 */
export function leftAside({ model, parameters }: AskedModel, absent: boolean): readonly string[] {
  return Object.entries(parameters)
    .filter(([name, value]) => {
      if (name === 'absentValues' && !absent) return false;
      if (model === 'tree' && name === 'maxFeatures') return value !== null;
      return Object.hasOwn(ONLY_HERE, name) && value !== ONLY_HERE[name];
    })
    .map(([name, value]) => `${name} (${typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value)})`);
}

/** What an independent implementation learned: ml-cart a tree, ml-random-forest a forest. */
export interface SecondTrees {
  /** Row of those asked for → class. */
  predict(matrix: Matrix, rows: Uint32Array): Uint16Array;
}

/** Learns in one piece: it cannot be stopped. Absent values stand below all others. */
export function trainSecondTrees({ model, seed, parameters }: AskedModel, { matrix, codes, rows }: LessonRows): SecondTrees {
  const { maxDepth, nEstimators, minSamplesSplit, maxFeatures } = parameters;
  const fills = belowAll(matrix);
  const treeOptions = {
    maxDepth: typeof maxDepth === 'number' ? maxDepth : Number.POSITIVE_INFINITY,
    // it makes a leaf of so many, where minSamplesSplit is the fewest that are split
    minNumSamples: (typeof minSamplesSplit === 'number' ? minSamplesSplit : 2) - 1,
  };
  const classifier =
    model === 'tree'
      ? new DecisionTreeClassifier(treeOptions)
      : new RandomForestClassifier({
          seed,
          nEstimators: Number(nEstimators),
          maxFeatures: typeof maxFeatures === 'number' ? Math.max(1, Math.floor(matrix.columns * maxFeatures)) : matrix.columns,
          replacement: false,
          useSampleBagging: true,
          noOOB: true,
          treeOptions,
        });
  classifier.train(
    Array.from(rows, (row) => rowOf(matrix, row, fills)),
    Array.from(rows, (row) => codes[row]),
  );
  return {
    predict: (of, asked) => Uint16Array.from(classifier.predict(Array.from(asked, (row) => rowOf(of, row, fills)))),
  };
}

/**
 * How many rows the second tool learns from: it compares every row with every value at which the class changes, feature by feature and tree by
 * tree, so that the work grows with rows² × features × trees × (1 - 1 / classes). The same lesson has the same sample on any machine.
 */
export function rowsWithinBound({ model, parameters }: AskedModel, { matrix, codes, rows }: LessonRows): number {
  const classes = new Set(Array.from(rows, (row) => codes[row])).size;
  const trees = model === 'tree' ? 1 : Number(parameters['nEstimators']);
  const share = parameters['maxFeatures'];
  const features = matrix.columns * (model === 'forest' && typeof share === 'number' ? share : 1);
  const most = Math.floor(Math.sqrt(WORK / (features * trees * Math.max(0.5, 1 - 1 / classes))));
  return Math.min(rows.length, Math.max(LEAST_ROWS, most));
}

/** Column → a number below all its values, for those that are absent. */
function belowAll(matrix: Matrix): Float64Array {
  const least = new Float64Array(matrix.columns);
  const { values } = matrix;
  for (let row = 0; row < matrix.rows; row++) {
    for (let c = 0; c < matrix.columns; c++) {
      const value = values[matrix.offset(row, c)];
      if (value < least[c]) least[c] = value;
    }
  }
  return least.map((value) => value - 1);
}

function rowOf(matrix: Matrix, row: number, fills: Float64Array): number[] {
  const values = new Float64Array(matrix.columns);
  matrix.copyRow(row, values);
  return Array.from(values, (value, c) => (Number.isNaN(value) ? fills[c] : value));
}
