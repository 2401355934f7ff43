import { parseUnits } from './table-times.ts';
import { parsePort } from './values.ts';

/** Values of tables from bytes[start..end), without blanks around them. NaN: they are none. */

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** Up to so many digits every whole number is exact. */
const EXACT_DIGITS = 15;

/** A whole number from 0 to 2^53; also as `12.0`, which some languages write. */
export function wholeValue(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === start || value > Number.MAX_SAFE_INTEGER) return NaN;
  if (at === end) return value;
  if (bytes[at] !== 46 || at + 1 === end) return NaN;
  for (at++; at < end; at++) if (bytes[at] !== 48) return NaN;
  return value;
}

const powersOfTen = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** A number that keeps its digits: no leading zeros, no whole number above 2^53, nothing that is not finite. */
export function numberValue(bytes: Uint8Array, start: number, end: number): number {
  const from = bytes[start] === 45 ? start + 1 : start;
  const length = end - from;
  if (length > 1 && bytes[from] === 48 && isDigit(bytes[from + 1])) return NaN;
  if (length > 0 && length <= EXACT_DIGITS) {
    let value = 0;
    let at = from;
    for (; at < end; at++) {
      const digit = bytes[at] - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === end) return from === start ? value : value === 0 ? 0 : -value;
    // a decimal of so few digits is its digits divided by a power of ten, both exact, so that the one rounding is the right one
    if (bytes[at] === 46 && at > from && at + 1 < end) {
      const point = at;
      for (at++; at < end; at++) {
        const digit = bytes[at] - 48;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      if (at === end) {
        const decimal = value / powersOfTen[end - point - 1];
        return from === start ? decimal : decimal === 0 ? 0 : -decimal;
      }
    }
  }
  return slowNumber(bytes, start, end);
}

function slowNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 100) return NaN;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  if (!/^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return NaN;
  const value = Number(text);
  if (!Number.isFinite(value)) return NaN;
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value)) return NaN;
  return value === 0 ? 0 : value;
}

/** Any number as JavaScript writes it, also one above 2^53: what Flowcase wrote was rounded before. */
export function anyNumber(bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 100)).toString('latin1');
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : NaN;
}

/** 0 to 65535; also in hexadecimal, as Argus writes the types and codes of ICMP (`0x0303`), and as `443.0`. */
export function portValue(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 2 && bytes[start] === 48 && (bytes[start + 1] | 32) === 120) {
    let value = 0;
    for (let at = start + 2; at < end; at++) {
      const digit = hexDigit(bytes[at]);
      if (digit < 0) return NaN;
      value = value * 16 + digit;
    }
    return value > 65_535 ? NaN : value;
  }
  const port = parsePort(bytes, start, end);
  if (port >= 0) return port;
  const value = wholeValue(bytes, start, end);
  return value <= 65_535 ? value : NaN;
}

/** Whether a time loses digits as microseconds. `shift`: that of its unit (see unitShift), that of seconds where it is written otherwise. */
export function isFiner(bytes: Uint8Array, start: number, end: number, shift: number): boolean {
  let places = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === 46 || byte === 44) places = 0;
    else if (!isDigit(byte)) places = -1;
    else if (places >= 0 && ++places > shift && byte !== 48) return true;
  }
  if (shift >= 0) return false;
  let whole = start;
  while (whole < end && bytes[whole] !== 46) whole++;
  for (let at = Math.max(start, whole + shift); at < whole; at++) if (isDigit(bytes[at]) && bytes[at] !== 48) return true;
  return false;
}

function hexDigit(byte: number): number {
  if (isDigit(byte)) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** 1 or 0 for t, true, yes, y, 1 and their opposites, in any case. */
export function boolValue(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 5) return NaN;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    .toString('latin1')
    .toLowerCase();
  return truths.get(text) ?? NaN;
}

const truths: ReadonlyMap<string, number> = new Map([
  ...['t', 'true', 'yes', 'y', '1', '1.0'].map((word) => [word, 1] as const),
  ...['f', 'false', 'no', 'n', '0', '0.0'].map((word) => [word, 0] as const),
]);

/** An interval of a unit (see unitShift) as microseconds, never below zero. */
export function intervalValue(bytes: Uint8Array, start: number, end: number, shift: number): number {
  const value = parseUnits(bytes, start, end, shift);
  return value >= 0 ? value : NaN;
}

const classes: ReadonlySet<string> = new Set(['label', 'detailed-label', 'class']);

/** Whether the texts of a column are names of classes: blanks around them are no part of these. */
export const isClass = (column: string): boolean => classes.has(column);

const emptySet = Buffer.from('(empty)');

/** Whether bytes[start..end) are what Zeek writes for a set of nothing. */
export function isEmptySet(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === emptySet.length && emptySet.every((byte, i) => byte === bytes[start + i]);
}

/** Whether bytes[start..end) stand for no value: see isAbsent in table-guess.ts. */
export function isAbsentValue(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return true;
  if (length > 9) return false;
  const first = bytes[start];
  if (length === 1) return first === 45;
  if (isDigit(first)) return false;
  return absent.has(
    Buffer.from(bytes.buffer, bytes.byteOffset + start, length)
      .toString('latin1')
      .toLowerCase(),
  );
}

/** Stand for no value in a column that is no text. */
export const absent: ReadonlySet<string> = new Set([
  '',
  '-',
  'na',
  'n/a',
  'nan',
  'null',
  'none',
  '(null)',
  'nil',
  '(empty)',
  '<na>',
  'undefined',
]);
