import type { ConnectionOverview } from '../contract/records.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import type { Slice } from '../columns/scan/slices.ts';
import type { Span } from './slices.ts';

export type Timeline = ConnectionOverview['timeline'];

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const steps: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 91, 182, 365].map((n) => n * DAY),
];

/** The smallest step, in microseconds, with which at most `buckets` cover first to last: from 1 s to 1 d, longer where years ask for it. */
export function niceStep(first: number, last: number, buckets: number): number {
  const fits = (step: number): boolean => Math.floor(last / step) - Math.floor(first / step) + 1 <= buckets;
  const found = steps.find(fits);
  if (found !== undefined) return found;
  let step = 730 * DAY;
  while (!fits(step) && (buckets > 1 || step < last - first)) step *= 2;
  return fits(step) ? step : last - first + 1;
}

/**
 * Equal buckets, at most so many, from first to last. `start` is a multiple of the step (a day begins at midnight UTC) unless one bucket has to hold
 * all.
 */
export function bucketsFor(span: Span | null, buckets: number): Buckets {
  if (span === null) return { start: 0, step: SECOND, length: 0 };
  const step = niceStep(span.first, span.last, buckets);
  const aligned = Math.floor(span.first / step) * step;
  const start = span.last < aligned + step * buckets ? aligned : span.first;
  return { start, step, length: Math.floor((span.last - start) / step) + 1 };
}

export interface Buckets {
  /** Microseconds. */
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Whether a timeline's buckets are the first of these. */
export function fits({ start, step }: Pick<Buckets, 'start' | 'step'>, wanted: Buckets): boolean {
  return start === wanted.start && step === wanted.step;
}

/** The same figures, with buckets behind them in which nothing is yet. */
export function longer(row: Float64Array, length: number): Float64Array {
  if (row.length === length) return row;
  const long = new Float64Array(length);
  long.set(row);
  return long;
}

/** Calls `add` for each row that has a time, with the bucket that it falls into. */
export function addOverTime(
  { start, step }: Pick<Buckets, 'start' | 'step'>,
  ts: Float64Array,
  count: number,
  add: (bucket: number, row: number) => void,
): void {
  for (let i = 0; i < count; i++) {
    const time = ts[i];
    if (time === time) add(Math.floor((time - start) / step), i);
  }
}

/** Seven days (Monday first) of 24 hours, UTC: connections that began in each. */
export function rhythmOf(slices: readonly Slice[]): Float64Array {
  const rhythm = new Float64Array(7 * 24);
  const columns = new SliceColumns();
  for (const slice of slices) {
    const ts = columns.numbers(slice, 'ts');
    for (let i = 0; i < slice.count; i++) {
      const time = ts[i];
      if (time !== time) continue;
      const hours = Math.floor(time / HOUR);
      // 1 January 1970 was a Thursday: three days after a Monday.
      rhythm[(((hours + 72) % 168) + 168) % 168]++;
    }
  }
  return rhythm;
}
