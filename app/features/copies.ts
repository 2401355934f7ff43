import { NO_CLASS } from './labels.ts';
import type { Labels } from './types.ts';

/** Guessing the most frequent class of each value may be wrong in one record of so many, */
const ONE_WRONG_IN = 1000;
/** and in one of so many of those in which guessing the most frequent class of all is wrong. */
const ONE_OF_ERRORS_IN = 100;

/** Classes with fewer records are too small to be told, by chance or otherwise: their records do not count. */
const LEAST_OF_CLASS = 20;

/** More records than these are not asked: they stand for the others. */
const MOST_ASKED = 1_000_000;

/** Records between two looks at what is wrong so far. */
const STRETCH = 1024;

export interface Told {
  readonly values: number;
  /** Of the records that count, 0 to 1. */
  readonly share: number;
}

/**
 * How well a few values tell the class; null where they are no copy of it: fewer values than classes, more than twice as many, or too often
 * wrong. Absence (NaN, or id 0) is a value. Records are looked at all over the place, so that most columns are found to be no copy after a few; of
 * more than a million, a million.
 */
export function tells(values: ArrayLike<number>, { codes, classes, counts }: Labels): Told | null {
  const large = counts.filter((count) => count >= LEAST_OF_CLASS);
  const rows = large.reduce((sum, count) => sum + count, 0);
  const guessing = rows - Math.max(0, ...large);
  const allowed = Math.min(Math.floor(rows / ONE_WRONG_IN), Math.floor(guessing / ONE_OF_ERRORS_IN));
  if (large.length < 2) return null;
  const table = new ClassTable(classes.length, 2 * large.length);
  const step = strideOf(codes.length);
  const asked = Math.min(codes.length, MOST_ASKED);
  for (let seen = 0, row = 0; seen < asked; seen++, row = (row + step) % codes.length) {
    if (codes[row] === NO_CLASS || counts[codes[row]] < LEAST_OF_CLASS) continue;
    if (!table.add(values[row], codes[row])) return null;
    // what is wrong among some is wrong among all
    if (seen % STRETCH === 0 && table.wrong() > allowed) return null;
  }
  const wrong = table.wrong();
  const part = table.rows / rows;
  return table.size < large.length || wrong > allowed * part ? null : { values: table.size, share: 1 - wrong / table.rows };
}

/** Records by value and class. */
class ClassTable {
  readonly #classes: number;
  readonly #most: number;
  readonly #places = new Map<number, number>();
  readonly #counts: Float64Array[] = [];
  rows = 0;

  constructor(classes: number, most: number) {
    this.#classes = classes;
    this.#most = most;
  }

  get size(): number {
    return this.#counts.length;
  }

  /** False where there are too many values. */
  add(value: number, code: number): boolean {
    let place = this.#places.get(value);
    if (place === undefined) {
      if (this.#counts.length === this.#most) return false;
      place = this.#counts.push(new Float64Array(this.#classes)) - 1;
      this.#places.set(value, place);
    }
    this.#counts[place][code]++;
    this.rows++;
    return true;
  }

  /** Records that are not of the most frequent class of their value. */
  wrong(): number {
    let right = 0;
    for (const counts of this.#counts) right += Math.max(...counts);
    return this.rows - right;
  }
}

/** A step that comes to every row once, far from one to the next (near the golden section of all). */
function strideOf(rows: number): number {
  let step = Math.max(1, Math.floor(rows * 0.618));
  while (divisor(step, rows) !== 1) step++;
  return step;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
