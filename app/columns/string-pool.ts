import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { visibleUtf8 } from './visible-utf8.ts';
import type { DictionaryName, DictionaryReader, DictionaryWriter } from './types.ts';

const encoder = new TextEncoder();

/**
 * All texts of one dictionary in one arena of bytes, found through an open-addressing hash table. Ids count from 1 in the order
 * of arrival and never change. Serves as writer while importing and as reader afterwards.
 */
export class StringPool implements DictionaryWriter, DictionaryReader {
  readonly name: DictionaryName;
  #arena = new Uint8Array(1 << 16);
  /** ends[id - 1] is the end of text id. */
  #ends = new Uint32Array(1 << 10);
  #hashes = new Uint32Array(1 << 10);
  /** Ids; 0 is free. A power of two long, at most half full. Empty until somebody looks for a text. */
  #slots = new Uint32Array(0);
  #size = 0;
  readonly #texts: (string | undefined)[] = [];
  /** Different in every process, so that nobody can prepare a log whose texts all collide. */
  readonly #seed = randomBytes(4).readUInt32LE();

  constructor(name: DictionaryName) {
    this.name = name;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes of all texts. */
  get length(): number {
    return this.#size === 0 ? 0 : this.#ends[this.#size - 1];
  }

  /** Arena and ends, for writing entries out; valid until the next call that adds. */
  get ends(): Uint32Array {
    return this.#ends;
  }
  get bytes(): Uint8Array {
    return this.#arena;
  }

  /** What is no UTF-8 is kept as `\xHH`, byte by byte: a dictionary holds text. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = this.#hash(bytes, start, end);
    const found = this.#find(bytes, start, end, hash);
    if (found !== 0) return found;
    const visible = visibleUtf8(bytes, start, end);
    return visible === null ? this.#add(bytes, start, end, hash) : this.intern(visible, 0, visible.length);
  }

  /**
   * The same with replacement characters for what is no UTF-8: for figures of recorded runs over texts that an earlier version kept as they were logged,
   * which have to come out again as they did.
   */
  internReplaced(bytes: Uint8Array, start: number, end: number): number {
    const hash = this.#hash(bytes, start, end);
    const found = this.#find(bytes, start, end, hash);
    if (found !== 0) return found;
    if (isUtf8(bytes.subarray(start, end))) return this.#add(bytes, start, end, hash);
    return this.internText(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'));
  }

  internText(text: string): number {
    const bytes = encoder.encode(text);
    const hash = this.#hash(bytes, 0, bytes.length);
    const found = this.#find(bytes, 0, bytes.length, hash);
    return found === 0 ? this.#add(bytes, 0, bytes.length, hash) : found;
  }

  /** The id of bytes[start..end) as they stand; 0: they have none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.#find(bytes, start, end, this.#hash(bytes, start, end));
  }

  idOf(text: string): number {
    const bytes = encoder.encode(text);
    return this.find(bytes, 0, bytes.length);
  }

  /** The same string at every call. @throws RangeError for an id that is not in the dictionary */
  textOf(id: number): string {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    const text = this.readText(id);
    while (this.#texts.length <= id) this.#texts.push(undefined);
    this.#texts[id] = text;
    return text;
  }

  readText(id: number): string {
    if (!(id >= 1 && id <= this.#size)) throw new RangeError(`the dictionary '${this.name}' has no entry ${id}`);
    const start = id === 1 ? 0 : this.#ends[id - 2];
    return Buffer.from(this.#arena.buffer, start, this.#ends[id - 1] - start).toString('utf8');
  }

  /** Nothing is in it any more; ids begin at 1 again. Its memory is kept for what comes. */
  clear(): void {
    this.#size = 0;
    this.#slots.fill(0);
    this.#texts.length = 0;
  }

  /** Appends entries that are known to be new and in order: a block of the case. `offsets` is one longer than the entries. */
  addBlock(bytes: Uint8Array, offsets: Uint32Array): void {
    for (let i = 0; i + 1 < offsets.length; i++) {
      const hash = this.#slots.length === 0 ? 0 : this.#hash(bytes, offsets[i], offsets[i + 1]);
      this.#add(bytes, offsets[i], offsets[i + 1], hash);
    }
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const used = this.length;
    const after = used + (end - start);
    if (after > 0xffff_ffff) throw new RangeError(`the dictionary '${this.name}' is full: its texts are longer than 4 GiB together`);
    if (after > this.#arena.length) this.#arena = new Uint8Array(longer(this.#arena.buffer, after));
    if (this.#size === this.#ends.length) {
      this.#ends = new Uint32Array(longer(this.#ends.buffer, this.#size * 4 + 4));
      this.#hashes = new Uint32Array(longer(this.#hashes.buffer, this.#size * 4 + 4));
    }
    // Texts are short: a loop is faster than a call.
    for (let from = start, to = used; from < end; from++, to++) this.#arena[to] = bytes[from];
    const id = ++this.#size;
    this.#ends[id - 1] = after;
    this.#hashes[id - 1] = hash;
    if (this.#slots.length > 0) {
      if (id * 2 > this.#slots.length) this.#rebuild();
      else this.#place(id, hash);
    }
    return id;
  }

  #find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    if (this.#slots.length === 0) this.#buildTable();
    const slots = this.#slots;
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot];
      if (id === 0) return 0;
      if (this.#hashes[id - 1] !== hash) continue;
      const at = id === 1 ? 0 : this.#ends[id - 2];
      if (this.#ends[id - 1] - at !== length) continue;
      let i = 0;
      while (i < length && this.#arena[at + i] === bytes[start + i]) i++;
      if (i === length) return id;
    }
  }

  #buildTable(): void {
    for (let id = 1, start = 0; id <= this.#size; id++) {
      const end = this.#ends[id - 1];
      this.#hashes[id - 1] = this.#hash(this.#arena, start, end);
      start = end;
    }
    this.#rebuild();
  }

  #rebuild(): void {
    let length = 1 << 11;
    while (length < this.#size * 4) length *= 2;
    this.#slots = new Uint32Array(length);
    for (let id = 1; id <= this.#size; id++) this.#place(id, this.#hashes[id - 1]);
  }

  #place(id: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
  }

  /** MurmurHash3, 32 bits (Austin Appleby, public domain). */
  #hash(bytes: Uint8Array, start: number, end: number): number {
    let hash = this.#seed;
    let i = start;
    for (; i + 4 <= end; i += 4) {
      let k = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
      k = Math.imul(k, 0xcc9e2d51);
      k = (k << 15) | (k >>> 17);
      hash ^= Math.imul(k, 0x1b873593);
      hash = (hash << 13) | (hash >>> 19);
      hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
    }
    let tail = 0;
    for (let shift = 0; i < end; i++, shift += 8) tail |= bytes[i] << shift;
    tail = Math.imul(tail, 0xcc9e2d51);
    hash ^= Math.imul((tail << 15) | (tail >>> 17), 0x1b873593);
    hash ^= end - start;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** Beyond this (bytes) memory grows by a quarter: who doubles it has half of it idle. */
const LARGE = 2 ** 25;

/** The same memory, at least so long; what it was before is given back at once. */
function longer(buffer: ArrayBuffer, least: number): ArrayBuffer {
  const wanted = buffer.byteLength < LARGE ? buffer.byteLength * 2 : Math.ceil(buffer.byteLength / 16) * 20;
  return buffer.transfer(Math.max(least, wanted));
}
