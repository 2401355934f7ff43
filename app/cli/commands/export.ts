import { exportTables, tableFormats } from '../../contract.ts';
import type { ExportTable, TableFormat } from '../../contract.ts';
import { formatBytes, plural } from '../../contract/format.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import type { CliCommand } from '../command.ts';
import { kindFrom } from '../kinds.ts';

export const exportTable: CliCommand = {
  name: 'export',
  usage: 'CASE TABLE --out FILE.(csv|parquet) [--format csv|parquet] [--where F] [--cluster RUN:CLUSTER]',
  about: `Writes a table as CSV or Parquet: ${exportTables.join(', ')}; or the records of any other kind: requests, dns, http, ...`,
  options: {
    out: { type: 'string', about: 'where to; the ending says the format: Parquet for .parquet or .pq, else CSV', value: 'FILE' },
    format: { type: 'string', about: 'csv or parquet, whatever the ending', value: 'FORMAT' },
    where: { type: 'string', about: 'only records that this filter lets through', value: 'F' },
    cluster: { type: 'string', about: 'for members: which cluster; for clusters: RUN alone will do', value: 'RUN:CLUSTER' },
  },
  async run(context) {
    context.casePath();
    const table = context.args.required(1, 'TABLE');
    context.args.atMost(2);
    const what = isExportTable(table) ? { table } : { table: 'connections' as const, kind: kindFrom(table) };
    const out = context.args.text('out');
    if (out === undefined) throw new UsageError('--out FILE is missing');
    const [run, cluster] = (context.args.text('cluster') ?? '').split(':');
    const input = {
      ...what,
      path: context.path(out),
      format: formatOf(out, context.args.text('format')),
      filter: context.args.text('where') ?? '',
      ...(run === undefined || run === '' ? {} : { run: wholeNumber(run, 'RUN', 1) }),
      ...(cluster === undefined ? {} : { cluster: wholeNumber(cluster, 'CLUSTER', 1) }),
    };
    return context.withHost('reading', async (host, progress) => {
      const result = await host.runJob('table.export', input, progress);
      context.answer(result, () => `${result.file}\n${plural(result.rows, 'row')}, ${formatBytes(result.bytes)}, SHA-256 ${result.sha256}`);
      return exitCodes.done;
    });
  },
};

/** What `--format` says, else the ending. @throws UsageError */
export function formatOf(out: string, asked: string | undefined): TableFormat {
  if (asked === undefined) return /\.(parquet|pq)$/i.test(out) ? 'parquet' : 'csv';
  const format = tableFormats.find((one) => one === asked.toLowerCase());
  if (format === undefined) throw new UsageError(`--format takes ${tableFormats.join(' or ')}, not "${asked}"`);
  return format;
}

function isExportTable(text: string): text is ExportTable {
  return (exportTables as readonly string[]).includes(text);
}
