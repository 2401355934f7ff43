import type { RowFilter } from '../columns/scan/slices.ts';
import type { RecordTable } from '../columns/types.ts';
import { formatBytes, formatCount, formatDuration, formatShare, plural } from '../contract/format.ts';
import type { RequestOverview } from '../contract/records.ts';
import { leaderWithin, ones, type Amounts } from './leader.ts';
import { highestPeak, LEAST_BUCKETS, overlaps, peakWords, periodWords, timesOf, type Peak } from './peaks.ts';

type Figures = Omit<RequestOverview, 'sentences' | 'milliseconds'>;
type Measure = 'requests' | 'bytes' | 'failed';

/** What is too little to be worth a sentence. */
const least: Readonly<Record<Measure, number>> = { requests: 20, bytes: 1e6, failed: 20 };
const DOMINANT = 0.5;

interface MeasuredPeak extends Peak {
  readonly measure: Measure;
}

/** When, and how much, is unusual among requests: the most important first; the last says what there is at all. */
export function requestSentencesOf(table: RecordTable, filter: RowFilter, figures: Figures): string[] {
  if (figures.total === 0) return [figures.all === 0 ? 'There is nothing here yet.' : 'No request passes the filter.'];
  const { timeline } = figures;
  const found = (['failed', 'requests', 'bytes'] as const).flatMap((measure): MeasuredPeak[] => {
    const peak = highestPeak(timeline[measure], least[measure]);
    return peak === null ? [] : [{ ...peak, measure }];
  });
  // Errors that make up a peak of requests say it all.
  const peaks = found
    .filter((peak) => peak.measure !== 'requests' || !found.some((other) => other.measure === 'failed' && overlaps(peak, other)))
    .sort((a, b) => b.z - a.z);
  const said = peaks.map((peak) => peakSentence(table, filter, figures, peak));
  const unusual = [...said, ...scanners(figures), ...dominance(figures), ...errors(figures)];
  const usual = unusual.length > 0 ? [] : [nothingUnusual(figures)];
  return [...unusual, ...usual, whatThereIs(figures)];
}

function amountWords(measure: Measure, amount: number): string {
  if (measure === 'bytes') return formatBytes(amount);
  return measure === 'failed'
    ? plural(amount, 'request answered with an error', 'requests answered with an error')
    : plural(amount, 'request');
}

function amountsOf(measure: Measure): Amounts {
  if (measure === 'requests') return ones;
  return (columns, slice) => {
    const values = columns.numbers(slice, measure === 'bytes' ? 'bytes' : 'status');
    return measure === 'bytes' ? (row) => values[row] : (row) => (values[row] >= 400 ? 1 : 0);
  };
}

function peakSentence(table: RecordTable, filter: RowFilter, { timeline }: Figures, peak: MeasuredPeak): string {
  const { measure } = peak;
  const leader = leaderWithin(table, filter, timesOf(timeline, peak), amountsOf(measure));
  const who =
    leader === null || leader.share < DOMINANT
      ? ''
      : measure === 'bytes'
        ? ` ${formatShare(leader.share)} of it was sent to ${leader.host}.`
        : ` ${leader.host} accounts for ${formatShare(leader.share)} of it.`;
  return `${peakWords(timeline, peak, (amount) => amountWords(measure, amount), measure === 'bytes' ? 'answers of ' : '')}${who}`;
}

function scanners({ agentKinds, total }: Figures): string[] {
  const found = agentKinds.find(({ name }) => name === 'scanner');
  if (found === undefined) return [];
  return [`${plural(found.requests, 'request')} (${formatShare(found.requests / total)}) name a scanner as their agent.`];
}

function dominance({ clients, total, hosts }: Figures): string[] {
  const first = clients.at(0);
  if (first === undefined || first.name === '-' || hosts < 10 || total < 100 || first.requests < DOMINANT * total) return [];
  return [
    `${first.name} made ${formatShare(first.requests / total)} of all requests: ${formatCount(first.requests)} of ${formatCount(total)}.`,
  ];
}

function errors({ failed, total }: Figures): string[] {
  if (failed < 100 || failed < 0.25 * total) return [];
  return [
    `${formatShare(failed / total)} of the requests were answered with an error: ${formatCount(failed)} of ${formatCount(total)} with a status of 400 or above.`,
  ];
}

function nothingUnusual({ timeline }: Figures): string {
  if (timeline.requests.length < LEAST_BUCKETS) return 'The span is too short to say what is usual in it.';
  return `No span of ${formatDuration(timeline.step)} stands out in requests, errors or bytes.`;
}

function whatThereIs({ total, all, hosts, first, last, bytes }: Figures): string {
  const part = total === all ? '' : ` of ${formatCount(all)}`;
  const noun = total === 1 && part === '' ? 'request' : 'requests';
  return `${formatCount(total)}${part} ${noun} of ${plural(hosts, 'client')}${periodWords(first, last)}. The servers answered with ${formatBytes(bytes)}.`;
}
