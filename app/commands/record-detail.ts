import type { Checked, Output } from '../contract.ts';
import { LINE_COLUMN, OFFSET_COLUMN, type ChunkView, type RecordTable } from '../columns/types.ts';
import type { Evidence, RecordKind } from '../contract/case.ts';
import type { Cell, RecordDetail } from '../contract/records.ts';
import { FlowcaseError } from '../errors.ts';
import { cellReader, columnsOf } from './columns.ts';
import { ClustersOver, runsOver } from './host-clusters.ts';
import { readRawLine, type RawLine } from './raw-line.ts';
import type { Reading } from './reading.ts';
import { reasonsFor } from './why.ts';

/** Everything about one record. @throws FlowcaseError NOT_FOUND */
export async function recordDetail(reading: Reading, { kind, id }: Checked<'record.get'>): Promise<Output<'record.get'>> {
  const place = placeOfRecord(reading, kind, id);
  const { table, chunk, index, evidence, line, offset } = place;
  // Everything of this revision before the first await: the reader may move on meanwhile.
  const detail = {
    kind,
    id,
    fields: columnsOf(table).map((column) => ({ column, value: cellReader(table, column.name)(chunk, index) })),
    evidence: { id: evidence.id, name: evidence.name, path: evidence.path, line, offset: offset ?? 0 },
    tags: reading.reader.tagIndex().ofRecord(kind, chunk, index),
    clusters: clustersOf(reading, kind, chunk, index),
    why: reasonsFor(table, chunk, index),
  };
  return { ...detail, ...(await lineOfRecord(place)) };
}

/** A record, and where it stands in what was imported. */
export interface PlaceOfRecord {
  readonly table: RecordTable;
  readonly chunk: ChunkView;
  readonly index: number;
  readonly evidence: Evidence;
  readonly line: number;
  /** null: its file has no lines. */
  readonly offset: number | null;
  readonly uid: Cell;
}

/** @throws FlowcaseError NOT_FOUND */
export function placeOfRecord({ reader }: Reading, kind: RecordKind, id: number): PlaceOfRecord {
  const table = reader.table(kind);
  const place = table.locate(id);
  if (place === null)
    throw new FlowcaseError('NOT_FOUND', `There is no ${kind} ${id} in this case; its evidence may have been removed.`, { kind, id });
  const { chunk, index } = place;
  const evidence = reader.evidence().find((one) => one.id === chunk.evidence);
  if (evidence === undefined)
    throw new FlowcaseError('NOT_FOUND', `Evidence ${chunk.evidence} is not in this case any more.`, { evidence: chunk.evidence });
  const offset = chunk.numbers(OFFSET_COLUMN)[index];
  return {
    table,
    chunk,
    index,
    evidence,
    line: wholeNumber(chunk.numbers(LINE_COLUMN)[index]),
    offset: offset === offset ? offset : null,
    uid: cellReader(table, 'uid')(chunk, index),
  };
}

/** The line of a record as its original has it, if that is still what was imported. */
export async function lineOfRecord({ evidence, line, offset, uid }: PlaceOfRecord): Promise<RawLine> {
  const { path } = evidence;
  if (offset === null) return { raw: null, rawMissing: `${path} is no file of lines; the record is its row ${line}.` };
  return believed(await readRawLine(evidence, offset), uid, path);
}

function wholeNumber(value: number): number {
  return value === value ? value : 0;
}

function clustersOf({ reader }: Reading, kind: RecordDetail['kind'], chunk: ChunkView, index: number): RecordDetail['clusters'] {
  const clusters = new ClustersOver(reader, reader.table(kind));
  return runsOver(reader.runs(), kind).flatMap(({ id: run }) => {
    const found = clusters.of(run, chunk, index);
    return found === null ? [] : [{ run, ...found }];
  });
}

/** The line, unless it does not hold the record's uid: then the file has other bytes now, though as many. */
function believed(line: RawLine, uid: Cell, path: string): RawLine {
  if (line.raw === null || typeof uid !== 'string' || !/^[\x21-\x7e]+$/.test(uid) || line.raw.includes(uid) || line.raw.includes('\\'))
    return line;
  return { raw: null, rawMissing: `${path} has changed since it was imported: the line there is not this record. Verify the case.` };
}
