/** Stands for a row that takes no part. */
export const NOBODY = 0xffff_ffff;

/**
 * Numbers pairs of unsigned 32-bit integers 0, 1, 2, ... in the order they first come, with open addressing over typed arrays that grow. The
 * numbers depend on the order of the pairs alone.
 */
export class PairNumbers {
  #left = new Uint32Array(1024);
  #right = new Uint32Array(1024);
  /** Slot → 1 + number of the pair, 0 where free. */
  #slots = new Uint32Array(4096);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  leftOf(pair: number): number {
    return this.#left[pair];
  }

  rightOf(pair: number): number {
    return this.#right[pair];
  }

  /** The number of the pair, a new one where it is new. */
  add(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash(left, right) & mask;
    for (;;) {
      const pair = slots[slot] - 1;
      if (pair < 0) break;
      if (this.#left[pair] === left && this.#right[pair] === right) return pair;
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.#left.length) this.#growPairs();
    this.#left[this.#size] = left;
    this.#right[this.#size] = right;
    slots[slot] = ++this.#size;
    if (this.#size * 2 > slots.length) this.#growSlots();
    return this.#size - 1;
  }

  #growPairs(): void {
    const left = new Uint32Array(this.#left.length * 2);
    const right = new Uint32Array(this.#left.length * 2);
    left.set(this.#left);
    right.set(this.#right);
    this.#left = left;
    this.#right = right;
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let pair = 0; pair < this.#size; pair++) {
      let slot = hash(this.#left[pair], this.#right[pair]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = pair + 1;
    }
    this.#slots = slots;
  }
}

function hash(left: number, right: number): number {
  let mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}

/** Pairs (row of a host, value), in the order they first come, and how often each came. */
export interface CountedPairs {
  readonly size: number;
  /** Pair → row of the host, and value. */
  readonly rows: Uint32Array;
  readonly values: Uint32Array;
  readonly counts: Uint32Array;
}

/** Counts pairs of records whose row is not NOBODY and whose value is not 0 (absent). */
export async function countPairs(rows: Uint32Array, values: Uint32Array, breathe: () => Promise<void>): Promise<CountedPairs> {
  const pairs = new PairNumbers();
  let counts = new Uint32Array(1024);
  for (let i = 0; i < rows.length; i++) {
    if ((i & 0x3fff) === 0) await breathe();
    if (rows[i] === NOBODY || values[i] === 0) continue;
    const pair = pairs.add(rows[i], values[i]);
    if (pair === counts.length) {
      const more = new Uint32Array(counts.length * 2);
      more.set(counts);
      counts = more;
    }
    counts[pair]++;
  }
  const { size } = pairs;
  const out = { size, rows: new Uint32Array(size), values: new Uint32Array(size), counts: counts.slice(0, size) };
  for (let pair = 0; pair < size; pair++) {
    out.rows[pair] = pairs.leftOf(pair);
    out.values[pair] = pairs.rightOf(pair);
  }
  return out;
}
