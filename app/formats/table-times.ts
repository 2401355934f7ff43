import { Clock, LATEST, isoTime } from './table-clock.ts';
import { compile, match } from './table-time-patterns.ts';
import type { ToUtc } from './time-zone.ts';

/** Reads bytes[start..end) as integer microseconds since 1970 UTC; NaN where they are no time. */
export type TimeReader = (bytes: Uint8Array, start: number, end: number) => number;

/** Places by which the decimal point moves from a unit to microseconds. */
export const unitShift = { seconds: 6, milliseconds: 3, microseconds: 0, nanoseconds: -3 } as const;
export type TimeUnit = keyof typeof unitShift;

export const isTimeUnit = (text: string): text is TimeUnit => Object.hasOwn(unitShift, text);

/** A decimal number of some unit as integer microseconds, exact (rounded half up below one); NaN where it is none or too large to be exact. */
export function parseUnits(bytes: Uint8Array, start: number, end: number, shift: number): number {
  let at = start;
  const negative = bytes[at] === 45;
  if (negative || bytes[at] === 43) at++;
  const whole = at;
  let value = 0;
  // nanoseconds: the last three digits lie behind the point
  let stop = at;
  while (stop < end && isDigit(bytes[stop])) stop++;
  const digits = stop - whole;
  if (digits === 0 || digits > 19) return slowUnits(bytes, start, end, shift);
  const kept = shift < 0 ? Math.max(0, digits + shift) : digits;
  for (; at < whole + kept; at++) value = value * 10 + bytes[at] - 48;
  let next = -1;
  if (shift < 0) next = digits + shift < 0 ? 48 : bytes[at];
  at = stop;
  if (at < end) {
    if (bytes[at] !== 46) return slowUnits(bytes, start, end, shift);
    at++;
    for (let place = 0; place < shift; place++) {
      value = value * 10;
      if (at < end && isDigit(bytes[at])) value += bytes[at++] - 48;
    }
    if (shift >= 0 && at < end) next = bytes[at];
    while (at < end && isDigit(bytes[at])) at++;
    if (at < end) return slowUnits(bytes, start, end, shift);
  } else if (shift > 0) value *= 10 ** shift;
  if (next >= 53) value++;
  if (value > Number.MAX_SAFE_INTEGER) return NaN;
  return negative && value > 0 ? -value : value;
}

/** With an exponent, or no number at all. */
function slowUnits(bytes: Uint8Array, start: number, end: number, shift: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 100)).toString('latin1');
  if (end - start > 100 || !/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) return NaN;
  const value = Math.round(Number(text) * 10 ** shift);
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? NaN : value === 0 ? 0 : value;
}

export function epochReader(unit: TimeUnit): TimeReader {
  const shift = unitShift[unit];
  return (bytes, start, end) => {
    const value = parseUnits(bytes, start, end, shift);
    return Math.abs(value) < LATEST ? value : NaN;
  };
}

/** The reader for a way of writing times; `iso` where none is given. @throws FlowcaseError INVALID_INPUT for a pattern that is none */
export function timeReader(format: string | undefined, toUtc: ToUtc): TimeReader {
  if (format !== undefined && isTimeUnit(format)) return epochReader(format);
  const steps = format === undefined || format === 'iso' ? null : compile(format);
  const clock = new Clock();
  return (bytes, start, end) => {
    clock.clear();
    const stop = steps === null ? isoTime(clock, bytes, start, end) : match(steps, clock, bytes, start, end);
    return stop === end ? clock.value(toUtc) : NaN;
  };
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
