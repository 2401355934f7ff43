import type { RecordKind } from '../contract/case.ts';
import type { FormatOptions } from '../contract/formats.ts';
import type { Detection, ReaderFigures, RecordSink } from './types.ts';

/**
 * A format whose files are no stream of lines: they are read in place, part by part, because what tells how to read them stands at their end. Their
 * rows count as lines; a record's line is its row, counted from 1, and it has no offset.
 */
export interface TableFileFormat {
  /** Stays the same for ever, as that of a LogFormat. */
  readonly id: string;
  readonly title: string;
  detect(head: Uint8Array): Detection;
  /**
   * `name`: the file's name, for what nothing else names.
   * @throws FlowcaseError FILE_DAMAGED, FORMAT_UNKNOWN; INVALID_INPUT where the options are wrong
   */
  open(file: FileBytes, options: FormatOptions, name: string): Promise<OpenedTable>;
}

/** A file that can be read anywhere. */
export interface FileBytes {
  readonly length: number;
  /** Bytes [start, end), which are the caller's own. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

export interface OpenedTable {
  readonly kind: RecordKind;
  readonly title: string;
  /** What was asked for, and what the file tells beyond it; `open` with these gives the same records. */
  readonly options: FormatOptions;
  readonly rows: number;
  /**
   * Reads the first `most` rows into the sink. `step` is called often with the rows that are done; what it throws ends the reading.
   * @throws FlowcaseError FILE_DAMAGED
   */
  read(sink: RecordSink, most: number, step: (rows: number) => void): Promise<ReaderFigures>;
  remarks(tallies: ReadonlyMap<string, number>): readonly string[];
}
