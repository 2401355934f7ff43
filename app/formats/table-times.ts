import { FlowcaseError } from '../errors.ts';
import type { ToUtc } from './time-zone.ts';

/** Reads bytes[start..end) as integer microseconds since 1970 UTC; NaN where they are no time. */
export type TimeReader = (bytes: Uint8Array, start: number, end: number) => number;

/** Places by which the decimal point moves from a unit to microseconds. */
export const unitShift = { seconds: 6, milliseconds: 3, microseconds: 0, nanoseconds: -3 } as const;
export type TimeUnit = keyof typeof unitShift;

export const isTimeUnit = (text: string): text is TimeUnit => Object.hasOwn(unitShift, text);

/** From the year 2200 on a time is none. */
const LATEST = 7_258_118_400e6;

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

/** What was read of a time. */
class Clock {
  year = 1970;
  month = 1;
  day = 1;
  dayOfYear = 0;
  hour = 0;
  minute = 0;
  second = 0;
  micro = 0;
  /** 0: morning, 1: afternoon, -1: not said. */
  half = -1;
  /** Minutes east; NaN: not said. */
  offset = NaN;
  /** Microseconds since 1970, where that is what stands there. */
  epoch = NaN;

  clear(): void {
    this.year = 1970;
    this.month = 1;
    this.day = 1;
    this.dayOfYear = 0;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.micro = 0;
    this.half = -1;
    this.offset = NaN;
    this.epoch = NaN;
  }

  value(toUtc: ToUtc): number {
    if (!Number.isNaN(this.epoch)) return this.epoch + this.micro;
    const hour = this.half < 0 ? this.hour : this.hour >= 1 && this.hour <= 12 ? (this.hour % 12) + 12 * this.half : 99;
    if (hour > 23 || this.minute > 59 || this.second > 60 || this.year < 1) return NaN;
    if (this.month < 1 || this.month > 12 || this.day < 1 || this.day > daysIn(this.year, this.month)) return NaN;
    const days = this.dayOfYear > 0 ? daysTo(this.year, 1, this.dayOfYear) : daysTo(this.year, this.month, this.day);
    const local = (((days * 24 + hour) * 60 + this.minute) * 60 + this.second) * 1e6 + this.micro;
    const utc = Number.isNaN(this.offset) ? toUtc(local) : local - this.offset * 60e6;
    return Math.abs(utc) < LATEST ? utc : NaN;
  }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function daysTo(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 86_400_000);
}

/**
 * Year, month and day with - / or . between, T or blanks, hours, minutes and maybe seconds with a fraction, maybe a zone: ISO 8601 and what is
 * written like it. Returns where it ends, or -1.
 */
function isoTime(clock: Clock, bytes: Uint8Array, start: number, end: number): number {
  let at = number(bytes, start, end, 4);
  if (at !== start + 4) return -1;
  clock.year = read;
  const separator = bytes[at];
  if (separator !== 45 && separator !== 47 && separator !== 46) return -1;
  at = number(bytes, at + 1, end, 2);
  clock.month = read;
  if (at < 0 || bytes[at] !== separator) return -1;
  at = number(bytes, at + 1, end, 2);
  clock.day = read;
  if (at < 0 || (bytes[at] !== 84 && bytes[at] !== 116 && bytes[at] !== 32)) return -1;
  at = blanks(bytes, at + 1, end);
  at = number(bytes, at, end, 2);
  clock.hour = read;
  if (at < 0 || bytes[at] !== 58) return -1;
  at = number(bytes, at + 1, end, 2);
  if (at < 0) return -1;
  clock.minute = read;
  if (at < end && bytes[at] === 58) {
    at = number(bytes, at + 1, end, 2);
    if (at < 0) return -1;
    clock.second = read;
    if (at < end && (bytes[at] === 46 || bytes[at] === 44)) at = fraction(clock, bytes, at + 1, end);
  }
  if (at < 0 || at === end) return at;
  return zone(clock, bytes, blanks(bytes, at, end), end);
}

/** Z, UTC, +02:00, +0200, +02. */
function zone(clock: Clock, bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] | 32;
  if (start >= end) return -1;
  if (first === 122) {
    clock.offset = 0;
    return start + 1;
  }
  if ((first === 117 || first === 103) && start + 3 <= end) {
    const name = Buffer.from(bytes.subarray(start, start + 3))
      .toString('latin1')
      .toUpperCase();
    if (name !== 'UTC' && name !== 'GMT') return -1;
    clock.offset = 0;
    return start + 3;
  }
  if (bytes[start] !== 43 && bytes[start] !== 45) return -1;
  let at = number(bytes, start + 1, end, 2);
  if (at !== start + 3) return -1;
  const hours = read;
  let minutes = 0;
  if (at < end && (bytes[at] === 58 || isDigit(bytes[at]))) {
    const from = bytes[at] === 58 ? at + 1 : at;
    at = number(bytes, from, end, 2);
    if (at !== from + 2) return -1;
    minutes = read;
  }
  if (hours > 23 || minutes > 59) return -1;
  clock.offset = (hours * 60 + minutes) * (bytes[start] === 45 ? -1 : 1);
  return at;
}

function fraction(clock: Clock, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let scale = 100_000;
  while (at < end && isDigit(bytes[at])) {
    if (at - start < 6) clock.micro += (bytes[at] - 48) * scale;
    else if (at - start === 6 && bytes[at] >= 53) clock.micro++;
    scale /= 10;
    at++;
  }
  return at === start ? -1 : at;
}

/** What `number` read last. */
let read = 0;

/** A number of one to `most` digits; returns where it ends, or -1. */
function number(bytes: Uint8Array, start: number, end: number, most: number): number {
  const stop = Math.min(end, start + most);
  let at = start;
  read = 0;
  while (at < stop && isDigit(bytes[at])) read = read * 10 + bytes[at++] - 48;
  return at === start || start < 0 ? -1 : at;
}

function blanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === 32) at++;
  return at;
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

type Step = (clock: Clock, bytes: Uint8Array, start: number, end: number) => number;

function match(steps: readonly Step[], clock: Clock, bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (const step of steps) {
    at = step(clock, bytes, at, end);
    if (at < 0) return -1;
  }
  return at;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const numeric =
  (most: number, set: (clock: Clock, value: number) => void): Step =>
  (clock, bytes, start, end) => {
    const at = number(bytes, bytes[start] === 32 ? blanks(bytes, start, end) : start, end, most);
    if (at >= 0) set(clock, read);
    return at;
  };

const directives: Readonly<Record<string, Step>> = {
  Y: numeric(4, (clock, value) => (clock.year = value)),
  y: numeric(2, (clock, value) => (clock.year = value < 69 ? 2000 + value : 1900 + value)),
  m: numeric(2, (clock, value) => (clock.month = value)),
  d: numeric(2, (clock, value) => (clock.day = value)),
  e: numeric(2, (clock, value) => (clock.day = value)),
  j: numeric(3, (clock, value) => (clock.dayOfYear = value > 366 ? 0 : value)),
  H: numeric(2, (clock, value) => (clock.hour = value)),
  I: numeric(2, (clock, value) => (clock.hour = value)),
  M: numeric(2, (clock, value) => (clock.minute = value)),
  S: numeric(2, (clock, value) => (clock.second = value)),
  s: (clock, bytes, start, end) => {
    const at = number(bytes, start, end, 12);
    clock.epoch = read * 1e6;
    return at;
  },
  f: fraction,
  z: zone,
  Z: zone,
  p: (clock, bytes, start, end) => {
    const half = start + 2 <= end && (bytes[start + 1] | 32) === 109 ? bytes[start] | 32 : 0;
    clock.half = half === 97 ? 0 : half === 112 ? 1 : -1;
    return clock.half < 0 ? -1 : start + 2;
  },
  b: (clock, bytes, start, end) => {
    let at = start;
    while (at < end && (bytes[at] | 32) >= 97 && (bytes[at] | 32) <= 122) at++;
    const name = Buffer.from(bytes.subarray(start, at)).toString('latin1').toLowerCase();
    clock.month = 1 + months.indexOf(name.slice(0, 3));
    return name.length >= 3 && clock.month > 0 ? at : -1;
  },
};

const shorthands: Readonly<Record<string, string>> = { T: '%H:%M:%S', F: '%Y-%m-%d', D: '%m/%d/%y', R: '%H:%M', h: '%b', B: '%b' };

function compile(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character !== '%') {
      steps.push(literal(character));
      continue;
    }
    const name = pattern[++at] ?? '';
    if (name === '%') steps.push(literal('%'));
    else if (Object.hasOwn(shorthands, name)) steps.push(...compile(shorthands[name]));
    else if (Object.hasOwn(directives, name)) steps.push(directives[name]);
    else {
      const message = `The time format "${pattern}" has "%${name}" in it, which stands for nothing. Known: ${[...Object.keys(directives), ...Object.keys(shorthands)].map((one) => `%${one}`).join(' ')}.`;
      throw new FlowcaseError('INVALID_INPUT', message, { timeFormat: pattern });
    }
  }
  return steps;
}

/** One blank of a pattern stands for any number of them. */
function literal(character: string): Step {
  if (character === ' ') return (_, bytes, start, end) => (bytes[start] === 32 && start < end ? blanks(bytes, start, end) : -1);
  const wanted = Buffer.from(character);
  return (_, bytes, start, end) => {
    if (start + wanted.length > end) return -1;
    for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return -1;
    return start + wanted.length;
  };
}
