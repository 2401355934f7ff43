import { z } from 'zod';
import type { RecordKind } from '../../contract/case.ts';
import type { PairCalls } from './call-table.ts';
import type { LatencySketch } from './latency-sketch.ts';
import type { Variety } from './variety.ts';

/** How records are cut into windows. `width` and `step` in seconds: a window of `width` begins every `step`, at whole multiples of it since 1970. */
export const windowOptions = z
  .strictObject({
    width: z.int().min(1).max(86_400).default(60),
    step: z.int().min(1).max(86_400).optional(),
    /** Seconds that records may come later than the latest one before them. */
    lateness: z.number().min(0).max(86_400).default(10),
    /** Seconds of event time that one record alone may be ahead of all before it; a clock in the future moves nothing unless the rest follows. */
    jump: z.number().min(1).max(604_800).optional(),
    /** Keys of a dimension in a window; beyond them the heaviest are kept (figure-table.ts has the bound of the error). */
    keys: z.int().min(4).max(1_000_000).default(10_000),
  })
  .refine(({ width, step = width }) => width % step === 0 && width / step <= 1440, {
    message: 'the step of windows must be a whole part of their width, at least a 1440th',
    path: ['step'],
  });
export type WindowOptions = z.input<typeof windowOptions>;

/** What the keys of a window are: of requests client, path, status, service; of connections originator, responder, service, state; of others originator, responder. */
export type Dimension = 'client' | 'path' | 'status' | 'originator' | 'responder' | 'service' | 'state';

/** Figures of one key in one window, or of the whole window. Those of the same records are the same bits, in whatever batches they came. */
export interface WindowFigures {
  readonly records: number;
  /** Answers of 400 and above; connections that did not come about. */
  readonly errors: number;
  /** Of the errors those that say no: 401 and 403; connections that were rejected (REJ). */
  readonly refused: number;
  /** Bytes that clients or originators sent, and got: of requests request_bytes and bytes, of connections orig_bytes and resp_bytes. What a log does not say counts 0. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Different other ends: of a client or originator those it called (virtual hosts; responders), of everything else the clients or originators. */
  readonly peers: number;
  /** Different things asked for: paths; ports of responders. variety.ts says how they are counted. */
  readonly targets: number;
  /** Shannon entropy of those things in bits; variety.ts has its bounds. */
  readonly entropy: number;
  /** Microseconds of `duration`; null where no record says. The 95th percentile within 1 % (latency-sketch.ts). */
  readonly latency: { readonly records: number; readonly mean: number; readonly p95: number } | null;
}

/** What figures can be merged from. */
export interface Sketches {
  readonly peers: Variety;
  readonly targets: Variety;
  /** Sum of the durations, microseconds. */
  readonly durations: number;
  readonly latency: LatencySketch;
}

export interface KeyFigures extends WindowFigures {
  readonly key: string;
  /** At most so many of its records came before it was kept track of: 0 unless there were more keys than the window keeps. */
  readonly missed: number;
  readonly sketches: Sketches;
}

export interface DimensionFigures {
  readonly dimension: Dimension;
  /** The most records first, then by key. */
  readonly keys: readonly KeyFigures[];
  /** A key that is not there has at most so many records; 0: every key there is, is there. */
  readonly bound: number;
}

/** A window that no record comes into any more. Times are microseconds since 1970 UTC; `end` belongs to the next. */
export interface ClosedWindow {
  /** Number of the source; null: several. */
  readonly source: number | null;
  readonly kind: RecordKind;
  readonly start: number;
  readonly end: number;
  readonly whole: WindowFigures & { readonly sketches: Sketches };
  readonly dimensions: readonly DimensionFigures[];
  /** Of connections: who called whom, and when (call-table.ts). For whoever looks at the window as it closes: one that was stored and read again has none. */
  readonly calls: readonly PairCalls[];
  /** Records that came since the window before was closed, and were counted nowhere: their windows were closed, or so far ahead that too many would be open. */
  readonly late: number;
  readonly early: number;
}
