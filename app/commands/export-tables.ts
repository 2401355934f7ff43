import type { CaseReader } from '../case/types.ts';
import type { Checked, ExportTable } from '../contract.ts';
import { isoTime } from '../contract/format.ts';
import type { RecordKind } from '../contract/case.ts';
import type { Cell, ColumnInfo, HostRow } from '../contract/records.ts';
import { FlowcaseError } from '../errors.ts';
import { LINE_COLUMN, type ChunkView } from '../columns/types.ts';
import { cellReader, chosenColumns, columnsOf, type CellReader } from './columns.ts';
import { hostRows } from './host-page.ts';
import { Reading, type Through } from './reading.ts';

/** A table as a file holds it: times ISO 8601 UTC with microseconds, durations in seconds, sizes in bytes, truth values T and F. */
export interface FlatTable {
  readonly header: readonly string[];
  readonly total: number;
  /** Made while they are read. */
  readonly rows: Iterable<readonly Cell[]>;
}

type Input = Checked<'table.export'>;

/** @throws FlowcaseError FILTER_SYNTAX, FILTER_FIELD, PARAMETER, NOT_FOUND */
export function flatTable(reader: CaseReader, input: Input): FlatTable {
  const reading = new Reading(reader).refresh();
  const tables: { readonly [T in ExportTable]: () => FlatTable } = {
    connections: () => connections(reading, input),
    members: () => members(reading, input),
    hosts: () => listed(hostColumns, hostRows(reading, input)),
    evidence: () => listed(evidenceColumns, reader.evidence()),
    rejects: () => rejects(reader),
    clusters: () => clusters(reader, input),
    findings: () => listed(findingColumns, reader.findings({ run: input.run })),
    tags: () => listed(tagColumns, reader.tags().taggings),
    custody: () => listed(custodyColumns, reader.custody()),
  };
  return tables[input.table]();
}

/** A cell of a column as a file holds it. */
export function flatCell(type: ColumnInfo['type'], cell: Cell): Cell {
  if (typeof cell !== 'number') return cell;
  if (type === 'time') return isoTime(cell);
  if (type === 'interval') return cell / 1e6;
  return type === 'bool' ? (cell === 0 ? 'F' : 'T') : cell;
}

const time = (value: number | null): string | null => (value === null ? null : isoTime(value));

type Columns<T> = readonly (readonly [name: string, value: (row: T) => Cell])[];

function listed<T>(columns: Columns<T>, rows: readonly T[]): FlatTable {
  return { header: columns.map(([name]) => name), total: rows.length, rows: mapped(rows, (row) => columns.map(([, value]) => value(row))) };
}

function* mapped<T, U>(rows: Iterable<T>, make: (row: T) => U): Generator<U> {
  for (const row of rows) yield make(row);
}

type PlacedColumn = readonly [name: string, read: CellReader];

/** Records in the order of time. Where no columns are asked for: all, and where each record stands in which original. */
function records(
  reading: Reading,
  through: Through,
  names: readonly string[] | undefined,
  extra: readonly PlacedColumn[],
  kind: RecordKind = 'connection',
): FlatTable {
  const table = reading.table(kind);
  const evidence = new Map(reading.reader.evidence().map(({ id, name }) => [id, name]));
  const chosen = (names === undefined ? columnsOf(table) : chosenColumns(table, names)).map(({ name, type }): PlacedColumn => {
    const read = cellReader(table, name);
    return [name, (chunk, index) => flatCell(type, read(chunk, index))];
  });
  const origin: readonly PlacedColumn[] = [
    ['evidence', (chunk) => evidence.get(chunk.evidence) ?? chunk.evidence],
    ['line', cellReader(table, LINE_COLUMN)],
  ];
  const columns = [...extra, ...chosen, ...(names === undefined ? origin : [])];
  const ids = reading.order(kind, through).ids();
  const rows = mapped(ids, (id) => {
    const place = table.locate(id);
    return columns.map(([, read]) => (place === null ? null : read(place.chunk, place.index)));
  });
  return { header: columns.map(([name]) => name), total: ids.length, rows };
}

function connections(reading: Reading, input: Input): FlatTable {
  return records(reading, input, input.columns, [], input.kind);
}

/** Members of one cluster, or of all of a run (the latest where none is given), with how far each lies from its centre. */
function members(reading: Reading, { filter, run, cluster, columns }: Input): FlatTable {
  const { reader } = reading;
  const of = wantedRun(reader, run);
  const { clusters: there } = reader.run(of);
  if (cluster !== undefined && !there.some((one) => one.cluster === cluster)) {
    throw new FlowcaseError('NOT_FOUND', `Run ${of} has no cluster ${cluster}; its clusters are 1 to ${there.length}.`, {
      run: of,
      cluster,
    });
  }
  const assigned =
    (pick: (labels: NonNullable<ReturnType<CaseReader['assignment']>>, index: number) => number) =>
    (chunk: ChunkView, index: number): Cell => {
      const assignment = reader.assignment(of, chunk.id);
      const value = assignment === null ? NaN : pick(assignment, index);
      return Number.isFinite(value) ? value : null;
    };
  const extra: readonly PlacedColumn[] = [
    ['cluster', assigned(({ labels }, index) => labels[index])],
    ['distance', assigned(({ distance }, index) => distance[index])],
    ['z', assigned(({ z }, index) => z[index])],
  ];
  const own = cluster === undefined ? 'cluster is present' : `cluster = ${of}:${cluster}`;
  return records(reading, { filter: filter === '' ? own : `${own} and (${filter})`, run: of }, columns, extra);
}

function wantedRun(reader: CaseReader, run: number | undefined): number {
  const runs = reader.runs().map(({ id }) => id);
  if (runs.length === 0) throw new FlowcaseError('NOT_FOUND', 'There are no clusters in this case yet. Group the connections first.');
  return run ?? Math.max(...runs);
}

function clusters(reader: CaseReader, { run }: Input): FlatTable {
  const { features, clusters: rows } = reader.run(wantedRun(reader, run));
  const tags = tagNamer(reader);
  const of = wantedRun(reader, run);
  const used = features.filter(({ dropped }) => dropped === null);
  const columns: Columns<(typeof rows)[number]> = [
    ['run', () => of],
    ['cluster', (row) => row.cluster],
    ['name', (row) => row.name],
    ['described_as', (row) => row.autoName],
    ['suspect', (row) => (row.suspect ? 'T' : 'F')],
    ['size', (row) => row.size],
    ['share', (row) => row.share],
    ['originators', (row) => row.originators],
    ['responders', (row) => row.responders],
    ['bytes', (row) => row.bytes],
    ['mean_distance', (row) => row.spread],
    ['first', (row) => time(row.first)],
    ['last', (row) => time(row.last)],
    ['what_is_different', (row) => row.words],
    ['tags', (row) => tags(row.tags)],
    ...used.map(({ name }): Columns<(typeof rows)[number]>[number] => {
      const at = features.findIndex((feature) => feature.name === name);
      return [`z_${name}`, (row) => row.profile.at(at) ?? null];
    }),
  ];
  return listed(columns, rows);
}

function tagNamer(reader: CaseReader): (ids: readonly number[]) => string {
  const names = new Map(reader.tags().tags.map(({ id, name }) => [id, name]));
  return (ids) => ids.map((id) => names.get(id) ?? String(id)).join(', ');
}

const REJECTS_AT_ONCE = 10_000;

function rejects(reader: CaseReader): FlatTable {
  const { total } = reader.rejects({ offset: 0, limit: 0 });
  const header = ['evidence', 'line', 'offset', 'reason', 'what', 'text'];
  function* rows(): Generator<readonly Cell[]> {
    for (let offset = 0; offset < total; offset += REJECTS_AT_ONCE) {
      for (const one of reader.rejects({ offset, limit: REJECTS_AT_ONCE }).rejects)
        yield [one.evidence, one.line, one.offset, one.reason, one.what, one.text];
    }
  }
  return { header, total, rows: rows() };
}

const hostColumns: Columns<HostRow> = [
  ['host', (row) => row.host],
  ['rank', (row) => row.rank],
  ['severity', (row) => row.severity],
  ['score', (row) => row.score],
  ['connections_as_originator', (row) => row.asOriginator],
  ['connections_as_responder', (row) => row.asResponder],
  ['requests', (row) => row.requests],
  ['bytes_out', (row) => row.bytesOut],
  ['bytes_in', (row) => row.bytesIn],
  ['peers', (row) => row.peers],
  ['failed', (row) => row.failed],
  ['first', (row) => time(row.first)],
  ['last', (row) => time(row.last)],
  ['why', (row) => row.why],
];

const evidenceColumns: Columns<ReturnType<CaseReader['evidence']>[number]> = [
  ['id', (row) => row.id],
  ['name', (row) => row.name],
  ['path', (row) => row.path],
  ['format', (row) => row.format],
  ['kind', (row) => row.kind],
  ['bytes', (row) => row.bytes],
  ['sha256', (row) => row.sha256],
  ['unpacked_bytes', (row) => row.unpackedBytes],
  ['unpacked_sha256', (row) => row.unpackedSha256],
  ['modified', (row) => time(row.modified)],
  ['imported', (row) => time(row.imported)],
  ['imported_by', (row) => row.importedBy],
  ['program', (row) => row.program],
  ['rows', (row) => row.rows],
  ['rejected', (row) => row.rejected],
  ['comments', (row) => row.comments],
  ['lines', (row) => row.lines],
  ['first', (row) => time(row.first)],
  ['last', (row) => time(row.last)],
  ['status', (row) => row.status],
  ['remarks', (row) => row.remarks.join(' ')],
];

const findingColumns: Columns<ReturnType<CaseReader['findings']>[number]> = [
  ['id', (row) => row.id],
  ['kind', (row) => row.kind],
  ['title', (row) => row.title],
  ['subject', (row) => row.subject],
  ['host', (row) => row.host],
  ['score', (row) => row.score],
  ['severity', (row) => row.severity],
  ['why', (row) => row.why],
  ['doubt', (row) => row.doubt],
  ['records', (row) => row.records.join(' ')],
  ['run', (row) => row.run],
  ['created', (row) => time(row.created)],
];

type TaggingRow = ReturnType<CaseReader['tags']>['taggings'][number];

const tagColumns: Columns<TaggingRow> = [
  ['id', (row) => row.id],
  ['tag', (row) => row.name],
  ['color', (row) => row.color],
  ['on', (row) => row.target.type],
  ['target', (row) => targetWords(row.target)],
  ['count', (row) => (row.target.type === 'host' ? 1 : row.target.count)],
  ['note', (row) => row.note],
  ['who', (row) => row.who],
  ['at', (row) => time(row.at)],
];

function targetWords(target: TaggingRow['target']): string {
  if (target.type === 'host') return target.host;
  if (target.type === 'cluster') return `${target.run}:${target.cluster} ${target.name}`.trim();
  return target.filter ?? `${target.kind} ${target.sample.join(' ')}${target.sample.length < target.count ? ' …' : ''}`;
}

const custodyColumns: Columns<ReturnType<CaseReader['custody']>[number]> = [
  ['seq', (row) => row.seq],
  ['form', (row) => row.form],
  ['at', (row) => time(row.at)],
  ['account', (row) => row.who.account],
  ['examiner', (row) => row.who.examiner],
  ['act', (row) => row.act],
  ['summary', (row) => row.summary],
  ['details', (row) => JSON.stringify(row.details)],
  ['previous', (row) => row.previous],
  ['hash', (row) => row.hash],
];
