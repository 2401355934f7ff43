import { bytesOf, copyBytes } from '../../columns/bytes.ts';

/** A little more than what was needed last time. */
const SLACK = 1.1;
const LEAST = 2 ** 16;

/** Memory for the columns of a chunk, which goes from thread to thread and is used again. */
export class Arena {
  #spare: SharedArrayBuffer[] = [];
  #blocks: SharedArrayBuffer[] = [];
  #used = 0;
  #total = 0;
  #before = LEAST;

  /** A copy of these bytes; it begins at a multiple of 8. */
  keep(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
    const copy = new Uint8Array(this.#place(bytes.length), this.#used, bytes.length);
    copyBytes(bytes, copy, 0);
    this.#used += (bytes.length + 7) & ~7;
    return copy;
  }

  keepIds(ids: Uint32Array): Uint32Array<SharedArrayBuffer> {
    const copy = new Uint32Array(this.#place(ids.byteLength), this.#used, ids.length);
    copyBytes(bytesOf(ids), bytesOf(copy), 0);
    this.#used += (ids.byteLength + 7) & ~7;
    return copy;
  }

  /** The memory of everything that was kept since the last call. */
  take(): SharedArrayBuffer[] {
    const blocks = this.#blocks;
    if (blocks.length > 0) this.#before = this.#total + this.#used;
    this.#blocks = [];
    this.#used = 0;
    this.#total = 0;
    return blocks;
  }

  /** Memory that nobody needs any more. */
  giveBack(blocks: readonly SharedArrayBuffer[]): void {
    this.#spare.push(...blocks);
  }

  /** The block in which so many bytes have room behind `#used`. */
  #place(bytes: number): SharedArrayBuffer {
    const block = this.#blocks.at(-1);
    if (block !== undefined && this.#used + bytes <= block.byteLength) return block;
    const wanted = Math.max(bytes, block === undefined ? this.#before : this.#before >> 2);
    this.#total += this.#used;
    this.#used = 0;
    const fresh = this.#fitting(wanted) ?? new SharedArrayBuffer(Math.ceil((wanted * SLACK) / LEAST) * LEAST);
    this.#blocks.push(fresh);
    return fresh;
  }

  /** What is too small now will be too small again. */
  #fitting(bytes: number): SharedArrayBuffer | null {
    for (let spare = this.#spare.pop(); spare !== undefined; spare = this.#spare.pop()) if (spare.byteLength >= bytes) return spare;
    return null;
  }
}
