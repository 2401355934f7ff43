/** What the overview draws: rows of bars out of the core's answer. */
import type { NamedCount, Talker } from '../../../../app/contract.ts';
import type { BarRow } from '../../charts/bars.ts';
import type { ChartTable } from '../../charts/table.ts';
import { formatBytes, formatCount, formatShare, plural, visible } from '../../lib/format.ts';

export type Measure = 'connections' | 'bytesOut' | 'bytesIn';

/** The core lists the hosts with the most connections and those that sent the most: other orders of them would not be the first of all. */
export const overviewMeasures: readonly Measure[] = ['connections', 'bytesOut'];
export const peerMeasures: readonly Measure[] = ['connections', 'bytesOut', 'bytesIn'];

/** How a measure is called in a title, in a table, and counted. */
export const measureWords: Readonly<Record<Measure, { readonly title: string; readonly what: string; readonly unit: 'bytes' | 'count' }>> =
  {
    bytesOut: { title: 'bytes sent', what: 'bytes sent', unit: 'bytes' },
    bytesIn: { title: 'bytes received', what: 'bytes received', unit: 'bytes' },
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
      { title: 'bytes sent', right },
      { title: 'bytes received', right },
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

const verbs: Readonly<Record<Measure, string>> = { connections: 'has', bytesOut: 'sent', bytesIn: 'received' };

/** "10.0.0.1 sent the most: 412.0 MiB, 41.2 % of all." Where several have as much as the first, none of them leads. */
export function talkerSentence(talkers: readonly Talker[], measure: Measure, whole: number): string {
  const [first, second] = [...talkers].sort((a, b) => b[measure] - a[measure]);
  if (first === undefined) return '';
  const value = first[measure];
  const amount = measureWords[measure].unit === 'bytes' ? formatBytes(value) : plural(value, 'connection');
  const share = whole > 0 ? `, ${formatShare(Math.min(1, value / whole))} of all` : '';
  if (second?.[measure] === value) {
    const tied = talkers.filter((talker) => talker[measure] === value).length;
    return `${plural(tied, 'host')} ${measure === 'connections' ? 'have' : verbs[measure]} the most: ${amount} each.`;
  }
  return `${visible(first.host)} ${verbs[measure]} the most: ${amount}${share}.`;
}
