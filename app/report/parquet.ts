import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { constants, zstdCompressSync } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { FlowcaseError } from '../errors.ts';
import type { Cell } from '../contract/records.ts';
import type { Progress } from '../shared/progress.ts';
import type { FlatTable } from './flat-table.ts';
import { kept, ParquetColumn } from './parquet-columns.ts';
import { writeWhole } from './safe-file.ts';

/** Rows of a row group, and rows between two looks at the clock of the event loop. */
const GROUP_ROWS = 32_768;
const BREATH = 4096;

const zstd = (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });

/**
 * Writes a table as Apache Parquet (https://parquet.apache.org/docs/file-format/): zstd, a row group for every 32,768 rows, so that memory stays bounded
 * however many there are. How each type is kept: parquet-columns.ts. What Flowcase knows beyond that (the kind of the records, the types of columns in its own
 * words) stands in the file's metadata. The file appears when it is whole; what fails leaves nothing.
 * The caller refuses targets that must not be overwritten (`refuseProtected` in target.ts).
 * @throws FlowcaseError WRITE_FAILED, CANCELLED; what `table.rows` throws
 */
export async function writeParquet(
  path: string,
  table: FlatTable,
  progress: Progress,
): Promise<{ readonly rows: number; readonly bytes: number; readonly sha256: string }> {
  const { filled, bytes, sha256 } = await writeWhole(path, (output) => fill(output, table, progress));
  return { rows: filled, bytes, sha256 };
}

async function fill(output: Writable, table: FlatTable, progress: Progress): Promise<number> {
  const columns = table.columns.map((column) => new ParquetColumn(column, GROUP_ROWS));
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'records', num_children: columns.length }, ...columns.map(({ element }) => element)],
    codec: 'ZSTD',
    compressors: { ZSTD: zstd },
    kvMetadata: [kept(table)],
    createdBy: 'Flowcase',
  });
  let written = 0;
  let waiting = 0;
  const group = async (): Promise<void> => {
    await file.write({ columnData: columns.map((column) => column.take(waiting)), rowGroupSize: GROUP_ROWS });
    waiting = 0;
    await handOver(bytes, output);
  };
  for (const row of table.rows) {
    put(columns, row, waiting);
    written++;
    if (++waiting === GROUP_ROWS) await group();
    if (written % BREATH === 0) await breathe(written, progress);
  }
  if (waiting > 0) await group();
  await file.finish();
  await handOver(bytes, output);
  output.end();
  await finished(output);
  progress.report(written, written, 'rows', 'written');
  return written;
}

function put(columns: readonly ParquetColumn[], row: readonly Cell[], at: number): void {
  for (let i = 0; i < columns.length; i++) columns[i].put(at, row[i]);
}

async function breathe(written: number, progress: Progress): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (progress.stopped()) throw new FlowcaseError('CANCELLED', 'Writing the table was cancelled; nothing was written.');
  progress.report(written, null, 'rows', '');
}

/** What was encoded goes to the file; the buffer begins anew, its offset goes on. */
async function handOver(bytes: ByteWriter, output: Writable): Promise<void> {
  const block = bytes.getBytes().slice();
  bytes.index = 0;
  if (output.destroyed) throw output.errored ?? new Error('the file was closed while it was written');
  if (!output.write(block)) await once(output, 'drain');
}
