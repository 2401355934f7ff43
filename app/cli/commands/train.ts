import { modelKinds, splitKinds, subjects, type ClassifierFigures, type ModelDetail, type ModelSummary } from '../../contract.ts';
import { baselineOf, definedFigures } from '../../contract/class-figures.ts';
import { formatCount, formatFigure, formatTime, plural } from '../../contract/format.ts';
import { hostsWords, unscoredWords } from '../../contract/training-words.ts';
import { UsageError, wholeNumber, type Args } from '../args.ts';
import { exitCodes, type CliCommand } from '../command.ts';
import { printable } from '../progress-line.ts';
import { isoOrNull, nameCell, textTable } from '../values.ts';
import { settingText, trialsText } from './trials-text.ts';
import { droppedWords, foldsWords, importanceWords, labelledWords, rulesText } from './model-words.ts';
import { calibrationFrom, foldsFrom, labelFrom, parametersFrom, searchOptions, tuneFrom } from './train-options.ts';

/** One of a list of words, or the first. @throws UsageError */
export function choice<T extends string>(args: Args, name: string, allowed: readonly T[], usual: T): T {
  const text = args.text(name) ?? usual;
  const found = allowed.find((one) => one === text);
  if (found === undefined) throw new UsageError(`--${name} takes ${allowed.join(', ')}, not "${text}"`);
  return found;
}

/** A number between bounds. @throws UsageError */
function share(args: Args, name: string, most: number): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= most))
    throw new UsageError(`--${name} takes a share from 0 to ${most}, not "${text}"`);
  return value;
}

const train: CliCommand = {
  name: 'train',
  usage:
    'CASE --label COLUMN|--tags [A,B] [--model tree|forest] [--of connections|requests|hosts] [--recipe R] [--features a,b] [--where F] [--test 0.25] [--split random|host|time] [--folds N] [--tune "maxDepth=15,20;criterion=gini,entropy"] [--search grid|random] [--trials N] [--prune auto] [--param NAME=VALUE…] [--seed N] [--out MODEL]',
  about:
    'Trains a decision tree or a random forest on labelled or tagged records, says how good it is on records that it never saw, and keeps it as a run. --split host and time tell how it will do on other hosts and on later days.',
  options: {
    model: { type: 'string', about: 'tree or forest (default forest)' },
    label: { type: 'string', about: 'the column that holds the classes', value: 'COLUMN' },
    tags: {
      type: 'string',
      multiple: true,
      optional: true,
      about: 'your tags are the classes: all of them, or those named',
      value: '[A,B]',
    },
    of: { type: 'string', about: 'connections (default), requests or hosts' },
    recipe: { type: 'string', about: 'feature recipe (default: the one made for such a log)', value: 'R' },
    features: { type: 'string', multiple: true, about: 'only these features of the recipe, or columns by name', value: 'a,b' },
    where: { type: 'string', about: 'only records that this filter lets through', value: 'F' },
    test: { type: 'string', about: 'share kept for the test (default 0.25; 0: none)', value: 'SHARE' },
    split: {
      type: 'string',
      about: 'random (stratified, default), host (no originator on both sides) or time (learns from what came before)',
    },
    folds: { type: 'string', about: 'a cross-validation with so many folds beside it, split the same way', value: 'N' },
    tune: {
      type: 'string',
      about: 'tries parameters by cross-validation and keeps the best: "maxDepth=15,20,25;criterion=gini,entropy", "leaf=1..5"',
      value: 'NAME=A,B;…',
    },
    ...searchOptions,
    grid: { type: 'string', about: 'the same as --tune', value: 'NAME=A,B;…' },
    random: { type: 'string', about: 'the same as --search random --trials N', value: 'N' },
    prune: { type: 'string', about: 'auto: prunes the tree as far as cross-validation says (cost complexity)', value: 'auto' },
    'grid-folds': { type: 'string', about: 'folds of that cross-validation (default 3)', value: 'N' },
    scoring: { type: 'string', about: 'what decides there: accuracy (default), balancedAccuracy, macroF1, logLoss' },
    param: {
      type: 'string',
      multiple: true,
      about: 'a parameter: nEstimators=100 (trees), maxDepth=20 (depth), criterion=entropy, …',
      value: 'NAME=VALUE',
    },
    calibrate: {
      type: 'string',
      about: 'sigmoid or isotonic: makes the confidence of a forest a probability, by rows that its trees did not draw',
      value: 'METHOD',
    },
    'keep-leaks': { type: 'boolean', about: 'keeps features that give the label away' },
    seed: { type: 'string', about: 'seed of the random numbers (default 1)', value: 'N' },
    out: { type: 'string', about: 'writes the model as a file too', value: 'MODEL' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const { args } = context;
    const input = {
      of: choice(args, 'of', subjects, 'connections'),
      model: choice(args, 'model', modelKinds, 'forest'),
      label: labelFrom(args),
      recipe: args.text('recipe') ?? '',
      features: [...(args.texts('features') ?? [])],
      where: args.text('where') ?? '',
      seed: args.integer('seed') ?? 1,
      split: choice(args, 'split', splitKinds, 'random'),
      test: share(args, 'test', 0.9) ?? 0.25,
      folds: foldsFrom(args),
      parameters: { ...parametersFrom(args.texts('param') ?? []), ...calibrationFrom(args) },
      tune: tuneFrom(args, choice(args, 'model', modelKinds, 'forest')),
      keepLeaks: args.flag('keep-leaks'),
    };
    const out = context.outPath();
    return context.withHost(true, async (host, progress) => {
      const detail = await host.runJob('model.train', input as never, progress);
      const { run } = detail;
      const file = out === undefined ? null : await host.runJob('model.export', { run: run.id, path: out }, progress);
      context.answer({ ...modelJson(detail), ...(file === null ? {} : { out: file }) }, () =>
        [modelText(detail), ...(file === null ? [] : [`written to ${printable(file.file)}`])].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

/** What `train` and `model` answer in JSON: figures are those of the test rows where there are any. */
export function modelJson(detail: ModelDetail): object {
  const { run, figures } = detail;
  const [first] = figures;
  return {
    run: run.id,
    ...summaryJson(run),
    classes: run.classes,
    accuracy: run.accuracy,
    baseline: first === undefined ? null : baselineOf(first),
    macroF1: run.macroF1,
    confusion: { on: first?.on, classes: first?.classes.map(({ name }) => name) ?? [], rows: first?.confusion ?? [] },
    importance: detail.importance,
    seconds: run.seconds,
    figures: figures.map((one) => ({ ...one, classes: definedFigures(one) })),
    hosts: detail.hosts ?? null,
    crossValidation: detail.crossValidation,
    tuning: detail.tuning,
    features: detail.features,
    rules: detail.rules,
    size: detail.size,
    remarks: run.remarks,
  };
}

function summaryJson(run: ModelSummary): object {
  const { model, label, of, recipe, where, seed, rows, split, testShare, parameters, fingerprint, input, sha256 } = run;
  return { model, label, of, recipe, where, seed, rows, split, testShare, parameters, fingerprint, input, sha256 };
}

const onWords = {
  test: 'on the test rows',
  train: 'on what it learned from',
  'out-of-bag': 'out of bag',
  'cross-validation': 'cross-validation, pooled',
  labelled: 'on all labelled rows',
} as const;

/** What an accuracy is to be measured by; nothing where no row is of any class. */
export function baselineText(figures: ClassifierFigures): readonly string[] {
  const baseline = baselineOf(figures);
  if (baseline === null) return [];
  return [`always saying “${nameCell(baseline.name)}” ${onWords[figures.on]}: accuracy ${formatFigure(baseline.share)}`];
}

/** A model for a person. */
export function modelText(detail: ModelDetail): string {
  const { run, figures, importance, size, crossValidation, tuning } = detail;
  const what = run.model === 'tree' ? 'decision tree' : `forest of ${plural(size.trees, 'tree')}`;
  const three = (value: number | null): string => (value === null ? '–' : formatFigure(value));
  const [first] = figures;
  return [
    `run ${run.id}: ${what}, recipe ${run.recipe}, ${labelledWords(run)}, ${plural(run.classes.length, 'class', 'classes')}, ${run.seconds.toFixed(2)} s`,
    textTable(
      ['figures', 'rows', 'accuracy', 'balanced', 'macro F1', 'ROC AUC', 'PR AUC', 'log loss', 'calibration'],
      figures.map((one) => [
        onWords[one.on],
        formatCount(one.rows),
        ...[one.accuracy, one.balancedAccuracy, one.macroF1, one.rocAuc, one.prAuc, one.logLoss, one.calibrationError].map(three),
      ]),
      [false, ...Array<boolean>(8).fill(true)],
    ),
    ...(first === undefined ? [] : baselineText(first)),
    ...hostsWords(detail, nameCell),
    ...foldsWords(crossValidation),
    ...(tuning === null ? [] : [tuningText(tuning), ...unscoredWords(tuning, nameCell)]),
    ...(first === undefined
      ? []
      : [
          textTable(
            ['class', 'precision', 'recall', 'F1', 'rows'],
            definedFigures(first).map((one) => [
              nameCell(one.name),
              three(one.precision),
              three(one.recall),
              three(one.f1),
              formatCount(one.support),
            ]),
            [false, true, true, true, true],
          ),
        ]),
    ...importanceWords(importance),
    ...droppedWords(detail.features),
    ...run.remarks.map(printable),
    `fingerprint ${run.fingerprint}`,
  ].join('\n');
}

/** What a search tried, the best first. */
function tuningText({ scoring, trials }: NonNullable<ModelDetail['tuning']>): string {
  return trialsText(
    `${plural(trials.length, 'setting')} tried by ${scoring}, mean over the folds; the first was taken`,
    trials.map(({ parameters, mean, deviation, rank, fitSeconds, scoreSeconds }) => ({
      rank,
      setting: settingText(parameters),
      score: `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`,
      seconds: fitSeconds + scoreSeconds,
    })),
  );
}

const models: CliCommand = {
  name: 'models',
  usage: 'CASE',
  about: 'Lists the models of a case.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const list = reader.learnedRuns('train');
      context.answer({ models: list.map((run) => ({ ...run, run: run.id, created: isoOrNull(run.created) })) }, () =>
        list.length === 0
          ? 'No models yet: "flowcase train CASE --label COLUMN" makes one.'
          : textTable(
              ['run', 'made (UTC)', 'model', 'of', 'classes', 'rows', 'accuracy', 'macro F1', 'fingerprint'],
              list.map((run) => [
                String(run.id),
                formatTime(run.created, 0),
                run.model,
                run.of,
                String(run.classes.length),
                formatCount(run.rows),
                formatFigure(run.accuracy),
                formatFigure(run.macroF1),
                run.fingerprint.slice(0, 16),
              ]),
              [true, false, false, false, true, true, true, true],
            ),
      );
      return exitCodes.done;
    });
  },
};

const model: CliCommand = {
  name: 'model',
  usage: 'CASE RUN [--rules] [--out MODEL]',
  about: 'Shows a model: figures, importance, and the tree as rules; or writes it as a file.',
  options: {
    rules: { type: 'boolean', about: 'the tree (of a forest: its first) as rules' },
    out: { type: 'string', about: 'writes the model as a file', value: 'MODEL' },
  },
  async run(context) {
    context.casePath();
    const run = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
    context.args.atMost(2);
    const out = context.outPath();
    return context.withHost('reading', async (host, progress) => {
      const detail = await host.invoke('model.get', { run });
      const file = out === undefined ? null : await host.runJob('model.export', { run, path: out }, progress);
      context.answer({ ...modelJson(detail), ...(file === null ? {} : { out: file }) }, () =>
        [
          ...(context.args.flag('rules') ? rulesText(detail) : [modelText(detail)]),
          ...(file === null ? [] : [`written to ${printable(file.file)}`]),
        ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

export const trainCommands: readonly CliCommand[] = [train, models, model];
