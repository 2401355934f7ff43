import { randomBytes } from 'node:crypto';

/** Different in every process, so that nobody can prepare a log whose values all collide. */
const seed = randomBytes(4).readInt32LE();

/** Any numbers in the order in which they are met: 0 is NaN, the first has code 1. Open addressing over their bits; -0 is 0. */
export class NumberCodes {
  #size = 1;
  #values = new Float64Array(1 << 10).fill(NaN, 0, 1);
  /** Codes; 0 is free. A power of two long, at most half full. */
  #slots = new Uint32Array(1 << 11);
  readonly #number = new Float64Array(1);
  readonly #bits = new Int32Array(this.#number.buffer);

  /** Codes given so far are below this. */
  get size(): number {
    return this.#size;
  }

  valueOf(code: number): number {
    return this.#values[code];
  }

  codeOf(value: number): number {
    if (value !== value) return 0;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = this.#hash(value) & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot];
      if (code === 0) return this.#add(value, slot);
      if (this.#values[code] === value) return code;
    }
  }

  #add(value: number, slot: number): number {
    const code = this.#size++;
    if (code === this.#values.length) {
      const values = new Float64Array(code * 2);
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[code] = value + 0;
    this.#slots[slot] = code;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return code;
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let code = 1; code < this.#size; code++) {
      let slot = this.#hash(this.#values[code]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = code;
    }
    this.#slots = slots;
  }

  #hash(value: number): number {
    // + 0 makes one zero of both.
    this.#number[0] = value + 0;
    let hash = Math.imul(this.#bits[0] ^ seed, 0x9e3779b1) ^ Math.imul(this.#bits[1], 0x85ebca77);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return hash ^ (hash >>> 13);
  }
}
