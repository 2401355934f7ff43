import { DecisionTreeClassifier } from 'ml-cart';
import { RandomForestClassifier } from 'ml-random-forest';
import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { Parameters, TrainRequest } from '../contract/models.ts';
import type { Matrix } from '../learn/matrix.ts';
import { Pace } from '../learn/pace.ts';
import { sampleRows } from '../learn/sample.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { NewCrosscheck } from '../shared/run-outcome.ts';
import { secondTools } from './second-tools.ts';
import { nounOf, withPool } from './sources.ts';
import { prepareLesson, type Lesson, type TrainInput } from './train.ts';
import { codesOf } from './train-figures.ts';
import { newClassifier } from './train-trees.ts';

/** The second tools look at every pair of neighbouring values anew: so many values they take in half a minute, and no more rows than this. */
const MOST_ROWS = 2000;
const MOST_VALUES = 40_000;
const LEAST_ROWS = 100;
/** Trees of both forests where the model has more. */
const MOST_TREES = 20;
/** ml-random-forest chooses features once a tree: a root of few, as nodes look at them, would leave most trees blind. Both look at this share. */
const FEATURE_SHARE = 0.7;
/** Rows both are asked about. */
const ASKED_ROWS = 5000;
/** So much accuracy is chance: which rows were drawn, and that ml-random-forest chooses features a tree, not a node. */
const TREE_CHANCE = 0.05;
const FOREST_CHANCE = 0.08;

/**
 * Trains the model again with an independent implementation: ml-cart for a tree, ml-random-forest for a forest. Both learn from the same rows (a
 * seeded sample of those it learned from) with the same depth, and are asked about the same rows. Absent values stand below all others for both.
 * @param limit rows that are learned from at most; 0: as many as the second tool takes well
 * @throws FlowcaseError as training
 */
export async function crosscheckModel(input: TrainInput, run: number, limit: number, progress: Progress): Promise<NewCrosscheck> {
  const pace = new Pace(progress);
  const { request } = input;
  const lesson = await prepareLesson(input, pace);
  const { matrix, labels, split } = lesson;
  const random = new Random(request.seed).fork();
  const train = drawn(split.train, rowsFor(matrix.columns, limit), random);
  const asked = drawn(split.test.length > 0 ? split.test : split.train, ASKED_ROWS, random);
  const parameters = parametersFor(request);
  progress.report(0, 2, 'tools', 'Flowcase');
  const own = await withPool(input, async (pool) => {
    const began = performance.now();
    const model = newClassifier({ model: request.model, seed: request.seed, parameters });
    await model.fit(matrix.pick(train), codesOf(labels.codes, train), labels.classes.length, { pace, pool });
    const predicted = await model.predict(matrix.pick(asked), { pace, pool });
    return { predicted, seconds: (performance.now() - began) / 1000 };
  });
  const tool = secondTools[request.model];
  progress.report(1, 2, 'tools', tool);
  await pace.breathe();
  const other = secondOpinion(lesson, train, asked, { ...request, parameters });
  const truth = codesOf(labels.codes, asked);
  const accuracy = { ours: shareEqual(own.predicted, truth), theirs: shareEqual(other.predicted, truth) };
  const equal = shareEqual(own.predicted, other.predicted);
  const chance = request.model === 'tree' ? TREE_CHANCE : FOREST_CHANCE;
  const agrees = accuracy.ours >= accuracy.theirs - chance;
  return {
    run,
    tool,
    rows: train.length,
    sampledFrom: train.length < split.train.length ? split.train.length : null,
    seed: request.seed,
    ari: null,
    equal,
    largestDifference: null,
    accuracy,
    seconds: { ours: own.seconds, theirs: other.seconds },
    words: wordsOf(request, { agrees, equal, accuracy, train: train.length, asked: asked.length, tested: split.test.length > 0 }),
    agrees,
  };
}

function rowsFor(columns: number, limit: number): number {
  return limit > 0 ? limit : Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / columns)));
}

function drawn(rows: Uint32Array, most: number, random: Random): Uint32Array {
  return sampleRows(rows.length, most, random).map((i) => rows[i]);
}

/** As the model has them, but for a forest: fewer trees where there are many, and the features that the second tool can look at. */
function parametersFor(request: TrainRequest): Parameters {
  const trees = request.parameters['nEstimators'];
  if (request.model === 'tree') return request.parameters;
  return {
    ...request.parameters,
    nEstimators: Math.min(MOST_TREES, typeof trees === 'number' ? trees : MOST_TREES),
    maxFeatures: FEATURE_SHARE,
  };
}

interface Second {
  readonly predicted: Uint16Array;
  readonly seconds: number;
}

function secondOpinion(
  { matrix, labels }: Lesson,
  train: Uint32Array,
  asked: Uint32Array,
  { model, seed, parameters }: Pick<TrainRequest, 'model' | 'seed' | 'parameters'>,
): Second {
  const { maxDepth, nEstimators, minSamplesSplit } = parameters;
  const fills = belowAll(matrix);
  const rows = (of: Uint32Array): number[][] => Array.from(of, (row) => rowOf(matrix, row, fills));
  const classes = Array.from(train, (row) => labels.codes[row]);
  const began = performance.now();
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
          maxFeatures: Math.max(1, Math.floor(matrix.columns * FEATURE_SHARE)),
          replacement: false,
          useSampleBagging: true,
          noOOB: true,
          treeOptions,
        });
  classifier.train(rows(train), classes);
  const predicted = Uint16Array.from(classifier.predict(rows(asked)));
  return { predicted, seconds: (performance.now() - began) / 1000 };
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

function shareEqual(a: Uint16Array, b: Uint16Array): number {
  let same = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) same++;
  return same / a.length;
}

interface Said {
  readonly agrees: boolean;
  readonly equal: number;
  readonly accuracy: { readonly ours: number; readonly theirs: number };
  readonly train: number;
  readonly asked: number;
  readonly tested: boolean;
}

function wordsOf(request: TrainRequest, { agrees, equal, accuracy, train, asked, tested }: Said): string {
  const tool = secondTools[request.model];
  const noun = nounOf(request.of);
  const trees =
    request.model === 'forest'
      ? `, ${plural(Number(parametersFor(request)['nEstimators']), 'tree')} each over ${formatShare(FEATURE_SHARE)} of the features`
      : '';
  const from = `Trained by both on the same ${plural(train, noun)}${trees}; of ${formatCount(asked)} ${tested ? 'kept for the test' : 'it learned from'}`;
  const figures = `Flowcase tells ${formatShare(accuracy.ours)} right, ${tool} ${formatShare(accuracy.theirs)}, and ${formatShare(equal)} get the same class from both`;
  const verdict = agrees ? 'They agree' : `They do not agree: ${tool} is clearly better`;
  const why =
    request.model === 'forest'
      ? ' (they draw rows and features each in its own way)'
      : ' (they break ties between equally good questions differently)';
  return `${from} ${figures}. ${verdict}${equal === 1 ? '' : why}.`;
}
