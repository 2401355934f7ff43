import type { ColumnBuffer, ColumnSpec, DictionaryName, DictionaryWriter } from '../columns/types.ts';
import type { RecordKind, Reject } from '../contract/case.ts';

/**
 * One log format, one file. A format knows bytes and columns; files, hashes and the case are the importer's business.
 * Named in registry.ts, it passes suite.test.ts.
 */
export interface LogFormat {
  /** Stays the same for ever: it is kept with the evidence and named on the command line. */
  readonly id: string;
  readonly title: string;
  readonly kind: RecordKind;
  /** A few lines of such a log, at least two records, all of them good: shown to a person, fed to the shared suite. */
  readonly example: string;
  detect(head: Uint8Array): Detection;
  read(sink: RecordSink): LogReader;
}

/** How sure a format is of a file's first bytes: 0 = not mine, 1 = nothing else writes this. `why` in words for a person. */
export interface Detection {
  readonly confidence: number;
  readonly why: string;
}

/** Where a reader puts what it reads; the session of an import has this shape. */
export interface RecordSink {
  dictionary(name: DictionaryName): DictionaryWriter;
  /** The column of this name that the case has already, or undefined. */
  known(name: string): ColumnSpec | undefined;
  column(spec: ColumnSpec): ColumnSpec;
  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void;
  reject(reject: Omit<Reject, 'evidence'>): void;
}

/** Is fed a log's unpacked bytes in order and in blocks of any size; the result does not depend on where the blocks end. */
export interface LogReader {
  /** The block is not kept after the call. @throws FlowcaseError where the file as a whole cannot be taken */
  feed(block: Uint8Array): void;
  /** No more bytes. `cut`: the stream broke off, so an unfinished last line is no record. */
  end(cut: boolean): void;
  readonly figures: ReaderFigures;
}

/** The ledger: rows + rejected + comments = lines. Valid at any time; the sum once `end` was called. */
export interface ReaderFigures {
  readonly rows: number;
  readonly rejected: number;
  /** Header lines, comments and blank lines. */
  readonly comments: number;
  readonly lines: number;
  /** Earliest and latest time stamp of the rows, microseconds since 1970 UTC. */
  readonly first: number | null;
  readonly last: number | null;
  /** The header, or a first record, was seen: this is a log of this format, though maybe an empty one. */
  readonly recognised: boolean;
  /** The last line broke off. */
  readonly cut: boolean;
  readonly remarks: readonly string[];
}

/** Longest line that is read, without its end. */
export const LINE_LIMIT = 2 ** 20;

/** Of the text of a reject this many bytes are kept. */
export const REJECT_TEXT = 4096;
