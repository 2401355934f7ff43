import type { ToUtc } from './time-zone.ts';

/** From the year 2200 on a time is none. */
export const LATEST = 7_258_118_400e6;

/** What was read of a time. */
export class Clock {
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
export function isoTime(clock: Clock, bytes: Uint8Array, start: number, end: number): number {
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
export function zone(clock: Clock, bytes: Uint8Array, start: number, end: number): number {
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

export function fraction(clock: Clock, bytes: Uint8Array, start: number, end: number): number {
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

export const lastRead = (): number => read;

/** A number of one to `most` digits; returns where it ends, or -1. */
export function number(bytes: Uint8Array, start: number, end: number, most: number): number {
  const stop = Math.min(end, start + most);
  let at = start;
  read = 0;
  while (at < stop && isDigit(bytes[at])) read = read * 10 + bytes[at++] - 48;
  return at === start || start < 0 ? -1 : at;
}

export function blanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === 32) at++;
  return at;
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
