import { formatDuration, formatShare } from '../contract/format.ts';
import { isLabelName } from './label-names.ts';
import { NO_CLASS } from './labels.ts';
import type { FeatureDescription, Labels } from './types.ts';

/** A column whose values tell the class in so many of the records (and leave so little of what guessing gets wrong) is a copy of the label. */
export const TELLS = 0.999;
export const LEFT_WRONG = 0.01;

/** A class of fewer records is too small to be told by chance or otherwise. */
const LEAST_OF_CLASS = 5;

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

/**
 * Finds features that give the label away, so that a model would learn the answer instead of the traffic. A feature leaks where
 * 1. it is computed from the label's own column, or from another column that is a label by its name;
 * 2. it has about as many values as there are classes (from as many up to twice as many), and guessing the most frequent class of each value
 *    is right in 99.9 % of the records, with at most 1 % of the errors that guessing the most frequent class of all makes: it is a copy of
 *    the label, perhaps in other words;
 * 3. it is a place on a circle of time (hour, weekday) that the records do not go round: then it is the moment itself.
 * What counts the records or names them (row numbers, identifiers, moments) is no feature of any recipe to begin with (number-columns.ts).
 */
export class LeakFinder {
  readonly #labels: Labels;
  readonly #keep: ReadonlySet<string>;
  readonly #span: number;
  readonly #valuesOf: (column: string) => ArrayLike<number>;
  /** What was found of columns whose values became flags. */
  readonly #columns = new Map<string, string | null>();

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
  why(spec: FeatureDescription, values: Float64Array): string | null {
    const columns = columnsOf(spec);
    if (this.#keep.has(spec.name) || columns.some((column) => this.#keep.has(column))) return null;
    return this.#byName(columns) ?? this.#byTime(spec) ?? this.#byValues(spec, values);
  }

  #byName(columns: readonly string[]): string | null {
    const { column } = this.#labels;
    for (const name of columns) {
      if (name === column) return `computed from the label itself (${name})`;
      if (isLabelName(name)) return `${name} is a label too, by its name`;
    }
    return null;
  }

  #byTime({ name }: FeatureDescription): string | null {
    const round = /^hour_/.test(name) ? DAY : /^weekday_/.test(name) ? 7 * DAY : 0;
    if (this.#span >= round) return null;
    return `the records span ${formatDuration(this.#span)}: it would be the moment itself`;
  }

  #byValues({ kind, made }: FeatureDescription, values: Float64Array): string | null {
    if (kind === 'cycle') return null;
    // one flag of a column says little where all of them together say everything
    if (made !== undefined && made.from !== 'number') return this.#byColumn(made.column);
    const told = tells(values, this.#labels);
    return told === null ? null : copyWords(told);
  }

  #byColumn(column: string): string | null {
    const known = this.#columns.get(column);
    if (known !== undefined) return known;
    const told = tells(this.#valuesOf(column), this.#labels);
    const why = told === null ? null : `${column} is ${copyWords(told)}`;
    this.#columns.set(column, why);
    return why;
  }
}

interface Told {
  readonly values: number;
  /** Of the records with a class, 0 to 1. */
  readonly share: number;
}

function copyWords({ values, share }: Told): string {
  return `a copy of the label: its ${values} values tell the class of ${share === 1 ? 'every record' : `${formatShare(share)} of the records`}`;
}

/** How well a few values tell the class; null where they are too many or too few for a copy, or do not tell it. Absence is a value. */
export function tells(values: ArrayLike<number>, { codes, classes }: Labels): { readonly values: number; readonly share: number } | null {
  const most = 2 * classes.length;
  const places = new Map<number, number>();
  const counts: Float64Array[] = [];
  const all = new Float64Array(classes.length);
  let rows = 0;
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] === NO_CLASS) continue;
    let place = places.get(values[i]);
    if (place === undefined) {
      if (places.size === most) return null;
      place = counts.push(new Float64Array(classes.length)) - 1;
      places.set(values[i], place);
    }
    counts[place][codes[i]]++;
    all[codes[i]]++;
    rows++;
  }
  const present = all.filter((count) => count >= LEAST_OF_CLASS).length;
  if (present < 2 || counts.length < present) return null;
  const wrong = rows - counts.reduce((sum, of) => sum + Math.max(...of), 0);
  const guessing = rows - Math.max(...all);
  const share = 1 - wrong / rows;
  return share >= TELLS && wrong <= LEFT_WRONG * guessing ? { values: counts.length, share } : null;
}

/** The columns that a feature cannot do without. */
function columnsOf({ needs, made }: FeatureDescription): readonly string[] {
  return made === undefined ? needs.filter((choice) => choice.length === 1).map(([{ name }]) => name) : [made.column];
}
