import type { CaseReader } from '../case/types.ts';
import type { Checked, ExportTable } from '../contract.ts';
import type { RecordKind } from '../contract/case.ts';
import type { Cell } from '../contract/records.ts';
import { recordKindOf } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { LINE_COLUMN, type ChunkView, type RecordTable } from '../columns/types.ts';
import { distinctNames, type FlatColumn, type FlatTable } from '../report/flat-table.ts';
import { anyCellReader, cellReader, chosenColumns, columnsOf, type CellReader } from './columns.ts';
import { clusterTable, custodyTable, evidenceTable, findingTable, hostTable, rejectTable, tagTable } from './export-lists.ts';
import { hostRows } from './host-page.ts';
import { Predictions } from './predictions.ts';
import { Reading, type Through } from './reading.ts';

type Input = Checked<'table.export'>;

/** @throws FlowcaseError FILTER_SYNTAX, FILTER_FIELD, PARAMETER, NOT_FOUND */
export function flatTable(reader: CaseReader, input: Input): FlatTable | Promise<FlatTable> {
  const reading = new Reading(reader).refresh();
  const tables: { readonly [T in ExportTable]: () => FlatTable | Promise<FlatTable> } = {
    connections: () => connections(reading, input),
    members: () => members(reading, input),
    hosts: () => hostTable(hostRows(reading, input)),
    evidence: () => evidenceTable(reader),
    rejects: () => rejectTable(reader),
    clusters: () => clusterTable(reader, wantedRun(reader, input.run)),
    predictions: () => new Predictions(reader).table(wantedPrediction(reader, input.run)),
    findings: () => findingTable(reader, input.run),
    tags: () => tagTable(reader),
    custody: () => custodyTable(reader),
  };
  return tables[input.table]();
}

interface PlacedColumn extends FlatColumn {
  readonly read: CellReader;
}

/**
 * Records in the order of time. Where no columns are asked for: all, and where each record stands in which original. `wholes`: whether numbers are whole is
 * asked, which looks at all of them.
 */
function records(
  reading: Reading,
  through: Through,
  names: readonly string[] | undefined,
  extra: readonly PlacedColumn[],
  { kind = 'connection', wholes }: { readonly kind?: RecordKind; readonly wholes: boolean },
): FlatTable {
  const table = reading.table(kind);
  const origin = originOf(reading, table);
  const chosen = (names === undefined ? columnsOf(table) : chosenColumns(table, names)).map(
    ({ name, type }): PlacedColumn =>
      (table.column(name) === undefined ? origin.find((one) => one.name === name) : undefined) ?? {
        name,
        type,
        ...(wholes ? { whole: isWhole(table, name) } : {}),
        read: anyCellReader(reading.reader, table, name),
      },
  );
  const columns = distinctNames([...extra, ...chosen, ...(names === undefined ? origin : [])]);
  const ids = reading.order(kind, through).ids();
  return {
    kind,
    columns: columns.map(({ name, type, whole }) => (whole === undefined ? { name, type } : { name, type, whole })),
    total: ids.length,
    ...cellsOf(table, columns, ids),
  };
}

/** Cells that are read at once, column by column: of wide records few rows. */
const CELLS_AT_ONCE = 2 ** 19;
const ROWS_AT_ONCE = 4096;

/** Records as a writer asks for them: of every column those of one chunk together, so that none is unpacked twice for the same rows. */
function cellsOf(table: RecordTable, columns: readonly PlacedColumn[], ids: Float64Array): Pick<FlatTable, 'rows' | 'cells'> {
  let places: Places | null = null;
  const cells = (column: number, from: number, to: number): Cell[] => {
    if (places === null || places.from !== from || places.to !== to) places = placesOf(table, ids, from, to);
    const { read } = columns[column];
    const found = new Array<Cell>(to - from).fill(null);
    for (const { row, chunk, index } of places.inChunks) found[row] = read(chunk, index);
    return found;
  };
  function* rows(): Generator<readonly Cell[]> {
    const step = Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(CELLS_AT_ONCE / columns.length)));
    for (let from = 0; from < ids.length; from += step) {
      const to = Math.min(ids.length, from + step);
      const block = columns.map((_, column) => cells(column, from, to));
      for (let row = 0; row < to - from; row++) yield block.map((column) => column[row]);
    }
  }
  return { rows: rows(), cells };
}

/** Where rows [from, to) of a table stand, chunk by chunk; those that are gone by now are left out. */
interface Places {
  readonly from: number;
  readonly to: number;
  readonly inChunks: readonly { readonly row: number; readonly chunk: ChunkView; readonly index: number }[];
}

function placesOf(table: RecordTable, ids: Float64Array, from: number, to: number): Places {
  const inChunks: { row: number; chunk: ChunkView; index: number }[] = [];
  for (let i = from; i < to; i++) {
    const place = table.locate(ids[i]);
    if (place !== null) inChunks.push({ row: i - from, ...place });
  }
  return { from, to, inChunks: inChunks.sort((a, b) => a.chunk.firstRow - b.chunk.firstRow) };
}

/** The original that a record came from, and its line there. */
function originOf({ reader }: Reading, table: RecordTable): readonly PlacedColumn[] {
  const evidence = new Map(reader.evidence().map(({ id, name }) => [id, name]));
  return [
    { name: 'evidence', type: 'string', read: (chunk) => evidence.get(chunk.evidence) ?? String(chunk.evidence) },
    { name: 'line', type: 'count', read: cellReader(table, LINE_COLUMN) },
  ];
}

/** Whether every number of a column is a whole one; a log's own columns may hold others than their first rows promised. */
function isWhole(table: RecordTable, name: string): boolean {
  if (table.column(name)?.storage !== 'number') return false;
  return table.chunks.every((chunk) => {
    const { values } = chunk.packedNumbers(name);
    return (
      !(values instanceof Float64Array) ||
      values.every((value) => value !== value || (Number.isInteger(value) && Math.abs(value) < 2 ** 63))
    );
  });
}

function connections(reading: Reading, input: Input): FlatTable {
  return records(reading, input, input.columns, [], { kind: input.kind, wholes: input.format === 'parquet' });
}

/** Members of one cluster, or of all of a run (the latest where none is given), with how far each lies from its centre. */
function members(reading: Reading, { filter, run, cluster, columns, format }: Input): FlatTable {
  const { reader } = reading;
  const of = wantedRun(reader, run);
  const { clusters: there, run: summary } = reader.run(of);
  if (cluster !== undefined && !there.some((one) => one.cluster === cluster)) {
    throw new FlowcaseError('NOT_FOUND', `Run ${of} has no cluster ${cluster}; its clusters are 1 to ${there.length}.`, {
      run: of,
      cluster,
    });
  }
  if (summary.of === 'hosts') {
    const clusters = cluster === undefined ? there.map((one) => one.cluster) : [cluster];
    return hostTable(clusters.flatMap((one) => [...hostRows(reading, { filter: `cluster = ${of}:${one}` })]));
  }
  const assigned =
    (pick: (labels: NonNullable<ReturnType<CaseReader['assignment']>>, index: number) => number) =>
    (chunk: ChunkView, index: number): Cell => {
      const assignment = reader.assignment(of, chunk.id);
      const value = assignment === null ? NaN : pick(assignment, index);
      return Number.isFinite(value) ? value : null;
    };
  const extra: readonly PlacedColumn[] = [
    { name: 'cluster', type: 'count', read: assigned(({ labels }, index) => labels[index]) },
    { name: 'distance', type: 'double', read: assigned(({ distance }, index) => distance[index]) },
    { name: 'z', type: 'double', read: assigned(({ z }, index) => z[index]) },
  ];
  const own = cluster === undefined ? 'cluster is present' : `cluster = ${of}:${cluster}`;
  return records(reading, { filter: filter === '' ? own : `${own} and (${filter})`, run: of }, columns, extra, {
    kind: recordKindOf(summary.of),
    wholes: format === 'parquet',
  });
}

function wantedRun(reader: CaseReader, run: number | undefined): number {
  const runs = reader.runs().map(({ id }) => id);
  if (runs.length === 0) throw new FlowcaseError('NOT_FOUND', 'There are no clusters in this case yet. Group the connections first.');
  return run ?? Math.max(...runs);
}

function wantedPrediction(reader: CaseReader, run: number | undefined): number {
  const runs = reader.learnedRuns('classify').map(({ id }) => id);
  if (runs.length === 0)
    throw new FlowcaseError('NOT_FOUND', 'Nothing was predicted in this case yet. Classify records with a model first.');
  return run ?? Math.max(...runs);
}
