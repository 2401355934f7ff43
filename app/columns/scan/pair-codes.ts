import type { Codes, GroupKey } from './codes.ts';
import { pairTable, type PairTable } from './pair-table.ts';
import { IdRoom } from './room.ts';
import type { Slice } from './slices.ts';

/** More pairs than this are looked up; fewer have a place of their own whether they occur or not. */
const DENSE = 1 << 18;

/** Has every pair there could be a place of its own? */
export function isNear(first: Codes, second: Codes): boolean {
  return first.settled && second.settled && first.size * second.size <= DENSE;
}

/** Two codes made one. */
export function pairCodes(first: Codes, second: Codes): Codes {
  return isNear(first, second) ? new NearPairs(first, second) : new FarPairs(first, second);
}

/** first * (how many second) + second. */
class NearPairs implements Codes {
  readonly size: number;
  readonly settled = true;
  readonly #first: Codes;
  readonly #second: Codes;
  readonly #width: number;
  readonly #scratch = new IdRoom();

  constructor(first: Codes, second: Codes) {
    this.#first = first;
    this.#second = second;
    this.#width = second.size;
    this.size = first.size * second.size;
  }

  fill(slice: Slice, out: Uint32Array): Uint32Array | null {
    const firsts = this.#first.fill(slice, out);
    const seconds = this.#second.fill(slice, this.#scratch.atLeast(slice.count));
    if (firsts === null || seconds === null) return null;
    const width = this.#width;
    for (let k = 0; k < slice.count; k++) out[k] = firsts[k] * width + seconds[k];
    return out;
  }

  keys(codes: Uint32Array): readonly GroupKey[] {
    const width = this.#width;
    return [...this.#first.keys(codes.map((code) => Math.floor(code / width))), ...this.#second.keys(codes.map((code) => code % width))];
  }
}

/** Pairs in the order in which they are met. */
class FarPairs implements Codes {
  readonly settled = false;
  readonly #first: Codes;
  readonly #second: Codes;
  readonly #scratch = new IdRoom();
  readonly #table: PairTable;

  constructor(first: Codes, second: Codes) {
    this.#first = first;
    this.#second = second;
    this.#table = pairTable(first.settled ? first.size : null, second.settled ? second.size : null);
  }

  get size(): number {
    return this.#table.size;
  }

  fill(slice: Slice, out: Uint32Array): Uint32Array | null {
    const firsts = this.#first.fill(slice, out);
    const seconds = this.#second.fill(slice, this.#scratch.atLeast(slice.count));
    if (firsts === null || seconds === null) return null;
    this.#table.codesOf(firsts, seconds, slice.count, out);
    return out;
  }

  keys(codes: Uint32Array): readonly GroupKey[] {
    const { firsts, seconds } = this.#table.pairs(codes);
    return [...this.#first.keys(firsts), ...this.#second.keys(seconds)];
  }
}
