import type { PredictedRow, PredictionSummary } from '../../contract.ts';
import { formatCount, formatFigure, formatShare, formatTime, plural } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { exitCodes, type CliCommand, type CliContext, type ExitCode } from '../command.ts';
import { printable } from '../progress-line.ts';
import { isoOrNull, nameCell, textTable } from '../values.ts';
import { formatOf } from './export.ts';
import { baselineText } from './train.ts';

const classify: CliCommand = {
  name: 'classify',
  usage: 'CASE --with MODEL|RUN [--where F] [--force] [--out FILE.(csv|parquet)]',
  about: 'Says of records which class they are, by a model of this case (its run) or a model file, and keeps how sure that is of each.',
  options: {
    with: { type: 'string', about: 'a model file, or the run of a model of this case', value: 'MODEL|RUN' },
    where: { type: 'string', about: 'only records that this filter lets through', value: 'F' },
    force: { type: 'boolean', about: 'predicts although most of what the model looks at is not in these records' },
    out: { type: 'string', about: 'writes every row with its class, confidence and label as a table too', value: 'FILE' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const model = context.args.text('with');
    if (model === undefined || model === '') throw new UsageError('--with MODEL or RUN is missing');
    const input = {
      model: /^\d+$/.test(model) ? Number(model) : context.path(model),
      where: context.args.text('where') ?? '',
      force: context.args.flag('force'),
    };
    const out = context.outPath();
    return context.withHost(true, async (host, progress) => {
      const run = await host.runJob('model.apply', input, progress).catch(sayForce);
      if (out !== undefined) {
        await host.runJob('table.export', { table: 'predictions', path: out, format: formatOf(out, undefined), run: run.id }, progress);
      }
      context.answer({ ...predictionJson(run), ...(out === undefined ? {} : { out }) }, () =>
        [predictionText(run), ...(out === undefined ? [] : [`written to ${printable(out)}`])].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

/** In the words of the terminal. */
function sayForce(error: unknown): never {
  if (!(error instanceof FlowcaseError) || error.details?.['name'] !== 'force') throw error;
  throw new FlowcaseError(error.code, inTerminal(error.message), error.details, error);
}

function inTerminal(text: string): string {
  return text.replace(/\bforce it\.$/, 'say --force.');
}

function predictionJson(run: PredictionSummary): object {
  const { id, created, ...rest } = run;
  // class names come from logs: no object may take one as a key of its own kind
  const predicted = Object.assign(Object.create(null) as object, Object.fromEntries(run.predicted.map(({ name, count }) => [name, count])));
  return { run: id, created: isoOrNull(created), ...rest, predicted };
}

function predictionText(run: PredictionSummary): string {
  const { figures } = run;
  const unsure = run.confidence.slice(0, 6).reduce((sum, count) => sum + count, 0);
  return [
    `run ${run.id}: ${printable(run.modelName)} on ${plural(run.rows, 'row')}, ${run.seconds.toFixed(2)} s`,
    textTable(
      ['class', 'rows', 'share'],
      run.predicted.map(({ name, count }) => [nameCell(name), formatCount(count), formatShare(count / Math.max(1, run.rows))]),
      [false, true, true],
    ),
    `${plural(unsure, 'row')} with less than 60 % of the votes: "flowcase uncertain CASE ${run.id}" lists the least certain`,
    ...(figures === null
      ? []
      : [
          `beside the labels there are: accuracy ${formatFigure(figures.accuracy)}, macro F1 ${formatFigure(figures.macroF1)} on ${plural(figures.rows, 'row')}`,
          ...baselineText(figures),
        ]),
    ...run.remarks.map(inTerminal),
    `fingerprint ${run.fingerprint}`,
  ].join('\n');
}

const predictions: CliCommand = {
  name: 'predictions',
  usage: 'CASE',
  about: 'Lists the predictions of a case.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const list = reader.learnedRuns('classify');
      context.answer({ predictions: list.map(predictionJson) }, () =>
        list.length === 0
          ? 'No predictions yet: "flowcase classify CASE --with MODEL" makes one.'
          : textTable(
              ['run', 'made (UTC)', 'model', 'of', 'rows', 'accuracy', 'fingerprint'],
              list.map((run) => [
                String(run.id),
                formatTime(run.created, 0),
                printable(run.modelName),
                run.of,
                formatCount(run.rows),
                run.figures === null ? '-' : formatFigure(run.figures.accuracy),
                run.fingerprint.slice(0, 16),
              ]),
              [true, false, false, false, true, true],
            ),
      );
      return exitCodes.done;
    });
  },
};

const listed = {
  limit: { type: 'string', about: 'at most this many (default 20)', value: 'N' },
} as const;

const uncertain: CliCommand = {
  name: 'uncertain',
  usage: 'CASE RUN [--limit N]',
  about:
    'Lists the rows that a prediction is least sure of and that carry no label yet: those to tag next. Where every row carries one, of all rows.',
  options: listed,
  run: (context) => listRows(context, 'uncertain'),
};

const disagreeing: CliCommand = {
  name: 'disagreeing',
  usage: 'CASE RUN [--limit N]',
  about:
    'Lists the rows whose label says otherwise than the prediction, the most certain first: wrong labels, or what the model cannot see.',
  options: listed,
  run: (context) => listRows(context, 'disagreeing'),
};

async function listRows(context: CliContext, which: 'uncertain' | 'disagreeing'): Promise<ExitCode> {
  context.casePath();
  const run = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
  context.args.atMost(2);
  const limit = context.args.integer('limit') ?? 20;
  return context.withHost('reading', async (host) => {
    const page = await host.invoke('prediction.rows', { run, which, offset: 0, limit });
    context.answer(page, () =>
      page.total === 0 ? 'None.' : `${rowsText(page.rows)}\n${formatCount(page.rows.length)} of ${plural(page.total, 'row')}`,
    );
    return exitCodes.done;
  });
}

function rowsText(rows: readonly PredictedRow[]): string {
  return textTable(
    ['id', 'predicted', 'confidence', 'second', 'label'],
    rows.map((row) => [
      printable(String(row.id)),
      nameCell(row.predicted),
      formatFigure(row.confidence),
      nameCell(row.second ?? '-'),
      nameCell(row.label ?? '-'),
    ]),
    [true, false, true],
  );
}

const explain: CliCommand = {
  name: 'explain',
  usage: 'CASE RUN ID',
  about: 'Says why a record (by its number) or a host was predicted as it was: the votes, and the way through the tree.',
  options: {},
  async run(context) {
    context.casePath();
    const run = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
    const text = context.args.required(2, 'ID');
    context.args.atMost(3);
    return context.withHost('reading', async (host) => {
      const found = await host.invoke('prediction.explain', { run, id: /^\d+$/.test(text) ? Number(text) : text });
      context.answer(found, () =>
        [
          `${printable(text)}: ${printable(found.row.predicted)}, ${formatShare(found.row.confidence)} of the votes${found.row.label === null ? '' : `, labelled ${printable(found.row.label)}`}`,
          ...found.votes.slice(0, 8).map(({ name, share }) => `  ${formatShare(share).padStart(8)}  ${printable(name)}`),
          ...found.path.map(({ words }, step) => `${String(step + 1).padStart(3)}. ${printable(words)}`),
        ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

export const classifyCommands: readonly CliCommand[] = [classify, predictions, uncertain, disagreeing, explain];
