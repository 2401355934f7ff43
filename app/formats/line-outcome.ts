/** What becomes of a line, or of many. */

/** Why a line is no record. */
export interface Problem {
  readonly reason: string;
  readonly what: string;
}

/** The line is a header, a comment or blank. */
export const COMMENT = 'comment';

/** A line that was held back: see `LineReader.settle`. */
export interface HeldPlace {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  readonly back: number;
}

/** What is known of rows that were filled together: earliest and latest time, and where they stand (see LineBlocks). */
export interface BlockOfRows {
  readonly rows: number;
  /** Bytes. */
  readonly length: number;
  readonly first: number;
  readonly last: number;
  places(line: number, offset: number): { readonly lines: Float64Array; readonly offsets: Float64Array };
}
