import type { RecordKind } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';
import type { Segment } from './segment.ts';

/**
 * The column store as the rest of the house sees it.
 *
 * Records of a kind lie in chunks of up to CHUNK_ROWS rows, in the order they were imported. A chunk belongs to one piece of evidence.
 * A record's id is its place: `chunk.firstRow + index`; ids are never used again when evidence is removed.
 *
 * In memory a column of a chunk is one of three things, whatever its encoding on disk:
 * - number: Float64Array, absent = NaN (a log value is never NaN: parsers reject it). Times and intervals are integer microseconds.
 * - dictionary: Uint32Array of ids into a dictionary of the case, absent = 0.
 * - text: its own bytes, row after row (uids and other texts that hardly repeat).
 */
export const CHUNK_ROWS = 65_536;

export type Storage = 'number' | 'dictionary' | 'text';

/** Addresses are kept once in the `host` dictionary, every other repeated string once in `term`. */
export type DictionaryName = 'host' | 'term';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  readonly storage: Storage;
  /** Present where storage is 'dictionary'. */
  readonly dictionary: DictionaryName | null;
  readonly title: string;
}

/** Columns that every record has beside what its log says: where it stands in the original (1-based line, 0-based byte of the unpacked file). */
export const LINE_COLUMN = '_line';
export const OFFSET_COLUMN = '_offset';

/** Where a record stood in its file: kept beside what the log says, no column of it. */
export function isPlace(column: string): boolean {
  return column === LINE_COLUMN || column === OFFSET_COLUMN;
}

/** Text of a chunk: row i is bytes[offsets[i] .. offsets[i+1]); absent[i] = 1 where the value is absent (null: none is). */
export interface TextColumn {
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
  readonly absent: Uint8Array | null;
}

/**
 * Numbers of a chunk as narrow as they are stored: row i is values[i] + base. Where `values` are whole numbers, absent rows have their bit in
 * `absent` (null: none is absent) and 0 in `values`; where they are doubles, `base` is 0, `absent` null, and NaN is absent.
 */
export interface PackedNumbers {
  readonly values: Uint8Array | Uint16Array | Uint32Array | Float64Array;
  readonly base: number;
  readonly absent: Uint8Array | null;
}

/** Dictionary ids of a chunk as narrow as they are stored: row i is values[i] + base, 0 where it is absent. */
export interface PackedIds {
  readonly values: Uint8Array | Uint16Array | Uint32Array;
  readonly base: number;
}

/** Figures of one column in one chunk. min and max are null where every value is absent or the column is text; for dictionary columns they are ids. */
export interface ColumnStats {
  readonly rows: number;
  readonly absent: number;
  readonly min: number | null;
  readonly max: number | null;
}

/** One chunk, read only. Asking for a column that the chunk's evidence did not have gives absent values throughout. The arrays are shared: do not write to them. */
export interface ChunkView {
  readonly id: number;
  readonly evidence: number;
  readonly firstRow: number;
  readonly rows: number;
  numbers(column: string): Float64Array;
  ids(column: string): Uint32Array;
  text(column: string): TextColumn;
  /** The same numbers and ids as above in a third of the memory: for loops over many rows, and for reading single ones. */
  packedNumbers(column: string): PackedNumbers;
  packedIds(column: string): PackedIds;
  stats(column: string): ColumnStats | null;
}

/** id -> text; id 0 is absent and has no text. */
export interface DictionaryReader {
  readonly name: DictionaryName;
  /** The largest id. */
  readonly size: number;
  textOf(id: number): string;
  /** 0 where the text is not known. */
  idOf(text: string): number;
}

/** All records of one kind at one revision of the case. */
export interface RecordTable {
  readonly kind: RecordKind;
  readonly columns: readonly ColumnSpec[];
  readonly rows: number;
  readonly chunks: readonly ChunkView[];
  column(name: string): ColumnSpec | undefined;
  dictionary(name: DictionaryName): DictionaryReader;
  /** The chunk and index of a record id, or null. */
  locate(id: number): { readonly chunk: ChunkView; readonly index: number } | null;
}

/** What a parser fills and the store writes: one buffer per column, CHUNK_ROWS long. */
export interface NumberBuffer {
  readonly storage: 'number';
  readonly values: Float64Array;
}
export interface DictionaryBuffer {
  readonly storage: 'dictionary';
  readonly values: Uint32Array;
}
/** `ends[i]` is the end of row i in bytes; `bytes` may be replaced by a larger one while it is filled. */
export interface TextBuffer {
  readonly storage: 'text';
  readonly ends: Uint32Array;
  readonly absent: Uint8Array;
  bytes: Uint8Array;
}
export type ColumnBuffer = NumberBuffer | DictionaryBuffer | TextBuffer;

/** A column that was encoded elsewhere: numbers or text. */
export interface EncodedColumn {
  readonly storage: 'encoded';
  readonly segment: Segment;
}
export type ColumnContent = ColumnBuffer | EncodedColumn;

/** Interns byte strings while importing: the same bytes, the same id, for ever, in this case. */
export interface DictionaryWriter {
  readonly name: DictionaryName;
  /** The id of bytes[start..end), new if need be. Bytes that are no UTF-8 are kept as `\xHH`, each. */
  intern(bytes: Uint8Array, start: number, end: number): number;
  internText(text: string): number;
  /** Made anew at every call. @throws RangeError for an id that is not in the dictionary */
  readText(id: number): string;
}
