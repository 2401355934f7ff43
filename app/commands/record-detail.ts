import type { Checked, Output } from '../contract.ts';
import { LINE_COLUMN, OFFSET_COLUMN, type ChunkView } from '../columns/types.ts';
import type { RecordDetail } from '../contract/records.ts';
import { FlowcaseError } from '../errors.ts';
import { cellReader, columnsOf } from './columns.ts';
import { ClustersOver, runsOver } from './host-clusters.ts';
import { readRawLine, type RawLine } from './raw-line.ts';
import type { Reading } from './reading.ts';
import { reasonsFor } from './why.ts';

/** Everything about one record. @throws FlowcaseError NOT_FOUND */
export async function recordDetail(reading: Reading, { kind, id }: Checked<'record.get'>): Promise<Output<'record.get'>> {
  const table = reading.table(kind);
  const place = table.locate(id);
  if (place === null)
    throw new FlowcaseError('NOT_FOUND', `There is no ${kind} ${id} in this case; its evidence may have been removed.`, { kind, id });
  const { chunk, index } = place;
  const evidence = reading.reader.evidence().find((one) => one.id === chunk.evidence);
  if (evidence === undefined)
    throw new FlowcaseError('NOT_FOUND', `Evidence ${chunk.evidence} is not in this case any more.`, { evidence: chunk.evidence });
  const fields = columnsOf(table).map((column) => ({ column, value: cellReader(table, column.name)(chunk, index) }));
  const line = wholeNumber(chunk.numbers(LINE_COLUMN)[index]);
  const stands = chunk.numbers(OFFSET_COLUMN)[index];
  const offset = wholeNumber(stands);
  // Everything of this revision before the first await: the reader may move on meanwhile.
  const detail = {
    kind,
    id,
    fields,
    evidence: { id: evidence.id, name: evidence.name, path: evidence.path, line, offset },
    tags: reading.reader.tagIndex().ofRecord(kind, chunk, index),
    clusters: clustersOf(reading, kind, chunk, index),
    why: reasonsFor(table, chunk, index),
  };
  // a file that has no lines
  if (stands !== stands)
    return { ...detail, raw: null, rawMissing: `${evidence.path} is no file of lines; the record is its row ${line}.` };
  return { ...detail, ...believed(await readRawLine(evidence, offset), fields, evidence.path) };
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
function believed(line: RawLine, fields: RecordDetail['fields'], path: string): RawLine {
  const uid = fields.find(({ column }) => column.name === 'uid')?.value;
  if (line.raw === null || typeof uid !== 'string' || !/^[\x21-\x7e]+$/.test(uid) || line.raw.includes(uid) || line.raw.includes('\\'))
    return line;
  return { raw: null, rawMissing: `${path} has changed since it was imported: the line there is not this record. Verify the case.` };
}
