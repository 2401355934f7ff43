import { randomBytes } from 'node:crypto';

/** Numbers pairs of whole numbers from 0 in the order in which they are met. */
export interface PairTable {
  readonly size: number;
  /** out[k] = code of (firsts[k], seconds[k]); `out` may be either of them. New pairs get the next codes in turn. */
  codesOf(firsts: Uint32Array, seconds: Uint32Array, count: number, out: Uint32Array): void;
  /** What the codes stand for. */
  pairs(codes: Uint32Array): { readonly firsts: Uint32Array; readonly seconds: Uint32Array };
}

/** A table with a place for every pair there could be takes four bytes for each of them, and is three to five times as fast as a hash table. */
const DIRECT = 1 << 22;

/** Firsts and seconds are below these; null where that is not known. */
export function pairTable(firsts: number | null, seconds: number | null): PairTable {
  return firsts !== null && seconds !== null && firsts * seconds <= DIRECT ? new DirectPairs(firsts, seconds) : new HashedPairs();
}

class DirectPairs implements PairTable {
  readonly #width: number;
  /** Code + 1 of every pair; 0 where it was not met. Pages that nobody touches take no memory. */
  readonly #codes: Uint32Array;
  #pairs = new Uint32Array(1 << 10);
  #size = 0;

  constructor(firsts: number, seconds: number) {
    this.#width = seconds;
    this.#codes = new Uint32Array(firsts * seconds);
  }

  get size(): number {
    return this.#size;
  }

  codesOf(firsts: Uint32Array, seconds: Uint32Array, count: number, out: Uint32Array): void {
    const codes = this.#codes;
    const width = this.#width;
    for (let k = 0; k < count; k++) {
      const pair = firsts[k] * width + seconds[k];
      let code = codes[pair];
      if (code === 0) codes[pair] = code = this.#add(pair);
      out[k] = code - 1;
    }
  }

  #add(pair: number): number {
    if (this.#size === this.#pairs.length) this.#pairs = doubled(this.#pairs);
    this.#pairs[this.#size++] = pair;
    return this.#size;
  }

  pairs(codes: Uint32Array): { readonly firsts: Uint32Array; readonly seconds: Uint32Array } {
    const pairs = codes.map((code) => this.#pairs[code]);
    const width = this.#width;
    return { firsts: pairs.map((pair) => Math.floor(pair / width)), seconds: pairs.map((pair) => pair % width) };
  }
}

/** Different in every process, so that nobody can prepare a log whose pairs all collide. */
const seed = randomBytes(4).readInt32LE();
const WORDS = 3;

/** Open addressing over pairs below 2^32; a slot holds first, second, code + 1 (0: free). At most half full. */
class HashedPairs implements PairTable {
  /** The upper bits of a hash choose the slot. */
  #shift = 32 - 12;
  #slots = new Uint32Array(WORDS << 12);
  #pairs = new Uint32Array(1 << 11);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  codesOf(firsts: Uint32Array, seconds: Uint32Array, count: number, out: Uint32Array): void {
    let slots = this.#slots;
    let shift = this.#shift;
    for (let k = 0; k < count; k++) {
      const a = firsts[k];
      const b = seconds[k];
      let slot = (hashOf(a, b) >>> shift) * WORDS;
      let code = slots[slot + 2];
      while (code !== 0 && (slots[slot] !== a || slots[slot + 1] !== b)) {
        slot += WORDS;
        if (slot === slots.length) slot = 0;
        code = slots[slot + 2];
      }
      if (code === 0) {
        slots[slot] = a;
        slots[slot + 1] = b;
        slots[slot + 2] = code = this.#add(a, b);
        if (code * 2 * WORDS > slots.length) {
          slots = this.#grow();
          shift = this.#shift;
        }
      }
      out[k] = code - 1;
    }
  }

  /** Code + 1 of a new pair. */
  #add(a: number, b: number): number {
    const at = this.#size * 2;
    if (at === this.#pairs.length) this.#pairs = doubled(this.#pairs);
    this.#pairs[at] = a;
    this.#pairs[at + 1] = b;
    return ++this.#size;
  }

  #grow(): Uint32Array<ArrayBuffer> {
    const slots = new Uint32Array(this.#slots.length * 2);
    const shift = --this.#shift;
    for (let code = 0; code < this.#size; code++) {
      const a = this.#pairs[2 * code];
      const b = this.#pairs[2 * code + 1];
      let slot = (hashOf(a, b) >>> shift) * WORDS;
      while (slots[slot + 2] !== 0) slot = slot + WORDS === slots.length ? 0 : slot + WORDS;
      slots[slot] = a;
      slots[slot + 1] = b;
      slots[slot + 2] = code + 1;
    }
    this.#slots = slots;
    return slots;
  }

  pairs(codes: Uint32Array): { readonly firsts: Uint32Array; readonly seconds: Uint32Array } {
    const pairs = this.#pairs;
    return { firsts: codes.map((code) => pairs[2 * code]), seconds: codes.map((code) => pairs[2 * code + 1]) };
  }
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function hashOf(a: number, b: number): number {
  const hash = Math.imul(a ^ seed, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
}
