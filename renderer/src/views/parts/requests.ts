/** What the overview draws of requests: rows of bars out of the core's answer. */
import type { RequestCount } from '../../../../app/contract.ts';
import type { BarRow } from '../../charts/bars.ts';
import type { ChartTable } from '../../charts/table.ts';
import { formatBytes, formatCount, formatShare, plural, visible } from '../../lib/format.ts';

export type RequestMeasure = 'requests' | 'bytes';
export const requestMeasures: readonly RequestMeasure[] = ['requests', 'bytes'];

export const requestMeasureWords: Readonly<Record<RequestMeasure, { readonly title: string; readonly unit: 'bytes' | 'count' }>> = {
  requests: { title: 'requests', unit: 'count' },
  bytes: { title: 'bytes of the answers', unit: 'bytes' },
};

type Counts = readonly (RequestCount & { readonly meaning?: string })[];

const ranked = (list: Counts, measure: RequestMeasure): Counts => [...list].sort((a, b) => b[measure] - a[measure]);
const isAbsent = (name: string): boolean => name === '' || name === '-';

export function requestRows(list: Counts, measure: RequestMeasure): readonly BarRow[] {
  return ranked(list, measure).map(({ name, meaning, ...figures }) => ({
    key: name,
    label: isAbsent(name) ? 'absent' : name,
    value: figures[measure],
    ...(meaning === undefined ? {} : { hint: meaning }),
  }));
}

export function requestTable(list: Counts, what: string): ChartTable {
  const right = true;
  const meaning = list.some((entry) => entry.meaning !== undefined);
  return {
    head: [
      { title: what },
      ...(meaning ? [{ title: 'meaning' }] : []),
      { title: 'requests', right },
      { title: 'errors', right },
      { title: 'bytes of the answers', right },
    ],
    rows: list.map((entry) => [
      visible(isAbsent(entry.name) ? '-' : entry.name),
      ...(meaning ? [entry.meaning ?? ''] : []),
      formatCount(entry.requests),
      formatCount(entry.failed),
      formatCount(entry.bytes),
    ]),
  };
}

/** "GET leads with 91.2 % of 10,000 requests, 3.1 % of them errors." Where several have as much as the first, none of them leads. */
export function requestSentence(list: Counts, measure: RequestMeasure, whole: number, what: string): string {
  const [first, second] = ranked(list, measure);
  if (first === undefined || whole === 0) return '';
  const value = first[measure];
  if (second?.[measure] === value) {
    const tied = list.filter((entry) => entry[measure] === value).length;
    return `${formatCount(tied)} ${plurals[what] ?? `${what}s`} have the most: ${measure === 'bytes' ? formatBytes(value) : plural(value, 'request')} each.`;
  }
  const name = isAbsent(first.name) ? 'No name' : shortened(visible(first.name));
  const share = formatShare(value / whole);
  if (measure === 'bytes') return `${name} leads with ${share} of ${formatBytes(whole)}.`;
  const errors =
    first.failed === 0 || first.failed === first.requests ? '' : `, ${formatShare(first.failed / first.requests)} of them errors`;
  return `${name} leads with ${share} of ${plural(whole, 'request')}${errors}.`;
}

const plurals: Readonly<Record<string, string>> = { status: 'statuses' };

/** Agents and paths may be long; the table behind the bars has them whole. */
const shortened = (name: string): string => (name.length > 40 ? `${name.slice(0, 39)}…` : name);
