import { CHUNK_ROWS, type ChunkView, type RecordTable } from '../types.ts';
import { codesFor, type Codes } from './codes.ts';
import { bitOf } from './packed-rows.ts';
import { pairTable, type PairTable } from './pair-table.ts';
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
  if ('weigh' in measure) return new Folded(0, [measure.weigh], weigher(measure.weights));
  if ('sum' in measure) return new Folded(0, measure.sum, ofValues(add));
  if ('min' in measure) return new Folded(NaN, [measure.min], ofValues(lower));
  if ('max' in measure) return new Folded(NaN, [measure.max], ofValues(raise));
  return new Folded(0, [measure.present], ofValues(countPresent));
}

type Fold = (figures: Float64Array, group: Uint32Array, slice: Slice, column: string) => void;

/** Folds the values of columns into one figure per group. */
class Folded implements Accumulator {
  figures: Float64Array = new Float64Array(0);
  readonly #start: number;
  readonly #columns: readonly string[];
  readonly #fold: Fold;

  constructor(start: number, columns: readonly string[], fold: Fold) {
    this.#start = start;
    this.#columns = columns;
    this.#fold = fold;
  }

  take(slice: Slice, group: Uint32Array, groups: number): boolean {
    this.figures = roomFor(this.figures, groups, this.#start);
    for (const column of this.#columns) this.#fold(this.figures, group, slice, column);
    return true;
  }
}

/** Room for so many figures; what is new is `start`. */
export function roomFor(figures: Float64Array, groups: number, start: number): Float64Array {
  if (figures.length >= groups) return figures;
  const grown = new Float64Array(Math.max(groups, figures.length * 2));
  grown.set(figures);
  if (start !== 0) grown.fill(start, figures.length);
  return grown;
}

/** Chunks in which every value is absent cost nothing. */
function ofValues(fold: Fold): Fold {
  return (figures, group, slice, column) => {
    if ((slice.chunk.stats(column)?.max ?? null) !== null) fold(figures, group, slice, column);
  };
}

function add(sums: Float64Array, group: Uint32Array, { chunk, rows, count }: Slice, column: string): void {
  const { values, base, absent } = chunk.packedNumbers(column);
  if (values instanceof Float64Array && chunk.stats(column)?.absent !== 0) {
    for (let k = 0; k < count; k++) {
      const value = values[rows === null ? k : rows[k]];
      sums[group[k]] += value === value ? value : 0;
    }
  } else if (absent !== null && base !== 0) {
    for (let k = 0; k < count; k++) {
      const i = rows === null ? k : rows[k];
      sums[group[k]] += bitOf(absent, i) === 1 ? 0 : values[i] + base;
    }
    // Without a base absent rows are 0 already.
  } else if (rows === null) for (let i = 0; i < count; i++) sums[group[i]] += values[i] + base;
  else for (let k = 0; k < count; k++) sums[group[k]] += values[rows[k]] + base;
}

function lower(least: Float64Array, group: Uint32Array, { chunk, rows, count }: Slice, column: string): void {
  const values = numbersOf(chunk, column);
  for (let k = 0; k < count; k++) {
    const value = values[rows === null ? k : rows[k]];
    // NaN is not at or below anything, nor anything at or below it.
    if (value === value && !(least[group[k]] <= value)) least[group[k]] = value + 0;
  }
}

function raise(greatest: Float64Array, group: Uint32Array, { chunk, rows, count }: Slice, column: string): void {
  const values = numbersOf(chunk, column);
  for (let k = 0; k < count; k++) {
    const value = values[rows === null ? k : rows[k]];
    if (value === value && !(greatest[group[k]] >= value)) greatest[group[k]] = value + 0;
  }
}

function countPresent(counts: Float64Array, group: Uint32Array, { chunk, rows, count }: Slice, column: string): void {
  const values = numbersOf(chunk, column);
  for (let k = 0; k < count; k++) {
    const value = values[rows === null ? k : rows[k]];
    counts[group[k]] += value === value ? 1 : 0;
  }
}

/** Numbers as doubles, in memory that the next call uses again. */
function numbersOf(chunk: ChunkView, column: string): Float64Array {
  const { values, base, absent } = chunk.packedNumbers(column);
  if (values instanceof Float64Array) return values;
  const numbers = scratch.subarray(0, values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = values[i] + base;
  if (absent !== null) for (let i = 0; i < numbers.length; i++) if (bitOf(absent, i) === 1) numbers[i] = NaN;
  return numbers;
}

const scratch = new Float64Array(CHUNK_ROWS);

function weigher(weights: Float64Array): Fold {
  return (sums, group, { chunk, rows, count }, column) => {
    const { values, base } = chunk.packedIds(column);
    for (let k = 0; k < count; k++) sums[group[k]] += weights[values[rows === null ? k : rows[k]] + base];
  };
}

/** Counts a value of a group when it is met for the first time. */
class Distinct implements Accumulator {
  figures: Float64Array = new Float64Array(0);
  readonly #codes: Codes;
  readonly #table: PairTable;
  readonly #scratch = new Uint32Array(CHUNK_ROWS);
  readonly #pairs = new Uint32Array(CHUNK_ROWS);

  constructor(groups: Codes, codes: Codes) {
    this.#codes = codes;
    this.#table = pairTable(groups.settled ? groups.size : null, codes.settled ? codes.size : null);
  }

  take(slice: Slice, group: Uint32Array, groups: number): boolean {
    this.figures = roomFor(this.figures, groups, 0);
    const codes = this.#codes.fill(slice, this.#scratch);
    if (codes === null) return false;
    let next = this.#table.size;
    const pairs = this.#pairs;
    this.#table.codesOf(group, codes, slice.count, pairs);
    for (let k = 0; k < slice.count; k++) {
      if (pairs[k] !== next) continue;
      next++;
      this.figures[group[k]] += codes[k] === 0 ? 0 : 1;
    }
    return true;
  }
}
