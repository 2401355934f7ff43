import type { RecordTable } from '../columns/types.ts';
import { formatBytes, formatCount, formatDuration, formatShare, formatTime, plural } from '../contract/format.ts';
import type { Overview } from '../contract/records.ts';
import { leaderWithin } from './leader.ts';
import { robustScale } from './robust.ts';
import type { Slice } from '../columns/scan/slices.ts';

type Figures = Omit<Overview, 'sentences' | 'milliseconds'>;
type Measure = 'connections' | 'bytesOut' | 'bytesIn' | 'failed';

/** Below this many buckets "usual" has no meaning. */
const LEAST_BUCKETS = 12;
/** How far from the median, in robust standard deviations, a span is called unusual; and how many times the median it must be. */
const UNUSUAL_Z = 6;
const UNUSUAL_TIMES = 3;
/** What is too little to be worth a sentence. */
const least: Readonly<Record<Measure, number>> = { connections: 20, bytesOut: 1e6, bytesIn: 1e6, failed: 20 };
const DOMINANT = 0.5;

interface Peak {
  readonly measure: Measure;
  readonly from: number;
  readonly to: number;
  /** Sum over the span. */
  readonly amount: number;
  readonly z: number;
  readonly median: number;
  readonly largest: number;
}

/** When, and how much, is unusual: the most important first; the last says what there is at all. */
export function sentencesOf(table: RecordTable, slices: readonly Slice[], figures: Figures): string[] {
  if (figures.total === 0) return [figures.all === 0 ? 'There is nothing here yet.' : 'No connection passes the filter.'];
  const found = (['bytesOut', 'failed', 'connections', 'bytesIn'] as const).flatMap((measure) => highestPeak(figures.timeline, measure));
  // Failures that make up a peak of connections say it all.
  const peaks = found
    .filter((peak) => peak.measure !== 'connections' || !found.some((other) => other.measure === 'failed' && overlaps(peak, other)))
    .sort((a, b) => b.z - a.z);
  const peakWords = peaks.map((peak) => peakSentence(table, slices, figures, peak));
  const unusual = [...peakWords, ...dominanceSentences(figures), ...failureSentences(figures)];
  const usual = unusual.length > 0 ? [] : [nothingUnusual(figures)];
  return [...unusual, ...usual, whatThereIs(figures)];
}

/** The neighbouring unusual buckets around the one that is farthest from the median; empty where none is. */
function highestPeak(timeline: Overview['timeline'], measure: Measure): Peak[] {
  const values = timeline[measure];
  if (values.length < LEAST_BUCKETS) return [];
  const { median, scale } = robustScale(values);
  if (scale === 0) return [];
  const unusual = (bucket: number): boolean =>
    (values[bucket] - median) / scale >= UNUSUAL_Z && values[bucket] >= UNUSUAL_TIMES * median && values[bucket] >= least[measure];
  let top = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[top]) top = i;
  if (!unusual(top)) return [];
  let from = top;
  let to = top;
  // What is unusual too but far lower is something else.
  const belongs = (bucket: number): boolean => unusual(bucket) && values[bucket] >= values[top] / 4;
  while (from > 0 && belongs(from - 1)) from--;
  while (to + 1 < values.length && belongs(to + 1)) to++;
  let amount = 0;
  for (let i = from; i <= to; i++) amount += values[i];
  return [{ measure, from, to, amount, z: (values[top] - median) / scale, median, largest: values[top] }];
}

function overlaps(a: Peak, b: Peak): boolean {
  return a.from <= b.to && b.from <= a.to;
}

const sender: Readonly<Record<Measure, string>> = {
  bytesOut: 'originators sent ',
  bytesIn: 'responders sent ',
  connections: '',
  failed: '',
};

function amountWords(measure: Measure, amount: number): string {
  if (measure === 'bytesOut' || measure === 'bytesIn') return formatBytes(amount);
  return measure === 'failed' ? plural(amount, 'failed connection') : plural(amount, 'connection');
}

function peakSentence(table: RecordTable, slices: readonly Slice[], { timeline }: Figures, peak: Peak): string {
  const start = timeline.start + peak.from * timeline.step;
  const end = timeline.start + (peak.to + 1) * timeline.step;
  const step = formatDuration(timeline.step);
  const usual =
    peak.median > 0
      ? `${formatCount(peak.largest / peak.median)} times the usual ${amountWords(peak.measure, peak.median)} (the median of all spans of ${step})`
      : `more than half of all spans of ${step} have none`;
  const most =
    peak.from === peak.to ? (peak.median > 0 ? ', ' : '; ') : `; at its height ${amountWords(peak.measure, peak.largest)} in ${step}, `;
  const who = whoWords(leaderWithin(table, slices, start, end, peak.measure), peak.measure);
  return `${spanWords(start, end)}: ${sender[peak.measure]}${amountWords(peak.measure, peak.amount)}${most}${usual}.${who}`;
}

/** Who had the largest part. It is an originator: what responders sent was sent to it, whichever way the connection went. */
function whoWords(leader: ReturnType<typeof leaderWithin>, measure: Measure): string {
  if (leader === null || leader.share < DOMINANT) return '';
  const share = formatShare(leader.share);
  return measure === 'bytesIn' ? ` ${share} of it was sent to ${leader.host}.` : ` ${leader.host} accounts for ${share} of it.`;
}

/** "2024-04-19 03:00:00 – 03:10:00 UTC"; the date once where it is the same. */
function spanWords(start: number, end: number): string {
  const from = formatTime(start, 0);
  const to = formatTime(end, 0);
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC`;
}

function dominanceSentences({ talkers, bytesOut, hosts }: Figures): string[] {
  const first = talkers.at(0);
  if (first === undefined || hosts < 10 || bytesOut < least.bytesOut || first.bytesOut < DOMINANT * bytesOut) return [];
  const share = formatShare(first.bytesOut / bytesOut);
  return [
    `${first.host} sent ${share} of all that originators sent: ${formatBytes(first.bytesOut)} to ${plural(first.peers, 'responder')}.`,
  ];
}

function failureSentences({ timeline, total }: Figures): string[] {
  let failed = 0;
  for (const count of timeline.failed) failed += count;
  if (failed < 100 || failed < 0.25 * total) return [];
  return [
    `${formatShare(failed / total)} of the connections failed: ${formatCount(failed)} of ${formatCount(total)} were refused or not answered.`,
  ];
}

function nothingUnusual({ timeline }: Figures): string {
  const buckets = timeline.connections.length;
  if (buckets < LEAST_BUCKETS) return 'The span is too short to say what is usual in it.';
  return `No span of ${formatDuration(timeline.step)} stands out in connections, failures or bytes.`;
}

function whatThereIs(figures: Figures): string {
  const part = figures.total === figures.all ? '' : ` of ${formatCount(figures.all)}`;
  const span =
    figures.first === null || figures.last === null
      ? ''
      : `, ${formatTime(figures.first, 0)} to ${formatTime(figures.last, 0)} UTC (${formatDuration(figures.last - figures.first)})`;
  return `${formatCount(figures.total)}${part} ${figures.total === 1 && part === '' ? 'connection' : 'connections'} among ${plural(figures.hosts, 'host')}${span}. Originators sent ${formatBytes(figures.bytesOut)}, responders ${formatBytes(figures.bytesIn)}.`;
}
