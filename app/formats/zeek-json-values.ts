import { parseIsoTime } from './iso-time.ts';
import { JSON_KIND } from './json-scanner.ts';
import type { ToUtc } from './time-zone.ts';
import * as values from './values.ts';
import { READ, type LayoutField } from './zeek-layout.ts';

/** What numbers for times are in: Zeek's JSON::TS_EPOCH and JSON::TS_MILLIS. Texts are ISO 8601 (TS_ISO8601) whatever the unit. */
export type TimeUnit = 'seconds' | 'milliseconds';

/** How times are read: what numbers count, and the zone of texts that name none (null: UTC). */
export interface JsonTimes {
  readonly unit: TimeUnit;
  readonly toUtc: ToUtc | null;
}

/** 1 January 2200, in microseconds. */
const LATEST = 7_258_118_400e6;

/**
 * The number that a JSON number, string or truth value bytes[start..end) is for this field: microseconds for times and intervals. NaN, Infinity, or
 * for what cannot be below zero one of the codes of values.ts, where it is none.
 */
export function readJsonNumber(field: LayoutField, kind: number, bytes: Uint8Array, start: number, end: number, times: JsonTimes): number {
  if (kind === JSON_KIND.true || kind === JSON_KIND.false) return field.read === READ.bool ? (kind === JSON_KIND.true ? 1 : 0) : values.BAD;
  if (kind === JSON_KIND.array) return field.unsigned ? values.BAD : NaN;
  switch (field.read) {
    case READ.time:
    case READ.moment:
      return timeOf(field, kind, bytes, start, end, times);
    case READ.interval:
      return values.parseInterval(bytes, start, end);
    case READ.bool:
      return boolOf(kind, bytes, start, end);
    case READ.double:
      return values.parseDouble(bytes, start, end);
    case READ.integer:
      return integerOf(bytes, start, end);
    case READ.port:
      return countOf(bytes, start, end, 65_535);
    default:
      return countOf(bytes, start, end, 2 ** 63);
  }
}

function timeOf(field: LayoutField, kind: number, bytes: Uint8Array, start: number, end: number, { unit, toUtc }: JsonTimes): number {
  const written = kind === JSON_KIND.string ? parseIsoTime(bytes, start, end) : NaN;
  const iso = toUtc === null || namesZone(bytes, start, end) ? written : toUtc(written);
  if (Number.isNaN(iso) && unit === 'seconds') {
    return field.read === READ.time ? seconds(bytes, start, end) : values.parseMoment(bytes, start, end);
  }
  const value = Number.isNaN(iso) ? Math.round(values.parseDouble(bytes, start, end) * 1000) : iso;
  if (Number.isNaN(value)) return field.unsigned ? values.BAD : NaN;
  if (Math.abs(value) >= LATEST) return field.unsigned ? values.OUT_OF_RANGE : Infinity;
  return value < 0 && field.unsigned ? values.NEGATIVE : value === 0 ? 0 : value;
}

/** Whether `Z` or an offset stands behind the time of day. */
function namesZone(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 19; at < end; at++) if ((bytes[at] | 32) === 122 || bytes[at] === 43 || bytes[at] === 45) return true;
  return false;
}

/** Zeek writes no exponents in times, other tools do. */
function seconds(bytes: Uint8Array, start: number, end: number): number {
  const value = values.parseTime(bytes, start, end);
  if (value !== values.OUT_OF_RANGE) return value;
  const moment = values.parseMoment(bytes, start, end);
  return Number.isFinite(moment) && moment >= 0 ? moment : value;
}

function countOf(bytes: Uint8Array, start: number, end: number, most: number): number {
  const value = values.parseCount(bytes, start, end);
  if (value >= 0) return value > most ? values.OUT_OF_RANGE : value;
  if (value !== values.OUT_OF_RANGE) return value;
  // 5.0 and 1e3 are counts too
  const number = values.parseDouble(bytes, start, end);
  if (!Number.isInteger(number)) return Number.isFinite(number) && Math.abs(number) < most ? values.BAD : values.OUT_OF_RANGE;
  return number < 0 ? values.NEGATIVE : number <= most && number < 2 ** 63 ? number : values.OUT_OF_RANGE;
}

/** A column that is not known takes any number. */
function integerOf(bytes: Uint8Array, start: number, end: number): number {
  const value = values.parseInteger(bytes, start, end);
  return Number.isNaN(value) ? values.parseDouble(bytes, start, end) : value;
}

function boolOf(kind: number, bytes: Uint8Array, start: number, end: number): number {
  if (kind === JSON_KIND.string) {
    const short = values.parseBool(bytes, start, end);
    if (short >= 0) return short;
    const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 8))).toString('latin1');
    return text === 'true' ? 1 : text === 'false' ? 0 : values.BAD;
  }
  return end - start === 1 && (bytes[start] === 48 || bytes[start] === 49) ? bytes[start] - 48 : values.BAD;
}
