import { formatCount, formatShare, plural } from '../contract/format.ts';
import { Pace } from '../learn/pace.ts';
import { sampleRows } from '../learn/sample.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { NewCrosscheck } from '../shared/run-outcome.ts';
import { answerable } from './answerable.ts';
import { answersOf, truthOf, type ClassifyInput } from './classify.ts';
import { drawn, shareEqual } from './crosscheck-models.ts';
import { answersFingerprint } from './learning-fingerprint.ts';
import { metAgain, verdictWith, type KeptRun } from './met-again.ts';
import { secondTools } from './second-tools.ts';
import { comparableParameters, rowsWithinBound, trainSecondTrees } from './second-trees.ts';
import { nounOf, selectSources, withPool } from './sources.ts';
import { prepareLesson, type TrainInput } from './train.ts';
import { codesOf } from './train-figures.ts';
import { newClassifier } from './train-trees.ts';

/** Predicted rows that the second tool is asked about. */
const ASKED_ROWS = 10_000;
/** So much less than by Flowcase's own trees on the same rows is chance. */
const CHANCE = 0.08;
/** Fewer rows of which both say the same are no agreement, whatever the yardstick. */
const LEAST_SAME = 0.5;
const NO_LABEL = 0xffff;

/**
 * Says anew of predicted rows which class they are, by an independent implementation that learns from the rows that the model learned from
 * (a seeded sample of them). The yardstick is what Flowcase's own trees say that learn from the same sample: both know less than the model.
 * `lesson`: the training of the model.
 * @param limit rows that are learned from at most; 0: as many as `rowsWithinBound` says
 * @throws FlowcaseError as training and predicting
 */
export async function crosscheckPrediction(
  input: ClassifyInput,
  lesson: TrainInput,
  run: KeptRun,
  limit: number,
  progress: Progress,
): Promise<NewCrosscheck> {
  const pace = new Pace(progress);
  const { model, request } = input;
  const { of } = model.card;
  const { matrix, labels, split } = await prepareLesson(lesson, pace);
  const selected = await selectSources(input.sources, { of, where: request.where }, pace);
  const { selections, built } = await answerable(selected, model, request.force === true, pace);
  const comparable = { ...lesson.request, parameters: comparableParameters(lesson.request, matrix.columns) };
  const tool = secondTools[comparable.model];
  progress.report(0, 3, 'tools', `how much ${tool} can take`);
  await pace.breathe();
  const random = new Random(comparable.seed).fork();
  const all = { matrix, codes: labels.codes, rows: split.train };
  const rows = drawn(split.train, limit > 0 ? limit : rowsWithinBound(comparable, all), random);
  const asked = sampleRows(built.matrix.rows, ASKED_ROWS, random).sort();
  progress.report(1, 3, 'tools', 'Flowcase');
  const began = performance.now();
  const { answers, own } = await withPool(input, async (pool) => {
    const said = answersOf(await model.classifier.predictProba(built.matrix, { pace, pool }), model.classes.length);
    const twin = newClassifier(comparable);
    await twin.fit(matrix.pick(rows), codesOf(labels.codes, rows), labels.classes.length, { pace, pool });
    return { answers: said, own: await twin.predict(built.matrix.pick(asked), { pace, pool }) };
  });
  const between = performance.now();
  progress.report(2, 3, 'tools', `${tool} on ${plural(rows.length, 'row')}`);
  await pace.breathe();
  const other = trainSecondTrees(comparable, { ...all, rows }).predict(built.matrix, asked);
  const theirs = (performance.now() - between) / 1000;
  const predicted = Uint16Array.from(asked, (row) => answers.labels[row] - 1);
  const truth = await truthOf(input, selections, built, pace);
  const known = truth === null ? [] : Array.from(asked.keys()).filter((i) => truth.codes[asked[i]] !== NO_LABEL);
  const right = (said: Uint16Array): number => known.filter((i) => said[i] === truth?.codes[asked[i]]).length / known.length;
  const accuracy = known.length === 0 ? null : { ours: right(predicted), theirs: right(other) };
  const [equal, twin] = [shareEqual(other, predicted), shareEqual(own, predicted)];
  const again = await metAgain(run, answersFingerprint('prediction', answers), built.matrix, pace);
  const alike = equal >= Math.max(LEAST_SAME, twin - CHANCE);
  // where Flowcase's own trees say otherwise of most rows too, the sample is too small to tell
  const telling = alike || equal < twin - CHANCE;
  const looks = verdictWith(alike || !telling, again);
  const verdict = looks === 'agrees' && !telling ? 'not confirmed' : looks;
  const told = {
    tool,
    rows: rows.length,
    of: split.train.length,
    asked: asked.length,
    equal,
    twin,
    accuracy,
    again: again.words,
    alike,
    telling,
  };
  return {
    run: run.id,
    tool,
    rows: asked.length,
    sampledFrom: asked.length < built.matrix.rows ? built.matrix.rows : null,
    seed: comparable.seed,
    ari: null,
    equal,
    largestDifference: null,
    accuracy,
    seconds: { ours: (between - began) / 1000, theirs },
    words: wordsOf(nounOf(of), told),
    agrees: verdict === 'agrees',
    verdict,
  };
}

interface Told {
  readonly tool: string;
  readonly rows: number;
  readonly of: number;
  readonly asked: number;
  readonly equal: number;
  readonly twin: number;
  readonly accuracy: { readonly ours: number; readonly theirs: number } | null;
  readonly again: string;
  readonly alike: boolean;
  /** Whether what both say of so few rows tells anything. */
  readonly telling: boolean;
}

function wordsOf(noun: string, { tool, rows, of, asked, equal, twin, accuracy, again, alike, telling }: Told): string {
  const from =
    rows === of
      ? `the ${plural(rows, noun)} that the model learned from`
      : `${formatCount(rows)} of the ${plural(of, noun)} that the model learned from`;
  const figures =
    accuracy === null
      ? ''
      : ` Where the label is known, the model is right in ${formatShare(accuracy.ours)}, ${tool} in ${formatShare(accuracy.theirs)}; what either learned from may be among them.`;
  return `${tool}, trained on ${from}, says of ${formatShare(equal)} of ${plural(asked, `${noun} that was predicted`, `${noun}s that were predicted`)} what the model said; Flowcase’s own trees, trained on the same, of ${formatShare(twin)}. ${alike ? 'They agree' : telling ? 'They do NOT agree' : 'Not confirmed, and not contradicted: what is learned from these rows alone rests on chance'}.${figures}${again}`;
}
