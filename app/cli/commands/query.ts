import { columnsOf } from '../../commands/columns.ts';
import { createReadHandlers } from '../../commands/read.ts';
import type { Cell, ColumnInfo, HostRow } from '../../contract.ts';
import type { AnyRun } from '../../contract/models.ts';
import type { Finding } from '../../contract/records.ts';
import { csvValue } from '../../contract/cells.ts';
import { formatCount, plural } from '../../contract/format.ts';
import { recordKindOf } from '../../contract/runs.ts';
import { csvLine } from '../../report/csv.ts';
import { UsageError, wholeNumber } from '../args.ts';
import { exitCodes } from '../command.ts';
import { kindFrom, otherThanConnections } from '../kinds.ts';
import { printable } from '../progress-line.ts';
import type { CliCommand, CliContext, ExitCode } from '../command.ts';
import { isoOrNull, jsonCell, textCell, textTable } from '../values.ts';

const pageRows = 10_000;
const defaultLimit = 100;

interface Page {
  readonly columns: readonly ColumnInfo[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total: number;
}

/** Reads pages until `limit` rows have come and hands each to `take`; returns the last page's heading and total. */
async function pages(
  limit: number,
  fetch: (offset: number, limit: number) => Page | Promise<Page>,
  take: (page: Page) => void,
): Promise<Page> {
  let offset = 0;
  for (;;) {
    const page = await fetch(offset, Math.min(pageRows, limit - offset));
    take(page);
    offset += page.rows.length;
    if (page.rows.length === 0 || offset >= limit || offset >= page.total) return page;
  }
}

/** Prints rows as CSV (streamed), JSON or an aligned table. */
async function printRows(
  context: CliContext,
  key: 'rows' | 'members',
  limit: number | undefined,
  fetch: (offset: number, limit: number) => Page | Promise<Page>,
): Promise<ExitCode> {
  if (context.args.flag('csv')) {
    let head = true;
    await pages(limit ?? Number.MAX_SAFE_INTEGER, fetch, (page) => {
      if (head) context.io.out(csvLine(page.columns.map((column) => column.name)));
      head = false;
      for (const row of page.rows)
        context.io.out(csvLine(row.map((cell, index) => csvValue(page.columns[index] ?? { type: 'string' }, cell))));
    });
    return exitCodes.done;
  }
  const rows: (readonly Cell[])[] = [];
  const { columns, total } = await pages(limit ?? defaultLimit, fetch, (page) => rows.push(...page.rows));
  const names = columns.map((column) => column.name);
  const cells = (row: readonly Cell[]): unknown[] => row.map((cell, index) => jsonCell(columns[index] ?? { type: 'string' }, cell));
  const json =
    key === 'rows'
      ? { columns: names, rows: rows.map(cells), total }
      : { members: rows.map((row) => Object.fromEntries(cells(row).map((cell, index) => [names[index], cell]))), total };
  context.answer(json, () => {
    const right = columns.map((column) => !['string', 'enum', 'addr', 'set', 'vector', 'subnet', 'time', 'bool'].includes(column.type));
    const table = textTable(
      names.map(printable),
      rows.map((row) => row.map((cell, index) => textCell(columns[index] ?? { type: 'string', name: '' }, cell))),
      right,
    );
    return `${table}\n${rows.length < total ? `${formatCount(rows.length)} of ${plural(total, 'record')}; --limit shows more` : plural(total, 'record')}`;
  });
  return exitCodes.done;
}

const hostColumns: readonly ColumnInfo[] = [
  ['host', 'addr'],
  ['rank', 'int'],
  ['severity', 'enum'],
  ['score', 'double'],
  ['connections_as_originator', 'count'],
  ['connections_as_responder', 'count'],
  ['requests', 'count'],
  ['bytes_out', 'count'],
  ['bytes_in', 'count'],
  ['peers', 'count'],
  ['failed', 'count'],
  ['first', 'time'],
  ['last', 'time'],
  ['why', 'string'],
].map(([name, type]) => ({ name, type, title: name, shown: true }) as ColumnInfo);

function hostCells(row: HostRow): Cell[] {
  return [
    row.host,
    row.rank,
    row.severity,
    row.score,
    row.asOriginator,
    row.asResponder,
    row.requests,
    row.bytesOut,
    row.bytesIn,
    row.peers,
    row.failed,
    row.first,
    row.last,
    row.why,
  ];
}

/** The columns that a person wants to see; undefined: the usual ones. */
const columnsAsked = ({ args }: CliContext): string[] | undefined =>
  args
    .text('columns')
    ?.split(',')
    .map((name) => name.trim());

/** As `columnsAsked`; CSV has all of the log where none are named, as exports have them. */
const columnsMeant = (context: CliContext, all: () => readonly ColumnInfo[]): string[] | undefined =>
  columnsAsked(context) ?? (context.args.flag('csv') ? all().map(({ name }) => name) : undefined);

/** Pages of hosts with these columns, or all. @throws UsageError for one that hosts do not have */
function hostHeading(names: readonly string[] | undefined): (page: { readonly rows: readonly HostRow[]; readonly total: number }) => Page {
  const places = names?.map((name) => hostColumns.findIndex((column) => column.name === name)) ?? [...hostColumns.keys()];
  const wrong = names?.[places.indexOf(-1)];
  if (wrong !== undefined) throw new UsageError(`hosts have no column "${wrong}", but ${hostColumns.map(({ name }) => name).join(', ')}`);
  const chosen = <Of>(all: readonly Of[]): Of[] => places.flatMap((place) => all.slice(place, place + 1));
  return ({ rows, total }) => ({ columns: chosen(hostColumns), rows: rows.map((row) => chosen(hostCells(row))), total });
}

const query: CliCommand = {
  name: 'query',
  usage: 'CASE FILTER [--from connections|requests|hosts|KIND] [--columns a,b] [--sort c] [--limit N] [--csv]',
  about: 'Shows the records that a filter lets through; an empty filter ("") lets all through. --sort -ts sorts downwards.',
  more: [
    'Columns that every record has beside those of its log: id (its number), evidence (the number of the file, as "flowcase evidence" lists it), line',
    '(from 1) and offset (byte in the unpacked file, from 0). Where a log has a column of its own with such a name, the name is that column, and the',
    "record's is _id, _evidence, _line or _offset. predicted, confidence and anomaly are what was learned about it.",
  ].join('\n'),
  options: {
    from: {
      type: 'string',
      about: 'connections (default), requests, hosts, or another kind of record: dns, http, ... ("info" names them)',
      value: 'KIND',
    },
    columns: {
      type: 'string',
      about:
        'these columns only, in this order; id, evidence, line and offset say where a record comes from ("flowcase record" shows the line)',
      value: 'a,b',
    },
    sort: { type: 'string', about: 'by this column; "-column" for descending', value: 'c' },
    limit: { type: 'string', about: 'at most this many (default 100; all with --csv)', value: 'N' },
    csv: {
      type: 'boolean',
      about: 'as CSV (RFC 4180), with all columns unless some are named; cells that a spreadsheet would run are made harmless',
    },
  },
  async run(context) {
    context.casePath();
    context.args.atMost(2);
    const from = context.args.text('from') ?? 'connections';
    const kind = kindFrom(from);
    const limit = context.args.integer('limit');
    const filter = context.args.positionals[1] ?? '';
    const sortText = context.args.text('sort');
    const sort = sortText === undefined ? undefined : { column: sortText.replace(/^-/, ''), descending: sortText.startsWith('-') };
    const hosts = from === 'hosts' ? hostHeading(columnsAsked(context)) : null;
    return context.read((reader) => {
      const others = context.args.text('from') === undefined ? otherThanConnections(reader.info().kinds) : null;
      if (others !== null) context.io.err(`${others}\n`);
      const handlers = createReadHandlers(reader);
      const columns = columnsMeant(context, () => columnsOf(reader.table(kind)));
      return printRows(context, 'rows', limit, async (offset, count) => {
        if (hosts === null) return handlers['records.query']({ kind, filter, columns, sort, offset, limit: count });
        return hosts(await handlers['hosts.list']({ filter, search: '', sort, offset, limit: count }));
      });
    });
  },
};

/** What of a member is shown; undefined: what is usual. */
const memberColumns = { connections: undefined, requests: ['ts', 'orig_h', 'method', 'path', 'status'] };

const members: CliCommand = {
  name: 'members',
  usage: 'CASE RUN CLUSTER [--columns a,b] [--limit N] [--csv]',
  about: 'Shows the records, or hosts, of one cluster.',
  options: {
    columns: { type: 'string', about: 'these columns only, in this order, as those of "flowcase query"', value: 'a,b' },
    limit: { type: 'string', about: 'at most this many (default 100; all with --csv)', value: 'N' },
    csv: { type: 'boolean', about: 'as CSV, with all columns unless some are named' },
  },
  async run(context) {
    context.casePath();
    const run = wholeNumber(context.args.required(1, 'RUN'), 'RUN', 1);
    const cluster = wholeNumber(context.args.required(2, 'CLUSTER'), 'CLUSTER', 1);
    context.args.atMost(3);
    return context.read((reader) => {
      const { of } = reader.run(run).run;
      const columns = columnsMeant(context, () => (of === 'hosts' ? hostColumns : columnsOf(reader.table(recordKindOf(of)))));
      const hosts = of === 'hosts' ? hostHeading(columns) : null;
      const handlers = createReadHandlers(reader);
      const filter = `cluster = ${run}:${cluster}`;
      const kind = recordKindOf(of);
      return printRows(context, 'members', context.args.integer('limit'), async (offset, limit) => {
        if (of !== 'hosts') {
          const shown = columns ?? memberColumns[of];
          return handlers['records.query']({ kind, filter, columns: shown, sort: undefined, offset, limit, run });
        }
        const page = await handlers['hosts.list']({ filter, search: '', sort: undefined, offset, limit });
        return (hosts ?? hostHeading(columns))(page);
      });
    });
  },
};

const sql: CliCommand = {
  name: 'sql',
  usage: 'CASE "SELECT ..."',
  about:
    'Runs one read-only SELECT. `connections` and `requests` are virtual tables over the columns, other kinds are `dns_log`, `http_log`, ...; evidence, reject, run, cluster, finding, tag, tagging and custody are there too.',
  options: { csv: { type: 'boolean', about: 'as CSV' } },
  async run(context) {
    context.casePath();
    const text = context.args.required(1, 'SELECT');
    context.args.atMost(2);
    return context.read((reader) => {
      const { columns, rows } = reader.sql(text);
      if (context.args.flag('csv')) {
        context.io.out(csvLine(columns));
        for (const row of rows) context.io.out(csvLine(row.map(plain)));
        return exitCodes.done;
      }
      const all = [...rows].map((row) => row.map(plain));
      context.answer(
        { columns, rows: all },
        () =>
          `${textTable(
            columns.map(printable),
            all.map((row) => row.map((cell) => textCell({ type: 'string', name: '' }, cell))),
          )}\n${plural(all.length, 'row')}`,
      );
      return exitCodes.done;
    });
  },
};

/** What SQLite hands out, as JSON and CSV can hold it: BLOBs as hexadecimal, big integers as text. */
function plain(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

/** For a person: subjects and reasons hold what logs say. */
export const findingsTable = (list: readonly Pick<Finding, 'severity' | 'score' | 'subject' | 'why'>[]): string =>
  textTable(
    ['severity', 'score', 'subject', 'why'],
    list.map((one) => [one.severity, one.score.toFixed(2), printable(one.subject), printable(one.why)]),
    [false, true],
  );

/** Why there are none: nothing has looked for them yet, or what has found none. */
export function noFindings(runs: readonly Pick<AnyRun, 'task'>[], host: string | undefined): string {
  const looked = runs.filter(({ task }) => task === 'cluster' || task === 'anomalies').length;
  if (looked === 0) return 'No findings yet: "flowcase cluster CASE" looks for them.';
  const about = host === undefined ? '' : ` about ${printable(host)}`;
  return `No findings${about}: ${plural(looked, 'run')} looked for them, and the latest found none.`;
}

const findings: CliCommand = {
  name: 'findings',
  usage: 'CASE [--host H]',
  about: 'Lists what the machine found, the strongest first.',
  options: { host: { type: 'string', about: 'of this host only', value: 'H' } },
  async run(context) {
    context.casePath();
    context.args.atMost(1);
    return context.read((reader) => {
      const host = context.args.text('host');
      const list = reader.findings({ host });
      context.answer({ findings: list.map((one) => ({ ...one, created: isoOrNull(one.created) })) }, () =>
        list.length > 0 ? findingsTable(list) : noFindings(reader.allRuns(), host),
      );
      return exitCodes.done;
    });
  },
};

export const queryCommands: readonly CliCommand[] = [query, members, findings, sql];
