import { parseIsoTime } from './iso-time.ts';

/**
 * Values parsed from bytes[start..end), without a string in between. Counts, ports and times are never negative,
 * so negative returns say what is wrong.
 */
export const BAD = -1;
export const NEGATIVE = -2;
export const OUT_OF_RANGE = -3;

const ZERO = 48;
const MINUS = 45;
const DOT = 46;

/** 1 January 2200 in seconds since 1970: a time stamp at or after it is no time. */
const YEAR_2200 = 7_258_118_400;

/** Intervals up to here are exact in microseconds (285 years). */
const MAX_MICROSECONDS = Number.MAX_SAFE_INTEGER;

/** A count below 2^63, or BAD, NEGATIVE, OUT_OF_RANGE. Above 2^53 it is the nearest number there is. */
export function parseCount(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return parseLongCount(bytes, start, end);
  if (start === end) return BAD;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - ZERO;
    if (digit < 0 || digit > 9) return whyNoCount(bytes, start, end);
    value = value * 10 + digit;
  }
  return value;
}

function parseLongCount(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  while (from < end && bytes[from] === ZERO) from++;
  for (let i = from; i < end; i++) if (!isDigit(bytes[i])) return whyNoCount(bytes, start, end);
  if (end - from > 19) return OUT_OF_RANGE;
  const value = BigInt(textOf(bytes, from, end) || '0');
  return value >= 2n ** 63n ? OUT_OF_RANGE : Number(value);
}

function whyNoCount(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === MINUS && end > start + 1 && allDigits(bytes, start + 1, end)) return NEGATIVE;
  return isNumber(textOf(bytes, start, end)) ? OUT_OF_RANGE : BAD;
}

/** 0 to 65535, or BAD, NEGATIVE, OUT_OF_RANGE. */
export function parsePort(bytes: Uint8Array, start: number, end: number): number {
  const value = parseCount(bytes, start, end);
  return value > 65_535 ? OUT_OF_RANGE : value;
}

/** A whole number with a sign, or NaN. */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== MINUS) {
    const value = parseCount(bytes, bytes[start] === 43 ? start + 1 : start, end);
    return value < 0 ? NaN : value;
  }
  const value = parseCount(bytes, start + 1, end);
  return value < 0 ? NaN : value === 0 ? 0 : -value;
}

/** A finite number as Zeek writes doubles, or NaN. */
export function parseDouble(bytes: Uint8Array, start: number, end: number): number {
  const text = textOf(bytes, start, end);
  if (!isNumber(text)) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
}

/** Decimal seconds since 1970, or ISO 8601 as `zeek-cut -d` writes it, as integer microseconds, exact; or BAD, NEGATIVE, OUT_OF_RANGE (from the year 2200 on). */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  const value = parseMicroseconds(bytes, start, end);
  if (value >= 0) return value < YEAR_2200 * 1e6 ? value : OUT_OF_RANGE;
  if (bytes[start] === MINUS && parseMicroseconds(bytes, start + 1, end) >= 0) return NEGATIVE;
  const written = parseIsoTime(bytes, start, end);
  if (!Number.isNaN(written)) return written < 0 ? NEGATIVE : written < YEAR_2200 * 1e6 ? written : OUT_OF_RANGE;
  return isNumber(textOf(bytes, start, end)) ? OUT_OF_RANGE : BAD;
}

/** Decimal seconds, with a sign, as integer microseconds; NaN where it is no number, Infinity where it is too long. */
export function parseInterval(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const value = parseMicroseconds(bytes, negative ? start + 1 : start, end);
  if (value >= 0) return negative && value > 0 ? -value : value;
  const small = parseSmall(bytes, start, end);
  if (small >= 0) return small;
  const text = textOf(bytes, start, end);
  if (!isNumber(text)) return NaN;
  const rounded = Math.round(Number(text) * 1e6);
  return Math.abs(rounded) > MAX_MICROSECONDS ? Infinity : rounded === 0 ? 0 : rounded;
}

/** Decimal seconds since 1970, before it too, or ISO 8601, as integer microseconds; NaN where it is neither, Infinity where it is no time (from the year 2200 on). */
export function parseMoment(bytes: Uint8Array, start: number, end: number): number {
  const seconds = parseInterval(bytes, start, end);
  const value = Number.isNaN(seconds) ? parseIsoTime(bytes, start, end) : seconds;
  return Math.abs(value) < YEAR_2200 * 1e6 || Number.isNaN(value) ? value : Infinity;
}

/** `digits[.digits]` in millionths, rounded half up after the sixth decimal, or BAD. */
function parseMicroseconds(bytes: Uint8Array, start: number, end: number): number {
  let seconds = 0;
  let i = start;
  for (; i < end; i++) {
    const digit = bytes[i] - ZERO;
    if (digit < 0 || digit > 9) break;
    seconds = seconds * 10 + digit;
  }
  const whole = i - start;
  if (whole === 0 || whole > 15) return BAD;
  if (i === end) return seconds * 1e6 <= MAX_MICROSECONDS ? seconds * 1e6 : BAD;
  if (bytes[i] !== DOT || i + 1 === end) return BAD;
  const stop = Math.min(end, i + 7);
  let micro = 0;
  let scale = 1_000_000;
  for (i++; i < stop; i++) {
    const digit = bytes[i] - ZERO;
    if (digit < 0 || digit > 9) return BAD;
    micro = micro * 10 + digit;
    scale /= 10;
  }
  if (i < end) {
    if (!allDigits(bytes, i, end)) return BAD;
    if (bytes[i] - ZERO >= 5) micro++;
  }
  const value = seconds * 1e6 + micro * scale;
  return value <= MAX_MICROSECONDS ? value : BAD;
}

/** `d[.digits]e-NN` in millionths, as many writers of JSON write intervals below a tenth of a millisecond; BAD where it is not quite that. */
function parseSmall(bytes: Uint8Array, start: number, end: number): number {
  let digits = 0;
  let at = start;
  for (; at < end && bytes[at] !== 101; at++) {
    if (isDigit(bytes[at])) digits = digits * 10 + bytes[at] - ZERO;
    else if (bytes[at] !== DOT || at !== start + 1) return BAD;
  }
  if (at === start || at - start > 15 || bytes[at - 1] === DOT || end - at !== 4 || bytes[at + 1] !== MINUS) return BAD;
  if (!isDigit(bytes[at + 2]) || !isDigit(bytes[at + 3])) return BAD;
  const fraction = Math.max(0, at - start - 2);
  const shift = fraction + (bytes[at + 2] - ZERO) * 10 + bytes[at + 3] - ZERO - 6;
  return shift < 0 || shift > 22 ? BAD : Math.round(digits / 10 ** shift);
}

/** 1 for T, 0 for F, else BAD. */
export function parseBool(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 1) return BAD;
  return bytes[start] === 84 ? 1 : bytes[start] === 70 ? 0 : BAD;
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= 57;

function allDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!isDigit(bytes[i])) return false;
  return true;
}

/** A decimal number, whatever its size: what is one but cannot be taken is out of range, what is none is bad. */
function isNumber(text: string): boolean {
  return text.length <= 400 && /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text);
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, Math.min(end - start, 500))).toString('latin1');
}
