import { CHUNK_ROWS } from '../../columns/types.ts';
import type { Part } from './messages.ts';

/** How long pieces are: rows that are aimed at, in the first one and in the others, and bytes. */
export interface PieceSizes {
  readonly first: number;
  readonly rows: number;
  readonly least: number;
  readonly most: number;
}

/** A little less than a chunk, since lines vary. */
const ROWS = Math.floor(CHUNK_ROWS * 0.92);
/** The first piece is read alone, for it decides what cannot be known beforehand: it is a short one. */
export const longLog: PieceSizes = { first: 8192, rows: ROWS, least: 2 ** 16, most: 2 ** 23 };
export const shortLog: PieceSizes = { ...longLog, first: ROWS };

/** So many bytes tell how long lines are. */
const SAMPLE = 2 ** 16;
/** Memory is taken in steps of this, so that it fits again for a piece that is a little longer. */
const STEP = 2 ** 20;

/**
 * Cuts a stream of bytes into pieces of whole lines; where a line is longer than a piece, into parts of one. Where it cuts depends on the
 * bytes alone, not on the blocks they come in.
 */
export class PieceCutter {
  readonly #newline: number;
  #lastByte: number | null = null;
  readonly #sizes: PieceSizes;
  readonly #take: (part: Part) => void;
  #spare: SharedArrayBuffer[] = [];
  #bytes: Uint8Array<SharedArrayBuffer>;
  #length = 0;
  /** The last part ended within a line. */
  #within = false;
  /** The piece ends before this many bytes. */
  #target: number;

  /** `head`: the beginning of the stream, which is still to come; `newline`: what ends its lines. `take` gets the parts. */
  constructor(head: Uint8Array, newline: number, sizes: PieceSizes, take: (part: Part) => void) {
    this.#newline = newline;
    this.#sizes = sizes;
    this.#take = take;
    this.#target = this.#sizeFor(sizes.first, head);
    this.#bytes = this.#memory();
  }

  /** Of all that was cut; null: there was nothing. */
  get lastByte(): number | null {
    return this.#lastByte;
  }

  add(block: Uint8Array): void {
    let from = 0;
    while (from < block.length) {
      const more = Math.min(block.length - from, this.#target - this.#length);
      this.#bytes.set(block.subarray(from, from + more), this.#length);
      this.#length += more;
      from += more;
      if (this.#length === this.#target) this.#cut();
    }
  }

  /**
   * Memory for the bytes that come behind `waiting` others, which are still to be added: whoever writes them there says so with `wrote` when it is
   * their turn. Null where the others have to be added first.
   */
  room(waiting: number): Uint8Array<SharedArrayBuffer> | null {
    const from = this.#length + waiting;
    return from < this.#target ? this.#bytes.subarray(from, this.#target) : null;
  }

  /** So many bytes more are there, in what `room` gave. */
  wrote(bytes: number): void {
    this.#length += bytes;
    if (this.#length === this.#target) this.#cut();
  }

  /** No more bytes. `cut`: the stream broke off. A line without an end is a piece of its own, so that what comes before it can be read on. */
  end(cut: boolean): void {
    const length = this.#length;
    if (length > 0) this.#lastByte = this.#bytes[length - 1];
    const buffer = this.#bytes.buffer;
    const whole = length === 0 ? 0 : this.#bytes.lastIndexOf(this.#newline, length - 1) + 1;
    if (cut) this.#take({ buffer, length, end: 'cut' });
    else if (whole === length && (length > 0 || !this.#within)) this.#take({ buffer, length, end: 'last' });
    else {
      const rest = new Uint8Array(new SharedArrayBuffer(length - whole));
      rest.set(this.#bytes.subarray(whole, length));
      if (whole > 0) this.#take({ buffer, length: whole, end: 'line' });
      this.#take({ buffer: rest.buffer, length: rest.length, end: 'open' });
    }
  }

  /** Memory of a part that nobody needs any more. */
  giveBack(buffer: SharedArrayBuffer): void {
    this.#spare.push(buffer);
  }

  #cut(): void {
    const bytes = this.#bytes;
    const length = this.#length;
    this.#lastByte = bytes[length - 1];
    const end = bytes.lastIndexOf(this.#newline, length - 1) + 1;
    const rest = end === 0 ? 0 : length - end;
    this.#target = Math.max(this.#sizeFor(this.#sizes.rows, bytes.subarray(0, length)), rest + 1);
    this.#bytes = this.#memory();
    this.#bytes.set(bytes.subarray(length - rest, length));
    this.#length = rest;
    this.#within = end === 0;
    this.#take(end === 0 ? { buffer: bytes.buffer, length, end: 'within' } : { buffer: bytes.buffer, length: end, end: 'line' });
  }

  /** Bytes that so many rows are likely to have, where these bytes are like them. */
  #sizeFor(rows: number, like: Uint8Array): number {
    const sample = like.subarray(Math.max(0, like.length - SAMPLE));
    let lines = 0;
    for (let at = sample.indexOf(this.#newline); at >= 0; at = sample.indexOf(this.#newline, at + 1)) lines++;
    const wanted = lines === 0 ? this.#sizes.most : Math.floor((rows * sample.length) / lines);
    return Math.max(this.#sizes.least, Math.min(this.#sizes.most, wanted));
  }

  #memory(): Uint8Array<SharedArrayBuffer> {
    for (let spare = this.#spare.pop(); spare !== undefined; spare = this.#spare.pop()) {
      if (spare.byteLength >= this.#target) return new Uint8Array(spare);
    }
    const bytes = this.#target < STEP ? this.#target : Math.ceil((this.#target * 1.1) / STEP) * STEP;
    return new Uint8Array(new SharedArrayBuffer(bytes));
  }
}
