import { formatCount, formatDuration, formatShare, plural } from '../contract/format.ts';
import { quantile } from '../features/groups.ts';

/** A gap within this share of the median lies near the beat; one of so many medians is an interruption: nothing was called then. */
const NEAR = 0.25;
const INTERRUPTION = 3;
/** Of the time from the first to the last call so much must be called in, or it called nothing most of the time. */
const LEAST_CALLED = 0.5;

/** Gaps under a second are one burst, not a beat: a median below this is no rhythm, in microseconds. */
export const SHORTEST_GAP = 1_000_000;

/** What the gaps between the starts of calls say, in microseconds. */
export interface Beat {
  readonly median: number;
  /** The ends of the middle half. */
  readonly quartiles: readonly [low: number, high: number];
  readonly gaps: number;
  /** Gaps within a quarter of the median. */
  readonly near: number;
  readonly interruptions: number;
  readonly longest: number;
  /** From the first call to the last, and without the interruptions. */
  readonly lasted: number;
  readonly called: number;
}

/** `gaps`: in microseconds, ascending, not empty. */
export function beatOf(gaps: Float64Array): Beat {
  const median = quantile(gaps, 0.5);
  let [near, interruptions, lasted, called] = [0, 0, 0, 0];
  for (const gap of gaps) {
    lasted += gap;
    if (Math.abs(gap - median) <= NEAR * median) near++;
    if (gap > INTERRUPTION * median) interruptions++;
    else called += gap;
  }
  const quartiles = [quantile(gaps, 0.25), quantile(gaps, 0.75)] as const;
  return { median, quartiles, gaps: gaps.length, near, interruptions, longest: gaps[gaps.length - 1], lasted, called };
}

/** Whether calls came in half of the time or more, between two that are no interruption. */
export function calledMostly({ called, lasted }: Beat): boolean {
  return called >= LEAST_CALLED * lasted;
}

/**
 * What is said of calls at regular intervals wherever they are spoken of: "10.0.0.7 called 192.0.2.1:443 60 times in 59 m 01 s. Its median
 * interval is 1 m 01 s, …". `calls.more` goes behind the first sentence's words, with a comma of its own.
 */
export function beatWords(
  calls: { readonly from: string; readonly to: string; readonly port: number; readonly count: number; readonly more?: string },
  beat: Beat,
): string {
  const { median, quartiles, gaps, near, interruptions, longest, lasted, called } = beat;
  const [low, high] = quartiles;
  const to = endWords(calls.to, calls.port);
  const often = `${calls.from} called ${to} ${plural(calls.count, 'time')} in ${formatDuration(lasted)}${calls.more ?? ''}.`;
  const lie = near === 1 ? 'lies' : 'lie';
  const middle = `Its median interval is ${formatDuration(median)}, the middle half ${formatDuration(low)} to ${formatDuration(high)}; ${formatCount(near)} of the ${plural(gaps, 'interval')} (${formatShare(near / gaps)}) ${lie} within a quarter of the median.`;
  if (interruptions === 0) return `${often} ${middle} It never paused for more than three times as long.`;
  const most = calledMostly(beat) ? '' : ': most of the time it called nothing';
  const [are, them] = interruptions === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${often} ${middle} ${plural(interruptions, 'interval')} ${are} more than three times as long, up to ${formatDuration(longest)}; without ${them} ${formatDuration(called)} remain of the ${formatDuration(lasted)}${most}.`;
}

/** "192.0.2.1:443", "[2001:db8::1]:443"; the address alone where no port is known (−1). */
export function endWords(host: string, port: number): string {
  if (port < 0) return host;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
