import { formatBytes, formatCount, formatDuration, formatShare, plural } from '../contract/format.ts';
import type { Severity } from '../contract/records.ts';
import { gapsOf, quantile, sortedPresent } from '../features/groups.ts';
import { selectedNumbers, textOfId } from '../features/selection.ts';
import type { Pace } from '../learn/pace.ts';
import type { OddCluster } from './odd-cluster.ts';
import { recordsBehind } from './records.ts';
import type { Grouping, NewFinding } from './types.ts';

/** Fewer calls than this, or a wider spread of their intervals, are no clock. */
const LEAST_CALLS = 20;
const WIDEST_SPREAD = 0.25;
/** Gaps under a second are one burst, not a beat. */
const SHORTEST_GAP = 1_000_000;
/** A gap within this share of the median lies near the beat; one of so many medians is an interruption: nothing was called then. */
const NEAR = 0.25;
const INTERRUPTION = 3;
/** Of the time from the first to the last call so much must be called in for it to be of high severity. */
const LEAST_CALLED = 0.5;
/** Of a group's connections so many must lie in the odd cluster for it to speak of them all. */
const LEAST_SHARE = 0.5;

const DOUBT =
  'Updates, time servers, monitoring and chat programs call like a clock too: check who owns the address and when it was first seen.';

/**
 * What calls like a clock inside the odd clusters: groups of connections with the same ends, of which half or more lie in the cluster, at
 * least 20, at intervals of a second or more with a quartile spread of 0.25 or less. Every figure is computed from the records.
 * Score: 10 × (1 - spread) × the share of a thousand calls on a log scale × the share of the gaps that lie near the median. High from 100 calls
 * with a spread of 0.1 or less where it called in half of the time or more, between two calls that are no interruption; else medium.
 * @throws FlowcaseError CANCELLED
 */
export async function regularCalls(
  grouping: Grouping,
  odd: readonly OddCluster[],
  limit: number,
  pace: Pace,
): Promise<readonly NewFinding[]> {
  const { groups, labels, selection } = grouping;
  const sizes = selectedNumbers(selection, 'orig_bytes');
  const oddOnes = new Set(odd.map(({ cluster }) => cluster));
  const found: NewFinding[] = [];
  for (let group = 0; group < groups.count; group++) {
    if (pace.due) await pace.breathe();
    if (!(groups.sizes[group] >= LEAST_CALLS && groups.intervalSpread[group] <= WIDEST_SPREAD)) continue;
    const rows = groups.order.subarray(groups.starts[group], groups.starts[group + 1]);
    const cluster = homeOf(rows, labels, oddOnes);
    if (cluster === null) continue;
    const finding = describe(grouping, group, rows, cluster, sizes);
    if (finding !== null) found.push(finding);
  }
  return found.sort((a, b) => b.score - a.score || (a.subject < b.subject ? -1 : 1)).slice(0, limit);
}

/** The odd cluster that holds at least half of the rows, or null. */
function homeOf(rows: Uint32Array, labels: Uint16Array, odd: ReadonlySet<number>): number | null {
  for (const cluster of odd) {
    let inside = 0;
    for (const row of rows) if (labels[row] === cluster) inside++;
    if (inside >= rows.length * LEAST_SHARE) return cluster;
  }
  return null;
}

function describe(grouping: Grouping, group: number, rows: Uint32Array, cluster: number, sizes: Float64Array): NewFinding | null {
  const { groups, selection, clusters } = grouping;
  const { table } = selection;
  const times = sortedPresent(rows, groups.times);
  const gaps = gapsOf(times).sort();
  const median = quantile(gaps, 0.5);
  if (median < SHORTEST_GAP) return null;
  const spread = groups.intervalSpread[group];
  const originator = textOfId(table, 'orig_h', groups.originators[rows[0]]);
  const responder = textOfId(table, 'resp_h', groups.responders[rows[0]]);
  const to = `${responder.includes(':') ? `[${responder}]` : responder}:${groups.ports[rows[0]]}`;
  const beat = beatOf(gaps);
  const rank = clusters[cluster];
  return {
    kind: 'odd-cluster',
    title: 'Calls like a clock, in an odd cluster',
    subject: `${originator} → ${to}`,
    host: originator,
    score: 10 * (1 - spread) * Math.min(1, Math.log10(rows.length) / 3) * (beat.near / gaps.length),
    severity: severityOf(rows.length, spread, beat),
    why: `${originator} called ${to} ${plural(rows.length, 'time')} in ${formatDuration(beat.lasted)}${sizeWords(rows, sizes)}. ${beatWords(beat, gaps)} ${formatCount(rank.size)} connections are in its cluster ${rank.cluster} (${rank.autoName}).`,
    causes: null,
    doubt: DOUBT,
    ...recordsBehind(selection, rows),
  };
}

/** What the gaps between the starts of calls say, in microseconds. */
interface Beat {
  readonly median: number;
  /** The ends of the middle half. */
  readonly quartiles: readonly [low: number, high: number];
  /** Gaps within a quarter of the median. */
  readonly near: number;
  readonly interruptions: number;
  /** From the first call to the last, and without the interruptions. */
  readonly lasted: number;
  readonly called: number;
}

/** `gaps` ascending, not empty. */
function beatOf(gaps: Float64Array): Beat {
  const median = quantile(gaps, 0.5);
  let [near, interruptions, lasted, called] = [0, 0, 0, 0];
  for (const gap of gaps) {
    lasted += gap;
    if (Math.abs(gap - median) <= NEAR * median) near++;
    if (gap > INTERRUPTION * median) interruptions++;
    else called += gap;
  }
  return { median, quartiles: [quantile(gaps, 0.25), quantile(gaps, 0.75)], near, interruptions, lasted, called };
}

function beatWords({ median, quartiles: [low, high], near, interruptions, lasted, called }: Beat, gaps: Float64Array): string {
  const middle = `Its median interval is ${formatDuration(median)}, the middle half ${formatDuration(low)} to ${formatDuration(high)}; ${formatCount(near)} of the ${plural(gaps.length, 'interval')} (${formatShare(near / gaps.length)}) lie within a quarter of the median.`;
  if (interruptions === 0) return `${middle} It never paused for more than three times as long.`;
  const most = called < LEAST_CALLED * lasted ? ': most of the time it called nothing' : '';
  return `${middle} ${plural(interruptions, 'interval')} ${interruptions === 1 ? 'is' : 'are'} more than three times as long, up to ${formatDuration(gaps[gaps.length - 1])}; without ${interruptions === 1 ? 'it' : 'them'} ${formatDuration(called)} remain of the ${formatDuration(lasted)}${most}.`;
}

function severityOf(calls: number, spread: number, { called, lasted }: Beat): Severity {
  return calls >= 100 && spread <= 0.1 && called >= LEAST_CALLED * lasted ? 'high' : 'medium';
}

/** ", with 412 to 418 bytes each" of the middle nine tenths. */
function sizeWords(rows: Uint32Array, sizes: Float64Array): string {
  const known = sortedPresent(rows, sizes);
  if (known.length === 0) return '';
  const [low, high] = [quantile(known, 0.05), quantile(known, 0.95)].map(Math.round);
  const range =
    low === high
      ? formatBytes(low)
      : high < 10_000
        ? `${formatCount(low)} to ${formatCount(high)} bytes`
        : `${formatBytes(low)} to ${formatBytes(high)}`;
  return `, sending ${range} each in nine of ten`;
}
