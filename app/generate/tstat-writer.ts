import { FORMAT, WIDTH, type TstatLayout } from './tstat-columns.ts';
import type { BlockWriter } from './types.ts';

/** The values of a row, by slot. One object is used for all rows. */
export class TstatRow {
  readonly numbers = new Float64Array(WIDTH);
  readonly texts: Uint8Array[] = Array.from({ length: WIDTH }, () => dash);

  clear(): void {
    this.numbers.fill(0);
    this.texts.fill(dash);
  }
}

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const dash = bytesOf('-');

const BLOCK = 2 ** 20;
/** No row is longer. */
const LONGEST = 8192;
const BLANK = 32;
const DOT = 46;
const ZERO = 48;
const none = bytesOf('---');
const never = bytesOf('0.0');

/** Writes rows as Tstat does, into blocks that are the taker's to keep. */
export class TstatWriter {
  readonly #layout: TstatLayout;
  readonly #write: BlockWriter;
  #block = new Uint8Array(BLOCK);
  #at = 0;
  /** Of the next row, counted from 1. */
  line = 1;

  constructor(layout: TstatLayout, write: BlockWriter) {
    this.#layout = layout;
    this.#write = write;
    this.#bytes(bytesOf(layout.header));
    this.line++;
  }

  /** True where it is time to `hand` the block on. */
  row({ numbers, texts }: TstatRow): boolean {
    const { slots, formats } = this.#layout;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      switch (formats[i]) {
        case FORMAT.whole:
          this.#whole(numbers[slot]);
          break;
        case FORMAT.milliseconds:
          this.#decimal(numbers[slot]);
          break;
        case FORMAT.text:
          this.#bytes(texts[slot]);
          break;
        case FORMAT.moment:
          if (numbers[slot] === 0) this.#bytes(never);
          else this.#decimal(numbers[slot]);
          break;
        default:
          if (numbers[slot] === 0) this.#bytes(none);
          else this.#whole(numbers[slot]);
      }
      this.#block[this.#at++] = BLANK;
    }
    this.#block[this.#at - 1] = 10;
    this.line++;
    return this.#at > BLOCK - LONGEST;
  }

  async hand(): Promise<void> {
    await this.#write(this.#block.subarray(0, this.#at));
    this.#block = new Uint8Array(BLOCK);
    this.#at = 0;
  }

  #bytes(bytes: Uint8Array): void {
    const block = this.#block;
    let at = this.#at;
    for (let i = 0; i < bytes.length; i++) block[at++] = bytes[i];
    this.#at = at;
  }

  #whole(value: number): void {
    if (value >= 10 || value < 0) this.#digits(value, 1);
    else this.#block[this.#at++] = ZERO + value;
  }

  /** Six decimals. */
  #decimal(value: number): void {
    let whole = Math.floor(value);
    let millionths = Math.round((value - whole) * 1e6);
    if (millionths === 1e6) {
      whole++;
      millionths = 0;
    }
    this.#whole(whole);
    this.#block[this.#at++] = DOT;
    this.#digits(millionths, 6);
  }

  #digits(value: number, least: number): void {
    if (value < 0) throw new RangeError(`the generator made a value below zero: ${value}`);
    let length = least;
    for (let limit = 10 ** least; value >= limit; limit *= 10) length++;
    let rest = value;
    let at = this.#at + length - 1;
    for (; rest >= 2 ** 31; at--) {
      const tens = Math.floor(rest / 10);
      this.#block[at] = ZERO + (rest - tens * 10);
      rest = tens;
    }
    for (; at >= this.#at; at--) {
      const tens = (rest / 10) | 0;
      this.#block[at] = ZERO + (rest - tens * 10);
      rest = tens;
    }
    this.#at += length;
  }
}
