import { formatDuration, formatShare } from '../contract/format.ts';
import { tells, type Told } from './copies.ts';
import { isLabelName } from './label-names.ts';
import type { FeatureDescription, Labels } from './types.ts';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

/** Why a feature gives the label away. */
export interface Leak {
  /** `name`: by what it is computed from; `copy`: by its values; `moment`: it is when the record was made. */
  readonly code: 'name' | 'copy' | 'moment';
  /** The column that is a copy of the label; null for the others, and where the feature itself is it. */
  readonly column: string | null;
  readonly words: string;
}

/**
 * Finds features that give the label away, so that a model would learn the answer instead of the traffic. A feature leaks where
 * 1. it is computed from the label's own column, or from another column that is a label by its name;
 * 2. it is a column taken from the log as it is, with about as many values as there are classes (up to twice as many), and guessing the most
 *    frequent class of each value is wrong in one record of a thousand at most, and in one of a hundred of those in which guessing the most
 *    frequent class of all is wrong (copies.ts): it is a copy of the label, perhaps in other words. What a recipe computes from traffic may
 *    well tell classes apart, and so may any column where the classes are a person's tags: nothing is a copy of what came after it;
 * 3. it is a place on a circle of time (hour, weekday) that the records do not go round twice: then it is the moment itself.
 * What counts the records or names them (row numbers, identifiers, moments) is no feature of any recipe to begin with (number-columns.ts).
 */
export class LeakFinder {
  readonly #labels: Labels;
  readonly #keep: ReadonlySet<string>;
  readonly #span: number;
  readonly #valuesOf: (column: string) => ArrayLike<number>;
  /** What was found of columns whose values became flags. */
  readonly #columns = new Map<string, Leak | null>();

  /**
   * `span`: microseconds from the first record to the last. `keep`: names of features and columns that may stay. `valuesOf`: a column of numbers,
   * or of ids of texts, row for row.
   */
  constructor(labels: Labels, span: number, keep: readonly string[], valuesOf: (column: string) => ArrayLike<number>) {
    this.#labels = labels;
    this.#span = span;
    this.#keep = new Set(keep);
    this.#valuesOf = valuesOf;
  }

  /** Why the feature with these values (row for row, not yet scaled) gives the label away; null where it does not, or may stay. */
  why(spec: FeatureDescription, values: Float64Array): Leak | null {
    const columns = columnsOf(spec);
    if (this.#keep.has(spec.name) || columns.some((column) => this.#keep.has(column))) return null;
    return this.#byName(columns) ?? this.#byTime(spec) ?? this.#byValues(spec, values);
  }

  #byName(columns: readonly string[]): Leak | null {
    const { column } = this.#labels;
    for (const name of columns) {
      if (name === column) return { code: 'name', column: null, words: `computed from the label itself (${name})` };
      if (isLabelName(name)) return { code: 'name', column: null, words: `${name} is a label too, by its name` };
    }
    return null;
  }

  #byTime({ name }: FeatureDescription): Leak | null {
    const round = /^hour_/.test(name) ? 2 * DAY : /^weekday_/.test(name) ? 14 * DAY : 0;
    if (this.#span >= round) return null;
    return { code: 'moment', column: null, words: `the records span ${formatDuration(this.#span)}: it would be the moment itself` };
  }

  #byValues({ made }: FeatureDescription, values: Float64Array): Leak | null {
    if (made === undefined || this.#labels.column === null) return null;
    // one flag of a column says little where all of them together say everything
    if (made.from !== 'number') return this.#byColumn(made.column);
    const told = tells(values, this.#labels);
    return told === null ? null : { code: 'copy', column: null, words: copyWords(told) };
  }

  #byColumn(column: string): Leak | null {
    const known = this.#columns.get(column);
    if (known !== undefined) return known;
    const told = tells(this.#valuesOf(column), this.#labels);
    const why: Leak | null = told === null ? null : { code: 'copy', column, words: `${column} is ${copyWords(told)}` };
    this.#columns.set(column, why);
    return why;
  }
}

function copyWords({ values, share }: Told): string {
  return `a copy of the label: its ${values} values tell the class of ${share === 1 ? 'every record' : `${formatShare(share)} of the records`}`;
}

/** The columns that a feature cannot do without. */
function columnsOf({ needs, made }: FeatureDescription): readonly string[] {
  return made === undefined ? needs.filter((choice) => choice.length === 1).map(([{ name }]) => name) : [made.column];
}
