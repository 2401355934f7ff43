import { LINE_LIMIT, REJECT_TEXT } from './types.ts';

const LF = 10;
const CR = 13;

/** What becomes of the lines. */
export interface LineConsumer {
  /**
   * bytes[from..to) holds whole lines, each ended by `newline`. `offset` is the place of bytes[0] in the stream.
   * Lines longer than LINE_LIMIT may be among them. The bytes may be overwritten afterwards.
   */
  lines(bytes: Uint8Array, from: number, to: number, offset: number, newline: number): void;
  /** A line longer than LINE_LIMIT, of which only the beginning is at hand. */
  longLine(head: Uint8Array, offset: number): void;
  /** The last line, which has no end. bytes[to] is a line feed. */
  lastLine(bytes: Uint8Array, from: number, to: number, offset: number): void;
}

/**
 * Cuts a stream of blocks into whole lines. Lines end with LF or CR LF, or, where the first line end of the file is a bare CR, with CR (old Macintosh).
 * Memory stays within a block and a line, whatever comes.
 */
export class LineSplitter {
  readonly #to: LineConsumer;
  #buffer = new Uint8Array(2 ** 20);
  #length = 0;
  /** Place of #buffer[0] in the stream. */
  #offset = 0;
  /** 0 until the first line end is seen. */
  newline = 0;
  /** Within a line that is too long: its beginning was handed on already. */
  #skipping = false;
  #ended = false;

  constructor(to: LineConsumer) {
    this.#to = to;
  }

  feed(block: Uint8Array): void {
    let from = 0;
    if (this.#skipping) {
      const end = block.indexOf(this.newline === 0 ? LF : this.newline);
      if (end < 0) {
        this.#offset += block.length;
        return;
      }
      this.#skipping = false;
      from = end + 1;
      this.#offset += from;
    }
    if (this.#length === 0 && this.newline !== 0) from = this.#pass(block, from);
    if (from === block.length) return;
    this.#add(block, from);
    this.#hand(false);
  }

  /** Hands on the whole lines of a block where nothing is held back; returns where they end. */
  #pass(block: Uint8Array, from: number): number {
    const end = block.lastIndexOf(this.newline) + 1;
    if (end <= from) return from;
    this.#to.lines(block, from, end, this.#offset - from, this.newline);
    this.#offset += end - from;
    return end;
  }

  /** What was fed ends with a line: a CR at its end is a line end, whatever comes after it. */
  flush(): void {
    if (this.newline === 0 && this.#length > 0 && !this.#ended) this.#hand(true);
  }

  /** Counts bytes from 0 again. Only between lines. */
  restart(): void {
    if (this.#length > 0 || this.#skipping) throw new Error('a reader can only go on elsewhere between lines');
    this.#offset = 0;
  }

  end(): void {
    this.#ended = true;
    this.#hand(true);
    if (this.#length === 0) return;
    this.#room(1);
    // what a longer line left behind it must not be taken for more of it
    this.#buffer[this.#length] = LF;
    this.#to.lastLine(this.#buffer, 0, this.#length, this.#offset);
    this.#offset += this.#length;
    this.#length = 0;
  }

  #add(block: Uint8Array, from: number): void {
    const more = block.length - from;
    this.#room(more);
    this.#buffer.set(from === 0 ? block : block.subarray(from), this.#length);
    this.#length += more;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(this.#length + more, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  #hand(atEnd: boolean): void {
    if (this.newline === 0) this.newline = newlineOf(this.#buffer.subarray(0, this.#length), atEnd);
    if (this.newline === 0) {
      this.#skipIfTooLong();
      return;
    }
    const last = this.#buffer.lastIndexOf(this.newline, this.#length - 1);
    if (this.#length > 0 && last >= 0) {
      this.#to.lines(this.#buffer, 0, last + 1, this.#offset, this.newline);
      this.#buffer.copyWithin(0, last + 1, this.#length);
      this.#length -= last + 1;
      this.#offset += last + 1;
    }
    this.#skipIfTooLong();
  }

  #skipIfTooLong(): void {
    if (this.#length <= LINE_LIMIT + 1) return;
    this.#to.longLine(this.#buffer.subarray(0, REJECT_TEXT + 1), this.#offset);
    this.#offset += this.#length;
    this.#length = 0;
    this.#skipping = true;
  }
}

/**
 * What ends the lines of a log that begins with these bytes: LF (after a CR too), or CR where its first line end is a bare one; 0 where that is
 * not known yet. `atEnd`: no bytes follow.
 */
export function newlineOf(bytes: Uint8Array, atEnd: boolean): number {
  const lf = bytes.indexOf(LF);
  const cr = lf < 0 ? bytes.indexOf(CR) : bytes.subarray(0, lf).indexOf(CR);
  if (cr < 0) return lf < 0 ? 0 : LF;
  let after = cr + 1;
  while (after < bytes.length && bytes[after] === CR) after++;
  if (after === bytes.length && !atEnd) return 0;
  return bytes[after] === LF ? LF : CR;
}

/**
 * The same of a log that may grow. `all`: these are all bytes that it has by now: no line end is known then, and a CR at their end may be half of one; LF is
 * what it will most likely be.
 */
export function newlineSoFar(bytes: Uint8Array, all: boolean): number {
  return newlineOf(bytes, false) || (all ? LF : 0);
}
