import { DecisionTreeClassifier } from 'ml-cart';
import { RandomForestClassifier } from 'ml-random-forest';
import type { Parameters, TrainRequest } from '../contract/models.ts';
import type { Matrix } from '../learn/matrix.ts';
import { sampleRows } from '../learn/sample.ts';
import { Random } from '../shared/random.ts';

/** Trees of both forests where the model has more. */
const MOST_TREES = 20;
/** ml-random-forest chooses features once a tree: a root of few, as nodes look at them, would leave most trees blind. Both look at this share. */
const FEATURE_SHARE = 0.7;
/** Of fewer features each of its trees looks at all: without one of four it would be another model. */
const FEW_FEATURES = 10;
/** Seconds that the second tool may learn, by estimate. */
export const TIME_BOUND = 30;
/** Rows that it is timed on. */
const TIMED_ROWS = 300;

export type AskedModel = Pick<TrainRequest, 'model' | 'seed' | 'parameters'>;

/** Rows of a matrix, and the class of each of its rows. */
export interface LessonRows {
  readonly matrix: Matrix;
  readonly codes: Uint16Array;
  readonly rows: Uint32Array;
}

/** As the model has them, but for a forest: fewer trees where there are many, and the features that the second tool can look at. */
export function comparableParameters({ model, parameters }: AskedModel, columns: number): Parameters {
  const trees = parameters['nEstimators'];
  if (model === 'tree') return parameters;
  const nEstimators = Math.min(MOST_TREES, typeof trees === 'number' ? trees : MOST_TREES);
  return { ...parameters, nEstimators, maxFeatures: columns < FEW_FEATURES ? null : FEATURE_SHARE };
}

/** What an independent implementation learned: ml-cart a tree, ml-random-forest a forest. */
export interface SecondTrees {
  /** Row of those asked for → class. */
  predict(matrix: Matrix, rows: Uint32Array): Uint16Array;
}

/** Learns in one piece: it cannot be stopped. Absent values stand below all others, as they do here. */
export function trainSecondTrees({ model, seed, parameters }: AskedModel, { matrix, codes, rows }: LessonRows): SecondTrees {
  const { maxDepth, nEstimators, minSamplesSplit, maxFeatures } = parameters;
  const fills = belowAll(matrix);
  const treeOptions = {
    maxDepth: typeof maxDepth === 'number' ? maxDepth : Number.POSITIVE_INFINITY,
    minNumSamples: typeof minSamplesSplit === 'number' ? minSamplesSplit : 2,
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
 * How many rows the second tool can learn from in TIME_BOUND seconds on this machine: it looks at every pair of neighbouring values anew, so
 * that twice the rows take up to four times as long. It is timed on a few.
 */
export function rowsWithinBound(asked: AskedModel, lesson: LessonRows): number {
  const few = Math.min(TIMED_ROWS, lesson.rows.length);
  const rows = sampleRows(lesson.rows.length, few, new Random(asked.seed)).map((i) => lesson.rows[i]);
  const began = performance.now();
  trainSecondTrees(asked, { ...lesson, rows });
  const seconds = Math.max(0.001, (performance.now() - began) / 1000);
  return Math.min(lesson.rows.length, Math.max(few, Math.floor(few * Math.sqrt(TIME_BOUND / seconds))));
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
