import type { ColumnType } from '../contract/records.ts';
import { after, before } from './ranges.ts';
import { quoted, syntaxError, type Operator, type Word } from './syntax.ts';

/**
 * Values of the filter language, as numbers.
 *
 * - counts and sizes: `1500`, `1.5e6`, `1MB`. kB, MB, GB, TB are powers of 1000 (k, M, G, T alone too), KiB, MiB, GiB, TiB powers of 1024.
 *   Case does not matter.
 * - durations: `350ms`, `4.2s`, `1h30m`; units us (µs), ms, s, m (min), h, d; without a unit seconds, as Zeek writes them.
 * - times: `2024-04-19`, `2024-04-19T10:00`, with seconds and fraction, `Z` or an offset (`+02:00`); a blank instead of `T` in quotes; UTC
 *   where no offset stands. `2024-04` and `2024` are the month and the year. Seconds since 1970 as Zeek writes them: `1713553615.895462`.
 *   A date (or month, or year) means all of it: `<= 2024-04-19` includes the day, `> 2024-04-19` begins after it. With a time of day an
 *   instant is meant, but `=`, `!=` and `in` take it as long as it is written: `ts = 2024-04-19T10:00` is that minute.
 */

/** Everything a value can mean: one number, or (times) all from `low` to before `end`. */
interface Meaning {
  readonly low: number;
  readonly end: number;
  /** `end` counts for <= and > too: a date, not an instant. */
  readonly whole: boolean;
}

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't', 'p'].flatMap((letter, index): [string, number][] => [
    [letter, 1000 ** (index + 1)],
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}ib`, 1024 ** (index + 1)],
    [`${letter}i`, 1024 ** (index + 1)],
  ]),
]);

const durationUnits: ReadonlyMap<string, number> = new Map([
  ['us', 1],
  ['µs', 1],
  ['μs', 1],
  ['ms', 1e3],
  ['s', 1e6],
  ['sec', 1e6],
  ['m', 60e6],
  ['min', 60e6],
  ['h', 3600e6],
  ['d', 86_400e6],
]);

/** The closed range that `operator value` means for a numeric column. @throws FlowcaseError FILTER_SYNTAX */
export function numberRange(type: ColumnType, operator: Operator, word: Word): readonly [low: number, high: number] {
  const { low, end, whole } = meaningOf(type, word);
  const last = before(end);
  if (operator === '<') return [-Infinity, before(low)];
  if (operator === '<=') return [-Infinity, whole ? last : low];
  if (operator === '>') return [whole ? end : after(low), Infinity];
  return operator === '>=' ? [low, Infinity] : [low, last];
}

function meaningOf(type: ColumnType, word: Word): Meaning {
  // No value is longer; the patterns below take more than linear time.
  const text = word.text.trim().slice(0, 100);
  const found = type === 'time' ? readTime(text) : exactly(readNumber(type, text));
  if (found === null) throw syntaxError(word, `${quoted(word.text)} is no ${titleOf(type)}`, [exampleOf(type)]);
  return found;
}

function exactly(value: number | null): Meaning | null {
  return value === null || !Number.isFinite(value) ? null : { low: value, end: after(value), whole: false };
}

function readNumber(type: ColumnType, text: string): number | null {
  if (type === 'interval') return readDuration(text);
  if (type === 'bool') return readBool(text);
  if (type === 'port') return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
  return readSize(text);
}

/** A number with or without a unit of size, or null. */
export function readSize(text: string): number | null {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?) ?([kmgtp]?i?b?)$/i.exec(text);
  if (parts === null) return null;
  const unit = sizeUnits.get(parts[2].toLowerCase());
  return unit === undefined ? null : Number(parts[1]) * unit;
}

/** Microseconds, or null. */
export function readDuration(text: string): number | null {
  const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.exec(text);
  if (plain !== null) return Math.round(Number(text) * 1e6);
  if (!/^(?:(?:\d+\.?\d*|\.\d+) ?[a-zµμ]+ ?)+$/iu.test(text)) return null;
  let sum = 0;
  for (const [, digits, name] of text.matchAll(/(\d+\.?\d*|\.\d+) ?([a-zµμ]+)/giu)) {
    const unit = durationUnits.get(name.toLowerCase());
    if (unit === undefined) return null;
    sum += Number(digits) * unit;
  }
  return Math.round(sum);
}

function readBool(text: string): number | null {
  if (/^(?:t|true|yes|1)$/i.test(text)) return 1;
  return /^(?:f|false|no|0)$/i.test(text) ? 0 : null;
}

const timePattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/i;

function readTime(text: string): Meaning | null {
  const epoch = /^(\d{5,11})(?:\.(\d{1,9}))?$/.exec(text);
  if (epoch !== null) return fromFraction(Number(epoch[1]) * 1e6, epoch[2]);
  const parts = timePattern.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = parts as (string | undefined)[];
  const start = utc(year, month, day);
  if (start === null) return null;
  if (month === undefined) return { low: start, end: utc(String(Number(year) + 1), '01', '01') ?? start, whole: true };
  if (day === undefined) return { low: start, end: nextMonth(Number(year), Number(month)), whole: true };
  if (hour === undefined) return { low: start, end: start + 86_400e6, whole: true };
  const [h, m, s] = [Number(hour), Number(minute), Number(second ?? 0)];
  if (h > 23 || m > 59 || s > 60) return null;
  const instant = start + ((h * 60 + m) * 60 + s) * 1e6 - offsetOf(zone);
  if (second === undefined) return { low: instant, end: instant + 60e6, whole: false };
  return fromFraction(instant, fraction);
}

/** An instant as exactly as it is written: whole seconds, milliseconds, ..., never finer than a microsecond. */
function fromFraction(seconds: number, fraction: string | undefined): Meaning {
  if (fraction === undefined) return { low: seconds, end: seconds + 1e6, whole: false };
  const low = seconds + Number(fraction.slice(0, 6).padEnd(6, '0'));
  return { low, end: low + 10 ** Math.max(0, 6 - fraction.length), whole: false };
}

function utc(year = '1970', month = '01', day = '01'): number | null {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) ? date.getTime() * 1000 : null;
}

function nextMonth(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime() * 1000;
}

/** Microseconds east of UTC. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.replace(/[^\d]/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return minutes * 60e6 * (zone.startsWith('-') ? -1 : 1);
}

/** What a value of the type is called. */
export function titleOf(type: ColumnType): string {
  if (type === 'time') return 'time';
  if (type === 'interval') return 'duration';
  if (type === 'port') return 'port';
  if (type === 'bool') return 'truth value';
  if (type === 'addr') return 'address or network';
  return 'number';
}

export function exampleOf(type: ColumnType): string {
  if (type === 'time') return 'a time such as 2024-04-19 or 2024-04-19T10:00:00';
  if (type === 'interval') return 'a duration such as 350ms, 4.2s or 1h30m';
  if (type === 'port') return 'a port from 0 to 65535';
  if (type === 'bool') return 'T or F';
  if (type === 'addr') return 'an address such as 10.0.0.1 or fe80::1, or a network such as 10.0.0.0/8';
  return 'a number such as 1500 or 1MB';
}
