/*
 * The loops over the numbers of a column, a block at a time: functions that are called often are made fast early, and a thread that imports
 * lives for seconds. Absent is NaN; it comes in no order, so nothing here branches on it: a mispredicted branch costs more than all the rest.
 */

/** Rows of a block; a multiple of 8. */
export const BLOCK = 1024;

/** The values as pairs of 32 bits; the odd ones hold sign and exponent. */
export function words(values: Float64Array, rows: number): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, rows * 2);
}

/** Sign and exponent of -0. */
const NEGATIVE_ZERO = -(2 ** 31);

/** 1 for sign and exponent of NaN, else 0. */
function isNanBits(high: number): number {
  return (((high >>> 19) & 0xfff) + 1) >>> 12;
}

/** What is known of the values so far. */
export class Figures {
  absent = 0;
  min = Infinity;
  max = -Infinity;
  /** Every value is a whole number, and none is -0. */
  whole = true;

  /** Takes rows [from, to). */
  add(values: Float64Array, bits: Int32Array, from: number, to: number): void {
    let { min, max, absent, whole } = this;
    for (let i = from; i < to; i++) {
      const value = values[i];
      const high = bits[2 * i + 1];
      if (value < min) min = value;
      if (value > max) max = value;
      absent += isNanBits(high);
      // of whole numbers only -0 has these bits
      if (value - Math.floor(value) > 0 || high === NEGATIVE_ZERO) whole = false;
    }
    this.min = min;
    this.max = max;
    this.absent = absent;
    this.whole = whole;
  }
}

/** Smallest and largest difference of a row to the row before. */
export class Steps {
  min = Infinity;
  max = -Infinity;

  /** Takes rows [from, to); `from` is at least 1. */
  add(values: Float64Array, from: number, to: number): void {
    let { min, max } = this;
    let before = values[from - 1];
    for (let i = from; i < to; i++) {
      const value = values[i];
      const step = value - before;
      if (step < min) min = step;
      if (step > max) max = step;
      before = value;
    }
    this.min = min;
    this.max = max;
  }
}

/** Whether rows [from, to) are base + step * i. */
export function isSequence(values: Float64Array, from: number, to: number, base: number, step: number): boolean {
  for (let i = from; i < to; i++) if (values[i] !== base + i * step) return false;
  return true;
}

/** Bit i & 7 of byte i >> 3 for every row i in [from, to) that is absent; `from` is a multiple of 8. */
export function writeBitmap(bits: Int32Array, from: number, to: number, out: Uint8Array): void {
  const whole = to >> 3;
  let byte = from >> 3;
  for (let at = 2 * from + 1; byte < whole; byte++, at += 16) {
    out[byte] =
      isNanBits(bits[at]) |
      (isNanBits(bits[at + 2]) << 1) |
      (isNanBits(bits[at + 4]) << 2) |
      (isNanBits(bits[at + 6]) << 3) |
      (isNanBits(bits[at + 8]) << 4) |
      (isNanBits(bits[at + 10]) << 5) |
      (isNanBits(bits[at + 12]) << 6) |
      (isNanBits(bits[at + 14]) << 7);
  }
  if (whole * 8 === to) return;
  out[whole] = 0;
  for (let i = whole * 8; i < to; i++) out[whole] |= isNanBits(bits[2 * i + 1]) << (i & 7);
}

/** Copies rows [from, to), with the number whose words are `low` and `high` in the place of absent ones: turning NaN into an integer is slow. */
export function fillAbsent(values: Int32Array, from: number, to: number, low: number, high: number, out: Int32Array): void {
  for (let i = 2 * from; i < 2 * to; i += 2) {
    const there = values[i + 1];
    const keep = isNanBits(there) - 1;
    out[i] = (values[i] & keep) | (low & ~keep);
    out[i + 1] = (there & keep) | (high & ~keep);
  }
}

// one function a width: one for all of them takes twice as long
export function subtract8(values: Float64Array, from: number, to: number, min: number, out: Uint8Array): void {
  for (let i = from; i < to; i++) out[i] = values[i] - min;
}
export function subtract16(values: Float64Array, from: number, to: number, min: number, out: Uint16Array): void {
  for (let i = from; i < to; i++) out[i] = values[i] - min;
}
export function subtract32(values: Float64Array, from: number, to: number, min: number, out: Uint32Array): void {
  for (let i = from; i < to; i++) out[i] = values[i] - min;
}

export function subtract48(values: Float64Array, from: number, to: number, min: number, low: Uint32Array, high: Uint16Array): void {
  for (let i = from; i < to; i++) {
    const offset = values[i] - min;
    low[i] = offset;
    high[i] = offset / 4_294_967_296;
  }
}

/** Differences to the row before, less `min`; `from` is at least 1. */
export function delta8(values: Float64Array, from: number, to: number, min: number, out: Uint8Array): void {
  for (let i = from; i < to; i++) out[i] = values[i] - values[i - 1] - min;
}
export function delta16(values: Float64Array, from: number, to: number, min: number, out: Uint16Array): void {
  for (let i = from; i < to; i++) out[i] = values[i] - values[i - 1] - min;
}

/** Added and taken away again, it leaves the nearest whole number (of two the even one) of what is below 2^51. */
const ROUND = 3 * 2 ** 51;

/** Whether the value is a whole number over `scale`, bit by bit. */
export function isScaled(value: number, scale: number): boolean {
  return (value * scale + ROUND - ROUND) / scale === value && !Object.is(value, -0);
}

/** Where every one of rows [from, to) is a whole number over `scale`, bit by bit: writes these whole numbers and returns true. Absent stays so. */
export function scaled(values: Float64Array, from: number, to: number, scale: number, out: Float64Array): boolean {
  let fits = true;
  for (let i = from; i < to; i++) {
    const value = values[i];
    const whole = value * scale + ROUND - ROUND;
    out[i] = whole;
    if (!isScaled(value, scale) && !Number.isNaN(value)) fits = false;
  }
  return fits;
}
