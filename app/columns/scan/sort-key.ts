import type { ChunkView, PackedNumbers } from '../types.ts';
import { wideIds, wideNumbers } from './packed-rows.ts';
import { IdRoom, NumberRoom } from './room.ts';
import type { Rows } from './rows.ts';
import { sortedOrder } from './sorted-order.ts';

/** The coarse key of a row without a value: such rows come last either way. */
export const ABSENT = 0xffff_ffff;

/** One whole number a row that sorts as the values do, though several values may share one. */
export interface CoarseKeys {
  readonly keys: Uint32Array;
  /** The largest key but ABSENT. */
  readonly range: number;
  /** True where different values never share a key. */
  readonly exact: boolean;
}

/** What rows are sorted by. */
export interface SortKey {
  /** Are the rows in order as they lie, absent ones last? */
  isOrdered(rows: Rows, descending: boolean): boolean;
  coarse(rows: Rows, descending: boolean): CoarseKeys;
  /** The order of rows that share a coarse key, given as their ascending numbers; equal ones keep their order. */
  refine(rows: Rows, ks: Uint32Array, descending: boolean): Uint32Array;
}

/** Sorts by what `valuesOf` gives for every row of a chunk. No value lies outside `bounds`. */
export class NumberKey implements SortKey {
  readonly #valuesOf: (chunk: ChunkView) => PackedNumbers;
  readonly #min: number;
  readonly #max: number;

  constructor(valuesOf: (chunk: ChunkView) => PackedNumbers, bounds: { readonly min: number; readonly max: number } | null) {
    this.#valuesOf = valuesOf;
    this.#min = bounds?.min ?? 0;
    this.#max = bounds?.max ?? 0;
  }

  isOrdered({ slices }: Rows, descending: boolean): boolean {
    const scratch = new NumberRoom();
    let last = descending ? Infinity : -Infinity;
    for (const { chunk, rows, count } of slices) {
      const values = wideNumbers(this.#valuesOf(chunk), rows, count, scratch.atLeast(count), NaN);
      const at = firstOutOfOrder(values, count, last, descending);
      if (at < count) return false;
      last = values[count - 1];
    }
    return true;
  }

  coarse(rows: Rows, descending: boolean): CoarseKeys {
    const low = Math.floor(this.#min);
    const high = Math.ceil(this.#max);
    return (high - low < ABSENT ? this.#distances(rows, low, high, descending) : null) ?? this.#bits(rows, descending);
  }

  /** Distances to the least (or greatest) value, where these are whole numbers. */
  #distances({ slices, length }: Rows, low: number, high: number, descending: boolean): CoarseKeys | null {
    const keys = new Uint32Array(length);
    const from = descending ? -high : low;
    const sign = descending ? -1 : 1;
    const scratch = new NumberRoom();
    let to = 0;
    for (const { chunk, rows, count } of slices) {
      const values = wideNumbers(this.#valuesOf(chunk), rows, count, scratch.atLeast(count), NaN);
      if (!wholeDistances(values, count, sign, from, keys, to)) return null;
      to += count;
    }
    return { keys, range: high - low, exact: true };
  }

  /** The upper bits in which the values differ; doubles sort as their bits do. */
  #bits({ slices, length }: Rows, descending: boolean): CoarseKeys {
    const keys = new Uint32Array(length);
    const bits = new SortableBits(descending ? -this.#max : this.#min);
    const range = bits.of(descending ? -this.#min : this.#max);
    let scale = 1;
    while (range * scale >= ABSENT) scale /= 2;
    const scratch = new NumberRoom();
    let to = 0;
    for (const { chunk, rows, count } of slices) {
      const values = wideNumbers(this.#valuesOf(chunk), rows, count, scratch.atLeast(count), NaN);
      for (let k = 0; k < count; k++) {
        const value = values[k];
        keys[to++] = value === value ? bits.of(descending ? -value : value) * scale : ABSENT;
      }
    }
    return { keys, range: Math.floor(range * scale), exact: false };
  }

  refine(rows: Rows, ks: Uint32Array, descending: boolean): Uint32Array {
    const order = sortedOrder(rows.gather(ks, this.#valuesOf), descending);
    return order.map((k) => ks[k]);
  }
}

/** The first value that does not come after the one before it; `count` where there is none. NaN comes last. */
function firstOutOfOrder(values: Float64Array, count: number, last: number, descending: boolean): number {
  let before = last;
  let k = 0;
  if (descending) {
    for (; k < count; k++) {
      const value = values[k];
      // After NaN nothing is in order but NaN.
      if (!(value <= before) && value === value) return k;
      before = value;
    }
  } else {
    for (; k < count; k++) {
      const value = values[k];
      if (!(value >= before) && value === value) return k;
      before = value;
    }
  }
  return k;
}

/** Writes value * sign - from, ABSENT for NaN; false where a value is not whole. */
function wholeDistances(values: Float64Array, count: number, sign: number, from: number, keys: Uint32Array, to: number): boolean {
  let whole = true;
  for (let k = 0; k < count; k++) {
    const value = values[k];
    keys[to + k] = value === value ? value * sign - from : ABSENT;
    whole &&= Math.floor(value) === value || value !== value;
  }
  return whole;
}

/** How many doubles lie between the least one and another: rounded, but never in the wrong order. */
class SortableBits {
  readonly #number = new Float64Array(1);
  readonly #words = new Uint32Array(this.#number.buffer);
  readonly #high: number;
  readonly #low: number;

  constructor(least: number) {
    // + 0 makes one zero of both.
    this.#number[0] = least + 0;
    const [low, high] = this.#words;
    const negative = high >>> 31 === 1;
    this.#high = (negative ? ~high : high | 0x8000_0000) >>> 0;
    this.#low = (negative ? ~low : low) >>> 0;
  }

  of(value: number): number {
    this.#number[0] = value + 0;
    const low = this.#words[0];
    const high = this.#words[1];
    const negative = high >>> 31 === 1;
    const upper = ((negative ? ~high : high | 0x8000_0000) >>> 0) - this.#high;
    return upper * 0x1_0000_0000 + (((negative ? ~low : low) >>> 0) - this.#low);
  }
}

/** Sorts by the rank of every entry of a dictionary column: ranks[id], whole numbers from 0, NaN for absent ones. */
export class RankKey implements SortKey {
  readonly #column: string;
  readonly #ranks: Float64Array;

  constructor(column: string, ranks: Float64Array) {
    this.#column = column;
    this.#ranks = ranks;
  }

  isOrdered(): boolean {
    return false;
  }

  coarse({ slices, length }: Rows, descending: boolean): CoarseKeys {
    let range = 0;
    for (const rank of this.#ranks) if (rank > range) range = rank;
    const ranks = Uint32Array.from(this.#ranks, (rank) => (rank !== rank ? ABSENT : descending ? range - rank : rank));
    const keys = new Uint32Array(length);
    const scratch = new IdRoom();
    let to = 0;
    for (const { chunk, rows, count } of slices) {
      const ids = wideIds(chunk.packedIds(this.#column), rows, count, scratch.atLeast(count));
      for (let k = 0; k < count; k++) keys[to++] = ranks[ids[k]];
    }
    return { keys, range, exact: true };
  }

  refine(_rows: Rows, ks: Uint32Array): Uint32Array {
    return ks;
  }
}
