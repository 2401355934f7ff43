/** The words of the classify view. */
import type {
  ClassFigures,
  ClassifierFigures,
  ColumnInfo,
  LabelSource,
  ModelSummary,
  Parameters,
  TuneTrial,
} from '../../../../app/contract.ts';
import type { ChartTable } from '../../charts/table.ts';
import type { TableColumn } from '../../components/table.ts';
import { formatCount, formatDuration, plural, visible } from '../../lib/format.ts';

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
  time: 'by time: trained on the earlier',
};

export function labelWords(label: LabelSource): string {
  if (label.type === 'column') return visible(label.column);
  return label.tags.length === 0 ? 'my tags' : `my tags ${label.tags.map(visible).join(', ')}`;
}

/** "Run 4 · Random forest on class" */
export function modelTitle(run: ModelSummary): string {
  return `Run ${run.id} · ${modelWords[run.model]} on ${labelWords(run.label)}`;
}

export function modelFacts(run: ModelSummary): readonly string[] {
  const test = run.testShare === 0 ? 'no test rows' : `${percent(run.testShare)} for the test ${splitWords[run.split]}`;
  return [
    `${plural(run.rows, 'row')} of ${run.of} · recipe ${run.recipe} · ${plural(run.classes.length, 'class', 'classes')} · seed ${run.seed}`,
    `${test} · ${formatDuration(run.seconds * 1e6)}`,
  ];
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export const figure = (value: number | null): string => (value === null ? 'not defined' : value.toFixed(3));

/** What is said first: how good, on what, and the weakest class. */
export function figuresSentence(figures: ClassifierFigures): string {
  const weakest = figures.classes
    .filter(({ support }) => support > 0)
    .reduce<ClassFigures | null>((a, b) => (a === null || b.f1 < a.f1 ? b : a), null);
  const right = Math.round(figures.accuracy * figures.rows);
  const said = `${formatCount(right)} of ${plural(figures.rows, 'row')} right (${percent(figures.accuracy)}).`;
  if (weakest === null || figures.classes.length < 2) return said;
  return `${said} Weakest class: ${visible(weakest.name)}, precision ${percent(weakest.precision)}, recall ${percent(weakest.recall)}.`;
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

export const classColumns: readonly TableColumn<ClassFigures>[] = [
  { id: 'name', title: 'class', width: 200, text: (row) => visible(row.name) },
  {
    id: 'precision',
    title: 'precision',
    width: 84,
    align: 'right',
    hint: 'Of what was called so, the share that is',
    text: (row) => percent(row.precision),
  },
  {
    id: 'recall',
    title: 'recall',
    width: 84,
    align: 'right',
    hint: 'Of what is so, the share that was called so',
    text: (row) => percent(row.recall),
  },
  { id: 'f1', title: 'F1', width: 72, align: 'right', text: (row) => figure(row.f1) },
  { id: 'support', title: 'rows', width: 96, align: 'right', text: (row) => formatCount(row.support) },
];

export function parameterWords(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value === null ? 'none' : String(value)}`)
    .join(', ');
}

export function tuningTable(trials: readonly TuneTrial[]): ChartTable {
  const right = true;
  return {
    head: [
      { title: 'rank', right },
      { title: 'parameters' },
      { title: 'mean', right },
      { title: 'deviation', right },
      { title: 'seconds', right },
    ],
    rows: trials
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ rank, parameters, mean, deviation, fitSeconds, scoreSeconds }) => [
        String(rank),
        parameterWords(parameters),
        mean.toFixed(4),
        deviation.toFixed(4),
        (fitSeconds + scoreSeconds).toFixed(2),
      ]),
  };
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

export function readValue(text: string): number | string | boolean | null {
  if (text === 'none' || text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
}

/** "maxDepth=15,20,25 criterion=gini,entropy": what a grid tries; null where nothing stands there. */
export function readGrid(text: string): {
  readonly values: Readonly<Record<string, (number | string | boolean | null)[]>> | null;
  readonly error: string;
} {
  const values = new Map<string, (number | string | boolean | null)[]>();
  for (const word of text.split(/[\s;]+/).filter((one) => one !== '')) {
    const [, name, list] = /^([A-Za-z]+)=(.+)$/.exec(word) ?? [];
    if (name === undefined || list === undefined)
      return { values: null, error: `“${word}” is not name=value,value, as in maxDepth=15,20,25.` };
    values.set(
      name,
      list
        .split(',')
        .filter((one) => one !== '')
        .map(readValue),
    );
  }
  return { values: values.size === 0 ? null : Object.fromEntries(values), error: '' };
}
