import { rm } from 'node:fs/promises';
import type { Evidence } from '../../contract.ts';
import { formatBytes, formatCount, hiddenWords, plural } from '../../contract/format.ts';
import { UsageError } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';
import { printable } from '../progress-line.ts';
import { readingOptions } from '../reading-options.ts';
import { keepStandardInput, leftCopies } from '../standard-input.ts';
import { isoOrNull, textTable } from '../values.ts';
import { savedReading } from './preview.ts';

/** Evidence as the terminal's JSON shows it. */
export function evidenceJson(evidence: Evidence): Record<string, unknown> {
  return {
    ...evidence,
    first: isoOrNull(evidence.first),
    last: isoOrNull(evidence.last),
    imported: isoOrNull(evidence.imported),
    modified: isoOrNull(evidence.modified),
  };
}

/** "1,000,000 records from conn.log in 0.5 s. 12 lines rejected." */
export function importSentence(evidence: Evidence): string {
  const rejected = evidence.rejected === 0 ? '' : ` ${plural(evidence.rejected, 'line')} rejected.`;
  const remarks = evidence.remarks.map((remark) => ` ${printable(remark)}`).join('');
  return `${plural(evidence.rows, 'record')} from ${printable(evidence.name)} (${formatBytes(evidence.bytes)}) in ${evidence.seconds.toFixed(1)} s.${rejected}${remarks}`;
}

/** "0.1" and "10%" are the same share. @throws UsageError */
function share(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number = '', percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = number === '' ? NaN : Number(number) / (percent === '%' ? 100 : 1);
  if (!(value <= 1)) throw new UsageError(`--max-rejects takes a share from 0 to 1, or from 0% to 100%, not "${text}"`);
  return value;
}

const importLogs: CliCommand = {
  name: 'import',
  usage:
    "CASE PATH... [--format F] [--time-zone Z] [--log-format '...'] [--map FROM=TO:TYPE,...] [--max-rejects SHARE] [--compress] [--force]",
  about:
    'Imports log files, folders, ZIP archives and patterns (*.log) into a case; - is standard input, which is kept in a file beside the case. The originals are opened for reading only. Exit code 1 where a file that was named itself was refused, or nothing of what was found is in the case; other files in folders and patterns may be refused, and are counted.',
  options: {
    ...readingOptions,
    'max-rejects': {
      type: 'string',
      about: 'refuse a file of which more lines than this share (0.1, or 10%) cannot be taken (default 0.5; 1 takes every file)',
      value: 'SHARE',
    },
    compress: { type: 'boolean', about: 'compress the columns: the case takes two thirds of the room, and is read more slowly' },
    force: { type: 'boolean', about: 'import again what is in the case already' },
  },
  async run(context) {
    context.casePath();
    const given = context.args.positionals.slice(1);
    if (given.length === 0) throw new UsageError('PATH is missing');
    if (given.filter((path) => path === '-').length > 1) throw new UsageError('standard input (-) can be read once only');
    const kept = given.includes('-') ? await keepStandardInput(context.casePath(), context.io.input()) : null;
    const paths = given.map((path) => (path === '-' && kept !== null ? kept : context.path(path)));
    context.ownCopy = kept;
    const imported = context.withHost(true, async (host, progress) => {
      const reading = await savedReading(context, host);
      const maxRejects = share(context.args.text('max-rejects'));
      const flags = { force: context.args.flag('force'), compress: context.args.flag('compress') };
      const input = { paths, ...flags, ...(maxRejects === undefined ? {} : { maxRejects }), ...reading };
      const result = await host.runJob('evidence.import', input, progress);
      // the original of the evidence that is there lies elsewhere
      if (kept !== null && result.skipped.some(({ path }) => path === kept) && result.evidence.every(({ path }) => path !== kept)) {
        await rm(kept, { force: true });
      }
      const { skipped, refused, hidden } = result;
      context.answer({ evidence: result.evidence.map(evidenceJson), skipped, refused, hidden }, () =>
        [...result.evidence.map(importSentence), ...result.skipped.map((one) => printable(one.message))].join('\n'),
      );
      for (const refusal of result.refused) context.io.err(`${printable(refusal.message)}\n`);
      if (result.hidden > 0) context.io.err(`${hiddenWords(result.hidden)}\n`);
      if (kept !== null) context.tellLeft(leftCopies([kept], result.evidence));
      const { length } = result.refused;
      if (length > 0) context.io.err(`${plural(length, 'file')} ${length === 1 ? 'was' : 'were'} refused.\n`);
      if (result.refused.some(({ code }) => code === 'TOO_MANY_REJECTS')) {
        context.io.err('See how such a file is read: flowcase preview FILE. Import it all the same: --max-rejects 1\n');
      }
      // what was named and could not be taken is a failure; strangers found in a folder are not
      const named = result.refused.some((refusal) => paths.includes(refusal.path));
      const nothing = result.evidence.length === 0 && result.skipped.length === 0;
      return named || nothing ? exitCodes.failed : exitCodes.done;
    });
    return await imported.catch((error: unknown) => {
      if (kept !== null) context.tellLeft(leftCopies([kept], []));
      throw error;
    });
  },
};

const rejects: CliCommand = {
  name: 'rejects',
  usage: 'CASE [--evidence N] [--limit N]',
  about: 'Lists the lines that could not be taken, and why.',
  options: {
    evidence: { type: 'string', about: 'of this piece of evidence only', value: 'N' },
    limit: { type: 'string', about: 'at most this many (default 1000)', value: 'N' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const evidence = context.args.integer('evidence');
    const limit = context.args.integer('limit') ?? 1000;
    return context.read((reader) => {
      const { rejects: list, total } = reader.rejects({ evidence, offset: 0, limit });
      context.answer({ rejects: list, total }, () => {
        const table = textTable(
          ['evidence', 'line', 'offset', 'reason', 'what', 'text'],
          list.map((one) => [
            String(one.evidence),
            formatCount(one.line),
            formatCount(one.offset),
            one.reason,
            printable(one.what),
            printable(one.text).slice(0, 100),
          ]),
          [true, true, true],
        );
        return total === 0
          ? 'No line was rejected.'
          : list.length < total
            ? `${table}\n${formatCount(total - list.length)} more; --limit shows them`
            : table;
      });
      return exitCodes.done;
    });
  },
};

export const importCommands: readonly CliCommand[] = [importLogs, rejects];
