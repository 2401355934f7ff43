import type { AsyncBuffer, FileMetaData, ParquetScan } from 'hyparquet';
import type { FormatOptions, Mapping } from '../contract/formats.ts';
import { FlowcaseError } from '../errors.ts';
import { MAX_COLUMNS } from './column-slots.ts';
import { kindFrom } from './delimited.ts';
import { freeName, takenNames } from './own-columns.ts';
import { noUtf8Remarks } from './line-remarks.ts';
import { ownMapping } from './parquet-own.ts';
import { ODD_ROWS, ParquetReading, valuesOf, type Source } from './parquet-rows.ts';
import { ByteTexts, columnOf, parsers, rawDecimals, rawIntervals } from './parquet-values.ts';
import type { FileBytes, OpenedTable, TableFileFormat } from './table-file.ts';
import { missingTimeRemark } from './table-missing-time.ts';
import { hasNumbers, planTable, plannedFields } from './table-plan.ts';
import { tableRemarks } from './table-remarks.ts';
import { orderRemark, saidBefore, settleColumns, timeRemarks } from './table-settle.ts';
import { unusedOf } from './unused-options.ts';

/** So many rows tell what columns hold. */
const SAMPLE = 1000;
/** And of wide ones so many values. */
const SAMPLE_CELLS = 2 ** 20;

/**
 * Apache Parquet (https://parquet.apache.org/docs/file-format/), with any of its packings. Names that are known become the columns of connections as in other
 * tables; types are those the file declares, texts may be addresses or times. Lists become texts with their members separated by commas. Times are kept
 * to the microsecond; those that the file does not call UTC are taken in the zone that a person names.
 */
export const parquet: TableFileFormat = {
  id: 'parquet',
  title: 'Parquet file',
  detect(head) {
    const mark = Buffer.from(head.subarray(0, 4)).toString('latin1');
    return mark === 'PAR1'
      ? { confidence: 1, why: 'it begins as Parquet files do' }
      : { confidence: 0, why: 'it does not begin as Parquet files do' };
  },
  open: (file, options, name) => guarded(() => openParquet(file, options, name)),
};

async function openParquet(file: FileBytes, options: FormatOptions, name: string): Promise<OpenedTable> {
  const { source, sample, unread } = await sampled(await sourceOf(file));
  const { names, columns } = source;
  const rows = Number(source.metadata.num_rows);
  const said = options.mapping ?? {};
  const mapping = saidBefore(source.own, said);
  const settled = settleColumns(names, sample, mapping, (index) => columns[index]?.type ?? null);
  const kind = settled.kind ?? kindFrom(name);
  const { timeFormat } = settled;
  const done: FormatOptions = {
    ...options,
    mapping: { columns: settled.columns, kind, ...(timeFormat === undefined ? {} : { timeFormat }) },
  };
  const fields = plannedFields(settled.columns, names);
  const plan = planTable({
    kind,
    delimiter: 0,
    width: names.length,
    header: null,
    fields,
    options: done,
    protocolNumbers: hasNumbers(fields, sample),
    exact: source.own !== null,
  });
  const order = kind === 'connection' ? orderRemark(settled.columns) : null;
  const timeless = missingTimeRemark(names, sample, settled.columns);
  const ofTimes = timeRemarks(settled, said, done.mapping ?? said);
  const left = settled.columns.filter(({ to }) => to === null).map(({ from }) => from);
  return {
    kind,
    title: kind === 'connection' ? 'Connections (Parquet)' : 'Table (Parquet)',
    options: done,
    rows,
    read: (sink, most, step) => guarded(() => new ParquetReading(source, plan, sink).read(Math.min(most, rows), step)),
    remarks: (tallies) => [
      ...unusedOf(parquet, options),
      ...ofTextAlone(said),
      ...unread.map(unreadRemark),
      ...(left.length > 0 ? [`Left out, as was asked for: ${left.join(', ')}.`] : []),
      ...(order === null ? [] : [order]),
      ...(timeless === null ? [] : [timeless]),
      ...ofTimes,
      ...tableRemarks(tallies, plan),
      ...noUtf8Remarks(tallies.get(ODD_ROWS) ?? 0, 'row'),
    ],
  };
}

/** What was said of a table that only one of text has. */
function ofTextAlone(said: Mapping): string[] {
  const unused = (['delimiter', 'header'] as const).filter((option) => said[option] !== undefined);
  return unused.length === 0 ? [] : [`What was said of ${unused.join(' and ')} was not used: Parquet files have none.`];
}

/** A column that the library cannot read, and why. */
interface Unread {
  readonly name: string;
  readonly why: string;
}

const unreadRemark = ({ name, why }: Unread): string => `Left out: the column ${name}, whose values cannot be read (${why}).`;

/** Texts of the first rows; without the columns that are kept in a way that the library does not know. */
async function sampled(
  source: Source,
): Promise<{ readonly source: Source; readonly sample: string[][]; readonly unread: readonly Unread[] }> {
  const rows = Math.min(SAMPLE, Math.ceil(SAMPLE_CELLS / source.columns.length), Number(source.metadata.num_rows));
  try {
    return { source, sample: await sampleOf(source, rows), unread: [] };
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    const unread = await unreadable(source);
    const keep = source.columns.map(({ name }) => !unread.some((one) => one.name === name));
    if (unread.length === 0 || !keep.includes(true)) throw error;
    const less: Source = {
      ...source,
      names: source.names.filter((_, i) => keep[i]),
      columns: source.columns.filter((_, i) => keep[i]),
      scans: source.scans.filter((_, i) => keep[i]),
    };
    return { source: less, sample: await sampleOf(less, rows), unread };
  }
}

async function unreadable({ scans, ranges, columns }: Source): Promise<Unread[]> {
  const unread: Unread[] = [];
  for (const [i, { name }] of columns.entries()) {
    try {
      for (const { rowStart } of ranges.slice(0, 1)) await scans[i].readColumn({ column: name, rowStart, rowEnd: rowStart + 1 });
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      unread.push({ name, why: error.message });
    }
  }
  return unread;
}

const isUnsupported = (error: unknown): error is Error =>
  error instanceof Error && isLibrary(error) && /unsupported|not supported/i.test(error.message);

async function sourceOf(file: FileBytes): Promise<Source> {
  const buffer: AsyncBuffer = {
    byteLength: file.length,
    slice: async (start, end) => (await file.read(start, end ?? file.length)).buffer,
  };
  // half a hundred modules that hardly any import needs
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const metadata: FileMetaData = await parquetMetadataAsync(buffer, { geoparquet: false });
  const scales = rawDecimals(metadata.schema);
  const intervals = rawIntervals(metadata.schema);
  const children = parquetSchema(metadata).children;
  if (children.length > MAX_COLUMNS)
    throw new FlowcaseError('FORMAT_UNKNOWN', `It has ${children.length} columns; tables of up to ${MAX_COLUMNS} are read.`);
  const taken = takenNames();
  const names = children.map(({ element }, index) => freeName(element.name.trim(), index, taken));
  const texts = new ByteTexts();
  const columns = children.map(({ element, children: inner }) =>
    columnOf(element, inner.length > 0, { scale: scales.get(element), isInterval: intervals.has(element), texts }),
  );
  const scans: ParquetScan[] = [];
  for (const part of partsOf(metadata)) {
    const scan = await parquetScan({ file: buffer, metadata: part.metadata, compressors, parsers, utf8: false, geoparquet: false });
    for (let i = 0; i < part.columns; i++) scans.push(scan);
  }
  return { metadata, ranges: scans[0]?.ranges ?? [], scans, names, columns, texts, own: await ownMapping(metadata, names) };
}

/** For each column that it reads the library looks through all that the file has: of a wide one it is shown so many at a time. */
const AT_A_TIME = 64;

/** What a file says of itself, in parts of a few columns each. */
function partsOf(metadata: FileMetaData): { readonly metadata: FileMetaData; readonly columns: number }[] {
  const [root] = metadata.schema;
  const parts: { readonly metadata: FileMetaData; readonly columns: number }[] = [];
  const byName = metadata.row_groups.map(({ columns }) => Map.groupBy(columns, (one) => one.meta_data?.path_in_schema[0]));
  for (let at = 1; at < metadata.schema.length;) {
    const from = at;
    const names: string[] = [];
    while (at < metadata.schema.length && names.length < AT_A_TIME) {
      names.push(metadata.schema[at].name);
      at = behindElement(metadata.schema, at);
    }
    const schema = [{ ...root, num_children: names.length }, ...metadata.schema.slice(from, at)];
    const row_groups = metadata.row_groups.map((group, i) => ({ ...group, columns: names.flatMap((name) => byName[i].get(name) ?? []) }));
    parts.push({ metadata: { ...metadata, schema, row_groups }, columns: names.length });
  }
  return parts;
}

/** Elements stand in the order of a walk through the tree: behind one, and behind all that belong to it. */
function behindElement(schema: FileMetaData['schema'], at: number): number {
  let next = at + 1;
  for (let child = schema[at].num_children ?? 0; child > 0; child--) next = behindElement(schema, next);
  return next;
}

/** Texts of the first rows. */
async function sampleOf(source: Source, rows: number): Promise<string[][]> {
  const sample = Array.from({ length: rows }, (): string[] => []);
  let done = 0;
  for (const { rowStart, rowEnd } of source.ranges) {
    const end = Math.min(rowEnd, rows);
    if (end <= rowStart) break;
    const values = await valuesOf(source, rowStart, end);
    for (let row = rowStart; row < end; row++) sample[done++] = source.columns.map(({ text }, i) => text(values[i]?.[row - rowStart]));
  }
  return sample;
}

/** What the library throws concerns the file. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FlowcaseError || !(error instanceof Error) || 'syscall' in error) throw error;
    if (!isLibrary(error)) throw error;
    throw new FlowcaseError('FILE_DAMAGED', `It cannot be read as Parquet: ${error.message}. Ask for a whole copy.`, undefined, error);
  }
}

/** Thrown in the library, or by values that it gave. */
const isLibrary = (error: Error): boolean => /[\\/]hyparquet/.test(error.stack ?? '') || error instanceof RangeError;
