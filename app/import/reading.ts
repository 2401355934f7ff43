import type { ResumePoint } from '../case/types.ts';
import type { FormatOptions, LogFormat } from '../formats/types.ts';
import type { ReadLog } from './finished.ts';
import type { Tail } from './known.ts';
import type { PieceCutter } from './pieces/piece-cutter.ts';

/** What is known of a log when its reading begins. */
export interface Beginning {
  readonly format: LogFormat;
  readonly why: string;
  readonly options: FormatOptions;
  /** Its first bytes; at most HEAD_BYTES. */
  readonly head: Uint8Array;
  readonly newline: number;
  /** What it is known by: see `fingerprint`. */
  readonly mark: ResumePoint['head'];
  readonly tail: Tail | null;
}

/** What a log is read with. */
export interface Reading extends ReadLog {
  readonly cutter: PieceCutter;
}
