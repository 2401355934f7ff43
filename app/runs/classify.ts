import { plural } from '../contract/format.ts';
import type { ClassifyRequest, ModelKind, PredictionSummary } from '../contract/models.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { Selection } from '../features/types.ts';
import { Pace } from '../learn/pace.ts';
import type { Progress } from '../shared/progress.ts';
import type { LearningOutcome } from '../shared/run-outcome.ts';
import { answerable } from './answerable.ts';
import { answersByChunk, answersByHost, type Answers } from './answers.ts';
import { truthWords } from './classify-words.ts';
import { inputFingerprint } from './fingerprint.ts';
import { answersFingerprint } from './learning-fingerprint.ts';
import { memoryFor, predictionMemory, refuseBeyond } from './memory.ts';
import type { LoadedModel } from './model-parts.ts';
import { nounOf, rowsOf, selectSources, withPool, type LearningInput } from './sources.ts';
import { classifierFigures } from './train-figures.ts';
import type { TagSource } from './train-labels.ts';
import { shortList } from './train-split.ts';
import { truthOfHosts, truthOfRecords, type Truth } from './truth.ts';

export interface ClassifyInput extends LearningInput<ClassifyRequest> {
  readonly model: LoadedModel;
  /** The run of the model where it is of this case. */
  readonly modelRun: number | null;
  readonly modelName: string;
  readonly tags: TagSource;
}

/** What the case keeps beside a prediction's summary: the classes that its labels count. */
export interface PredictionDetail {
  readonly classes: readonly string[];
}

/** Second choice: place of its class + 1, 0 where nothing speaks for another. */
const NO_SECOND = 0;

/**
 * Puts records through a model: its features as they were fitted, the class that gets most votes, its share of them, and the second choice.
 * Nothing is learned; records that lack most of its features are not answered (`answerable`). In the outcome `labels` is the class + 1, `distance` the confidence, `z` the second class + 1.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function classify(input: ClassifyInput, progress: Progress): Promise<LearningOutcome<'classify'>> {
  const began = performance.now();
  const pace = new Pace(progress);
  const { model, request } = input;
  const { card, classes } = model;
  const { of } = card;
  const all = await selectSources(input.sources, { of, where: request.where }, pace);
  checkRows(input, all);
  const { selections, built, unanswered, remark } = await answerable(all, model, request.force === true, pace);
  progress.report(0, null, 'steps', 'predicting');
  const probabilities = await withPool(input, (pool) => model.classifier.predictProba(built.matrix, { pace, pool }));
  const answers = answersOf(probabilities, classes.length);
  progress.report(0, null, 'steps', 'comparing with the labels there are');
  const truth = await truthOf(input, selections, built, pace);
  const counts = new Float64Array(classes.length);
  for (const code of answers.labels) counts[code - 1]++;
  const detail: PredictionDetail = { classes };
  const { rows } = built.matrix;
  const summary: Omit<PredictionSummary, 'id' | 'created' | 'by' | 'program'> = {
    task: 'classify',
    of,
    recipe: model.fitted.recipe,
    where: request.where,
    seed: card.seed,
    rows,
    ...(unanswered.length === 0
      ? {}
      : { unanswered: unanswered.reduce((sum, { records }) => sum + records, 0), unansweredKinds: unanswered }),
    model: input.modelRun,
    modelName: input.modelName,
    modelSha256: model.sha256,
    predicted: classes.map((name, code) => ({ name, count: counts[code] })),
    confidence: bins(answers.distance, 10),
    figures: truth === null ? null : classifierFigures('labelled', truth.codes, probabilities, classes),
    fingerprint: answersFingerprint('prediction', answers),
    input: await inputFingerprint(built.matrix, pace),
    seconds: (performance.now() - began) / 1000,
    remarks: [...(remark === null ? [] : [remark]), ...remarksOf(built, truth, model.kind)],
  };
  return {
    summary,
    words: `Predicted the class of ${plural(rows, nounOf(of))} with ${input.modelName}`,
    detail,
    features: built.features,
    assignments: built.hosts === null ? answersByChunk(selections[0], answers) : [],
    hostAssignment: built.hosts === null ? null : answersByHost(built.hosts, answers),
    findings: [],
    // a model from elsewhere stays with what it said, so that every answer can be explained later
    model: input.modelRun === null ? { name: input.modelName, file: model.file } : null,
  };
}

/** What the rows' own labels say; null where none has one. @throws FlowcaseError CANCELLED */
export async function truthOf(
  { model: { card, classes }, tags }: Pick<ClassifyInput, 'model' | 'tags'>,
  selections: readonly Selection[],
  { hosts }: FeatureMatrix,
  pace: Pace,
): Promise<Truth | null> {
  if (hosts === null) return truthOfRecords(selections[0], card.label, classes, tags, pace);
  return truthOfHosts(selections, hosts, card.label, classes, tags, pace);
}

function absentThroughout(features: FeatureMatrix['features'], rows: number): readonly string[] {
  return features.filter((feature) => feature.dropped === null && feature.absent === rows).map(({ name }) => name);
}

/** @throws FlowcaseError OUT_OF_MEMORY where the rows and what is said of them cannot fit */
function checkRows(input: ClassifyInput, selections: readonly Selection[]): void {
  const { card, classes, fitted, file } = input.model;
  const shape = { rows: rowsOf(selections), columns: fitted.features.length };
  const needed = predictionMemory({ ...shape, classes: classes.length, model: file.byteLength });
  const noun = nounOf(card.of === 'hosts' ? 'connections' : card.of);
  refuseBeyond(needed, memoryFor(input), shape, `Predicting the class of ${plural(shape.rows, noun)} by ${shape.columns} features`);
}

/** The class with most votes, its share, and the second; the first of equals. */
export function answersOf(probabilities: Float32Array, classes: number): Answers {
  const rows = probabilities.length / classes;
  const labels = new Uint16Array(rows);
  const distance = new Float32Array(rows);
  const z = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * classes;
    let [best, second] = [0, NO_SECOND - 1];
    for (let c = 1; c < classes; c++) {
      if (probabilities[at + c] > probabilities[at + best]) [second, best] = [best, c];
      else if (second < 0 || probabilities[at + c] > probabilities[at + second]) second = c;
    }
    const spoken = second >= 0 && probabilities[at + second] > 0;
    labels[row] = best + 1;
    distance[row] = probabilities[at + best];
    z[row] = spoken ? second + 1 : NO_SECOND;
  }
  return { labels, distance, z };
}

/** How many values lie in each of so many equal bins from 0 to 1. */
export function bins(values: Float32Array, count: number): readonly number[] {
  const found = new Float64Array(count);
  for (const value of values) found[Math.min(count - 1, Math.max(0, Math.floor(value * count)))]++;
  return Array.from(found);
}

function remarksOf({ features, matrix }: FeatureMatrix, truth: Truth | null, kind: ModelKind): readonly string[] {
  const absent = absentThroughout(features, matrix.rows);
  return [
    ...truthWords(truth, kind),
    ...(absent.length === 0
      ? []
      : [`Features of the model that are absent here throughout: ${shortList(absent)}. Its answers are guesses where it asks for them.`]),
  ];
}
