import type { RecordTable } from '../types.ts';
import { codesFor, type Codes } from './codes.ts';
import { wideIds, wideNumbers } from './packed-rows.ts';
import { pairTable, type PairTable } from './pair-table.ts';
import { IdRoom, NumberRoom } from './room.ts';
import type { Slice } from './slices.ts';

/**
 * A figure of every group.
 * - sum: over the rows and these number columns together; absent values count as nothing. 0 where there is none.
 * - min, max: of a number column; NaN where every value is absent.
 * - present: how many values of a number column are not absent.
 * - distinct: how many different values a column of any storage holds, absent not counted.
 * - weigh: the sum of weights[id] over the entries of a dictionary column; weights[0] is for absent ones.
 */
export type Measure =
  | { readonly sum: readonly string[] }
  | { readonly min: string }
  | { readonly max: string }
  | { readonly present: string }
  | { readonly distinct: string }
  | { readonly weigh: string; readonly weights: Float64Array };

/** A measure that folds one number a row into the figure of the row's group. */
export interface Folding {
  readonly fold: 'sum' | 'least' | 'greatest';
  /** The numbers of a slice's rows; for least and greatest NaN has no part. Valid until the next call. */
  numbers(slice: Slice): Float64Array;
}

/** Null for a measure that is no folding. */
export function foldingFor(measure: Measure): Folding | null {
  if ('distinct' in measure) return null;
  if ('weigh' in measure) return new Weights(measure.weigh, measure.weights);
  if ('present' in measure) return new Present(measure.present);
  if ('sum' in measure) return new Sums(measure.sum);
  return 'min' in measure ? new Plain(measure.min, 'least') : new Plain(measure.max, 'greatest');
}

class Plain implements Folding {
  readonly fold: 'least' | 'greatest';
  readonly #column: string;
  readonly #scratch = new NumberRoom();

  constructor(column: string, fold: 'least' | 'greatest') {
    this.#column = column;
    this.fold = fold;
  }

  numbers({ chunk, rows, count }: Slice): Float64Array {
    return wideNumbers(chunk.packedNumbers(this.#column), rows, count, this.#scratch.atLeast(count), NaN);
  }
}

class Sums implements Folding {
  readonly fold = 'sum';
  readonly #columns: readonly string[];
  readonly #sum = new NumberRoom();
  readonly #more = new NumberRoom();

  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  numbers({ chunk, rows, count }: Slice): Float64Array {
    let sum: Float64Array | null = null;
    for (const column of this.#columns) {
      if ((chunk.stats(column)?.max ?? null) === null) continue;
      const packed = chunk.packedNumbers(column);
      if (sum === null) sum = wideNumbers(packed, rows, count, this.#sum.atLeast(count), 0);
      else sum = add(sum, wideNumbers(packed, rows, count, this.#more.atLeast(count), 0), count, this.#sum.atLeast(count));
    }
    return sum ?? this.#sum.atLeast(count).fill(0, 0, count);
  }
}

function add(a: Float64Array, b: Float64Array, count: number, out: Float64Array): Float64Array {
  for (let k = 0; k < count; k++) out[k] = a[k] + b[k];
  return out;
}

class Present implements Folding {
  readonly fold = 'sum';
  readonly #column: string;
  readonly #scratch = new NumberRoom();

  constructor(column: string) {
    this.#column = column;
  }

  numbers({ chunk, rows, count }: Slice): Float64Array {
    const out = this.#scratch.atLeast(count);
    const values = wideNumbers(chunk.packedNumbers(this.#column), rows, count, out, NaN);
    for (let k = 0; k < count; k++) out[k] = values[k] === values[k] ? 1 : 0;
    return out;
  }
}

class Weights implements Folding {
  readonly fold = 'sum';
  readonly #column: string;
  readonly #weights: Float64Array;
  readonly #ids = new IdRoom();
  readonly #scratch = new NumberRoom();

  constructor(column: string, weights: Float64Array) {
    this.#column = column;
    this.#weights = weights;
  }

  numbers({ chunk, rows, count }: Slice): Float64Array {
    const ids = wideIds(chunk.packedIds(this.#column), rows, count, this.#ids.atLeast(count));
    const weights = this.#weights;
    const out = this.#scratch.atLeast(count);
    for (let k = 0; k < count; k++) out[k] = weights[ids[k]];
    return out;
  }
}

/** What a figure is before the first row. */
export function startOf({ fold }: Folding): number {
  return fold === 'sum' ? 0 : NaN;
}

/** Folds numbers[0..count) into the figures of their groups. */
export function foldInto(figures: Float64Array, group: Uint32Array, numbers: Float64Array, count: number, fold: Folding['fold']): void {
  if (fold === 'sum') for (let k = 0; k < count; k++) figures[group[k]] += numbers[k];
  else if (fold === 'least') {
    for (let k = 0; k < count; k++) {
      const value = numbers[k];
      // NaN is not at or below anything, nor anything at or below it. + 0 makes one zero of both.
      if (value === value && !(figures[group[k]] <= value)) figures[group[k]] = value + 0;
    }
  } else {
    for (let k = 0; k < count; k++) {
      const value = numbers[k];
      if (value === value && !(figures[group[k]] >= value)) figures[group[k]] = value + 0;
    }
  }
}

/** Takes the rows of slices one slice after the other, with the group of every row. */
export interface Accumulator {
  /** `groups`: groups are below this from now on. False where a column turned out to need other codes: begin again, looking values up. */
  take(slice: Slice, group: Uint32Array, groups: number): boolean;
  /** One figure per group; at least as long as there are groups. */
  readonly figures: Float64Array;
}

/** `groups`: what gives the rows their groups. */
export function accumulatorFor(
  table: RecordTable,
  slices: readonly Slice[],
  groups: Codes,
  measure: Measure,
  looksUp: boolean,
): Accumulator {
  if ('distinct' in measure) return new Distinct(groups, codesFor(table, slices, { column: measure.distinct }, looksUp));
  return new Folded(foldingFor(measure) ?? new Sums([]));
}

class Folded implements Accumulator {
  figures: Float64Array = new Float64Array(0);
  readonly #folding: Folding;

  constructor(folding: Folding) {
    this.#folding = folding;
  }

  take(slice: Slice, group: Uint32Array, groups: number): boolean {
    this.figures = roomFor(this.figures, groups, startOf(this.#folding));
    foldInto(this.figures, group, this.#folding.numbers(slice), slice.count, this.#folding.fold);
    return true;
  }
}

/** Room for so many figures; what is new is `start`. */
function roomFor(figures: Float64Array, groups: number, start: number): Float64Array {
  if (figures.length >= groups) return figures;
  const grown = new Float64Array(Math.max(groups, figures.length * 2));
  grown.set(figures);
  if (start !== 0) grown.fill(start, figures.length);
  return grown;
}

/** Counts a value of a group when it is met for the first time. */
class Distinct implements Accumulator {
  figures: Float64Array = new Float64Array(0);
  readonly #codes: Codes;
  readonly #table: PairTable;
  readonly #scratch = new IdRoom();
  readonly #pairs = new IdRoom();

  constructor(groups: Codes, codes: Codes) {
    this.#codes = codes;
    this.#table = pairTable(groups.settled ? groups.size : null, codes.settled ? codes.size : null);
  }

  take(slice: Slice, group: Uint32Array, groups: number): boolean {
    this.figures = roomFor(this.figures, groups, 0);
    const codes = this.#codes.fill(slice, this.#scratch.atLeast(slice.count));
    if (codes === null) return false;
    let next = this.#table.size;
    const pairs = this.#pairs.atLeast(slice.count);
    this.#table.codesOf(group, codes, slice.count, pairs);
    for (let k = 0; k < slice.count; k++) {
      if (pairs[k] !== next) continue;
      next++;
      this.figures[group[k]] += codes[k] === 0 ? 0 : 1;
    }
    return true;
  }
}
