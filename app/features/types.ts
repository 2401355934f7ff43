import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { ConnectionGroups } from './groups.ts';

/** Which records take part. A compiled filter is one. */
export interface Selector {
  readonly everything: boolean;
  /** One byte per row of the chunk, 1 = takes part; null: none of the chunk does. */
  mask(chunk: ChunkView): Uint8Array | null;
}

/** The rows of one chunk that take part: row `start + i` of the matrix is row `rows[i]` of the chunk. */
export interface SelectedPart {
  readonly chunk: ChunkView;
  readonly rows: Uint32Array;
  readonly start: number;
}

/** The records of a run, in the order of their chunks. Row numbers from 0 to `rows` - 1 are places in this order. */
export interface Selection {
  readonly table: RecordTable;
  readonly parts: readonly SelectedPart[];
  readonly rows: number;
}

/** What features are computed from. */
export interface FeatureSource {
  readonly selection: Selection;
  readonly groups: ConnectionGroups;
}

/**
 * - `measure`: a quantity; its unit in the matrix is its standard deviation.
 * - `flag`: 0 or 1; the unit is its standard deviation but at least 0.25, lest what is rare outweigh everything else.
 * - `cycle`: a place on a circle; the unit is its standard deviation but at least 0.5, lest a log of five minutes be cut into minutes.
 */
export type FeatureKind = 'measure' | 'flag' | 'cycle';

export interface FeatureSpec {
  readonly name: string;
  readonly title: string;
  /** How the value comes about, with its unit. */
  readonly how: string;
  readonly kind: FeatureKind;
  /** The standardised value is multiplied with this. */
  readonly weight: number;
  /**
   * Where a value says nothing, and absent values stand; the standard deviation is taken from here. null: the mean of the values there are.
   * Without it the only regular caller among thousands that call once would be the mean itself, and invisible.
   */
  readonly neutral: number | null;
  /** Columns it is computed from: each list is satisfied by one of its columns. */
  readonly needs: readonly (readonly NeededColumn[])[];
  /** In a sentence about a cluster; `~` stands where "far " may go, `&` for what it is compared with. For a flag, what it means to have it. */
  readonly more: string;
  readonly less: string;
  /** In the name of a cluster. */
  readonly nameMore: string;
  readonly nameLess: string;
  /** Writes the values of a part's rows to out[part.start + i]; absent is NaN. */
  fill(source: FeatureSource, part: SelectedPart, out: Float64Array): void;
}

export interface NeededColumn {
  readonly name: string;
  readonly storage: 'number' | 'dictionary';
}

export interface Recipe {
  readonly name: string;
  readonly about: string;
  readonly features: readonly FeatureSpec[];
}
