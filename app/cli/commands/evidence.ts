import type { Evidence } from '../../contract.ts';
import { formatBytes, formatCount, formatTime, plural } from '../../contract/format.ts';
import { goingOnFrom, leftAloneWords } from '../../contract/goes-on.ts';
import { FlowcaseError } from '../../errors.ts';
import { UsageError } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';
import { printable } from '../progress-line.ts';
import { shortName, textTable } from '../values.ts';
import { evidenceJson } from './import.ts';

/** A table for a person; how far a piece of evidence has come stands in it where one is not complete. */
export function evidenceTable(all: readonly Evidence[]): string {
  const whole = all.every(({ status }) => status === 'complete');
  const ofStatus = (text: string): string[] => (whole ? [] : [text]);
  return textTable(
    [
      ...['evidence', 'name', ...ofStatus('status'), 'format', 'size'],
      ...['records', 'rejected', 'comments', 'lines', 'first (UTC)', 'last (UTC)', 'SHA-256'],
    ],
    all.map((one) => [
      String(one.id),
      shortName(printable(one.name)),
      ...ofStatus(one.status === 'live' ? 'being received' : one.status),
      printable(one.formatTitle),
      formatBytes(one.bytes),
      formatCount(one.rows),
      formatCount(one.rejected),
      formatCount(one.comments),
      formatCount(one.lines),
      one.first === null ? '' : formatTime(one.first, 0),
      one.last === null ? '' : formatTime(one.last, 0),
      one.sha256.slice(0, 16),
    ]),
    [true, false, ...(whole ? [] : [false]), false, true, true, true, true, true],
  );
}

const evidence: CliCommand = {
  name: 'evidence',
  usage: 'CASE',
  about:
    'Lists the files that were imported, with their numbers, remarks and ledger: records, rejected lines, and comments and blanks make up the lines.',
  options: {},
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const all = reader.evidence();
      context.answer({ evidence: all.map(evidenceJson) }, () => {
        if (all.length === 0) return 'No evidence yet.';
        const remarks = all.flatMap(({ id, remarks: said }) => said.map((remark) => `${id}: ${printable(remark)}`));
        return [evidenceTable(all), ...remarks].join('\n');
      });
      return exitCodes.done;
    });
  },
};

const removeEvidence: CliCommand = {
  name: 'remove-evidence',
  usage: 'CASE N',
  about:
    'Removes a piece of evidence and its records from a case, by its number ("flowcase evidence CASE" lists them), without asking. The original is not touched; the custody log keeps that it was there, and that it was removed.',
  options: {},
  async run(context) {
    context.casePath();
    const text = context.args.required(1, 'N');
    context.args.atMost(2);
    const id = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (!(id >= 1)) throw new UsageError(`N is the number of a piece of evidence, not "${text}"`);
    return context.withHost(true, async (host) => {
      const all = await host.invoke('evidence.list', {});
      const found = all.find((one) => one.id === id);
      if (found === undefined) {
        throw new FlowcaseError('NOT_FOUND', `There is no evidence ${id} in this case. "flowcase evidence CASE" lists what there is.`, {
          evidence: id,
        });
      }
      await host.invoke('evidence.remove', { evidence: id });
      const { name, sha256, rows } = found;
      context.answer({ removed: { id, name, sha256, rows } }, () =>
        [
          `Removed evidence ${id} (${printable(name)}) and its ${plural(rows, 'record')}. The original was not touched.`,
          ...goingOnFrom(id, all).map((one) => printable(leftAloneWords([one]))),
        ].join('\n'),
      );
      return exitCodes.done;
    });
  },
};

export const evidenceCommands: readonly CliCommand[] = [evidence, removeEvidence];
