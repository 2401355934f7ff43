/** What the overview draws: rows of bars out of the core's answer. */
import type { NamedCount, Talker } from '../../../../app/contract.ts';
import type { BarRow } from '../../charts/bars.ts';
import type { ChartTable } from '../../charts/table.ts';
import { formatBytes, formatCount, formatShare, plural, visible } from '../../lib/format.ts';

export type Measure = 'connections' | 'bytesOut' | 'bytesIn';

/** The core lists the hosts with the most connections and with the most bytes out: other orders of them would not be the first of all. */
export const overviewMeasures: readonly Measure[] = ['connections', 'bytesOut'];
export const peerMeasures: readonly Measure[] = ['connections', 'bytesOut', 'bytesIn'];

/** How a measure is called in a title, in a table, and counted. */
export const measureWords: Readonly<Record<Measure, { readonly title: string; readonly what: string; readonly unit: 'bytes' | 'count' }>> =
  {
    bytesOut: { title: 'bytes out', what: 'bytes out', unit: 'bytes' },
    bytesIn: { title: 'bytes in', what: 'bytes in', unit: 'bytes' },
    connections: { title: 'connections', what: 'connections', unit: 'count' },
  };

/** Hosts by a measure, the largest first. */
export function talkerRows(talkers: readonly Talker[], measure: Measure): readonly BarRow[] {
  return [...talkers]
    .sort((a, b) => b[measure] - a[measure])
    .map((talker) => ({ key: talker.host, label: talker.host, value: talker[measure] }));
}

export function talkerTable(talkers: readonly Talker[]): ChartTable {
  const right = true;
  return {
    head: [
      { title: 'host' },
      { title: 'connections', right },
      { title: 'bytes out', right },
      { title: 'bytes in', right },
      { title: 'peers', right },
    ],
    rows: talkers.map((talker) => [
      visible(talker.host),
      formatCount(talker.connections),
      formatCount(talker.bytesOut),
      formatCount(talker.bytesIn),
      formatCount(talker.peers),
    ]),
  };
}

/** Services, states and ports by connections. */
export function namedRows(list: readonly (NamedCount & { readonly meaning?: string })[]): readonly BarRow[] {
  return list.map((entry) => ({
    key: entry.name,
    label: entry.name === '' || entry.name === '-' ? 'absent' : entry.name,
    value: entry.connections,
    ...(entry.meaning === undefined ? {} : { hint: entry.meaning }),
  }));
}

export function namedTable(list: readonly (NamedCount & { readonly meaning?: string })[], what: string): ChartTable {
  const right = true;
  const meaning = list.some((entry) => entry.meaning !== undefined);
  return {
    head: [{ title: what }, ...(meaning ? [{ title: 'meaning' }] : []), { title: 'connections', right }, { title: 'bytes', right }],
    rows: list.map((entry) => [
      visible(entry.name === '' ? '-' : entry.name),
      ...(meaning ? [entry.meaning ?? ''] : []),
      formatCount(entry.connections),
      formatCount(entry.bytes),
    ]),
  };
}

/** "ssl is in 62.1 % of 1,004,219 connections." */
export function shareSentence(list: readonly NamedCount[], total: number): string {
  const first = list.at(0);
  if (first === undefined || total === 0) return '';
  const name = first.name === '' || first.name === '-' ? 'No name' : visible(first.name);
  return `${name} leads with ${formatShare(first.connections / total)} of ${plural(total, 'connection')}.`;
}

/** "10.0.0.1 alone sends 41.2 % of all bytes out." */
export function talkerSentence(talkers: readonly Talker[], measure: Measure, whole: number, verb: string): string {
  const first = [...talkers].sort((a, b) => b[measure] - a[measure]).at(0);
  if (first === undefined) return '';
  const words = measureWords[measure];
  const amount = words.unit === 'bytes' ? formatBytes(first[measure]) : formatCount(first[measure]);
  const share = whole > 0 ? `, ${formatShare(Math.min(1, first[measure] / whole))} of all` : '';
  return `${visible(first.host)} ${verb} the most: ${amount}${words.unit === 'bytes' ? '' : ` ${words.what}`}${share}.`;
}
