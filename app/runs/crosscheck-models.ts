import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { CrosscheckVerdict } from '../contract/comparisons.ts';
import type { TrainRequest } from '../contract/models.ts';
import { Matrix } from '../learn/matrix.ts';
import { Pace } from '../learn/pace.ts';
import { sampleRows } from '../learn/sample.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { NewCrosscheck } from '../shared/run-outcome.ts';
import { secondTools } from './second-tools.ts';
import { comparableParameters, leftAside, rowsWithinBound, trainSecondTrees } from './second-trees.ts';
import { nounOf, withPool } from './sources.ts';
import { prepareLesson, type TrainInput } from './train.ts';
import { codesOf } from './train-figures.ts';
import { newClassifier } from './train-trees.ts';

/** Rows both are asked about. */
const ASKED_ROWS = 5000;
/** So much accuracy is chance: which rows were drawn, and that ml-random-forest chooses features a tree, not a node. */
const TREE_CHANCE = 0.05;
const FOREST_CHANCE = 0.08;
/** Two that agree say the same of so many rows: as often right, each of other rows, is no agreement. */
const TREE_SAME = 0.75;
const FOREST_SAME = 0.6;

/**
 * Trains the model again with an independent implementation: ml-cart for a tree, ml-random-forest for a forest. Both learn from the same rows (a
 * seeded sample of those it learned from) with the same depth, neither prunes, and both are asked about the same rows. Absent values stand below all others for both.
 * @param limit rows that are learned from at most; 0: as many as `rowsWithinBound` says
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
    const seconds = (performance.now() - began) / 1000;
    const turned = newClassifier(comparable);
    await turned.fit(backwards(matrix.pick(train)), codesOf(labels.codes, train), labels.classes.length, { pace, pool });
    return { predicted, seconds, turned: await turned.predict(backwards(matrix.pick(asked)), { pace, pool }) };
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
  const least = request.model === 'tree' ? TREE_SAME : FOREST_SAME;
  const { verdict, said } = verdictOf(tool, accuracy, { equal, turned: shareEqual(own.predicted, own.turned) }, { chance, least });
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
      ...{
        aside: leftAside(
          request,
          matrix.values.some((value) => Number.isNaN(value)),
        ),
        said,
        equal,
        turned: shareEqual(own.predicted, own.turned),
        accuracy,
        train: train.length,
        of: split.train.length,
        limit,
      },
      ...{ asked: asked.length, tested: split.test.length > 0 },
    }),
    agrees: verdict === 'agrees',
    verdict,
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

/** The same rows with the columns from the last to the first. */
function backwards(matrix: Matrix): Matrix {
  const turned = new Matrix(matrix.rows, matrix.columns);
  const { values: from } = matrix;
  const { values: to } = turned;
  for (let row = 0; row < matrix.rows; row++) {
    for (let c = 0; c < matrix.columns; c++) to[turned.offset(row, c)] = from[matrix.offset(row, matrix.columns - 1 - c)];
  }
  return turned;
}

interface Alike {
  /** Share of rows that get the same class from both. */
  readonly equal: number;
  /** The same of Flowcase and Flowcase with the features in reverse order, where others of equally good questions are asked: the yardstick. */
  readonly turned: number;
}

/**
 * Two agree that are as often right, and say the same of most rows. `chance`: a difference of accuracies that is none; `least`: the share of rows
 * that those who agree say the same of.
 */
export function verdictOf(
  tool: string,
  accuracy: { readonly ours: number; readonly theirs: number },
  { equal, turned }: Alike,
  { chance, least }: { readonly chance: number; readonly least: number },
): { readonly verdict: CrosscheckVerdict; readonly said: string } {
  const gap = accuracy.ours - accuracy.theirs;
  const yardstick = `Flowcase beside itself with the features in reverse order, so that others of equally good questions are asked: ${formatShare(turned)}`;
  if (Math.abs(gap) > chance)
    return { verdict: 'differs', said: `They do not agree: ${gap > 0 ? 'Flowcase' : tool} is clearly better. ${yardstick}` };
  if (equal >= least) return { verdict: 'agrees', said: `They agree. ${yardstick}` };
  const few = `${formatShare(least)} of the rows or more would have to get the same class`;
  if (turned >= least) return { verdict: 'differs', said: `They do not agree: ${few}. ${yardstick}` };
  return {
    verdict: 'not confirmed',
    said: `Not confirmed, and not contradicted: ${few}. ${yardstick}, so that what is learned here rests on which is asked`,
  };
}

interface Said {
  /** Parameters of the model that are no part of the check. */
  readonly aside: readonly string[];
  readonly said: string;
  readonly equal: number;
  readonly accuracy: { readonly ours: number; readonly theirs: number };
  readonly train: number;
  /** Rows that there are to learn from, and how many it was limited to. */
  readonly of: number;
  readonly limit: number;
  readonly asked: number;
  readonly tested: boolean;
}

function wordsOf(request: TrainRequest, { aside, said, equal, accuracy, train, of, limit, asked, tested }: Said): string {
  const tool = secondTools[request.model];
  const noun = nounOf(request.of);
  const share = request.parameters['maxFeatures'];
  const trees =
    request.model === 'forest'
      ? `, ${plural(Number(request.parameters['nEstimators']), 'tree')} each over ${typeof share === 'number' ? `${formatShare(share)} of the` : 'all'} features`
      : '';
  const why = limit === 0 ? ', as many as its work with these features and classes is bounded to' : '';
  const bound = train < of ? `, drawn from ${formatCount(of)} by the seed${why}` : '';
  const pruning = request.model === 'tree' ? ', neither pruning' : '';
  const from = `Trained by both on the same ${plural(train, noun)}${bound}${trees}${pruning}; of ${formatCount(asked)} ${tested ? 'kept for the test' : 'it learned from'}`;
  const figures = `Flowcase tells ${formatShare(accuracy.ours)} right, ${tool} ${formatShare(accuracy.theirs)}, and ${formatShare(equal)} get the same class from both`;
  const left =
    aside.length === 0 ? '' : ` No part of the check, which is not of the model as it was kept but of how it learns: ${aside.join(', ')}.`;
  return `${from} ${figures}. ${said}.${left}`;
}
