import type { RecordTable } from '../columns/types.ts';
import { formatBytes, formatCount, formatDuration, formatShare, plural } from '../contract/format.ts';
import type { ConnectionOverview } from '../contract/records.ts';
import type { RowFilter } from '../columns/scan/slices.ts';
import { leaderWithin, ones, type Amounts } from './leader.ts';
import { highestPeak, LEAST_BUCKETS, overlaps, peakWords, periodWords, timesOf, type Peak } from './peaks.ts';
import { failedStates } from './slices.ts';
import { basisWords, Volumes } from './volumes.ts';

type Figures = Omit<ConnectionOverview, 'sentences' | 'milliseconds'>;
type Measure = 'connections' | 'bytesOut' | 'bytesIn' | 'failed';

/** What is too little to be worth a sentence. */
const least: Readonly<Record<Measure, number>> = { connections: 20, bytesOut: 1e6, bytesIn: 1e6, failed: 20 };
const DOMINANT = 0.5;

interface MeasuredPeak extends Peak {
  readonly measure: Measure;
}

/** When, and how much, is unusual: the most important first; the last says what there is at all. */
export function sentencesOf(table: RecordTable, filter: RowFilter, figures: Figures): string[] {
  if (figures.total === 0) return [figures.all === 0 ? 'There is nothing here yet.' : 'No connection passes the filter.'];
  const found = (['bytesOut', 'failed', 'connections', 'bytesIn'] as const).flatMap((measure): MeasuredPeak[] => {
    const peak = highestPeak(figures.timeline[measure], least[measure]);
    return peak === null ? [] : [{ ...peak, measure }];
  });
  // Failures that make up a peak of connections say it all.
  const peaks = found
    .filter((peak) => peak.measure !== 'connections' || !found.some((other) => other.measure === 'failed' && overlaps(peak, other)))
    .sort((a, b) => b.z - a.z);
  const said = peaks.map((peak) => peakSentence(table, filter, figures, peak));
  const unusual = [...said, ...dominanceSentences(figures), ...failureSentences(figures)];
  const usual = unusual.length > 0 ? [] : [nothingUnusual(figures)];
  return [...unusual, ...usual, whatThereIs(figures)];
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

function amountsOf(table: RecordTable, measure: Measure): Amounts {
  if (measure === 'connections') return ones;
  const failed = failedStates(table);
  const volumes = new Volumes(table);
  return (columns, slice) => {
    if (measure === 'failed') {
      const states = columns.ids(slice, 'conn_state');
      return (row) => failed[states[row]];
    }
    const bytes = measure === 'bytesIn' ? volumes.received(columns, slice) : volumes.sent(columns, slice);
    return (row) => bytes[row];
  };
}

function peakSentence(table: RecordTable, filter: RowFilter, { timeline }: Figures, peak: MeasuredPeak): string {
  const { measure } = peak;
  const leader = leaderWithin(table, filter, timesOf(timeline, peak), amountsOf(table, measure));
  return `${peakWords(timeline, peak, (amount) => amountWords(measure, amount), sender[measure])}${whoWords(leader, measure)}`;
}

/** Who had the largest part. It is an originator: what responders sent was sent to it, whichever way the connection went. */
function whoWords(leader: ReturnType<typeof leaderWithin>, measure: Measure): string {
  if (leader === null || leader.share < DOMINANT) return '';
  const share = formatShare(leader.share);
  return measure === 'bytesIn' ? ` ${share} of it was sent to ${leader.host}.` : ` ${leader.host} accounts for ${share} of it.`;
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

function whatThereIs({ total, all, hosts, first, last, bytesOut, bytesIn, volume }: Figures): string {
  const part = total === all ? '' : ` of ${formatCount(all)}`;
  const noun = total === 1 && part === '' ? 'connection' : 'connections';
  return `${formatCount(total)}${part} ${noun} among ${plural(hosts, 'host')}${periodWords(first, last)}. Originators sent ${formatBytes(bytesOut)}, responders ${formatBytes(bytesIn)}${basisWords[volume]}.`;
}
