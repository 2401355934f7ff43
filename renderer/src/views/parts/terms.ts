/** Filter terms that the views build; the core decides what they mean. */
import { joinTerms, quoteValue, terms } from '../../lib/filter-terms.ts';

/** Names under which the core lists what a log left out. */
const absentNames = new Set(['', '-', '(absent)', 'absent', '(none)']);

/** "service = ssl"; what was absent in the log is asked for as absent. */
export function fieldTerm(field: string, value: string): string {
  return absentNames.has(value) ? `${field} = absent` : `${field} = ${quoteValue(value)}`;
}

/** Both terms of a filter, and others, joined by `and`; empty ones do not count. */
export function both(...filters: readonly string[]): string {
  return joinTerms(filters.flatMap((filter) => terms(filter)));
}

/** The members of a cluster. */
export function clusterTerm(run: number, cluster: number): string {
  return `cluster = ${run}:${cluster}`;
}

/** Every connection a host takes part in. */
export function hostTerm(host: string): string {
  return fieldTerm('host', host);
}

/** The records that a finding rests on, all of them. */
export function findingTerm(id: number): string {
  return `finding = ${id}`;
}

/** These records by their numbers; null for none, or for more than a filter holds. */
export function idTerm(ids: readonly number[]): string | null {
  const text = `id in (${ids.join(', ')})`;
  return ids.length === 0 || text.length > 12_000 ? null : text;
}
