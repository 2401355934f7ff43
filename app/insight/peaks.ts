import { formatCount, formatDuration, formatTime } from '../contract/format.ts';
import { robustScale } from './robust.ts';

/** Below this many buckets "usual" has no meaning. */
export const LEAST_BUCKETS = 12;
/** How far from the median, in robust standard deviations, a span is called unusual; and how many times the median it must be. */
const UNUSUAL_Z = 6;
const UNUSUAL_TIMES = 3;

/** Buckets side by side in which a measure is unusually high. */
export interface Peak {
  readonly from: number;
  readonly to: number;
  /** Sum over the span. */
  readonly amount: number;
  readonly z: number;
  readonly median: number;
  readonly largest: number;
}

/** The neighbouring unusual buckets around the one that is farthest from the median; null where none is. `least`: what is too little to be worth a word. */
export function highestPeak(values: Float64Array, least: number): Peak | null {
  if (values.length < LEAST_BUCKETS) return null;
  const { median, scale } = robustScale(values);
  if (scale === 0) return null;
  const unusual = (bucket: number): boolean =>
    (values[bucket] - median) / scale >= UNUSUAL_Z && values[bucket] >= UNUSUAL_TIMES * median && values[bucket] >= least;
  let top = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[top]) top = i;
  if (!unusual(top)) return null;
  let from = top;
  let to = top;
  // What is unusual too but far lower is something else.
  const belongs = (bucket: number): boolean => unusual(bucket) && values[bucket] >= values[top] / 4;
  while (from > 0 && belongs(from - 1)) from--;
  while (to + 1 < values.length && belongs(to + 1)) to++;
  let amount = 0;
  for (let i = from; i <= to; i++) amount += values[i];
  return { from, to, amount, z: (values[top] - median) / scale, median, largest: values[top] };
}

export function overlaps(a: Peak, b: Peak): boolean {
  return a.from <= b.to && b.from <= a.to;
}

interface Buckets {
  readonly start: number;
  readonly step: number;
}

/** When a peak was, microseconds. */
export function timesOf({ start, step }: Buckets, { from, to }: Peak): { readonly start: number; readonly end: number } {
  return { start: start + from * step, end: start + (to + 1) * step };
}

/** When, how much, and how much is usual: one sentence. `words` writes an amount, `sender` what stands before it. */
export function peakWords(buckets: Buckets, peak: Peak, words: (amount: number) => string, sender = ''): string {
  const { start, end } = timesOf(buckets, peak);
  const step = formatDuration(buckets.step);
  const usual =
    peak.median > 0
      ? `${formatCount(peak.largest / peak.median)} times the usual ${words(peak.median)} (the median of all spans of ${step})`
      : `more than half of all spans of ${step} have none`;
  const most = peak.from === peak.to ? (peak.median > 0 ? ', ' : '; ') : `; at its height ${words(peak.largest)} in ${step}, `;
  return `${spanWords(start, end)}: ${sender}${words(peak.amount)}${most}${usual}.`;
}

/** "2024-04-19 03:00:00 – 03:10:00 UTC"; the date once where it is the same. */
function spanWords(start: number, end: number): string {
  const from = formatTime(start, 0);
  const to = formatTime(end, 0);
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC`;
}

/** ", 2024-04-19 20:00:00 to 20:59:59 UTC (1 h)"; "" where no record has a time. */
export function periodWords(first: number | null, last: number | null): string {
  return first === null || last === null ? '' : `, ${formatTime(first, 0)} to ${formatTime(last, 0)} UTC (${formatDuration(last - first)})`;
}
