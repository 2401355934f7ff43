import { bitmapBytes, Scratch } from './bytes.ts';
import { encodeText } from './encode-text.ts';
import type { Encoding, Segment } from './segment.ts';
import type { ColumnBuffer } from './types.ts';

/** Below this, sums and differences of two whole numbers are exact. */
const exact = 2 ** 51;

const nothing = new Uint8Array(0);

interface NumberFigures {
  readonly absent: number;
  readonly min: number;
  readonly max: number;
  /** Every value is a whole number, and none is -0. */
  readonly whole: boolean;
}

/** Turns column buffers into segments. The data of a segment lies in memory that the next call uses again. */
export class ColumnEncoder {
  readonly #scratch = new Scratch();

  encode(buffer: ColumnBuffer, rows: number): Segment {
    switch (buffer.storage) {
      case 'number':
        return this.numbers(buffer.values, rows);
      case 'dictionary':
        return this.ids(buffer.values, rows);
      case 'text':
        return encodeText(this.#scratch, buffer.ends, 0, rows, buffer.absent, buffer.bytes);
    }
  }

  /** Numbers, absent = NaN; picks the narrowest encoding that gives every value back bit by bit. */
  numbers(values: Float64Array, rows: number): Segment {
    const { absent, min, max, whole } = numberFigures(values, rows);
    const figures = { codec: 'none' as const, rows, absent, min, max };
    if (absent === rows) return { ...figures, encoding: 'absent', min: null, max: null, base: null, step: null, data: nothing };
    if (min === max && (whole || min !== 0)) {
      return { ...figures, encoding: 'constant', base: min, step: null, data: this.#withBitmap(values, rows, absent, 0).bytes };
    }
    if (whole) {
      const step = absent === 0 ? sequenceStep(values, rows) : null;
      if (step !== null) return { ...figures, encoding: 'sequence', base: values[0], step, data: nothing };
      const delta = absent === 0 && max - min > 0xffff && max <= exact && min >= -exact ? this.#delta(values, rows, max - min) : null;
      if (delta !== null) return { ...figures, ...delta };
      const offset = this.#offset(values, rows, absent, min, max - min);
      if (offset !== null) return { ...figures, base: min, step: null, ...offset };
    }
    const { bytes, at } = this.#withBitmap(values, rows, absent, rows * 8);
    new Float64Array(bytes.buffer, at, rows).set(values.subarray(0, rows));
    return { ...figures, encoding: 'float64', base: null, step: null, data: bytes };
  }

  /** Dictionary ids, absent = 0, which is stored as itself. */
  ids(values: Uint32Array, rows: number): Segment {
    let low = 0xffff_ffff;
    let high = 0;
    let min = 0xffff_ffff;
    let absent = 0;
    for (let i = 0; i < rows; i++) {
      const id = values[i];
      if (id > high) high = id;
      if (id < low) low = id;
      if (id === 0) absent++;
      else if (id < min) min = id;
    }
    const figures = { codec: 'none' as const, rows, absent, min, max: high };
    if (absent === rows) return { ...figures, encoding: 'absent', min: null, max: null, base: null, step: null, data: nothing };
    if (low === high) return { ...figures, encoding: 'constant', base: low, step: null, data: nothing };
    const range = high - low;
    const width = range <= 0xff ? 1 : range <= 0xffff ? 2 : 4;
    const buffer = this.#scratch.reserve(rows * width);
    const out =
      width === 1 ? new Uint8Array(buffer, 0, rows) : width === 2 ? new Uint16Array(buffer, 0, rows) : new Uint32Array(buffer, 0, rows);
    for (let i = 0; i < rows; i++) out[i] = values[i] - low;
    const encoding = width === 1 ? 'offset8' : width === 2 ? 'offset16' : 'offset32';
    return { ...figures, encoding, base: low, step: null, data: new Uint8Array(buffer, 0, rows * width) };
  }

  /** Room for the bitmap of absent rows (filled; none where no row is absent) and `bytes` behind it, starting at `at`. */
  #withBitmap(
    values: Float64Array,
    rows: number,
    absent: number,
    bytes: number,
  ): { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number } {
    const at = absent === 0 ? 0 : bitmapBytes(rows);
    const whole = new Uint8Array(this.#scratch.reserve(at + bytes), 0, at + bytes);
    if (absent > 0) {
      whole.fill(0, 0, at);
      const bits = highBits(values, rows);
      for (let i = 0; i < rows; i++) whole[i >> 3] |= isNanBits(bits[2 * i + 1]) << (i & 7);
    }
    return { bytes: whole, at };
  }

  #offset(
    values: Float64Array,
    rows: number,
    absent: number,
    min: number,
    range: number,
  ): { readonly encoding: Encoding; readonly data: Uint8Array } | null {
    if (range > 0xffff_ffff) return range < 2 ** 48 && Math.abs(min) <= exact ? this.#offset48(values, rows, absent, min) : null;
    const width = range <= 0xff ? 1 : range <= 0xffff ? 2 : 4;
    const { bytes, at } = this.#withBitmap(values, rows, absent, rows * width);
    const buffer = bytes.buffer;
    if (width === 1) subtract(values, rows, min, absent, new Uint8Array(buffer, at, rows));
    else if (width === 2) subtract(values, rows, min, absent, new Uint16Array(buffer, at, rows));
    else subtract(values, rows, min, absent, new Uint32Array(buffer, at, rows));
    return { encoding: width === 1 ? 'offset8' : width === 2 ? 'offset16' : 'offset32', data: bytes };
  }

  #offset48(values: Float64Array, rows: number, absent: number, min: number): { readonly encoding: Encoding; readonly data: Uint8Array } {
    const { bytes, at } = this.#withBitmap(values, rows, absent, rows * 6);
    const low = new Uint32Array(bytes.buffer, at, rows);
    const high = new Uint16Array(bytes.buffer, at + rows * 4, rows);
    for (let i = 0; i < rows; i++) {
      const offset = values[i] - min;
      low[i] = offset;
      high[i] = offset / 4_294_967_296;
    }
    return { encoding: 'offset48', data: bytes };
  }

  /** Differences to the row before, where they need fewer bytes than differences to the minimum: times and places in a file. */
  #delta(values: Float64Array, rows: number, range: number): Pick<Segment, 'encoding' | 'base' | 'step' | 'data'> | null {
    let min = Infinity;
    let max = -Infinity;
    for (let i = 1; i < rows; i++) {
      const step = values[i] - values[i - 1];
      if (step < min) min = step;
      if (step > max) max = step;
    }
    const width = max - min <= 0xff ? 1 : max - min <= 0xffff ? 2 : 4;
    if (width === 4 || range <= 0xffff) return null;
    const buffer = this.#scratch.reserve(rows * width);
    const out = width === 1 ? new Uint8Array(buffer, 0, rows) : new Uint16Array(buffer, 0, rows);
    out[0] = 0;
    for (let i = 1; i < rows; i++) out[i] = values[i] - values[i - 1] - min;
    return { encoding: width === 1 ? 'delta8' : 'delta16', base: values[0], step: min, data: new Uint8Array(buffer, 0, rows * width) };
  }
}

function subtract(values: Float64Array, rows: number, min: number, absent: number, out: Uint8Array | Uint16Array | Uint32Array): void {
  if (absent === 0) for (let i = 0; i < rows; i++) out[i] = values[i] - min;
  // Turning NaN into an integer is slow; a comparison is not.
  else for (let i = 0; i < rows; i++) out[i] = Number.isNaN(values[i]) ? 0 : values[i] - min;
}

/** Without branches on what a value is, for absent values come in no order: a mispredicted branch costs more than all the rest. */
function numberFigures(values: Float64Array, rows: number): NumberFigures {
  let min = Infinity;
  let max = -Infinity;
  let fractions = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    fractions += value - Math.floor(value) > 0 ? 1 : 0;
  }
  const bits = highBits(values, rows);
  let absent = 0;
  let negativeZeros = 0;
  for (let i = 1; i < bits.length; i += 2) {
    absent += isNanBits(bits[i]);
    // Of whole numbers only -0 has these bits.
    negativeZeros += isZero(bits[i] ^ 0x8000_0000);
  }
  return { absent, min, max, whole: fractions === 0 && negativeZeros === 0 };
}

/** The values as pairs of 32 bits; the odd ones hold sign and exponent. */
function highBits(values: Float64Array, rows: number): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, rows * 2);
}

function isNanBits(high: number): number {
  return isZero((high & 0x7ff8_0000) ^ 0x7ff8_0000);
}

/** 1 for 0, else 0; integers only. */
function isZero(x: number): number {
  return ((x | -x) >>> 31) ^ 1;
}

/** The step of base, base + step, base + 2 step, ..., or null where the rows are none. */
function sequenceStep(values: Float64Array, rows: number): number | null {
  const base = values[0];
  const step = values[1] - base;
  if (!Number.isFinite(step)) return null;
  for (let i = 1; i < rows; i++) if (values[i] !== base + i * step) return null;
  return step;
}
