import type { RecordKind } from '../contract/case.ts';
import type { ChunkAssignment } from '../shared/run-outcome.ts';
import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { Asked } from './asks.ts';

/** What a filter may ask of the case beside the records themselves. Passed in, so that query/ knows no case. */
export interface FilterContext {
  readonly table: RecordTable;
  readonly tagNames: readonly string[];
  tagMask(name: string, kind: RecordKind, chunk: ChunkView): Uint8Array | null;
  /** The run that `cluster = 3` means where the filter names none (`cluster = 2:3` is run 2). */
  readonly currentRun: number | null;
  readonly runs: readonly number[];
  assignment(run: number, chunk: number): ChunkAssignment | null;
  /** The latest prediction over records of this kind, and its classes: label 1 of its assignment is the first; null: there is none. */
  readonly prediction: { readonly run: number; readonly classes: readonly string[] } | null;
  /** The latest search for anomalies over records of this kind; null: there is none. */
  readonly anomalies: number | null;
  readonly findingKinds: readonly string[];
  /** Ids of the records behind findings of this kind, or behind the finding of this number, ascending. */
  findingRecords(name: string): Float64Array;
  readonly evidenceNames: ReadonlyMap<number, string>;
}

/** A filter ready to run. */
export interface CompiledFilter {
  readonly text: string;
  /** In words, for the status bar and the report. */
  readonly words: string;
  /** What else than the records its answer depends on. */
  readonly asks: ReadonlySet<Asked>;
  /** True where the filter lets everything through. */
  readonly everything: boolean;
  /** One byte per row of the chunk: 1 = let through. Chunks that cannot match (by minimum and maximum) cost nothing: null. */
  mask(chunk: ChunkView): Uint8Array | null;
}
