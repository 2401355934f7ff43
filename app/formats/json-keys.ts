import { visibleText } from '../columns/visible-utf8.ts';

/** Keys are forgotten, and numbered anew, once there are so many: what comes from logs must not fill the memory. */
const MOST = 32_768;
/** The same of their bytes. */
const MOST_BYTES = 2 ** 22;

/** Keys that are tried at a place. Optional fields make several likely. */
const GUESSES = 4;

const [QUOTE, COLON] = [34, 58];

/** Stands for no key: the root's parent, and where nothing is guessed. */
export const NO_KEY = -1;

const escapeInJson = (escape: string, letter: string): string => (letter === 'x' ? String.raw`\\x` : escape);

/**
 * Numbers for the keys of JSON objects: a key is its raw bytes and the key of the object it stands in. Keys that come in the same order
 * line after line are known again by comparing words of four bytes with what followed the last time, and the time before.
 */
export class JsonKeys {
  count = 0;
  /** Counts up when keys are numbered anew. */
  generation = 0;
  /** The key of the object that a key stands in, or NO_KEY. */
  parents = new Int32Array(256);
  /** Length of a key as it is written, from its quote to its colon. */
  #lengths = new Int32Array(256);
  #wordStarts = new Int32Array(256);
  #words = new Int32Array(4096);
  #wordCount = 0;
  /** Keys that came lately at each place (`place`), the latest new one first. */
  #guesses = new Int32Array(256 * 2 * GUESSES).fill(NO_KEY);
  #paths: string[] = [];
  #raw: Buffer[] = [];
  #bytes = 0;
  #table = new Int32Array(1024).fill(NO_KEY);

  /** Names from the outermost object to the key, joined by dots, escapes undone. */
  path(key: number): string {
    return this.#paths[key];
  }

  /** Before a line: forgets all keys where they are too many. */
  bound(): void {
    if (this.count < MOST && this.#bytes < MOST_BYTES) return;
    this.count = 0;
    this.#bytes = 0;
    this.generation++;
    this.#wordCount = 0;
    this.#paths = [];
    this.#raw = [];
    this.#guesses.fill(NO_KEY);
    this.#table.fill(NO_KEY);
  }

  /** Where a key may be guessed from: the first one of the object `parent`, or the one behind `last`. */
  place(parent: number, last: number): number {
    return (last === NO_KEY ? 2 * (parent + 1) : 2 * (last + 1) + 1) * GUESSES;
  }

  /** The key whose `"key":` stands at bytes[at], if it is one of those that came there lately; else NO_KEY. */
  guess(view: DataView, at: number, place: number): number {
    const guesses = this.#guesses;
    for (let i = place; i < place + GUESSES; i++) {
      const key = guesses[i];
      if (key === NO_KEY || this.#is(view, at, key)) return key;
    }
    return NO_KEY;
  }

  /** How far a key's value is from its quote. */
  width(key: number): number {
    return this.#lengths[key];
  }

  /** The number of the key bytes[start..end) in `parent`, and remembers that it came at `place`. */
  find(bytes: Uint8Array, start: number, end: number, parent: number, place: number): number {
    let hash = Math.imul(parent + 2, 0x9e37_79b1);
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x0100_0193);
    hash ^= hash >>> 15;
    const mask = this.#table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const key = this.#table[slot];
      if (key !== NO_KEY && (this.parents[key] !== parent || !same(this.#raw[key], bytes, start, end))) continue;
      const found = key === NO_KEY ? this.#add(bytes, start, end, parent, slot) : key;
      this.#guesses.copyWithin(place + 1, place, place + GUESSES - 1);
      this.#guesses[place] = found;
      return found;
    }
  }

  #is(view: DataView, at: number, key: number): boolean {
    const length = this.#lengths[key];
    if (length < 4 || at + length > view.byteLength) return false;
    const words = this.#words;
    let word = this.#wordStarts[key];
    const last = at + length - 4;
    for (let i = at; i < last; i += 4) if (view.getInt32(i, true) !== words[word++]) return false;
    return view.getInt32(last, true) === words[word];
  }

  #add(bytes: Uint8Array, start: number, end: number, parent: number, slot: number): number {
    const key = this.count++;
    if (key >= this.#lengths.length) this.#grow();
    const raw = Buffer.from(bytes.subarray(start, end));
    const text = visibleText(raw);
    // \xHH, which stands for bytes that are no UTF-8, is no escape of JSON
    const name = raw.includes(92) ? (JSON.parse(`"${text.replace(/\\(x|[^])/g, escapeInJson)}"`) as string).toWellFormed() : text;
    const path = parent === NO_KEY ? name : `${this.#paths[parent]}.${name}`;
    this.#bytes += raw.length + path.length;
    this.#raw.push(raw);
    this.#paths.push(path);
    this.parents[key] = parent;
    this.#addWords(key, raw);
    this.#table[slot] = key;
    if (this.count * 2 > this.#table.length) this.#rehash();
    return key;
  }

  #addWords(key: number, raw: Uint8Array): void {
    const length = raw.length + 3;
    this.#lengths[key] = length;
    this.#wordStarts[key] = this.#wordCount;
    if (length < 4) return;
    const more = Math.ceil(length / 4);
    if (this.#wordCount + more > this.#words.length) this.#words = longer(this.#words, this.#wordCount + more, 0);
    const byteAt = (at: number): number => (at === 0 || at === length - 2 ? QUOTE : at === length - 1 ? COLON : raw[at - 1]);
    for (let i = 0; i < more; i++) {
      const at = Math.min(4 * i, length - 4);
      this.#words[this.#wordCount++] = byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24);
    }
  }

  #grow(): void {
    this.parents = longer(this.parents, this.count, 0);
    this.#lengths = longer(this.#lengths, this.count, 0);
    this.#wordStarts = longer(this.#wordStarts, this.count, 0);
    this.#guesses = longer(this.#guesses, 2 * GUESSES * (this.parents.length + 1), NO_KEY);
  }

  #rehash(): void {
    const larger = new Int32Array(this.#table.length * 2).fill(NO_KEY);
    const mask = larger.length - 1;
    for (let key = 0; key < this.count; key++) {
      let hash = Math.imul(this.parents[key] + 2, 0x9e37_79b1);
      for (const byte of this.#raw[key]) hash = Math.imul(hash ^ byte, 0x0100_0193);
      hash ^= hash >>> 15;
      let slot = hash & mask;
      while (larger[slot] !== NO_KEY) slot = (slot + 1) & mask;
      larger[slot] = key;
    }
    this.#table = larger;
  }
}

function longer(array: Int32Array<ArrayBuffer>, atLeast: number, fill: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, atLeast)).fill(fill, array.length);
  larger.set(array);
  return larger;
}

function same(raw: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (raw.length !== end - start) return false;
  for (let i = 0; i < raw.length; i++) if (raw[i] !== bytes[start + i]) return false;
  return true;
}
