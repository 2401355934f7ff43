import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FlowcaseError, type RecordPage } from '../contract.ts';
import { csvValue, jsonCell } from '../contract/cells.ts';
import { csvLine } from '../report/csv.ts';
import { call, type ApiCore } from './types.ts';

/** All records that a filter lets through, as they are read: memory stays flat, and a slow reader slows the reading down. */

/** Rows read at once. */
const PAGE = 4_000;
/** Letters gathered before they are handed on. */
const BLOCK = 1 << 16;

type Input = Readonly<Record<string, unknown>>;

/**
 * Text of the records: CSV (RFC 4180) with a header, or one JSON object a line. The first page is read before this returns, so that a filter that is
 * wrong is refused as such. A record that is there all the time is given once, and one that comes meanwhile once or not at all; where records are taken away
 * the stream breaks off: half an answer never looks whole.
 * @throws FlowcaseError
 */
export async function recordStream(core: ApiCore, input: Input, type: 'csv' | 'ndjson'): Promise<Readable> {
  const most = typeof input['limit'] === 'number' ? input['limit'] : Number.MAX_SAFE_INTEGER;
  const start = typeof input['offset'] === 'number' ? input['offset'] : 0;
  const read = async (offset: number, limit: number): Promise<RecordPage> =>
    (await call(core, 'records.query', { ...input, offset, limit })) as RecordPage;
  const first = await read(start, Math.min(PAGE, most));
  return Readable.from(textOf(first, start, most, read, type));
}

async function* textOf(
  first: RecordPage,
  start: number,
  most: number,
  read: (offset: number, limit: number) => Promise<RecordPage>,
  type: 'csv' | 'ndjson',
): AsyncGenerator<string> {
  const write = writerOf(first, type);
  let block = type === 'csv' ? csvLine(first.columns.map(({ name }) => name)) : '';
  let page = first;
  /** Place of the next row, and rows that were given. */
  let next = start;
  let given = 0;
  let skip = 0;
  for (;;) {
    for (const row of page.rows.slice(skip)) {
      block += write(row);
      if (block.length < BLOCK) continue;
      yield block;
      block = '';
    }
    given += page.rows.length - skip;
    next += page.rows.length - skip;
    const last = page.ids.at(-1);
    if (last === undefined || given >= most || next >= page.total) break;
    // the last row is read again: where it is not where it was, others have come before it, and it is looked for behind
    page = await read(next - 1, Math.min(PAGE, most - given) + 1);
    while (page.ids[0] !== last) {
      const place = page.ids.indexOf(last);
      if (page.rows.length === 0)
        throw new FlowcaseError('BUSY', 'Records were taken away while they were read. Ask again when the case is at rest.');
      next += place < 0 ? page.rows.length : place;
      page = await read(next - 1, Math.min(PAGE, most - given) + 1);
    }
    skip = 1;
  }
  if (block !== '') yield block;
}

function writerOf({ columns }: RecordPage, type: 'csv' | 'ndjson'): (row: RecordPage['rows'][number]) => string {
  if (type === 'csv') return (row) => csvLine(row.map((cell, i) => csvValue(columns[i], cell)));
  const names = columns.map(({ name }) => JSON.stringify(name));
  return (row) => `{${row.map((cell, i) => `${names[i]}:${JSON.stringify(jsonCell(columns[i], cell))}`).join(',')}}\n`;
}

/** The same as a Parquet file, whole before its first byte is sent. The act is in the custody log, as every export. @throws FlowcaseError */
export async function parquetStream(core: ApiCore, scratch: string, input: Input): Promise<Readable> {
  const { kind, filter, run, columns, ...others } = input;
  const [unfit] = Object.keys(others);
  if (unfit !== undefined)
    throw new FlowcaseError(
      'INVALID_INPUT',
      `records.query: "${unfit}" is not right: a Parquet file has all records, in their own order.`,
      {
        command: 'records.query',
        field: unfit,
      },
    );
  const folder = await mkdtemp(join(scratch, 'parquet-'));
  const path = join(folder, 'records.parquet');
  try {
    // only what was given: the core fills in the rest
    const given = Object.fromEntries(Object.entries({ kind, filter, run, columns }).filter(([, value]) => value !== undefined));
    await core.runJob('table.export', { table: 'connections', format: 'parquet', path, ...given });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const stream = createReadStream(path);
  stream.on('close', () => void rm(folder, { recursive: true, force: true }).catch(() => undefined));
  return stream;
}
