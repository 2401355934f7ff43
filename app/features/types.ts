import type { ChunkView, RecordTable } from '../columns/types.ts';
import type { Entries } from './entries.ts';
import type { ConnectionGroups } from './groups.ts';
import type { HostSource } from './host-source.ts';

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

/** What features of records are computed from. */
export interface FeatureSource {
  readonly selection: Selection;
  readonly groups: ConnectionGroups;
  /** What is worked out once for every text that repeats. */
  readonly entries: Entries;
}

/**
 * What a row of the matrix is: a connection, a request, a host (in the whole case, or in one window of time), or a record of any kind. A recipe
 * for `records` serves connections, requests and every other table.
 */
export type Subject = 'connections' | 'requests' | 'hosts' | 'records';

/**
 * - `log`: logarithms where the recipe has them, and in open recipes log(1 + x) of every quantity with a heavy tail; then as `standard`.
 * - `standard`: minus the mean, by the standard deviation. Logarithms that belong to a feature stay; open recipes take their columns as they are.
 * - `robust`: minus the median, by the interquartile range / 1.349 (the standard deviation of a normal distribution); by the standard
 *   deviation where the quartiles are equal.
 * - `none`: values in their own units, without logarithms and weights: what trees split, and what their rules show.
 */
export const scalings = ['log', 'standard', 'robust', 'none'] as const;
export type Scaling = (typeof scalings)[number];

/**
 * What stands in the matrix for a value that the log does not have. `neutral`: where the feature says nothing (its neutral value, else its mean
 * or median), for estimators that measure distances. `nan`: NaN, for estimators that give absence a place of its own. No number is made up.
 */
export type Absent = 'neutral' | 'nan';

/**
 * - `measure`: a quantity; its unit in the matrix is its standard deviation.
 * - `flag`: 0 or 1; the unit is its standard deviation but at least 0.25, lest what is rare outweigh everything else.
 * - `cycle`: a place on a circle; the unit is its standard deviation but at least 0.5, lest a log of five minutes be cut into minutes.
 */
export type FeatureKind = 'measure' | 'flag' | 'cycle';

/** What is known of a feature without computing it. */
export interface FeatureDescription {
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
  /**
   * Whether the matrix takes log(1 + x) of what `fill` gives (below zero its mirror image). `always`: but for the scaling `none`. `heavy tail`:
   * with the scaling `log`, where the values turn out to have one. Absent: never, as where `fill` takes the logarithm itself.
   */
  readonly log?: 'always' | 'heavy tail' | undefined;
  /** Columns it is computed from: each list is satisfied by one of its columns. */
  readonly needs: readonly (readonly NeededColumn[])[];
  /** In a sentence about a cluster; `~` stands where "far " may go, `&` for what it is compared with. For a flag, what it means to have it. */
  readonly more: string;
  readonly less: string;
  /** In the name of a cluster. */
  readonly nameMore: string;
  readonly nameLess: string;
  /** How to come to this feature again, where it is not the recipe's own but came from the data. */
  readonly made?: MadeFeature | undefined;
}

export interface FeatureSpec extends FeatureDescription {
  /** Writes the values of a part's rows to out[part.start + i]; absent is NaN. */
  fill(source: FeatureSource, part: SelectedPart, out: Float64Array): void;
}

export interface HostFeatureSpec extends FeatureDescription {
  /** Which records it is computed from. */
  readonly from: 'connections' | 'requests' | 'both';
  /** Writes the value of every host to out[row]; absent is NaN. @throws FlowcaseError CANCELLED */
  fill(hosts: HostSource, out: Float64Array): Promise<void>;
}

export interface NeededColumn {
  readonly name: string;
  readonly storage: 'number' | 'dictionary' | 'text';
}

/** A feature that came from the data, as plain data. */
export type MadeFeature =
  /** A column of numbers. `unit` is '' where the log knows none. `flag`: only 0 and 1 were seen. */
  | { readonly from: 'number'; readonly column: string; readonly title: string; readonly unit: string; readonly flag: boolean }
  /** 1 where the column says this; `value` null: where it says nothing. */
  | { readonly from: 'category'; readonly column: string; readonly title: string; readonly weight: number; readonly value: Category }
  /** 1 where the column says something that is none of these. */
  | {
      readonly from: 'others';
      readonly column: string;
      readonly title: string;
      readonly weight: number;
      readonly values: readonly Category[];
    };
export type Category = string | number | null;

/** Features that come from the data: which, is found out when a matrix is built, and kept with what was fitted. */
export interface FeatureFamily {
  /** In words, for those who read about the recipe. */
  readonly title: string;
  readonly how: string;
  find(source: FeatureSource, breathe: () => Promise<void>): Promise<FoundFeatures>;
}

export interface FoundFeatures {
  readonly specs: readonly FeatureSpec[];
  /** Columns that are none of its features, and why; the caller may name them and have them all the same. */
  readonly refused: readonly { readonly name: string; readonly title: string; readonly why: string }[];
}

interface RecipeFrame {
  readonly name: string;
  readonly about: string;
  /** What is done where nobody asks for anything else. */
  readonly scaling: Scaling;
}

export interface RecordRecipe extends RecipeFrame {
  readonly of: 'connections' | 'requests' | 'records';
  readonly features: readonly FeatureSpec[];
  /** What comes after them from the data; a recipe that has some is open. */
  readonly families: readonly FeatureFamily[];
  /** Works out what features look up, before the first of them is computed. */
  readonly prepare?: (source: FeatureSource, breathe: () => Promise<void>) => Promise<void>;
}

export interface HostRecipe extends RecipeFrame {
  readonly of: 'hosts';
  /** Which hosts are rows: who took part in any way, or who began a connection or made a request. */
  readonly who: 'everybody' | 'originators';
  readonly features: readonly HostFeatureSpec[];
}

export type Recipe = RecordRecipe | HostRecipe;

/** What the rows of a matrix of hosts are: hosts in the order of their first record, or host and window in the order of theirs. */
export interface HostRows {
  readonly rows: number;
  /** Row → id in the dictionary of hosts. */
  readonly hosts: Uint32Array;
  /** Row → start of its window in microseconds since 1970; null: the whole case. Length of a window in `window`. */
  readonly windows: Float64Array | null;
  readonly window: number | null;
  textOf(row: number): string;
}

/** A class for rows, for training and for judging groups. */
export interface Labels {
  /** Column it comes from; null: tags or anything else that the caller knows. */
  readonly column: string | null;
  /** Sorted: numbers by size, texts by their code points. */
  readonly classes: readonly string[];
  /** Row → place in `classes`; NO_CLASS where the row has none. */
  readonly codes: Uint16Array;
  /** Class → rows. */
  readonly counts: readonly number[];
  /** Rows without any class, and those that have two at once: with `counts` they are all rows. */
  readonly unlabelled: number;
  readonly ambiguous: number;
}

export interface MatrixOptions {
  /** The recipe's own where not given. */
  readonly scaling?: Scaling | undefined;
  /** `nan` for the scaling `none`, else `neutral`, where not given. */
  readonly absent?: Absent | undefined;
  /** Keep which values are absent, though neutral ones stand in their place: one bit a value. */
  readonly markAbsent?: boolean | undefined;
  /** Only these, in this order, by the name of a feature or of a column (as Flowcase or Tstat calls it). */
  readonly features?: readonly string[] | undefined;
  /** Of hosts: rows are hosts in windows of this many microseconds; not given or null: hosts in the whole case. */
  readonly window?: number | null | undefined;
  /** What is to be learned: features that give it away are dropped and named. Row for row as the matrix. */
  readonly labels?: Labels | undefined;
  /** Features and columns that stay though they give the label away. */
  readonly keepLeaks?: readonly string[] | undefined;
}
