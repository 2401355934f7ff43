import { baselineOf } from '../../contract/class-figures.ts';
import { formatCount, formatShare, formatTime, plural } from '../../contract/format.ts';
import type { ClassifierFigures, FeatureImportance, LabelSource, ModelDetail, ModelSummary, SplitKind } from '../../contract/models.ts';
import { hostsWords, oneClassWords, unscoredWords } from '../../contract/training-words.ts';
import { count, figure, heading, keys, left, list, mono, paragraph, right, table, type Block, type Cell } from '../document.ts';
import { nouns } from './names.ts';

/** What a case keeps of a model beside its summary; runs from before a part was kept lack it. */
export interface ModelFacts {
  readonly run: ModelSummary;
  readonly detail: Partial<Omit<ModelDetail, 'run'>>;
}

/** Classes in tables, and in the confusion matrix, which has room for fewer. */
const CLASSES = 60;
const CONFUSED = 12;
const FEATURES = 10;

const kinds = { tree: 'decision tree (CART)', forest: 'random forest' } as const;

const splits: Readonly<Record<SplitKind, string>> = {
  random: 'at random, stratified by class',
  host: 'by host: no originator is on both sides',
  time: 'by time: trained on what came before',
};

const onWords: Readonly<Record<ClassifierFigures['on'], string>> = {
  train: 'rows it learned from',
  test: 'test rows, never shown to it',
  'cross-validation': 'cross-validation',
  'out-of-bag': 'out of bag',
  labelled: 'all labelled rows',
};

/** Everything that another person needs to repeat the training, and to judge the model. */
export function* modelBlocks({ run, detail }: ModelFacts): Iterable<Block> {
  const { figures = [], importance = [] } = detail;
  yield heading(`Run ${run.id}: model, a ${kinds[run.model]}`);
  yield keys([
    ['Learned to tell', `${plural(run.classes.length, 'class', 'classes')} by ${labelOf(run.label)}`],
    ['Rows', `${plural(run.rows, nouns[run.of])}${run.where === '' ? '' : ', through the filter below'}`],
    ...(run.where === '' ? [] : ([['Filter', [mono(run.where)]]] as const)),
    ['Recipe', recipeOf(run, detail)],
    [
      'Split',
      run.testShare === 0 ? 'none: no rows were kept for a test' : `${splits[run.split]}; ${formatShare(run.testShare)} kept for the test`,
    ],
    ...hostsOf({ run, detail }),
    ['Parameters', parametersOf(run)],
    ['Seed', String(run.seed)],
    ...sizeOf(detail),
    ...foldsOf(detail),
    ...tuningOf(detail),
    ['Program', run.program],
    ['Run by', `${run.by}, ${formatTime(run.created, 0)} UTC`],
    ['Input hash', [mono(run.input)]],
    ['Model file SHA-256', [mono(run.sha256)]],
    ['Fingerprint', [mono(run.fingerprint)]],
  ]);
  if (run.remarks.length > 0) yield list(run.remarks);
  yield paragraph(['To repeat it: ', mono(`flowcase repeat CASE ${run.id}`), '. It must end in the same fingerprint.']);
  yield* figuresBlocks(figures);
  if (figures.length === 0) yield classTable(run);
  if (importance.length > 0) yield importanceTable(importance);
}

/** How good predictions were: all figures beside each other, then class by class and the confusion of the first of them. */
export function* figuresBlocks(figures: readonly ClassifierFigures[]): Iterable<Block> {
  const first = figures.at(0);
  if (first === undefined) return;
  yield table(
    'How good its predictions are',
    [
      left('On', 112),
      right('Rows', 46),
      right('Accuracy', 46),
      right('Balanced', 46),
      right('Macro F1', 46),
      right('ROC AUC', 46),
      right('PR AUC', 42),
      right('Log loss', 46),
      right('Calibration error', 66),
    ],
    figures.map((one) => [
      onWords[one.on],
      count(one.rows),
      ...[one.accuracy, one.balancedAccuracy, one.macroF1, one.rocAuc, one.prAuc, one.logLoss, one.calibrationError].map((value) =>
        figure(value, 'decimal'),
      ),
    ]),
  );
  const baseline = baselineOf(first);
  if (baseline !== null) {
    yield paragraph([
      `To measure an accuracy by: always saying “${baseline.name}”, the most frequent class, is right in ${formatShare(baseline.share)} (${onWords[first.on]}).`,
    ]);
  }
  yield table(
    `Class by class: ${onWords[first.on]}`,
    [left('Class', 170), right('Precision', 70), right('Recall', 70), right('F1', 70), right('Rows of it', 70)],
    first.classes
      .slice(0, CLASSES)
      .map(({ name, precision, recall, f1, support }): readonly Cell[] => [
        name,
        figure(precision, 'decimal'),
        figure(recall, 'decimal'),
        figure(f1, 'decimal'),
        count(support),
      ]),
    first.classes.length > CLASSES ? `The first ${CLASSES} of ${formatCount(first.classes.length)} classes.` : null,
  );
  yield* confusionBlocks(first);
}

/** The classes with the most rows where there is no room for all; classes keep their order. */
function* confusionBlocks({ on, classes, confusion }: ClassifierFigures): Iterable<Block> {
  const shown = classes
    .map(({ support }, index) => ({ support, index }))
    .sort((a, b) => b.support - a.support || a.index - b.index)
    .slice(0, CONFUSED)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  yield {
    type: 'heat',
    caption: `Confusion matrix, ${onWords[on]}: a row is the true class, a column the predicted one`,
    scale: 'row',
    columns: shown.map((index) => classes[index].name),
    rows: shown.map((index) => ({
      label: classes[index].name,
      category: null,
      suspect: false,
      total: classes[index].support,
      values: shown.map((predicted) => confusion[index]?.[predicted] ?? 0),
    })),
  };
  if (shown.length < classes.length) {
    yield paragraph(
      `The matrix shows the ${shown.length} classes with the most rows, of ${formatCount(classes.length)}; rows of the others, and those taken for one of them, are not in it.`,
    );
  }
}

function classTable({ classes }: ModelSummary): Block {
  return table(
    'Classes',
    [left('Class', 300), right('Rows', 100)],
    classes.slice(0, CLASSES).map((one) => [one.name, count(one.count)]),
    classes.length > CLASSES ? `The first ${CLASSES} of ${formatCount(classes.length)} classes.` : null,
  );
}

function importanceTable(importance: readonly FeatureImportance[]): Block {
  const ranked = importance.map((one, index) => ({ ...one, index })).sort((a, b) => b.impurity - a.impurity || a.index - b.index);
  return table(
    'The most important features',
    [left('Feature', 220), right('Share of the decrease of impurity', 130), right('Accuracy lost when shuffled', 130)],
    ranked.slice(0, FEATURES).map(({ title, impurity, permutation }) => [title, figure(impurity, 'share'), figure(permutation, 'decimal')]),
    ranked.length > FEATURES ? `The first ${FEATURES} of ${plural(ranked.length, 'feature')}.` : null,
  );
}

export function labelOf(label: LabelSource): string {
  if (label.type === 'column') return `the column “${label.column}”`;
  return label.tags.length === 0 ? 'the tags of the examiner' : `the tags ${label.tags.map((tag) => `“${tag}”`).join(', ')}`;
}

function recipeOf({ recipe }: ModelSummary, { features }: ModelFacts['detail']): string {
  if (features === undefined) return recipe;
  const used = features.filter(({ dropped }) => dropped === null).length;
  return `${recipe}: ${plural(used, 'feature')}${used < features.length ? `, ${formatCount(features.length - used)} left out` : ''}`;
}

const parametersOf = ({ parameters }: ModelSummary): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${String(value ?? 'none')}`)
    .join(', ') || 'as they are by default';

function sizeOf({ size }: ModelFacts['detail']): readonly (readonly [string, Cell])[] {
  return size === undefined ? [] : [['Size', `${plural(size.trees, 'tree')}, ${plural(size.nodes, 'node')}, depth ${size.depth}`]];
}

function hostsOf({ run, detail: { hosts } }: ModelFacts): readonly (readonly [string, Cell])[] {
  if (hosts === undefined || hosts === null) return [];
  return [['Hosts', hostsWords({ run, hosts }, (name) => name).join('; ')]];
}

function foldsOf({ crossValidation }: ModelFacts['detail']): readonly (readonly [string, Cell])[] {
  if (crossValidation === undefined || crossValidation === null) return [];
  const spread = ([mean, deviation]: readonly [number, number]): string => `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
  const { folds, accuracy, macroF1 } = crossValidation;
  const figures = `${plural(folds, 'fold')}: accuracy ${spread(accuracy)}, macro F1 ${spread(macroF1)} (mean of the folds ± their standard deviation)`;
  return [['Cross-validation', [figures, ...oneClassWords(crossValidation)].join('; ')]];
}

function tuningOf({ tuning }: ModelFacts['detail']): readonly (readonly [string, Cell])[] {
  if (tuning === undefined || tuning === null) return [];
  const tried = `${plural(tuning.trials.length, 'setting')} of the parameters tried, the best by ${tuning.scoring} kept`;
  return [['Search', [tried, ...unscoredWords(tuning, (name) => `“${name}”`)].join('; ')]];
}
