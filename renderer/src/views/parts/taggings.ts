import type { Tagging } from '../../../../app/contract.ts';
import type { Sort } from '../../components/table.ts';
import { plural, visible } from '../../lib/format.ts';
import { kindCount } from '../../lib/kinds.ts';
import { compare } from './pages.ts';
import { clusterTerm, fieldTerm, hostTerm } from './terms.ts';

/** What a tag was put on: "host 10.20.4.87", "cluster 7 of run 2 (1,842 records)", "3 connections". */
export function targetWords(target: Tagging['target']): string {
  switch (target.type) {
    case 'host':
      return `host ${visible(target.host)}`;
    case 'cluster':
      return `cluster ${target.cluster}${target.name === '' ? '' : ` “${visible(target.name)}”`} of run ${target.run} (${plural(target.count, 'record')})`;
    case 'records':
      return `${kindCount(target.kind, target.count)}${target.filter === null ? '' : ` where ${visible(target.filter)}`}`;
  }
}

/** The filter that shows what a tagging is about. */
export function targetFilter(tagging: Tagging): string {
  const { target } = tagging;
  if (target.type === 'host') return hostTerm(target.host);
  if (target.type === 'cluster') return clusterTerm(target.run, target.cluster);
  return target.filter ?? fieldTerm('tag', tagging.name);
}

const keys = new Map<string, (row: Tagging) => string | number>([
  ['tag', (row) => row.name],
  ['target', (row) => targetWords(row.target)],
  ['note', (row) => row.note],
  ['who', (row) => row.who],
  ['at', (row) => row.at],
]);

/** As asked; the latest first without a wish. */
export function sortedTaggings(taggings: readonly Tagging[], sort: Sort | null): readonly Tagging[] {
  const { column, descending } = sort ?? { column: 'at', descending: true };
  const key = keys.get(column) ?? ((row: Tagging): number => row.at);
  return [...taggings].sort((a, b) => (descending ? compare(key(b), key(a)) : compare(key(a), key(b))));
}
