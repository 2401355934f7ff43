import type { ColumnRoom } from '../columns/kernels/number-memory.ts';
import type { ColumnBuffer, ColumnSpec, DictionaryName, DictionaryWriter } from '../columns/types.ts';
import type { RecordKind, Reject } from '../contract/case.ts';
import type { FormatOptions } from '../contract/formats.ts';

/**
 * One log format, one file. A format knows bytes and columns; files, hashes and the case are the importer's business.
 * Named in registry.ts, it passes suite.test.ts.
 */
export interface LogFormat {
  /** Stays the same for ever: it is kept with the evidence and named on the command line. */
  readonly id: string;
  readonly title: string;
  /** A few lines of such a log, at least two records, all of them good: shown to a person, fed to the shared suite. */
  readonly example: string;
  detect(head: Uint8Array): Detection;
  /**
   * A log of this format that begins with these bytes (unpacked; at most HEAD_BYTES of them). The same head and options give the same log
   * in every thread.
   * @throws FlowcaseError FORMAT_UNKNOWN where it cannot be one, INVALID_INPUT where the options are wrong
   */
  open(head: Uint8Array, options: FormatOptions): OpenedLog;
  /**
   * The options with what this head tells beyond them, said in their words (a table's delimiter, columns, kind): `open` with these gives the same
   * log. They are kept with the evidence, and shown before an import. `name`: the file's name, for what nothing else names;
   * `modified`: when it was last changed (microseconds since 1970), for what it leaves out of its times.
   */
  settle?(head: Uint8Array, options: FormatOptions, name: string, modified?: number | null): FormatOptions;
}

/** How sure a format is of a file's first bytes: 0 = not mine, 1 = nothing else writes this. `why` in words for a person. */
export interface Detection {
  readonly confidence: number;
  readonly why: string;
}

export type { FormatOptions };

/** A file that was recognised: what its records are, and how to read them. */
export interface OpenedLog {
  readonly kind: RecordKind;
  /** What it is, in words: "Zeek conn.log". */
  readonly title: string;
  read(sink: RecordSink): LogReader;
  /** What a person should know about the file, from the sums of what its readers tallied: one sentence each. */
  remarks(tallies: ReadonlyMap<string, number>): readonly string[];
}

/** Where a reader puts what it reads; the session of an import has this shape. */
export interface RecordSink {
  dictionary(name: DictionaryName): DictionaryWriter;
  /** The column of this name that the case has already, or undefined. */
  known(name: string): ColumnSpec | undefined;
  column(spec: ColumnSpec): ColumnSpec;
  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void;
  reject(reject: Omit<Reject, 'evidence'>): void;
  /** Whoever feeds it knows that this is a log: a first line that is too long is a reject, where a file is refused for it. */
  readonly isLog?: boolean;
  /** Where columns of numbers are filled that are encoded next; not said: anywhere. */
  readonly room?: ColumnRoom | null;
}

/**
 * Is fed a log's unpacked bytes in order and in blocks of any size; the result does not depend on where the blocks end.
 *
 * A long log is cut at line ends and read by several readers. What a later line depends on (a header, what was decided about a column) is
 * `state()`: a reader that resumes in it reads the rest as the first one would have, counting lines, bytes and figures from nothing again.
 */
export interface LogReader {
  /** The block is not kept after the call. @throws FlowcaseError where the file as a whole cannot be taken */
  feed(block: Uint8Array): void;
  /** Hands the rows read so far to the sink. What was fed must end with a line. */
  flush(): void;
  /** No more bytes. `cut`: the stream broke off, so an unfinished last line is no record. */
  end(cut: boolean): void;
  /** Between lines and after `flush`. Equal texts, equal reading of what follows. */
  state(): string;
  /** Only of a state that a reader of the same log gave. */
  resume(state: string): void;
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
  /** What `OpenedLog.remarks` puts into words; tallies of several readers are added. */
  readonly tallies: ReadonlyMap<string, number>;
}

/** Longest line that is read, without its end. */
export const LINE_LIMIT = 2 ** 20;

/** Of the text of a reject this many bytes are kept. */
export const REJECT_TEXT = 4096;
