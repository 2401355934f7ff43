import type { FormatOptions, Preview } from '../../contract.ts';
import { formatCount, plural } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import { UsageError } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand, CliContext } from '../command.ts';
import type { CliHost } from '../io.ts';
import { firstRecords } from '../first-records.ts';
import { printable } from '../progress-line.ts';
import { readingOf, readingOptions, type Reading } from '../reading-options.ts';
import { isoOrNull, jsonCell, textTable } from '../values.ts';

/** What the arguments say, on top of a saved mapping where one is named. @throws FlowcaseError NOT_FOUND */
export async function savedReading(context: CliContext, host: CliHost): Promise<Reading> {
  const given = readingOf(context.args);
  const name = context.args.text('mapping');
  if (name === undefined) return given;
  const saved = (await host.invoke('mapping.list', {})).find((one) => one.name === name);
  if (saved === undefined) throw new FlowcaseError('NOT_FOUND', `There is no saved mapping "${name}". "flowcase mappings" lists them.`);
  const options: FormatOptions = { ...saved.options, ...given.options };
  const mapping = { ...saved.options.mapping, ...given.options?.mapping };
  if (Object.keys(mapping).length > 0) options.mapping = mapping;
  return { ...given, format: given.format ?? saved.format, options };
}

const preview: CliCommand = {
  name: 'preview',
  usage: "PATH [--format F] [--time-zone Z] [--log-format '...'] [--map FROM=TO:TYPE,...] [--save NAME]",
  about: 'Shows how a file would be imported: its format, its columns, its first records. Needs no case and changes none.',
  options: {
    ...readingOptions,
    records: { type: 'string', about: 'at most this many (default 20)', value: 'N' },
    save: { type: 'string', about: 'keep this way of reading by name, for --mapping', value: 'NAME' },
  },
  async run(context) {
    const path = context.path(context.args.required(0, 'PATH'));
    context.args.atMost(1);
    const records = context.args.integer('records');
    if (records !== undefined && records > 1000) throw new UsageError('--records takes a whole number up to 1000');
    return context.withHost(false, async (host) => {
      const reading = await savedReading(context, host);
      const found = await host.invoke('evidence.preview', { path, ...reading, ...(records === undefined ? {} : { records }) });
      const name = context.args.text('save');
      if (name !== undefined) await host.invoke('mapping.save', { name, format: found.format, options: found.options });
      context.answer(previewJson(found), () => previewText(found));
      return exitCodes.done;
    });
  },
};

function previewJson(found: Preview): Record<string, unknown> {
  const { columns, records, first, last } = found;
  const cells = (record: Preview['records'][number]): unknown[] =>
    record.map((cell, i) => jsonCell(columns[i] ?? { type: 'string' }, cell));
  return { ...found, records: records.map(cells), first: isoOrNull(first), last: isoOrNull(last) };
}

/** What else is in an archive. */
function othersIn({ archive }: Preview): string[] {
  const others = archive?.members.filter((name) => name !== archive.member) ?? [];
  if (others.length === 0) return [];
  const more = others.length > 20 ? `, and ${formatCount(others.length - 20)} more` : '';
  return [`also in it (--member NAME shows one): ${others.slice(0, 20).map(printable).join(', ')}${more}`];
}

function previewText(found: Preview): string {
  const { figures, columns, records } = found;
  const part = found.whole ? 'the whole file' : 'its beginning';
  const lines = [
    `${printable(found.archive === undefined ? found.path : `${found.archive.member} in ${found.path}`)}: ${found.title} (${found.format}), because ${printable(found.why)}`,
    `records of kind ${found.kind}; times without a zone: ${found.timeZone}`,
    `${part}: ${plural(figures.rows, 'record')}, ${formatCount(figures.rejected)} rejected, ${plural(figures.comments, 'comment')}, ${plural(figures.lines, 'line')}`,
    ...found.remarks.map(printable),
    ...othersIn(found),
    '',
    textTable(
      ['column', 'type', 'in the log', 'meaning'],
      columns.map(({ name, type, from, title }) => [
        printable(name),
        type,
        from === null || from === name ? '' : printable(from),
        printable(title),
      ]),
    ),
  ];
  if (records.length > 0) lines.push('', firstRecords(found));
  if (found.rejects.length > 0) {
    const rejects = found.rejects.map(({ line, reason, what, text }) => [
      formatCount(line),
      reason,
      printable(what),
      printable(text).slice(0, 80),
    ]);
    lines.push('', textTable(['line', 'reason', 'what', 'text'], rejects, [true]));
  }
  return lines.join('\n');
}

const mappings: CliCommand = {
  name: 'mappings',
  usage: '[--remove NAME]',
  about: 'Lists the ways to read files that "preview --save" kept on this machine.',
  options: { remove: { type: 'string', about: 'forget this one', value: 'NAME' } },
  async run(context) {
    context.args.atMost(0);
    return context.withHost(false, async (host) => {
      const name = context.args.text('remove');
      if (name !== undefined) await host.invoke('mapping.remove', { name });
      const all = await host.invoke('mapping.list', {});
      context.answer(
        all.map((one) => ({ ...one, saved: isoOrNull(one.saved) })),
        () => {
          if (all.length === 0) return 'There are no saved mappings.';
          return textTable(
            ['name', 'format', 'columns', 'saved'],
            all.map((one) => [
              printable(one.name),
              one.format,
              String(one.options.mapping?.columns?.length ?? 0),
              isoOrNull(one.saved) ?? '',
            ]),
          );
        },
      );
      return exitCodes.done;
    });
  },
};

const formatsList: CliCommand = {
  name: 'formats',
  usage: '',
  about: 'Lists every format that Flowcase reads.',
  options: {},
  async run(context) {
    context.args.atMost(0);
    return context.withHost(false, async (host) => {
      const all = await host.invoke('formats.list', {});
      context.answer(all, () =>
        textTable(
          ['format', 'title'],
          all.map(({ id, title }) => [id, title]),
        ),
      );
      return exitCodes.done;
    });
  },
};

export const previewCommands: readonly CliCommand[] = [preview, mappings, formatsList];
