import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { TrainRequest } from '../contract/models.ts';
import { Pace } from '../learn/pace.ts';
import { sampleRows } from '../learn/sample.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { NewCrosscheck } from '../shared/run-outcome.ts';
import { secondTools } from './second-tools.ts';
import { comparableParameters, rowsWithinBound, TIME_BOUND, trainSecondTrees } from './second-trees.ts';
import { nounOf, withPool } from './sources.ts';
import { prepareLesson, type TrainInput } from './train.ts';
import { codesOf } from './train-figures.ts';
import { newClassifier } from './train-trees.ts';

/** Rows both are asked about. */
const ASKED_ROWS = 5000;
/** So much accuracy is chance: which rows were drawn, and that ml-random-forest chooses features a tree, not a node. */
const TREE_CHANCE = 0.05;
const FOREST_CHANCE = 0.08;

/**
 * Trains the model again with an independent implementation: ml-cart for a tree, ml-random-forest for a forest. Both learn from the same rows (a
 * seeded sample of those it learned from) with the same depth, and are asked about the same rows. Absent values stand below all others for both.
 * @param limit rows that are learned from at most; 0: as many as the second tool takes in half a minute
 * @throws FlowcaseError as training
 */
export async function crosscheckModel(input: TrainInput, run: number, limit: number, progress: Progress): Promise<NewCrosscheck> {
  const pace = new Pace(progress);
  const { request } = input;
  const lesson = await prepareLesson(input, pace);
  const { matrix, labels, split } = lesson;
  const random = new Random(request.seed).fork();
  const comparable = { ...request, parameters: comparableParameters(request, matrix.columns) };
  const tool = secondTools[request.model];
  progress.report(0, 3, 'tools', `how much ${tool} can take`);
  await pace.breathe();
  const all = { matrix, codes: labels.codes, rows: split.train };
  const train = drawn(split.train, limit > 0 ? limit : rowsWithinBound(comparable, all), random);
  const asked = drawn(split.test.length > 0 ? split.test : split.train, ASKED_ROWS, random);
  progress.report(1, 3, 'tools', 'Flowcase');
  const own = await withPool(input, async (pool) => {
    const began = performance.now();
    const model = newClassifier(comparable);
    await model.fit(matrix.pick(train), codesOf(labels.codes, train), labels.classes.length, { pace, pool });
    const predicted = await model.predict(matrix.pick(asked), { pace, pool });
    return { predicted, seconds: (performance.now() - began) / 1000 };
  });
  progress.report(2, 3, 'tools', `${tool} on ${plural(train.length, 'row')}`);
  await pace.breathe();
  const began = performance.now();
  const predicted = trainSecondTrees(comparable, { ...all, rows: train }).predict(matrix, asked);
  const other = { predicted, seconds: (performance.now() - began) / 1000 };
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
    words: wordsOf(comparable, {
      ...{ agrees, chance, equal, accuracy, train: train.length, of: split.train.length, limit },
      ...{ asked: asked.length, tested: split.test.length > 0 },
    }),
    agrees,
  };
}

export function drawn(rows: Uint32Array, most: number, random: Random): Uint32Array {
  return sampleRows(rows.length, most, random).map((i) => rows[i]);
}

export function shareEqual(a: Uint16Array, b: Uint16Array): number {
  let same = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) same++;
  return same / a.length;
}

interface Said {
  readonly agrees: boolean;
  /** Difference of accuracies that is no difference. */
  readonly chance: number;
  readonly equal: number;
  readonly accuracy: { readonly ours: number; readonly theirs: number };
  readonly train: number;
  /** Rows that there are to learn from, and how many it was limited to. */
  readonly of: number;
  readonly limit: number;
  readonly asked: number;
  readonly tested: boolean;
}

function wordsOf(request: TrainRequest, { agrees, chance, equal, accuracy, train, of, limit, asked, tested }: Said): string {
  const tool = secondTools[request.model];
  const noun = nounOf(request.of);
  const share = request.parameters['maxFeatures'];
  const trees =
    request.model === 'forest'
      ? `, ${plural(Number(request.parameters['nEstimators']), 'tree')} each over ${typeof share === 'number' ? `${formatShare(share)} of the` : 'all'} features`
      : '';
  const bound = train < of && limit === 0 ? `, as many as ${tool} can learn from in about ${TIME_BOUND} s here` : '';
  const from = `Trained by both on the same ${plural(train, noun)}${bound}${trees}; of ${formatCount(asked)} ${tested ? 'kept for the test' : 'it learned from'}`;
  const figures = `Flowcase tells ${formatShare(accuracy.ours)} right, ${tool} ${formatShare(accuracy.theirs)}, and ${formatShare(equal)} get the same class from both`;
  const confirms = accuracy.ours - accuracy.theirs <= chance;
  const weak = `${tool} is clearly worse here: it contradicts nothing, and confirms little`;
  const verdict = agrees ? (confirms ? 'They agree' : weak) : `They do not agree: ${tool} is clearly better`;
  const why =
    request.model === 'forest'
      ? ' (they draw rows and features each in its own way)'
      : ' (they break ties between equally good questions differently)';
  return `${from} ${figures}. ${verdict}${equal === 1 ? '' : why}.`;
}
