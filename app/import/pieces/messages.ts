import type { Segment } from '../../columns/segment.ts';
import type { ColumnSpec, DictionaryName } from '../../columns/types.ts';
import type { ErrorShape } from '../../errors.ts';
import type { FormatOptions, ReaderFigures } from '../../formats/types.ts';

/*
 * A log is cut into pieces at line ends; threads read them, each from a state that it is told, and hand back columns. What is counted in a
 * piece (lines, bytes, dictionary ids) is counted from its beginning or within its thread: where it stands in the whole is known to the
 * thread that puts the pieces together, in order.
 */

/** What a reader of a log has to know. Plain data. */
export interface ReadingPlan {
  /** Different for every plan: pieces read by one plan do not fit to those of another. */
  readonly number: number;
  readonly format: string;
  /** The beginning of the log. */
  readonly head: Uint8Array;
  readonly options: FormatOptions;
  /** Columns of this kind of record that the case has. */
  readonly columns: readonly ColumnSpec[];
  readonly compress: boolean;
}

/**
 * How a part ends: with a line; within one that is longer than a piece; or the log ends with it: with a whole line (`last`; of the part before,
 * where this one is empty), within a line (`open`), or it broke off (`cut`).
 */
export type PartEnd = 'line' | 'within' | 'last' | 'open' | 'cut';

/** Bytes to read. A piece comes in several parts only where one of its lines is longer than a piece. */
export interface Part {
  /** Bytes [0, length) count; the buffer is given back. */
  readonly buffer: SharedArrayBuffer;
  readonly length: number;
  readonly end: PartEnd;
}

/** Texts that came into a thread's dictionary: entry i has the number first + i and is bytes[ends[i-1]..ends[i]). They lie in the memory of the columns. */
export interface NewEntries {
  /** 1: the thread's dictionary began anew. */
  readonly first: number;
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** One column of a piece: encoded, or ids of the thread's dictionary. */
export type PieceColumn =
  | { readonly name: string; readonly segment: Segment; readonly ids: null }
  | { readonly name: string; readonly segment: null; readonly ids: Uint32Array };

export interface PieceRows {
  readonly rows: number;
  readonly columns: readonly PieceColumn[];
}

/** What a piece holds. Lines, bytes and figures are counted from its beginning. */
export interface PieceContent {
  /** The state behind it; null where it does not end with a line. */
  readonly state: string | null;
  /** The state at the beginning of the log, of a piece that begins there and does not end with a line; else null. */
  readonly begun: string | null;
  readonly figures: ReaderFigures;
  /** See reject-lines.ts; they lie in the memory of the columns. */
  readonly rejects: Uint8Array;
  /** Columns that the case did not have, in the order in which they came. */
  readonly added: readonly ColumnSpec[];
  readonly entries: Readonly<Record<DictionaryName, NewEntries>>;
  readonly chunks: readonly PieceRows[];
  /** In which rejects, entries and the columns of all chunks lie; it is given back with a later part. */
  readonly memory: readonly SharedArrayBuffer[];
}

/** What came of reading a part: null where the piece goes on. What went wrong is said, not thrown: the piece may have to be read again. */
export type PieceOutcome = { readonly content: PieceContent | null } | { readonly error: ErrorShape };

export type ToParseThread = { readonly plan: ReadingPlan } | ({ readonly task: number } & PartToRead);

export interface PartToRead {
  readonly part: Part;
  /** Of the piece that begins with this part, null where the log begins; undefined: the part goes on with the piece before. */
  readonly state: string | null | undefined;
  /** Memory of columns that nobody needs any more. */
  readonly spare: readonly SharedArrayBuffer[];
}

export interface FromParseThread {
  readonly task: number;
  readonly outcome: PieceOutcome;
}
