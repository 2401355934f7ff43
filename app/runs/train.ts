import { plural } from '../contract/format.ts';
import type { ClassifierFigures, ModelDetail, ModelSummary, TrainRequest } from '../contract/models.ts';
import { buildMatrix, type FeatureMatrix } from '../features/build-matrix.ts';
import type { HostRows, Labels, Recipe, Selection } from '../features/types.ts';
import type { Matrix } from '../learn/matrix.ts';
import { Pace } from '../learn/pace.ts';
import type { ThreadPool } from '../learn/thread-pool.ts';
import type { Means } from '../learn/types.ts';
import { crossValidate } from '../learn/validation/cross-validation.ts';
import type { Split } from '../learn/validation/splits.ts';
import type { Progress } from '../shared/progress.ts';
import type { LearningOutcome } from '../shared/run-outcome.ts';
import { inputFingerprint } from './fingerprint.ts';
import { lackingRows } from './lacking-rows.ts';
import { estimatorFingerprint } from './learning-fingerprint.ts';
import { checkTraining, columnsAtMost, memoryFor, type TrainingWork } from './memory.ts';
import { writeModel } from './model-parts.ts';
import { nounOf, recipeFor, selectSources, withPool, type LearningInput } from './sources.ts';
import { classifierFigures, codesOf, mostProbable } from './train-figures.ts';
import { foldsOfOneClass, searchOf, searchWords, unscoredClasses } from './train-folds.ts';
import { hostsOfSplit } from './train-hosts.ts';
import { labelsForHosts, labelsOfRecords, type TagSource } from './train-labels.ts';
import { remarksOf } from './train-remarks.ts';
import { checkClasses, splitterOf, type Splitter } from './train-split.ts';
import { suspectFeatures } from './train-telling.ts';
import { repeatedWords } from './train-test-words.ts';
import { describeModel, newClassifier, outOfBag, parametersOf, type ModelDescription, type TreeModel } from './train-trees.ts';
import { tuned, type Tuned } from './train-tuning.ts';

export interface TrainInput extends LearningInput<TrainRequest> {
  readonly tags: TagSource;
  /** "Flowcase 0.1.0", for the model card. */
  readonly program: string;
}

/** What the case keeps beside a model's summary. */
export type TrainDetail = Omit<ModelDetail, 'run'>;

/** Rows with features and classes, and how they are parted. */
export interface Lesson extends FeatureMatrix {
  readonly labels: Labels;
  readonly from: Selection | HostRows;
  readonly recipe: Recipe;
  readonly split: Split;
  readonly splitter: Splitter;
}

/**
 * Trains a tree or a forest on the labelled rows: features, classes, split, search over parameters where one is asked for, the model, its
 * figures, and what can be said of it. The model is the one that learned from the training part; the test part was never shown to it. The same
 * records, request and recipe give the same fingerprint on every machine and with any number of threads.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function trainModel(input: TrainInput, progress: Progress): Promise<LearningOutcome<'train'>> {
  const began = performance.now();
  const pace = new Pace(progress);
  // what is wrong with the parameters is said before anything is computed
  newClassifier(input.request);
  const lesson = await prepareLesson(input, pace, (work, noun) => {
    checkTraining({ ...work, threads: input.threads, request: input.request }, memoryFor(input), noun);
  });
  const trained = await withPool(input, (pool) => learn(input.request, lesson, { pace, pool }));
  const seconds = (performance.now() - began) / 1000;
  const lacking = await lackedBySome(lesson, pace);
  return outcomeOf(input, lesson, { ...trained, lacking }, await inputFingerprint(lesson.matrix, pace), seconds);
}

/** Features that some row it learns from has no value of: what their absence means is learned too. null of hosts, which have no columns. */
async function lackedBySome({ from, used, split }: Lesson, pace: Pace): Promise<readonly string[] | null> {
  if (!('parts' in from)) return null;
  const { kinds, kindOf } = await lackingRows(
    from,
    used.map(({ spec }) => spec),
    pace,
  );
  const met = new Set<number>();
  for (const row of split.train) met.add(kindOf[row]);
  const lacking = new Set([...met].flatMap((kind) => kinds[kind].features));
  return used.flatMap(({ spec }, at) => (lacking.has(at) ? [spec.name] : []));
}

/** Told how much there will be to learn from, as soon as it is known; may refuse it. */
type CheckLesson = (work: Pick<TrainingWork, 'rows' | 'columns' | 'classes'>, noun: string) => void;

/**
 * `check`: of records it is asked before features are computed; how many hosts there are is known when they are.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED
 */
export async function prepareLesson(
  { sources, request, tags }: Omit<TrainInput, 'threads' | 'createThread'>,
  pace: Pace,
  check: CheckLesson = () => undefined,
): Promise<Lesson> {
  const recipe = recipeFor(request.recipe, request.of, sources);
  const selections = await selectSources(sources, request, pace);
  const { label, features, keepLeaks } = request;
  const ofRecords = request.of === 'hosts' ? undefined : await labelsOfRecords(selections[0], label, tags, pace);
  if (ofRecords !== undefined) {
    const columns = columnsAtMost(recipe, selections[0].table.columns.length, features);
    check({ rows: ofRecords.codes.length, columns, classes: ofRecords.classes.length }, nounOf(request.of));
  }
  const built = await buildMatrix(request.of === 'hosts' ? selections : selections[0], recipe, pace, {
    scaling: 'none',
    ...(features.length === 0 ? {} : { features }),
    ...(ofRecords === undefined ? {} : { labels: ofRecords, keepLeaks: keepLeaks ? allBut(selections[0], recipe, ofRecords) : [] }),
  });
  const labels = ofRecords ?? (await labelsForHosts(selections, need(built.hosts), label, tags, pace));
  if (ofRecords === undefined) {
    const { rows, columns } = built.matrix;
    check({ rows, columns, classes: labels.classes.length }, nounOf(request.of));
  }
  const from = built.hosts ?? selections[0];
  const splitter = splitterOf(request.split, labels, from, request.seed);
  const split = splitter.once(request.test);
  checkClasses(split, labels, request.split);
  return { ...built, labels, from, recipe, splitter, split };
}

/** Everything that may stay where leaks are kept: all but the label itself. */
function allBut({ table }: Selection, recipe: Recipe, { column }: Labels): readonly string[] {
  return [...table.columns.map(({ name }) => name), ...recipe.features.map(({ name }) => name)].filter((name) => name !== column);
}

function need(hosts: HostRows | null): HostRows {
  if (hosts === null) throw new TypeError('a recipe of hosts has hosts as rows');
  return hosts;
}

interface Trained {
  readonly classifier: TreeModel;
  readonly request: TrainRequest;
  readonly tuning: Tuned | null;
  readonly figures: readonly ClassifierFigures[];
  readonly crossValidation: TrainDetail['crossValidation'];
  readonly about: ModelDescription;
  readonly suspects: readonly string[];
  /** How much of the test was learned from. */
  readonly repeated: readonly string[];
}

interface LearnMeans {
  readonly pace: Pace;
  readonly pool: ThreadPool | null;
}

async function learn(asked: TrainRequest, lesson: Lesson, means: LearnMeans): Promise<Trained> {
  const { matrix, labels, split } = lesson;
  const { progress } = means.pace;
  const part = { matrix: matrix.pick(split.train), y: codesOf(labels.codes, split.train), classes: labels.classes.length };
  const tuning = asked.tune === null ? null : await tuned(asked, asked.tune, part, lesson, means);
  const request = tuning === null ? asked : { ...asked, parameters: parametersOf(tuning.model) };
  const folds = request.folds === 0 ? null : await validate(request, lesson, means);
  if (tuning === null) progress.report(0, null, 'steps', `training the ${request.model}`);
  const classifier = tuning?.model ?? (await newClassifier(request).fit(part.matrix, part.y, part.classes, means));
  const test = { matrix: matrix.pick(split.test), y: codesOf(labels.codes, split.test) };
  progress.report(0, null, 'steps', 'asking what was kept for the test');
  const tested = split.test.length === 0 ? null : await testOf(classifier, test, lesson, means);
  const figures = [
    tested?.figures ?? null,
    outOfBag(classifier, part.y, labels.classes),
    await figuresOn('train', classifier, part, labels.classes, means),
    folds?.figures ?? null,
  ].filter((one) => one !== null);
  const about = await describeModel(classifier, lesson, split.test.length === 0 ? null : test, request.seed, means);
  const suspects = await suspectFeatures(lesson, means.pace);
  return {
    classifier,
    request,
    tuning,
    figures,
    crossValidation: folds?.spread ?? null,
    about,
    suspects,
    repeated: tested?.repeated ?? [],
  };
}

interface Part {
  readonly matrix: Matrix;
  readonly y: Uint16Array;
}

/** What it says of the rows that were kept for a test, and how many of these it had seen. */
async function testOf(
  classifier: TreeModel,
  { matrix: asked, y }: Part,
  { matrix, labels: { classes }, split }: Lesson,
  means: LearnMeans,
): Promise<{ readonly figures: ClassifierFigures | null } & Pick<Trained, 'repeated'>> {
  const answers = await classifier.predictProba(asked, means);
  const right = Uint8Array.from(mostProbable(answers, classes.length), (code, row) => Number(code === y[row]));
  return { figures: classifierFigures('test', y, answers, classes), repeated: await repeatedWords(matrix, split, right, means.pace) };
}

async function figuresOn(
  on: ClassifierFigures['on'],
  classifier: TreeModel,
  { matrix, y }: Part,
  classes: readonly string[],
  means: Means,
): Promise<ClassifierFigures | null> {
  return classifierFigures(on, y, await classifier.predictProba(matrix, means), classes);
}

/** A model per fold, each asked about the rows that it did not see; the figures are over all that were asked about. */
async function validate(
  request: TrainRequest,
  { matrix, labels, splitter }: Lesson,
  means: LearnMeans,
): Promise<{ readonly figures: ClassifierFigures | null; readonly spread: TrainDetail['crossValidation'] }> {
  const { classes, codes } = labels;
  const splits = splitter.folds(request.folds);
  const found = await crossValidate(() => newClassifier(request), matrix, codes, classes.length, splits, means);
  const spread = {
    folds: splits.length,
    accuracy: [found.mean.accuracy, found.deviation.accuracy] as const,
    macroF1: [found.mean.macroF1, found.deviation.macroF1] as const,
    oneClass: foldsOfOneClass(splits, codes),
  };
  return { figures: classifierFigures('cross-validation', codes, found.probabilities, classes), spread };
}

function outcomeOf(
  input: TrainInput,
  lesson: Lesson,
  {
    classifier,
    request,
    tuning,
    figures,
    crossValidation,
    about,
    suspects,
    repeated,
    lacking,
  }: Trained & { readonly lacking: readonly string[] | null },
  matrixSha256: string,
  seconds: number,
): LearningOutcome<'train'> {
  const { labels, recipe, features } = lesson;
  const saved = classifier.save();
  const first = figures[0];
  const hosts = hostsOfSplit(lesson);
  const searched = tuning === null ? null : searchOf(tuning, unscoredClasses(lesson, input.request.tune?.folds ?? 0));
  const remarks = [...repeated, ...searchWords(searched), ...suspects, ...remarksOf(lesson, input.request, figures, hosts)];
  const summary: Omit<ModelSummary, 'id' | 'created' | 'by' | 'program' | 'sha256'> = {
    task: 'train',
    of: request.of,
    model: request.model,
    label: request.label,
    recipe: recipe.name,
    where: request.where,
    seed: request.seed,
    rows: lesson.matrix.rows,
    classes: labels.classes.map((name, code) => ({ name, count: labels.counts[code] })),
    split: request.split,
    testShare: request.test,
    parameters: about.parameters,
    accuracy: first.accuracy,
    macroF1: first.macroF1,
    fingerprint: estimatorFingerprint(saved, labels.classes),
    input: matrixSha256,
    seconds,
    remarks,
  };
  const detail: TrainDetail = {
    hosts,
    figures,
    importance: about.importance,
    features: features.map(({ name, title, how, dropped }) => ({ name, title, how, dropped })),
    crossValidation,
    tuning: searched,
    tree: about.tree,
    rules: about.rules,
    size: about.size,
  };
  const said = { summary, figures, fitted: lesson.fitted, classes: labels.classes, saved, program: input.program, lacking };
  const { file, sha256 } = writeModel(said);
  const what = request.model === 'tree' ? 'a decision tree' : `a forest of ${plural(about.size.trees, 'tree')}`;
  const rows = plural(lesson.split.train.length, nounOf(request.of));
  return {
    summary: { ...summary, sha256 },
    words: `Trained ${what} to tell ${plural(labels.classes.length, 'class', 'classes')} apart on ${rows}`,
    detail,
    features,
    assignments: [],
    hostAssignment: null,
    findings: [],
    model: { name: `${request.model}-${recipe.name}`, file },
  };
}
