import { LINE_LIMIT } from '../../formats/types.ts';
import { Marker, type Mark } from './mark.ts';

const LF = 10;

/** An unfinished line is held whole up to this length; of a longer one the middle is left out: a reader rejects it by its beginning anyway. */
const HOLD = 8 * LINE_LIMIT;
/** So much of it is kept: more than a reader takes. */
const KEPT = LINE_LIMIT + 2;

/** Lines of a file. */
export interface Cut {
  readonly bytes: Uint8Array;
  /** The place behind them. */
  readonly mark: Mark;
  /** So many of the file's bytes were left out of `bytes`. */
  readonly left: number;
}

/** Cuts the bytes of a file that grows into whole lines, ended by LF (after a CR too), and marks the place behind them. */
export class LineCutter {
  readonly #marker: Marker;
  /** Of the file: bytes and lines handed over. */
  #byte: number;
  #line: number;
  /** Beginning of a line that has no end yet. */
  #carry: Uint8Array = new Uint8Array(0);
  /** Bytes of this line that are not held. */
  #left = 0;

  /** Begins at this place, to which `marker` has passed. */
  constructor(byte: number, line: number, marker: Marker) {
    this.#byte = byte;
    this.#line = line;
    this.#marker = marker;
  }

  /** Up to here bytes were taken. */
  get at(): number {
    return this.#byte + this.unfinished;
  }

  /** Lines that were handed over. */
  get line(): number {
    return this.#line;
  }

  /** Bytes of a line that has no end yet. */
  get unfinished(): number {
    return this.#carry.length + this.#left;
  }

  /** The last bytes before `at`. */
  get recent(): Uint8Array {
    return this.#marker.recent;
  }

  /** The place up to which bytes were taken. */
  get seen(): Mark {
    return this.#marker.mark(this.at, this.#line);
  }

  /** Bytes before the place where this one begins, where they come past again. */
  before(bytes: Uint8Array): void {
    this.#marker.pass(bytes);
  }

  /** Takes the next bytes, to keep; gives the lines that they end. */
  push(block: Uint8Array): Cut[] {
    const cuts: Cut[] = [];
    let rest = block;
    if (this.#left > 0) {
      const end = rest.indexOf(LF) + 1;
      if (end > 0) cuts.push(this.#cut(rest.subarray(0, end)));
      rest = rest.subarray(end);
    }
    const end = this.#left > 0 ? 0 : rest.lastIndexOf(LF) + 1;
    if (end > 0) cuts.push(this.#cut(rest.subarray(0, end)));
    this.#hold(rest.subarray(end));
    return cuts;
  }

  /** No more bytes come: the line that has no end, or null. */
  end(): Cut | null {
    return this.unfinished === 0 ? null : this.#cut(new Uint8Array(0));
  }

  /** Hands over what is held and `ended`, the bytes behind it. */
  #cut(ended: Uint8Array): Cut {
    const left = this.#left + (this.#left > 0 ? Math.max(0, ended.length - 1) : 0);
    // of a line that was too long the end alone
    const last = this.#left > 0 ? ended.subarray(-1) : ended;
    const bytes = this.#carry.length === 0 ? last : Buffer.concat([this.#carry, last]);
    this.#marker.pass(ended);
    this.#byte += this.unfinished + ended.length;
    this.#line += Math.max(1, countLines(bytes));
    this.#carry = new Uint8Array(0);
    this.#left = 0;
    return { bytes, mark: this.#marker.mark(this.#byte, this.#line), left };
  }

  #hold(rest: Uint8Array): void {
    if (rest.length === 0) return;
    this.#marker.pass(rest);
    if (this.#left > 0) {
      this.#left += rest.length;
      return;
    }
    // a copy: what is held for long must not hold the block that it came in
    const carry = Buffer.concat([this.#carry, rest]);
    this.#left = carry.length > HOLD ? carry.length - KEPT : 0;
    this.#carry = this.#left > 0 ? Uint8Array.from(carry.subarray(0, KEPT)) : carry;
  }
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}
