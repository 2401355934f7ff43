import type { RequestRow } from './access-row.ts';
import type { AccessTime } from './access-time.ts';
import { isDash } from './access-line.ts';
import type { Problem } from './line-outcome.ts';
import { epochReader, parseUnits, timeReader, unitShift, type TimeReader, type TimeUnit } from './table-times.ts';
import { quoted } from './texts.ts';
import type { ToUtc } from './time-zone.ts';
import * as values from './values.ts';

/** What a variable of an access log is, and where it goes. */
export type Target =
  /** `common`: as the server writes times (10/Feb/2012:16:42:07 -0500, or ISO 8601); a unit: a number since 1970; else a pattern of % directives. */
  | { readonly how: 'time'; readonly written: string }
  /** Tells more of the time that stands in another place. */
  | { readonly how: 'part'; readonly written: string }
  /** Date and time that stand in two fields are one time. */
  | { readonly how: 'date' | 'clock' }
  | { readonly how: 'host'; readonly column: 'orig_h' | 'resp_h' }
  | { readonly how: 'vhost' | 'request' | 'target' | 'query' | 'agent' | 'status' }
  | { readonly how: 'text'; readonly column: string }
  | { readonly how: 'count' | 'port'; readonly column: string }
  | { readonly how: 'interval'; readonly column: string; readonly unit: TimeUnit };

export const text = (column: string): Target => ({ how: 'text', column });
export const count = (column: string): Target => ({ how: 'count', column });
export const port = (column: string): Target => ({ how: 'port', column });
export const took = (unit: TimeUnit, column = 'duration'): Target => ({ how: 'interval', column, unit });

/** The column that a target fills; every column is filled once. */
export function columnOf(target: Target): string {
  switch (target.how) {
    case 'time':
    case 'part':
      return 'ts';
    case 'date':
    case 'clock':
      return target.how;
    case 'request':
      return 'request';
    case 'target':
      return 'path';
    case 'vhost':
    case 'query':
    case 'agent':
    case 'status':
      return target.how;
    default:
      return target.column;
  }
}

/** The reader for times that are written so. @throws FlowcaseError INVALID_INPUT for a pattern that is none */
export function readerOf(written: string, time: AccessTime, toUtc: ToUtc): TimeReader {
  if (written === 'common') return (bytes, start, end) => time.read(bytes, start, end);
  return Object.hasOwn(unitShift, written) ? epochReader(written as TimeUnit) : timeReader(written, toUtc);
}

/** Puts bytes[start..end) into the row; says what is wrong where it is no such value. A dash, or nothing, is absent. Times are not for here. */
export function putValue(row: RequestRow, target: Target, bytes: Uint8Array, start: number, end: number): Problem | null {
  if (end <= start || isDash(bytes, start, end)) return null;
  switch (target.how) {
    case 'host':
      row.host(target.column, bytes, start, end);
      return null;
    case 'vhost':
      row.vhost(bytes, start, end);
      return null;
    case 'request':
      row.request(bytes, start, end);
      return null;
    case 'target':
      row.target(bytes, start, end);
      return null;
    case 'query':
      if (bytes[start] !== 63) row.text('query', bytes, start, end);
      else if (end > start + 1) row.text('query', bytes, start + 1, end);
      return null;
    case 'agent':
      row.agent(bytes, start, end);
      return null;
    case 'text':
      row.text(target.column, bytes, start, end);
      return null;
    case 'status':
      return putNumber(row, { how: target.how }, bytes, start, end);
    case 'count':
    case 'port':
      return putNumber(row, { how: target.how, column: target.column }, bytes, start, end);
    case 'interval':
      return putInterval(row, target.column, target.unit, bytes, start, end);
    default:
      return null;
  }
}

type NumberTarget = { readonly how: 'status' } | { readonly how: 'count' | 'port'; readonly column: string };

function putNumber(row: RequestRow, target: NumberTarget, bytes: Uint8Array, start: number, end: number): Problem | null {
  const column = target.how === 'status' ? 'status' : target.column;
  const value = target.how === 'port' ? values.parsePort(bytes, start, end) : values.parseCount(bytes, start, end);
  if (value >= 0) {
    // 000: no answer was sent
    if (value > 0 || target.how === 'count') row.number(column, value);
    return null;
  }
  if (target.how === 'count' && value === values.OUT_OF_RANGE && row.beyond(column, bytes, start, end)) return null;
  // -1 is what some write where there is none
  if (value === values.NEGATIVE && end - start === 2 && bytes[start + 1] === 49) return null;
  return { reason: target.how === 'port' ? 'BAD_PORT' : 'BAD_NUMBER', what: `${column} is ${quoted(bytes, start, end)}` };
}

function putInterval(row: RequestRow, column: string, unit: TimeUnit, bytes: Uint8Array, start: number, end: number): Problem | null {
  const value = parseUnits(bytes, start, end, unitShift[unit]);
  if (value < 0) return null;
  if (Number.isNaN(value)) return { reason: 'BAD_NUMBER', what: `${column} is ${quoted(bytes, start, end)}` };
  row.number(column, value, 'interval');
  return null;
}
