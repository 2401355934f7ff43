/** What is watched, in words. Nothing here changes what a log says: names are shown through `visible` where they are drawn. */
import type { KeptAlert, LiveSourceSpec, LiveSourceStatus, LiveState, LiveStatus, RecordKind } from '../../../app/contract.ts';
import type { IconName } from '../components/icons.ts';
import { formatBytes, formatCount, formatDuration, plural } from './format.ts';

export const sourceTypeWords: Readonly<Record<LiveSourceSpec['type'], string>> = {
  file: 'File or pattern',
  kafka: 'Kafka topic',
  syslog: 'Syslog',
  http: 'Posted to the API',
  pipe: 'Standard input or a pipe',
};

/** Where it comes from, without a name that a person gave it. */
export function specWords(spec: LiveSourceSpec): string {
  switch (spec.type) {
    case 'file':
      return spec.path;
    case 'kafka':
      return spec.url;
    case 'syslog':
      return `syslog ${spec.protocol} ${spec.host}:${spec.port}`;
    case 'http':
      return `posted as ${spec.name}`;
    case 'pipe':
      return spec.path ?? 'standard input';
  }
}

export function sourceName(source: Pick<LiveSourceStatus, 'name' | 'watch'>): string {
  return source.name === '' ? specWords(source.watch.source) : source.name;
}

/** Drawn beside the word of a state. */
export const stateIcons: Readonly<Record<LiveState, IconName>> = {
  starting: 'jobs',
  running: 'play',
  waiting: 'jobs',
  paused: 'pause',
  failed: 'warning',
  ended: 'check',
};

/** "running", "waiting: for access.log to appear", "failed: the broker refused the password". */
export function stateWords({ state, why }: Pick<LiveSourceStatus, 'state' | 'why'>): string {
  return why === '' ? state : `${state}: ${why}`;
}

/** "1,204/s", "0.4/s", "0/s". */
export function rateWords(rate: number): string {
  if (!(rate > 0)) return '0/s';
  return rate < 9.95 ? `${rate.toFixed(1)}/s` : `${formatCount(Math.round(rate))}/s`;
}

/** What is there and not yet in the case: "none", "1.2 MiB", "3,120 messages"; how old the latest record is where nobody knows. */
export function lagWords({ lagBytes, lagRecords, behind, watch }: LiveSourceStatus): string {
  if (lagRecords !== null && lagRecords > 0) return plural(lagRecords, watch.source.type === 'kafka' ? 'message' : 'record');
  if (lagBytes !== null && lagBytes > 0) return formatBytes(lagBytes);
  if (lagRecords === 0 || lagBytes === 0) return 'none';
  return behind === null ? '-' : behindWords(behind);
}

/** All that is known of how far behind a source is. */
export function lagExact({ lagBytes, lagRecords, behind }: LiveSourceStatus): string {
  const parts = [
    ...(lagBytes === null ? [] : [`${plural(lagBytes, 'byte')} not read yet`]),
    ...(lagRecords === null ? [] : [`${plural(lagRecords, 'message')} not read yet`]),
    ...(behind === null ? [] : [`the latest record is ${behindWords(behind)} old`]),
  ];
  return parts.length === 0 ? 'Nobody knows how much there is' : parts.join(', ');
}

/** Seconds in words; a clock that is ahead says so. */
export function behindWords(seconds: number): string {
  return seconds < 0 ? `${formatDuration(-seconds * 1e6)} ahead` : formatDuration(Math.max(0, seconds) * 1e6);
}

/** "3 sources, 1,204 records a second, 2 open alerts". */
export function liveFacts(status: LiveStatus): string {
  const { sources, alerts } = status;
  if (sources.length === 0) return '';
  const rate = sources.reduce((sum, source) => sum + source.rate, 0);
  const failed = sources.filter(({ state }) => state === 'failed').length;
  return [
    plural(sources.length, 'source'),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    `${formatCount(Math.round(rate))} ${Math.round(rate) === 1 ? 'record' : 'records'} a second`,
    alerts === 0 ? 'no open alert' : plural(alerts, 'open alert'),
    `case ${formatBytes(status.caseBytes)}`,
  ].join(', ');
}

/** "Learning what is usual: 7 of 30 windows"; "" once it is learned. */
export function learningWords({ learning: { have, need } }: LiveStatus): string {
  return have >= need ? '' : `Learning what is usual: ${formatCount(have)} of ${plural(need, 'window')}.`;
}

/** What became of sending an alert. */
export const sentWords: Readonly<Record<KeptAlert['sent'], { readonly short: string; readonly long: string }>> = {
  sent: { short: 'sent', long: 'It was sent to the senders that take its severity.' },
  held: { short: 'held', long: 'It came in the quiet hours: it goes out with the others at their end.' },
  below: { short: 'not sent', long: 'It is below the severity from which alerts are sent out.' },
  limited: { short: 'not sent', long: 'More alerts came in that hour than may go out.' },
  again: { short: 'not sent', long: 'The same was sent a short while before.' },
};

/** "Requests", "Connections", "dns records": what windows count. */
export function kindPlural(kind: RecordKind): string {
  return kind === 'connection' ? 'connections' : kind === 'request' ? 'requests' : `${kind} records`;
}
