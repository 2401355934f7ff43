import { extname } from 'node:path';
import { FlowcaseError } from '../../errors.ts';
import type { VerifyResult } from '../../contract/case.ts';
import { formatBytes, formatCount, plural } from '../../contract/format.ts';
import { UsageError } from '../args.ts';
import { exitCodes } from '../command.ts';
import { exportTable } from './export.ts';
import type { CliCommand } from '../command.ts';
import { isoOrNull } from '../values.ts';

const report: CliCommand = {
  name: 'report',
  usage: 'CASE --out FILE.(pdf|json) [--paper A4|Letter]',
  about: 'Writes the report. The same case gives the same bytes.',
  options: {
    out: { type: 'string', about: 'where to; the ending says the format', value: 'FILE' },
    paper: { type: 'string', about: 'A4 (default) or Letter' },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const out = context.outPath();
    if (out === undefined) throw new UsageError('--out FILE is missing');
    const format = extname(out).slice(1).toLowerCase();
    if (format !== 'pdf' && format !== 'json') throw new UsageError(`--out ends in .pdf or .json, not "${extname(out)}"`);
    const asked = context.args.text('paper') ?? 'A4';
    const paper = (['A4', 'Letter'] as const).find((one) => one.toLowerCase() === asked.toLowerCase());
    if (paper === undefined) throw new UsageError(`--paper takes A4 or Letter, not "${asked}"`);
    return context.withHost('reading', async (host, progress) => {
      const result = await host.runJob('report.export', { path: out, format, paper }, progress);
      context.answer(
        result,
        () =>
          `${result.file}\n${result.pages === null ? '' : `${plural(result.pages, 'page')}, `}${formatBytes(result.bytes)}, SHA-256 ${result.sha256}`,
      );
      return exitCodes.done;
    });
  },
};

/** "26 pieces of evidence: 26 as imported; records ok; custody log ok". */
function verifiedInShort({ evidence, custody }: VerifyResult): string {
  const count = (match: boolean | null): number => evidence.filter((one) => one.match === match).length;
  const originals = [
    `${formatCount(count(true))} as imported`,
    ...(count(false) === 0 ? [] : [`${formatCount(count(false))} DIFFERENT`]),
    ...(count(null) === 0 ? [] : [`${formatCount(count(null))} not found`]),
  ].join(', ');
  const changed = evidence.filter(({ row, records }) => !row || !records).length;
  const records = changed === 0 ? 'records ok' : `records of ${formatCount(changed)} DIFFERENT`;
  return `${formatCount(evidence.length)} pieces of evidence: ${originals}; ${records}; custody log ${custody.ok ? 'ok' : 'DIFFERENT'}`;
}

const verify: CliCommand = {
  name: 'verify',
  usage: 'CASE [--originals DIR]',
  about: 'Recomputes the custody chain and the hashes of records and originals. Exit code 3 where anything differs.',
  options: { originals: { type: 'string', about: 'look for the originals below this folder, and only there', value: 'DIR' } },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    const originals = context.args.text('originals');
    return context
      .withHost('reading', async (host, progress) => {
        const result = await host.runJob('case.verify', originals === undefined ? {} : { originals: context.path(originals) }, progress);
        context.answer({ ...result, at: isoOrNull(result.at) }, () =>
          [
            ...result.evidence.map(
              (one) =>
                `${one.match === true && one.row && one.records ? 'ok       ' : one.match === null && one.row && one.records ? 'not found' : 'DIFFERENT'}  evidence ${one.id} (${one.name}): ${one.message}`,
            ),
            `${result.custody.ok ? 'ok       ' : 'DIFFERENT'}  custody log: ${result.custody.message}`,
            ...(result.evidence.length > 1 ? [verifiedInShort(result)] : []),
          ].join('\n'),
        );
        return result.ok ? exitCodes.done : exitCodes.difference;
      })
      .catch((error: unknown) => {
        // a case too damaged to open is a difference found, not a failure to look
        if (error instanceof FlowcaseError && error.code === 'CASE_DAMAGED') {
          context.io.err(`flowcase verify: ${error.message}\n`);
          return exitCodes.difference;
        }
        throw error;
      });
  },
};

export const reportCommands: readonly CliCommand[] = [report, exportTable, verify];
