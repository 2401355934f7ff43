import type { ColumnBuffer, ColumnSpec, DictionaryReader } from '../columns/types.ts';
import type { RecordKind } from '../contract/case.ts';
import type { FlowcaseError } from '../errors.ts';

/**
 * Live data as the rest of the house sees it: sources give batches of whole lines and say where they stand; the engine reads them with the
 * formats that an import uses, and commits records, positions, windows and alerts in one transaction, so that each line counts exactly once.
 */

/** Where a source stands, as JSON that only the source itself understands. It is stored with the records that came before it. */
export type Position = Readonly<Record<string, unknown>>;

/** Whole lines on their way into the case. */
export interface SourceBatch {
  /** Ends with a line end, unless `ends`. Not changed after it was handed over. */
  readonly bytes: Uint8Array;
  /** The stretch ends with these bytes, which may be none (its file was rotated). A last line that has no end is read as that of an imported file would be. */
  readonly ends?: boolean;
  /** So many of these lines lack their end, which their source did not keep. */
  readonly cut?: number;
  /** Where reading goes on behind these bytes. */
  readonly after: Position;
  /**
   * The bytes go on a stretch of the original that other evidence cannot be part of: another file (after a rotation), another topic. A new piece of evidence
   * begins with them. null: the stretch goes on.
   */
  readonly begins: Stretch | null;
}

/** What a stretch of a source is: one file between two rotations, one topic, one connection. */
export interface Stretch {
  /**
   * Where a source has several stretches at a time (the files of a pattern, connections), each change between them has a `begins`. One with the id of
   * an earlier stretch of this source goes on with that one's evidence, from `byte`. Ids are not used again, after a restart neither.
   */
  readonly id?: string;
  /** As evidence calls it: a path, or `kafka://host/topic`. */
  readonly path: string;
  readonly name: string;
  /** 0-based byte of the original at which it begins, and lines before it; null where there is no file to count in. */
  readonly byte: number | null;
  readonly line: number | null;
  /** Bytes at the beginning of the original before `byte`, by which a header is known; null: it begins here. */
  readonly head: Uint8Array | null;
  /** The evidence that has what comes before `byte`, where another source gave it. */
  readonly continues?: number;
  /** The id of the format of its lines, where the source knows it better than they tell. */
  readonly format?: string;
}

/** What lines became, as the ledger has it. */
export interface BatchFigures {
  readonly rows: number;
  readonly rejected: number;
  /** Header lines, comments and blank lines. */
  readonly comments: number;
}

/** A batch as it is taken, and how it was read. */
export interface KeptBatch extends BatchFigures {
  readonly format: string | null;
  readonly title: string;
}

/** What a source says of itself, at any time and without waiting. */
export interface SourceGauge {
  /** `waiting`: for its file to appear, its broker to answer; `why` says for what. `running`: `why` is said while nothing of it has come. */
  readonly state: 'starting' | 'running' | 'waiting' | 'failed' | 'ended';
  readonly why: string;
  /** What is there and was not handed over yet: bytes of a file, messages of a topic; null where nobody knows. */
  readonly lag: { readonly bytes: number | null; readonly records: number | null };
  /** Bytes handed over since it was started. */
  readonly bytes: number;
  /** Faults that it got over since it was started. */
  readonly errors: number;
}

/** Takes what a source has. */
export interface SourceSink {
  /**
   * Resolves when the source may go on: no earlier than there is room. The position is safe (committed) only after `safe` was called with it.
   * @throws FlowcaseError CANCELLED where the source is to stop
   */
  take(batch: SourceBatch): Promise<void>;
  /** A fault that the source gets over by itself; it is counted and shown. */
  fault(message: string): void;
}

/**
 * Gives the lines of something that grows. It never changes what it reads. `run` reads until `stopped` and resolves when it has handed over the last whole
 * line that it means to; it rejects with a FlowcaseError where it can never go on. It may be run once.
 */
export interface LiveSource {
  readonly gauge: SourceGauge;
  run(sink: SourceSink, from: Position | null, stopped: AbortSignal): Promise<void>;
  /** Everything up to this position is committed: an offset may be told to a broker, a buffer given up. */
  safe?(position: Position): void;
  /**
   * Where a position says as much to another source of the same: what is kept of it with the evidence, so that a source that is taken off the list and put on
   * it again goes on there.
   */
  placeOf?(position: Position): Readonly<Record<string, unknown>>;
  /** What is to be kept in the commit of a batch, by its position: states of the case, by their keys. Asked again where the commit did not hold. */
  keeps?(after: Position, batch: KeptBatch): readonly (readonly [key: string, value: Uint8Array])[];
  /** What became of a batch, by its position, now that it is committed; told before `safe`. */
  counted?(after: Position, figures: BatchFigures): void;
  /**
   * The lines of this batch were not taken, and never will be. A source that can tell whoever sent them has this: it goes on then, where another would fail.
   * Nothing more is awaited to recognise its lines by, since whoever sends them waits for an answer.
   */
  refused?(after: Position, error: FlowcaseError): void;
}

/** The columns of one micro-batch as its records came, before they are encoded: what windows and detectors see. Buffers are those of the reader: not kept after the call. */
export interface RecordBatch {
  /** Number of the source in the case. */
  readonly source: number;
  readonly kind: RecordKind;
  /** Id of its first record; the others follow. */
  readonly firstRow: number;
  readonly rows: number;
  /** By name. Numbers: absent = NaN, times in integer microseconds; ids: absent = 0. A column that the log does not have is not there. */
  readonly columns: ReadonlyMap<string, { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }>;
  /** Texts of ids. */
  dictionary(name: 'host' | 'term'): DictionaryReader;
}
