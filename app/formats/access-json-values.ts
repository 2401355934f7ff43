import type { TimeUnit } from './table-times.ts';

const [DOT, COLON, DASH, OPEN, CLOSE] = [46, 58, 45, 91, 93];

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** Units as programs write them behind a number (`12ms`), the longer ones first; a micro sign in UTF-8 is two bytes. */
const suffixes: readonly (readonly [Uint8Array, TimeUnit])[] = [
  [Buffer.from('ns'), 'nanoseconds'],
  [Buffer.from('us'), 'microseconds'],
  [Buffer.from('\u00b5s'), 'microseconds'],
  [Buffer.from('\u03bcs'), 'microseconds'],
  [Buffer.from('ms'), 'milliseconds'],
  [Buffer.from('s'), 'seconds'],
];

/** The unit that stands behind the number bytes[start..end), and where the number ends; null where none does. */
export function unitBehind(bytes: Uint8Array, start: number, end: number): { readonly unit: TimeUnit; readonly end: number } | null {
  if (end - start < 2 || bytes[end - 1] !== 115) return null;
  for (const [suffix, unit] of suffixes) {
    const from = end - suffix.length;
    if (from > start && isDigit(bytes[from - 1]) && suffix.every((byte, i) => bytes[from + i] === byte)) return { unit, end: from };
  }
  return null;
}

/** Digits and nothing else. */
export function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at])) return false;
  return end > start;
}

/** How a time is written: a number since 1970, a day alone, a time of day alone, or the whole of it. */
export type Writing = 'number' | 'day' | 'clock' | 'whole';

export function writingOf(bytes: Uint8Array, start: number, end: number): Writing {
  let digits = start;
  while (digits < end && isDigit(bytes[digits])) digits++;
  if (digits - start >= 9 && (digits === end || bytes[digits] === DOT)) return 'number';
  if (end - start === 10 && bytes[start + 4] === DASH && bytes[start + 7] === DASH) return 'day';
  return digits === start + 2 && bytes[digits] === COLON ? 'clock' : 'whole';
}

/** Apache's %t stands in brackets. */
export const isBracketed = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start > 2 && bytes[start] === OPEN && bytes[end - 1] === CLOSE;
