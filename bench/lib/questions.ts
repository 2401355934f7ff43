import { groupBy, type Groups } from '../../app/columns/scan/group.ts';
import { distinctCount, entriesIn } from '../../app/columns/scan/distinct.ts';
import { everyRow, slicesOf } from '../../app/columns/scan/slices.ts';
import { largest } from '../../app/columns/scan/top.ts';
import type { RecordTable } from '../../app/columns/types.ts';
import type { CaseReader } from '../../app/case/types.ts';
import { cellReader } from '../../app/commands/columns.ts';
import { filterContext } from '../../app/commands/context.ts';
import { orderRecords, type Sort } from '../../app/commands/order.ts';
import { compileFilter } from '../../app/query/compile.ts';
import type { CompiledFilter } from '../../app/query/types.ts';

export type Cell = string | number | null;
export type Row = readonly Cell[];

/** A question in SQL, and the way the product answers it. The answers are the same rows in the same order. */
export interface Question {
  readonly name: string;
  readonly title: string;
  /** Statements whose rows, one after the other, are the answer. `div` divides and rounds down. */
  sql(div: string): readonly string[];
  ours(reader: CaseReader): Row[];
}

/** What the log says, in its order; the names are those of the case. */
export const logColumns: readonly string[] = (
  'ts uid orig_h orig_p resp_h resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp ' +
  'missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents'
).split(' ');

const ALL = logColumns.join(', ');
const PAGE = 100;
const HOUR = 3_600_000_000;
const BYTES = 'coalesce(orig_bytes, 0) + coalesce(resp_bytes, 0)';
const SUM = `CAST(sum(${BYTES}) AS DOUBLE)`;
const bytesOfBoth = { sum: ['orig_bytes', 'resp_bytes'] };

/** `host`: one of the log, for the question about one host; `deep`: where the deep page begins. */
export function questionsAbout(host: string, deep = 500_000): readonly Question[] {
  const itself = `(orig_h = '${host}' OR resp_h = '${host}')`;
  return [
    {
      name: 'talkers',
      title: 'top talkers: 20 originators by bytes',
      sql: () => [`SELECT orig_h, count(*), ${SUM} AS bytes FROM conn GROUP BY orig_h ORDER BY bytes DESC, orig_h LIMIT 20`],
      ours: (reader) => topGroups(groupBy(connections(reader), everyRow, [{ column: 'orig_h' }], [bytesOfBoth]), 20),
    },
    {
      name: 'pairs',
      title: 'pairs: connections and bytes of every pair, 100 by bytes',
      sql: () => [
        `SELECT orig_h, resp_h, count(*), ${SUM} AS bytes FROM conn GROUP BY orig_h, resp_h ORDER BY bytes DESC, orig_h, resp_h LIMIT 100`,
      ],
      ours: (reader) => topGroups(groupBy(connections(reader), everyRow, [{ column: 'orig_h' }, { column: 'resp_h' }], [bytesOfBoth]), 100),
    },
    {
      name: 'timeline',
      title: 'timeline: connections and bytes by hour and service',
      sql: (div) => [
        `SELECT ts ${div} ${HOUR} AS hour, service, count(*), ${SUM} FROM conn GROUP BY hour, service ORDER BY hour, service NULLS LAST`,
      ],
      ours: timeline,
    },
    {
      name: 'filter',
      title: 'filter, sort, first page',
      sql: () => [
        `SELECT ${ALL} FROM conn WHERE resp_p IN (443, 8443) AND ${BYTES} > 100000 ORDER BY resp_bytes DESC NULLS LAST, id LIMIT ${PAGE}`,
      ],
      ours: (reader) => pages(reader, 'resp_p in (443, 8443) and bytes > 100000', { column: 'resp_bytes', descending: true }, [0]),
    },
    {
      name: 'deep',
      title: `deep page: all by bytes, from ${deep} on`,
      sql: () => [`SELECT ${ALL} FROM conn ORDER BY resp_bytes DESC NULLS LAST, id LIMIT ${PAGE} OFFSET ${deep}`],
      ours: (reader) => pages(reader, '', { column: 'resp_bytes', descending: true }, [deep]),
    },
    {
      name: 'scroll',
      title: 'ordered scroll: ten pages by duration',
      sql: () =>
        tenPages().map(
          (offset) => `SELECT ${ALL} FROM conn WHERE proto = 'tcp' ORDER BY duration DESC NULLS LAST, id LIMIT ${PAGE} OFFSET ${offset}`,
        ),
      ours: (reader) => pages(reader, 'proto = tcp', { column: 'duration', descending: true }, tenPages()),
    },
    {
      name: 'host',
      title: 'one host: its figures and all its connections by time',
      sql: () => [
        `SELECT count(*), sum(CASE WHEN orig_h = '${host}' THEN orig_bytes ELSE resp_bytes END),
          sum(CASE WHEN orig_h = '${host}' THEN resp_bytes ELSE orig_bytes END),
          count(DISTINCT CASE WHEN orig_h = '${host}' THEN resp_h ELSE orig_h END), min(ts), max(ts) FROM conn WHERE ${itself}`,
        `SELECT ${ALL} FROM conn WHERE ${itself} ORDER BY ts, id`,
      ],
      ours: (reader) => oneHost(reader, host),
    },
    {
      name: 'distinct',
      title: 'distinct hosts, pairs, ports and services',
      sql: () => [
        'SELECT count(*) FROM (SELECT orig_h FROM conn UNION SELECT resp_h FROM conn)',
        'SELECT count(*) FROM (SELECT DISTINCT orig_h, resp_h FROM conn)',
        'SELECT count(DISTINCT resp_p) FROM conn',
        'SELECT count(DISTINCT service) FROM conn',
      ],
      ours: (reader) => {
        const table = connections(reader);
        return [
          [entriesIn(table, everyRow, ['orig_h', 'resp_h']).length],
          [distinctCount(table, everyRow, [{ column: 'orig_h' }, { column: 'resp_h' }])],
          [distinctCount(table, everyRow, [{ column: 'resp_p' }])],
          [distinctCount(table, everyRow, [{ column: 'service' }])],
        ];
      },
    },
  ];
}

function tenPages(): number[] {
  return Array.from({ length: 10 }, (_, page) => 1000 + page * PAGE);
}

function connections(reader: CaseReader): RecordTable {
  return reader.table('connection');
}

function filterOf(reader: CaseReader, text: string): CompiledFilter {
  return compileFilter(text, filterContext(reader, 'connection'));
}

/** Keys, rows and bytes of the groups with the most bytes; ties by the texts of their keys. */
function topGroups(groups: Groups, top: number): Row[] {
  const [bytes] = groups.figures;
  const texts = (group: number): string[] => groups.keys.map((key) => key.textOf(group) ?? '');
  const tie = (a: number, b: number): number => (texts(a).join('\n') < texts(b).join('\n') ? -1 : 1);
  return largest(bytes, top, tie).map((group) => [...texts(group), groups.counts[group], bytes[group]]);
}

function timeline(reader: CaseReader): Row[] {
  const { size, counts, keys, figures } = groupBy(
    connections(reader),
    everyRow,
    [{ column: 'ts', step: HOUR }, { column: 'service' }],
    [bytesOfBoth],
  );
  const [hours, services] = keys;
  const rows = Array.from({ length: size }, (_, group): [number, string | null, number, number] => [
    hours.values[group] / HOUR,
    services.textOf(group),
    counts[group],
    figures[0][group],
  ]);
  return rows.sort((a, b) => a[0] - b[0] || Number(a[1] === null) - Number(b[1] === null) || ((a[1] ?? '') < (b[1] ?? '') ? -1 : 1));
}

/** Pages of one order, all columns, as the table in the window shows them. */
function pages(reader: CaseReader, filter: string, sort: Sort | undefined, offsets: readonly number[]): Row[] {
  const table = connections(reader);
  const order = orderRecords(table, filterOf(reader, filter), sort);
  return offsets.flatMap((offset) => rowsOf(table, order.ids(offset, PAGE)));
}

function rowsOf(table: RecordTable, ids: Float64Array): Row[] {
  const readers = logColumns.map((name) => cellReader(table, name));
  return Array.from(ids, (id) => {
    const place = table.locate(id);
    return place === null ? [] : readers.map((read) => read(place.chunk, place.index));
  });
}

/** `host = ...` finds its connections; what it sent is what the originator sent where it is one, and what the responder sent elsewhere. */
function oneHost(reader: CaseReader, host: string): Row[] {
  const table = connections(reader);
  const slices = slicesOf(table, filterOf(reader, `host = ${host}`));
  const itself = table.dictionary('host').idOf(host);
  const { size, counts, keys, figures } = groupBy(
    table,
    slices,
    [{ column: 'orig_h' }, { column: 'resp_h' }],
    [{ sum: ['orig_bytes'] }, { sum: ['resp_bytes'] }, { min: 'ts' }, { max: 'ts' }],
  );
  const [sent, received, first, last] = figures;
  const [originators, responders] = keys.map(({ values }) => values);
  const peers = new Set<number>();
  let [connectionsOfHost, bytesOut, bytesIn] = [0, 0, 0];
  for (let pair = 0; pair < size; pair++) {
    const isOriginator = originators[pair] === itself;
    peers.add(isOriginator ? responders[pair] : originators[pair]);
    connectionsOfHost += counts[pair];
    bytesOut += isOriginator ? sent[pair] : received[pair];
    bytesIn += isOriginator ? received[pair] : sent[pair];
  }
  const figuresOfHost = [connectionsOfHost, bytesOut, bytesIn, peers.size, Math.min(...first), Math.max(...last)];
  return [figuresOfHost, ...rowsOf(table, orderRecords(table, slices, { column: 'ts', descending: false }).ids())];
}
