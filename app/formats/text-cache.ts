import type { DictionaryWriter } from '../columns/types.ts';
import { TermCache } from './intern-cache.ts';

const SLOTS = 4096;
/** Longer texts are not remembered. */
const WIDTH = 256;

/**
 * Remembers the ids of texts up to 256 bytes, so that a dictionary is asked once for what comes in many lines. Where a text is looked for is told by
 * four of its bytes at three places; that it is there, by all of them. A newcomer takes its place from whoever had it.
 */
export class TextCache {
  readonly #terms: DictionaryWriter;
  readonly #short: TermCache;
  readonly #kept = new Uint8Array(SLOTS * WIDTH);
  readonly #words = new DataView(this.#kept.buffer);
  readonly #lengths = new Uint16Array(SLOTS);
  readonly #ids = new Uint32Array(SLOTS);

  constructor(terms: DictionaryWriter, short: TermCache) {
    this.#terms = terms;
    this.#short = short;
  }

  /** The id of bytes[start..end), which `view` sees too. */
  id(view: DataView, bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length <= 8) return this.#short.id(bytes, start, end);
    if (length > WIDTH) return this.#terms.intern(bytes, start, end);
    const last = end - 4;
    let hash = Math.imul(view.getInt32(start, true) ^ length, 0x85eb_ca6b);
    hash = Math.imul(hash ^ view.getInt32(start + (length >>> 1) - 2, true), 0xc2b2_ae35) ^ (hash >>> 15);
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x9e37_79b1);
    const slot = hash >>> 20;
    if (this.#lengths[slot] === length && this.#same(view, start, last, slot * WIDTH)) return this.#ids[slot];
    const id = this.#terms.intern(bytes, start, end);
    this.#kept.set(bytes.subarray(start, end), slot * WIDTH);
    this.#lengths[slot] = length;
    this.#ids[slot] = id;
    return id;
  }

  #same(view: DataView, start: number, last: number, kept: number): boolean {
    const words = this.#words;
    let to = kept;
    for (let at = start; at < last; at += 4, to += 4) if (view.getInt32(at, true) !== words.getInt32(to, true)) return false;
    return view.getInt32(last, true) === words.getInt32(kept + last - start, true);
  }
}
