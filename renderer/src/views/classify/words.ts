/** The words of the classify view. */
import type {
  ClassFigures,
  ClassifierFigures,
  ColumnInfo,
  LabelOverview,
  LabelSource,
  ModelDetail,
  ModelSummary,
  Parameters,
  PredictionExplained,
  PredictionSummary,
  Scoring,
  Subject,
  TagList,
  TreeNode,
  TuneTrial,
} from '../../../../app/contract.ts';
import { baselineOf, definedFigures } from '../../../../app/contract/class-figures.ts';
import { hostsWords, oneClassWords, unscoredWords } from '../../../../app/contract/training-words.ts';
import type { TableColumn } from '../../components/table.ts';
import { readValue } from '../parts/settings.ts';
import { formatCount, formatDuration, plural, visible } from '../../lib/format.ts';
import { subjectNouns } from '../parts/subjects.ts';

export const modelWords: Readonly<Record<ModelSummary['model'], string>> = { tree: 'Decision tree', forest: 'Random forest' };

export const onWords: Readonly<Record<ClassifierFigures['on'], string>> = {
  test: 'Test rows',
  train: 'Training rows',
  'cross-validation': 'Cross-validation',
  'out-of-bag': 'Out of bag',
  labelled: 'Labelled rows',
};

export const splitWords: Readonly<Record<ModelSummary['split'], string>> = {
  random: 'at random, each class alike',
  host: 'by host: no originator on both sides',
  time: 'by time: trained on what came before',
};

export function labelWords(label: LabelSource): string {
  if (label.type === 'column') return visible(label.column);
  return label.tags.length === 0 ? 'my tags' : `my tags ${label.tags.map(visible).join(', ')}`;
}

/** What leads to the other side of a question of a tree; rows that have no value go there too, where some did when it was learned. */
export function otherwise({ threshold, absent, absentSeen }: NonNullable<TreeNode['question']>): string {
  return threshold !== null && absent === 'more' && absentSeen === true ? 'no or not known' : 'no';
}

/** "Run 4 · Random forest on class" */
export function modelTitle(run: ModelSummary): string {
  return `Run ${run.id} · ${modelWords[run.model]} on ${labelWords(run.label)}`;
}

/** "Run 5 · prediction by forest.flowmodel" */
export function predictionTitle(run: PredictionSummary): string {
  return `Run ${run.id} · prediction by ${visible(run.modelName)}${run.where === '' ? '' : `: ${visible(run.where)}`}`;
}

/** "20,000 connections · recipe tstat-v1 · 10 classes · seed 1" and how it was tested: two short lines. */
export function modelFacts(run: ModelSummary): readonly string[] {
  const test = run.testShare === 0 ? 'no test rows' : `${percentShort(run.testShare)} kept for the test, ${splitWords[run.split]}`;
  return [
    `${plural(run.rows, subjectNouns[run.of])} · recipe ${run.recipe} · ${plural(run.classes.length, 'class', 'classes')} · seed ${run.seed}`,
    `${test} · ${formatDuration(run.seconds * 1e6)}${run.where === '' ? '' : ` · only ${visible(run.where)}`}`,
  ];
}

/** "Over 5 folds: accuracy 0.923 ± 0.004, macro-F1 0.920 ± 0.005."; empty without a cross-validation. */
export function crossValidationWords(found: ModelDetail['crossValidation']): string {
  if (found === null) return '';
  const { folds, accuracy, macroF1 } = found;
  const spread = ([mean, deviation]: readonly [number, number]): string => `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
  return `Over ${folds} folds: accuracy ${spread(accuracy)}, macro-F1 ${spread(macroF1)}.`;
}

/** What stands below the figures: those of the folds, whose rows were asked about, and which classes a search could not. */
export function figuresWords(detail: ModelDetail): string {
  const { crossValidation, tuning } = detail;
  const more = [...oneClassWords(crossValidation), ...hostsWords(detail, visible), ...unscoredWords(tuning, visible)];
  return [crossValidationWords(crossValidation), ...more.map((words) => `${words[0].toUpperCase()}${words.slice(1)}.`)].join(' ').trim();
}

/** What a label column holds: its classes, and how many rows have none. */
export function classesWords({ classes, rows, unlabelled }: LabelOverview): string {
  if (classes.length < 2) {
    const one = classes[0];
    const has = one === undefined ? 'nothing' : `only “${visible(one.name)}”`;
    return `This column says ${has} in ${plural(rows, 'row')}: a model needs two classes at least.`;
  }
  const named = classes.slice(0, 12).map((one) => `${visible(one.name)} ${formatCount(one.count)}`);
  const more = classes.length > named.length ? ` and ${formatCount(classes.length - named.length)} more` : '';
  const without = unlabelled === 0 ? '' : `; ${formatCount(unlabelled)} say nothing`;
  return `${plural(classes.length, 'class', 'classes')} in ${plural(rows, 'row')}${without}: ${named.join(', ')}${more}.`;
}

/** What tags would teach. */
export function tagsWords(tags: TagList['tags'], of: Subject): string {
  const things = of === 'hosts' ? 'hosts' : 'records';
  if (tags.length < 2) {
    const has = tags[0] === undefined ? `No ${things} carry a tag` : `Only the tag “${visible(tags[0].name)}” is on ${things}`;
    return `${has}: a model needs two classes at least. Tag some of each kind, the harmless too.`;
  }
  const named = tags.slice(0, 12).map((tag) => visible(tag.name));
  const more = tags.length > named.length ? ` and ${formatCount(tags.length - named.length)} more` : '';
  return `Each of your tags is a class: ${named.join(', ')}${more}. What carries several, or none, is not learned from.`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** 25 %, 12.5 %: without a decimal where it is a whole number. */
export const percentShort = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** How many of a row of the confusion matrix: "87", "<1" for what is not nothing, empty for nothing; in percent. */
export function confusionText(share: number): string {
  if (share === 0) return '';
  return share < 0.005 ? '<1' : String(Math.round(share * 100));
}

export const figure = (value: number | null): string => (value === null ? 'not defined' : value.toFixed(3));

/** What is said first: how good, on what, and the weakest class. */
export function figuresSentence(figures: ClassifierFigures): string {
  const worth = ({ f1 }: ClassFigures): number => f1 ?? 0;
  const weakest = definedFigures(figures)
    .filter(({ support }) => support > 0)
    .reduce<ClassFigures | null>((a, b) => (a === null || worth(b) < worth(a) ? b : a), null);
  const right = Math.round(figures.accuracy * figures.rows);
  const said = `${formatCount(right)} of ${plural(figures.rows, 'row')} right (${percent(figures.accuracy)})${baselineWords(figures)}.`;
  if (weakest === null || weakest.f1 === 1 || figures.classes.length < 2) return said;
  return `${said} Weakest class: ${visible(weakest.name)}, ${weakest.precision === null ? 'never answered' : `precision ${percent(weakest.precision)}`}, recall ${shareText(weakest.recall)}.`;
}

/** "; always saying “other” would be 70.6 %"; empty where there is one class only. */
function baselineWords(figures: ClassifierFigures): string {
  const baseline = baselineOf(figures);
  if (baseline === null || baseline.share === 1) return '';
  return `; always saying “${visible(baseline.name)}” would be ${percent(baseline.share)}`;
}

export const figuresOf = (figures: ClassifierFigures): readonly (readonly [label: string, value: string, hint: string])[] => [
  ['accuracy', figure(figures.accuracy), 'Share of rows that are right'],
  ['balanced accuracy', figure(figures.balancedAccuracy), 'Mean recall of the classes: a large class counts no more than a small one'],
  ['macro-F1', figure(figures.macroF1), 'Mean F1 of the classes'],
  ['ROC-AUC', figure(figures.rocAuc), 'One class against the rest, mean over classes'],
  ['PR-AUC', figure(figures.prAuc), 'Average precision, one class against the rest, mean over classes'],
  ['log loss', figure(figures.logLoss), 'Smaller is better'],
  ['calibration error', figure(figures.calibrationError), 'How far the confidence is from the share that is right, on average'],
];

/** An en dash where there is nothing to divide by. */
const shareText = (share: number | null): string => (share === null ? '–' : percent(share));
const NEVER_ANSWERED = 'Not defined: no row was called so';
const NEVER_SO = 'Not defined: no row is of it';

export const classColumns: readonly TableColumn<ClassFigures>[] = [
  { id: 'name', title: 'class', width: 110, text: (row) => visible(row.name) },
  {
    id: 'precision',
    title: 'precision',
    width: 84,
    align: 'right',
    hint: 'Of what was called so, the share that is',
    text: (row) => shareText(row.precision),
    exact: (row) => (row.precision === null ? NEVER_ANSWERED : shareText(row.precision)),
  },
  {
    id: 'recall',
    title: 'recall',
    width: 84,
    align: 'right',
    hint: 'Of what is so, the share that was called so',
    text: (row) => shareText(row.recall),
    exact: (row) => (row.recall === null ? NEVER_SO : shareText(row.recall)),
  },
  {
    id: 'f1',
    title: 'F1',
    width: 72,
    align: 'right',
    text: (row) => row.f1?.toFixed(3) ?? '–',
    exact: (row) => (row.f1 === null ? 'Not defined: no row is of it, and none was called so' : row.f1.toFixed(3)),
  },
  { id: 'support', title: 'rows', width: 96, align: 'right', text: (row) => formatCount(row.support) },
];

export function parameterWords(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value === null ? 'none' : String(value)}`)
    .join(', ');
}

export const scoringWords: Readonly<Record<Scoring, string>> = {
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  macroF1: 'macro-F1',
  logLoss: 'log loss (less is better)',
};

const seconds = (value: number): string => formatDuration(value * 1e6);

export const trialColumns: readonly TableColumn<TuneTrial>[] = [
  { id: 'rank', title: 'rank', width: 56, align: 'right', text: (row) => formatCount(row.rank) },
  { id: 'parameters', title: 'parameters', width: 300, mono: true, text: (row) => parameterWords(row.parameters) },
  { id: 'mean', title: 'mean', width: 84, align: 'right', text: (row) => row.mean.toFixed(4) },
  { id: 'deviation', title: 'deviation', width: 84, align: 'right', text: (row) => row.deviation.toFixed(4) },
  { id: 'fit', title: 'fit', width: 84, align: 'right', text: (row) => seconds(row.fitSeconds) },
  { id: 'score', title: 'score', width: 84, align: 'right', text: (row) => seconds(row.scoreSeconds) },
];

/** Places of the classes with the most rows, in the order of the classes. */
export function largestClasses(classes: readonly ClassFigures[], most: number): readonly number[] {
  const places = Array.from(classes.keys());
  const support = (place: number): number => classes[place]?.support ?? 0;
  return places
    .toSorted((a, b) => support(b) - support(a) || a - b)
    .slice(0, Math.min(most, places.length))
    .sort((a, b) => a - b);
}

/** "96.0 % of the votes are for it; the second choice is bing." */
export function predictedWords({ row, votes }: PredictionExplained): string {
  const share = votes.find(({ name }) => name === row.predicted)?.share ?? 0;
  // a calibrated confidence is no share of votes
  const calibrated = Math.abs(share - row.confidence) > 1e-3;
  const sure = calibrated
    ? `It is sure to ${percent(row.confidence)} (calibrated; ${percent(share)} of the votes are for it).`
    : `${percent(row.confidence)} of the votes are for it.`;
  const second = row.second === null ? '' : ` The second choice is ${visible(row.second)}.`;
  const label =
    row.label === null ? '' : row.label === row.predicted ? ' Its label says so too.' : ` Its label says ${visible(row.label)}.`;
  return `${sure}${second}${label}`;
}

/** Columns that may hold classes: texts that repeat, those that are called so first. */
export function labelColumns(columns: readonly ColumnInfo[]): readonly string[] {
  const usual = ['class', 'label', 'detailed-label', 'detailed_label', 'service', 'conn_state', 'status', 'method'];
  const texts = columns.filter(({ type }) => type === 'string' || type === 'enum').map(({ name }) => name);
  return texts.toSorted((a, b) => place(usual, a) - place(usual, b));
}

function place(usual: readonly string[], name: string): number {
  const at = usual.indexOf(name);
  return at < 0 ? usual.length : at;
}

/** A share in percent, 0 to 90. */
export function readShare(text: string): { readonly share: number; readonly error: string } {
  const value = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
  return value <= 90 ? { share: value / 100, error: '' } : { share: 0, error: 'A share from 0 to 90 percent.' };
}

/** 0 for none, or 2 to 100. */
export function readFolds(text: string): { readonly folds: number; readonly error: string } {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return value === 0 || (value >= 2 && value <= 100) ? { folds: value, error: '' } : { folds: 0, error: '0 for none, or 2 to 100.' };
}

/** "maxDepth=20 nEstimators=50": numbers, words, true, false and none by name; or what cannot be read. */
export function readParameters(text: string): { readonly parameters: Parameters; readonly error: string } {
  const parameters = new Map<string, number | string | boolean | null>();
  for (const word of text.split(/[\s,;]+/).filter((one) => one !== '')) {
    const [, name, value] = /^([A-Za-z]+)=(.+)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) return { parameters: {}, error: `“${word}” is not name=value, as in maxDepth=20.` };
    parameters.set(name, readValue(value));
  }
  return { parameters: Object.fromEntries(parameters), error: '' };
}
