import { randomBytes } from 'node:crypto';
import { exportsOf, overNumberMemory, type NumberMemory } from '../../columns/kernels/number-memory.ts';
import { lineBytes } from './line-bytes.ts';
import {
  DECIMAL_MASKS,
  DIGIT_MASKS,
  ENDS,
  LONG_WORDS_BYTES,
  MASKS,
  MAX_WORDS,
  MISSING,
  POWERS,
  WHOLE_POWERS,
  WORDS,
  WORD_BYTES,
} from './map.ts';

type Column = (ends: number, stride: number, rows: number, out: number, flags: number, limit: number, none: number) => number;

/** What the module exports; each is documented where it is made. */
interface Exports {
  scan(from: number, ends: number, limit: number, width: number, most: number, separator: number, newline: number, odd: number): number;
  readonly counts: Column;
  readonly micros: Column;
  readonly bools: Column;
  readonly decimals: Column;
  readonly millis: Column;
  words(
    ends: number,
    stride: number,
    rows: number,
    out: number,
    kind: number,
    seed: bigint,
    mask: number,
    missing: number,
    first: number,
    width: number,
  ): number;
  keep(start: number, length: number, kind: number, seed: bigint, mask: number, id: number, long: number): number;
  texts(
    ends: number,
    stride: number,
    rows: number,
    out: number,
    outEnds: number,
    absents: number,
    base: number,
    empty: bigint,
    emptyLength: number,
    flags: number,
  ): number;
  starts(ends: number, stride: number, rows: number, out: number, base: number): void;
  sequence(rows: number, out: number, first: number): void;
  unlike(ends: number, stride: number, rows: number, byte: number): number;
  least(rows: number, values: number, sign: number): number;
}

const FEWEST_WORDS = 2 ** 12;

/** The kernels and their memory. A thread has one, which its readers use in turn. */
export class LineKernels {
  readonly run: Exports;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly missing: Uint32Array<ArrayBuffer>;
  /** The memory of all kernels of this thread. */
  readonly buffer: ArrayBuffer;
  readonly #seed = randomBytes(8).readBigInt64LE();
  #owner: object | null = null;
  /** Words for which there are places; a power of two. */
  #places = FEWEST_WORDS;
  #kept = 0;
  #long = 0;

  constructor(memory: NumberMemory) {
    this.run = exportsOf(lineBytes, memory) as Exports;
    this.buffer = memory.buffer;
    this.bytes = new Uint8Array(this.buffer);
    this.ends = new Uint32Array(this.buffer, ENDS);
    this.missing = new Uint32Array(this.buffer, MISSING);
    const [floats, wholes] = [new Float64Array(this.buffer, POWERS, 16), new BigInt64Array(this.buffer, WHOLE_POWERS, 16)];
    for (let n = 0; n < 16; n++) {
      floats[n] = 10 ** n;
      wholes[n] = 10n ** BigInt(n);
    }
    for (let n = 0; n <= 16; n++) this.bytes.fill(255, MASKS + 16 * n, MASKS + 17 * n);
    for (let n = 0; n <= 8; n++) {
      this.bytes.fill(255, DIGIT_MASKS + 8 * n + 8 - n, DIGIT_MASKS + 8 * n + 8);
      this.bytes.fill(255, DECIMAL_MASKS + 16 * n + 9 - n, DECIMAL_MASKS + 16 * n + 9);
      this.bytes.fill(255, DECIMAL_MASKS + 16 * n + 10, DECIMAL_MASKS + 16 * n + 16);
    }
  }

  /** Words are known by their ids in one reader's dictionaries: another one's are forgotten. */
  claim(owner: object): void {
    if (this.#owner === owner) return;
    this.#owner = owner;
    this.#forget(FEWEST_WORDS);
  }

  /** Looks a column's words up; returns the end of the list of those that are missing. */
  words(ends: number, stride: number, rows: number, out: number, kind: number, missing: number, first: number): number {
    return (
      missing + this.run.words(ends, stride, rows, out, kind, this.#seed, this.#places - 1, MISSING + 4 * missing, first, stride / 4 + 1)
    );
  }

  /** Remembers the id of a word of the block. */
  keep(start: number, length: number, kind: number, id: number): void {
    const long = length > 16 ? length : 0;
    if (long > LONG_WORDS_BYTES / 64) return;
    if (this.#kept * 2 >= this.#places || this.#long + long > LONG_WORDS_BYTES) this.#forget(Math.min(MAX_WORDS, this.#places * 2));
    this.#kept += this.run.keep(start, length, kind, this.#seed, this.#places - 1, id, this.#long);
    this.#long += long;
  }

  numbers(at: number, rows: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.buffer, at, rows);
  }
  ids(at: number, count: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.buffer, at, count);
  }
  part(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.buffer, at, length);
  }

  #forget(places: number): void {
    if (this.#kept > 0) this.bytes.fill(0, WORDS, WORDS + this.#places * WORD_BYTES);
    this.#places = places;
    this.#kept = 0;
    this.#long = 0;
  }
}

/** Those of this thread, made when they are first needed; null where there cannot be any. */
export const lineKernels = overNumberMemory((memory) => new LineKernels(memory));
