import { hash, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
/** Words of 32 bits by which a text is known. */
const WORDS = 3;
/** Sums lie in blocks of so many: what grows does not move. */
const BLOCK_BITS = 14;
const IN_BLOCK = 2 ** BLOCK_BITS - 1;

/** Numbers of texts, found without the texts. They count from 1, in the order in which the texts came. */
export interface TextIndex {
  /** Texts that it knows. */
  readonly size: number;
  /** The number of bytes[start..end); 0: it has none. */
  find(bytes: Uint8Array, start: number, end: number): number;
  /** The same, or the next number where it has none. */
  intern(bytes: Uint8Array, start: number, end: number): number;
  /** Gives bytes[start..end) the next number, whether or not they have one: it is the first that is found. */
  append(bytes: Uint8Array, start: number, end: number): void;
}

/**
 * Numbers of texts, found without the texts: each is known by 96 bits of SHA-256 behind a key that nobody knows and that is another in every process. That two
 * of a hundred million texts are taken for one has a chance below 1e-13, and nobody can prepare two that are. About 20 bytes a text, however long they are.
 */
export class KeyedIndex implements TextIndex {
  #size = 0;
  readonly #sums: Uint32Array[] = [];
  /** Numbers; 0 is free. A power of two long, at most three quarters full. */
  #slots = new Uint32Array(1 << 11);
  #keyed = Buffer.concat([randomBytes(KEY_BYTES), Buffer.alloc(1024)]);
  readonly #sum = new Uint32Array(WORDS);

  get size(): number {
    return this.#size;
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    this.#read(bytes, start, end);
    return this.#slots[this.#slotOf()];
  }

  intern(bytes: Uint8Array, start: number, end: number): number {
    this.#read(bytes, start, end);
    const slot = this.#slotOf();
    return this.#slots[slot] || this.#append(slot);
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#read(bytes, start, end);
    this.#append(this.#slotOf());
  }

  /** What was read last, which stands in this slot or would. */
  #append(slot: number): number {
    const place = this.#size & IN_BLOCK;
    if (place === 0) this.#sums.push(new Uint32Array(WORDS << BLOCK_BITS));
    this.#sums[this.#sums.length - 1].set(this.#sum, place * WORDS);
    const number = ++this.#size;
    if (this.#slots[slot] === 0) this.#slots[slot] = number;
    if (number * 4 > this.#slots.length * 3) this.#widen();
    return number;
  }

  #read(bytes: Uint8Array, start: number, end: number): void {
    const length = KEY_BYTES + (end - start);
    if (length > this.#keyed.length) this.#keyed = Buffer.concat([this.#keyed], length * 2);
    this.#keyed.set(bytes.subarray(start, end), KEY_BYTES);
    // as a text it takes a third of the time
    const digest = hash('sha256', this.#keyed.subarray(0, length), 'binary');
    for (let i = 0; i < WORDS; i++) {
      const at = i * 4;
      this.#sum[i] =
        digest.charCodeAt(at) | (digest.charCodeAt(at + 1) << 8) | (digest.charCodeAt(at + 2) << 16) | (digest.charCodeAt(at + 3) << 24);
    }
  }

  /** Where the text that was read stands, or would stand. */
  #slotOf(): number {
    const [first, second, third] = this.#sum;
    const mask = this.#slots.length - 1;
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const i = this.#slots[slot] - 1;
      if (i < 0) return slot;
      const sums = this.#sums[i >>> BLOCK_BITS];
      const at = (i & IN_BLOCK) * WORDS;
      if (sums[at] === first && sums[at + 1] === second && sums[at + 2] === third) return slot;
    }
  }

  #widen(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let i = 0; i < this.#size; i++) {
      // of equal sums the first stays in front
      let slot = this.#sums[i >>> BLOCK_BITS][(i & IN_BLOCK) * WORDS] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    }
    this.#slots = slots;
  }
}
