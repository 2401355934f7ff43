import type { CaseReader } from '../../case/types.ts';
import { formatCount, formatShare, formatTime, plural } from '../../contract/format.ts';
import type { AnomalySummary, Crosscheck, LearningRun, ModelSummary, PredictionSummary } from '../../contract/models.ts';
import { count, figure, heading, keys, left, list, mono, paragraph, right, table, type Block, type Cell } from '../document.ts';
import { crosscheckTable } from './crosschecks.ts';
import { figuresBlocks, modelBlocks, type ModelFacts } from './models.ts';
import { nouns } from './names.ts';

/** So many runs of each task are told in full, the latest first; the others stand in a table. */
const FULL = 20;
const TABLED = 100;
const CLASSES = 60;

/** Runs of the tasks beside clustering, the latest first. */
export interface LearnedFacts {
  readonly models: readonly ModelFacts[];
  readonly otherModels: readonly ModelSummary[];
  readonly predictions: readonly PredictionSummary[];
  readonly anomalies: readonly AnomalySummary[];
}

export function gatherLearned(reader: CaseReader): LearnedFacts {
  const models = reader.learnedRuns('train');
  return {
    models: models.slice(0, FULL).map((run) => ({ run, detail: reader.learned('train', run.id).detail ?? {} })),
    otherModels: models.slice(FULL),
    predictions: reader.learnedRuns('classify'),
    anomalies: reader.learnedRuns('anomalies'),
  };
}

/** Runs whose second opinions are told with them. */
export const toldRuns = ({ models, predictions, anomalies }: LearnedFacts): readonly number[] =>
  [...models.map(({ run }) => run), ...predictions.slice(0, FULL), ...anomalies.slice(0, FULL)].map(({ id }) => id);

/** Models, predictions and searches for anomalies: what was learned, from what, how good it is, and what repeats it. */
export function* learnedBlocks(
  { models, otherModels, predictions, anomalies }: LearnedFacts,
  crosschecks: readonly Crosscheck[],
): Iterable<Block> {
  const opinions = (run: number): Iterable<Block> => crosscheckTable(crosschecks.filter((one) => one.run === run));
  for (const model of models) {
    yield* modelBlocks(model);
    yield* opinions(model.run.id);
  }
  yield* others('model', otherModels, 'Accuracy', ({ accuracy }) => figure(accuracy, 'decimal'));
  for (const prediction of predictions.slice(0, FULL)) {
    yield* predictionBlocks(prediction);
    yield* opinions(prediction.id);
  }
  yield* others('prediction', predictions.slice(FULL), 'Classes', ({ predicted }) => count(predicted.length));
  for (const search of anomalies.slice(0, FULL)) {
    yield* anomalyBlocks(search);
    yield* opinions(search.id);
  }
  yield* others('search for anomalies', anomalies.slice(FULL), 'Flagged', ({ flagged }) => count(flagged), 'searches for anomalies');
}

function* predictionBlocks(run: PredictionSummary): Iterable<Block> {
  yield heading(`Run ${run.id}: prediction`);
  yield keys([
    ['Model', `${run.modelName}${run.model === null ? ', from a file' : `, of run ${run.model}`}`],
    ['Model file SHA-256', [mono(run.modelSha256)]],
    ...rowsOf(run),
    ['How sure', sureOf(run)],
    ['Labelled rows', run.figures === null ? 'none: how right it is cannot be told' : plural(run.figures.rows, 'row')],
    ...lastOf(run),
  ]);
  if (run.remarks.length > 0) yield list(run.remarks);
  const sorted = run.predicted.map((one, index) => ({ ...one, index })).sort((a, b) => b.count - a.count || a.index - b.index);
  yield table(
    'What was predicted',
    [left('Class', 300), right('Rows', 80), right('Share', 80)],
    sorted.slice(0, CLASSES).map((one) => [one.name, count(one.count), figure(run.rows === 0 ? null : one.count / run.rows, 'share')]),
    sorted.length > CLASSES ? `The first ${CLASSES} of ${formatCount(sorted.length)} classes.` : null,
  );
  if (run.figures !== null) yield* figuresBlocks([run.figures]);
}

/** Of ten equal bins of confidence: the shares that are nearly sure, and less than even. */
function sureOf({ confidence }: PredictionSummary): string {
  const all = confidence.reduce((sum, rows) => sum + rows, 0);
  if (all === 0) return 'no row';
  const share = (rows: number): string => `${formatShare(rows / all)} (${formatCount(rows)})`;
  const low = confidence.slice(0, 5).reduce((sum, rows) => sum + rows, 0);
  return `${share(confidence.at(-1) ?? 0)} with a confidence of 0.9 or more, ${share(low)} below 0.5`;
}

function* anomalyBlocks(run: AnomalySummary): Iterable<Block> {
  yield heading(`Run ${run.id}: search for anomalies`);
  yield keys([
    ['Method', 'isolation forest: the fewer random cuts part a row from the others, the stranger it is'],
    ...rowsOf(run),
    ['Recipe', run.recipe],
    ['Trees', `${formatCount(run.trees)}, each grown on a sample of ${plural(run.sample, 'row')}`],
    ['Threshold', `a score above ${run.threshold.toFixed(4)}`],
    ['Flagged', `${plural(run.flagged, nouns[run.of])}${run.rows === 0 ? '' : ` (${formatShare(run.flagged / run.rows)})`}`],
    ...lastOf(run),
  ]);
  if (run.remarks.length > 0) yield list(run.remarks);
}

function rowsOf({ rows, of, where }: LearningRun): readonly (readonly [string, Cell])[] {
  return [
    ['Rows', `${plural(rows, nouns[of])}${where === '' ? ', all of the case' : ', through the filter below'}`],
    ...(where === '' ? [] : ([['Filter', [mono(where)]]] as const)),
  ];
}

function lastOf({ seed, program, by, created, input, fingerprint }: LearningRun): readonly (readonly [string, Cell])[] {
  return [
    ['Seed', String(seed)],
    ['Program', program],
    ['Run by', `${by}, ${formatTime(created, 0)} UTC`],
    ['Input hash', [mono(input)]],
    ['Fingerprint', [mono(fingerprint)]],
  ];
}

function* others<T extends LearningRun>(
  noun: string,
  runs: readonly T[],
  title: string,
  of: (run: T) => Cell,
  many = `${noun}s`,
): Iterable<Block> {
  if (runs.length === 0) return;
  yield table(
    `Other ${many}, not told in full here`,
    [
      right('Run', 30),
      left('Started (UTC)', 84),
      left('By', 60),
      left('Recipe', 70),
      right(title, 56),
      right('Seed', 44),
      right('Rows', 56),
      left('Fingerprint', 94),
    ],
    runs
      .slice(0, TABLED)
      .map((run) => [
        figure(run.id, 'plain'),
        formatTime(run.created, 0),
        run.by,
        run.recipe,
        of(run),
        figure(run.seed, 'plain'),
        count(run.rows),
        [mono(run.fingerprint.slice(0, 16))],
      ]),
    runs.length > TABLED ? `${formatCount(runs.length - TABLED)} further ${many} in the case.` : null,
  );
}

/** Said where nothing but clusterings, or nothing at all, is in the case. */
export const nothingLearned = paragraph('No model, prediction or search for anomalies is in the case.');
