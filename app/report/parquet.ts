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

/** Most rows of a row group, and rows between two looks at the clock of the event loop. */
const GROUP_ROWS = 32_768;
const BREATH = 4096;
/** Cells of a row group: of wide tables it has fewer rows, so that what is encoded of it fits into memory. */
const GROUP_CELLS = 2 ** 21;
/** Unless there would be more groups than this: what the end of the file says of each column of each has to fit too. */
const MOST_GROUPS = 32;

const zstd = (bytes: Uint8Array): Uint8Array => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });

/**
 * Writes a table as Apache Parquet (https://parquet.apache.org/docs/file-format/): zstd, a row group for every 32,768 rows (fewer where there are many
 * columns), so that memory stays bounded however many there are. How each type is kept: parquet-columns.ts. What Flowcase knows beyond that (the kind of the records, the types of columns in its own
 * words) stands in the file's metadata. The file appears when it is whole; what fails leaves nothing.
 * The caller refuses targets that must not be overwritten (`refuseProtected` in target.ts).
 * @throws FlowcaseError WRITE_FAILED, CANCELLED; what `table.rows` throws
 */
export async function writeParquet(
  path: string,
  table: FlatTable,
  progress: Progress,
  groupCells = GROUP_CELLS,
): Promise<{ readonly rows: number; readonly bytes: number; readonly sha256: string }> {
  const { filled, bytes, sha256 } = await writeWhole(path, (output) => fill(output, table, progress, groupCells));
  return { rows: filled, bytes, sha256 };
}

async function fill(output: Writable, table: FlatTable, progress: Progress, groupCells: number): Promise<number> {
  const columns = table.columns.map((column) => new ParquetColumn(column));
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'records', num_children: columns.length }, ...columns.map(({ element }) => element)],
    codec: 'ZSTD',
    compressors: { ZSTD: zstd },
    kvMetadata: [kept(table)],
    createdBy: 'Flowcase',
  });
  const most = groupRows(columns.length, table.total, groupCells);
  let written = 0;
  for await (const { rows, cells } of table.cells === undefined
    ? gathered(table, most, progress)
    : asked(table.cells, table.total, most, progress)) {
    await file.write({ columnData: columns.map((column, i) => column.source(() => cells(i))), rowGroupSize: rows });
    written += rows;
    await handOver(bytes, output);
  }
  await file.finish();
  await handOver(bytes, output);
  output.end();
  await finished(output);
  progress.report(written, written, 'rows', 'written');
  return written;
}

function groupRows(columns: number, total: number, cells: number): number {
  return Math.min(GROUP_ROWS, Math.max(Math.floor(cells / columns), Math.ceil(total / MOST_GROUPS), 1));
}

/** The rows of a row group, and the cells of its columns. */
interface Group {
  readonly rows: number;
  readonly cells: (column: number) => readonly Cell[];
}

async function* asked(cells: NonNullable<FlatTable['cells']>, total: number, most: number, progress: Progress): AsyncGenerator<Group> {
  for (let from = 0; from < total; from += most) {
    const to = Math.min(total, from + most);
    yield { rows: to - from, cells: (column) => cells(column, from, to) };
    await breathe(to, progress);
  }
}

/** Of a table that gives rows alone. */
async function* gathered({ columns, rows }: FlatTable, most: number, progress: Progress): AsyncGenerator<Group> {
  let group: Cell[][] = columns.map(() => []);
  let written = 0;
  const taken = (): Group => {
    const full = group;
    group = columns.map(() => []);
    return { rows: full[0]?.length ?? 0, cells: (column) => full[column] };
  };
  for (const row of rows) {
    for (let i = 0; i < columns.length; i++) group[i].push(row[i]);
    written++;
    if (group[0].length === most) yield taken();
    if (written % BREATH === 0) await breathe(written, progress);
  }
  if (group[0].length > 0) yield taken();
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
