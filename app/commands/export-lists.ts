import type { CaseReader } from '../case/types.ts';
import type { Reject } from '../contract/case.ts';
import type { Cell, ColumnType, HostRow } from '../contract/records.ts';
import type { FlatTable } from '../report/flat-table.ts';

/** The lists of a case as tables for files: what each column is called there. */

type Columns<T> = readonly (readonly [name: string, type: ColumnType, value: (row: T) => Cell])[];

/** `kind`: what its rows are. */
function listed<T>(kind: string, columns: Columns<T>, rows: Iterable<T>): FlatTable {
  function* cells(): Generator<readonly Cell[]> {
    for (const row of rows) yield columns.map(([, , value]) => value(row));
  }
  const total = Array.isArray(rows) ? rows.length : 0;
  return { kind, columns: columns.map(([name, type]) => ({ name, type })), total, rows: cells() };
}

export const hostTable = (rows: readonly HostRow[]): FlatTable => listed('hosts', hostColumns, rows);
export const evidenceTable = (reader: CaseReader): FlatTable => listed('evidence', evidenceColumns, reader.evidence());
export const findingTable = (reader: CaseReader, run: number | undefined): FlatTable =>
  listed('findings', findingColumns, reader.findings({ run }));
export const tagTable = (reader: CaseReader): FlatTable => listed('tags', tagColumns, reader.tags().taggings);
export const custodyTable = (reader: CaseReader): FlatTable => listed('custody', custodyColumns, reader.custody());

const hostColumns: Columns<HostRow> = [
  ['host', 'addr', (row) => row.host],
  ['rank', 'count', (row) => row.rank],
  ['severity', 'string', (row) => row.severity],
  ['score', 'double', (row) => row.score],
  ['connections_as_originator', 'count', (row) => row.asOriginator],
  ['connections_as_responder', 'count', (row) => row.asResponder],
  ['requests', 'count', (row) => row.requests],
  ['bytes_out', 'count', (row) => row.bytesOut],
  ['bytes_in', 'count', (row) => row.bytesIn],
  ['peers', 'count', (row) => row.peers],
  ['failed', 'count', (row) => row.failed],
  ['first', 'time', (row) => row.first],
  ['last', 'time', (row) => row.last],
  ['why', 'string', (row) => row.why],
];

const evidenceColumns: Columns<ReturnType<CaseReader['evidence']>[number]> = [
  ['id', 'count', (row) => row.id],
  ['name', 'string', (row) => row.name],
  ['path', 'string', (row) => row.path],
  ['format', 'string', (row) => row.format],
  ['kind', 'string', (row) => row.kind],
  ['bytes', 'count', (row) => row.bytes],
  ['sha256', 'string', (row) => row.sha256],
  ['unpacked_bytes', 'count', (row) => row.unpackedBytes],
  ['unpacked_sha256', 'string', (row) => row.unpackedSha256],
  ['modified', 'time', (row) => row.modified],
  ['imported', 'time', (row) => row.imported],
  ['imported_by', 'string', (row) => row.importedBy],
  ['program', 'string', (row) => row.program],
  ['rows', 'count', (row) => row.rows],
  ['rejected', 'count', (row) => row.rejected],
  ['comments', 'count', (row) => row.comments],
  ['lines', 'count', (row) => row.lines],
  ['first', 'time', (row) => row.first],
  ['last', 'time', (row) => row.last],
  ['status', 'string', (row) => row.status],
  ['remarks', 'string', (row) => row.remarks.join(' ')],
];

const findingColumns: Columns<ReturnType<CaseReader['findings']>[number]> = [
  ['id', 'count', (row) => row.id],
  ['kind', 'string', (row) => row.kind],
  ['title', 'string', (row) => row.title],
  ['subject', 'string', (row) => row.subject],
  ['host', 'addr', (row) => row.host],
  ['score', 'double', (row) => row.score],
  ['severity', 'string', (row) => row.severity],
  ['why', 'string', (row) => row.why],
  ['doubt', 'string', (row) => row.doubt],
  ['records', 'string', (row) => row.records.join(' ')],
  ['run', 'count', (row) => row.run],
  ['created', 'time', (row) => row.created],
];

type TaggingRow = ReturnType<CaseReader['tags']>['taggings'][number];

const tagColumns: Columns<TaggingRow> = [
  ['id', 'count', (row) => row.id],
  ['tag', 'string', (row) => row.name],
  ['color', 'string', (row) => row.color],
  ['on', 'string', (row) => row.target.type],
  ['target', 'string', (row) => targetWords(row.target)],
  ['count', 'count', (row) => (row.target.type === 'host' ? 1 : row.target.count)],
  ['note', 'string', (row) => row.note],
  ['who', 'string', (row) => row.who],
  ['at', 'time', (row) => row.at],
];

function targetWords(target: TaggingRow['target']): string {
  if (target.type === 'host') return target.host;
  if (target.type === 'cluster') return `${target.run}:${target.cluster} ${target.name}`.trim();
  return target.filter ?? `${target.kind} ${target.sample.join(' ')}${target.sample.length < target.count ? ' …' : ''}`;
}

const custodyColumns: Columns<ReturnType<CaseReader['custody']>[number]> = [
  ['seq', 'count', (row) => row.seq],
  ['form', 'count', (row) => row.form],
  ['at', 'time', (row) => row.at],
  ['account', 'string', (row) => row.who.account],
  ['examiner', 'string', (row) => row.who.examiner],
  ['token', 'string', (row) => row.who.token ?? null],
  ['act', 'string', (row) => row.act],
  ['summary', 'string', (row) => row.summary],
  ['details', 'string', (row) => JSON.stringify(row.details)],
  ['previous', 'string', (row) => row.previous],
  ['hash', 'string', (row) => row.hash],
];

/** The clusters of a run, with how far each centre lies from the middle of every feature. */
export function clusterTable(reader: CaseReader, run: number): FlatTable {
  const { features, clusters: rows } = reader.run(run);
  const tags = tagNamer(reader);
  const used = features.filter(({ dropped }) => dropped === null);
  const columns: Columns<(typeof rows)[number]> = [
    ['run', 'count', () => run],
    ['cluster', 'count', (row) => row.cluster],
    ['name', 'string', (row) => row.name],
    ['described_as', 'string', (row) => row.autoName],
    ['suspect', 'bool', (row) => Number(row.suspect)],
    ['size', 'count', (row) => row.size],
    ['share', 'double', (row) => row.share],
    ['originators', 'count', (row) => row.originators],
    ['responders', 'count', (row) => row.responders],
    ['bytes', 'count', (row) => row.bytes],
    ['mean_distance', 'double', (row) => row.spread],
    ['first', 'time', (row) => row.first],
    ['last', 'time', (row) => row.last],
    ['what_is_different', 'string', (row) => row.words],
    ['tags', 'string', (row) => tags(row.tags)],
    ...used.map(({ name }): Columns<(typeof rows)[number]>[number] => {
      const at = features.findIndex((feature) => feature.name === name);
      return [`z_${name}`, 'double', (row) => row.profile.at(at) ?? null];
    }),
  ];
  return listed('clusters', columns, rows);
}

function tagNamer(reader: CaseReader): (ids: readonly number[]) => string {
  const names = new Map(reader.tags().tags.map(({ id, name }) => [id, name]));
  return (ids) => ids.map((id) => names.get(id) ?? String(id)).join(', ');
}

const REJECTS_AT_ONCE = 10_000;

export function rejectTable(reader: CaseReader): FlatTable {
  const { total } = reader.rejects({ offset: 0, limit: 0 });
  function* rejects(): Generator<Reject> {
    for (let offset = 0; offset < total; offset += REJECTS_AT_ONCE) yield* reader.rejects({ offset, limit: REJECTS_AT_ONCE }).rejects;
  }
  return { ...listed('rejects', rejectColumns, rejects()), total };
}

const rejectColumns: Columns<Reject> = [
  ['evidence', 'count', (row) => row.evidence],
  ['line', 'count', (row) => row.line],
  ['offset', 'count', (row) => row.offset],
  ['reason', 'string', (row) => row.reason],
  ['what', 'string', (row) => row.what],
  ['text', 'string', (row) => row.text],
];
