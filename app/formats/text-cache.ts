const BITS = 13;
const SLOTS = 2 ** BITS;

/** The id of bytes[start..end), or 0 where they have none. */
export type Resolve = (bytes: Uint8Array, start: number, end: number) => number;

/**
 * Remembers the ids of texts from 5 to `width` bytes, so that whoever knows them is asked once for what comes in many lines. Where a text is looked
 * for is told by its words of four bytes; that it is there, by comparing them. A newcomer takes its place from whoever had it.
 */
export class TextCache {
  readonly #resolve: Resolve;
  readonly #width: number;
  readonly #kept: Uint8Array;
  readonly #words: DataView;
  readonly #lengths = new Uint16Array(SLOTS);
  readonly #ids = new Uint32Array(SLOTS);

  constructor(resolve: Resolve, width: number) {
    this.#resolve = resolve;
    this.#width = width;
    this.#kept = new Uint8Array(SLOTS * width);
    this.#words = new DataView(this.#kept.buffer);
  }

  /** Where the text that was found last is remembered; -1: it is not. */
  slot = -1;

  /** Length of the text that is remembered there, if it stands at `start` (and may go on behind it); else -1. */
  guess(view: DataView, start: number, slot: number): number {
    const length = this.#lengths[slot];
    if (length === 0 || start + length > view.byteLength) return -1;
    return this.#same(view, start, start + length - 4, slot * this.#width) ? length : -1;
  }

  /** The id of the text that is remembered there. */
  idAt(slot: number): number {
    return this.#ids[slot];
  }

  /** The id of bytes[start..end), which `view` sees too. */
  id(view: DataView, bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    this.slot = -1;
    if (length < 5 || length > this.#width) return this.#resolve(bytes, start, end);
    const last = end - 4;
    let hash = length;
    for (let at = start; at < last; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x85eb_ca6b) ^ (hash >>> 13);
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x9e37_79b1);
    const slot = (hash ^ (hash >>> 15)) >>> (32 - BITS);
    const kept = slot * this.#width;
    if (this.#lengths[slot] === length && this.#same(view, start, last, kept)) {
      this.slot = slot;
      return this.#ids[slot];
    }
    const id = this.#resolve(bytes, start, end);
    if (id === 0) return 0;
    this.slot = slot;
    this.#kept.set(bytes.subarray(start, end), kept);
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
