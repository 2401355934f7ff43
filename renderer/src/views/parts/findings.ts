import { severities } from '../../../../app/contract/records.ts';
import type { Finding } from '../../../../app/contract.ts';
import type { Sort } from '../../components/table.ts';
import { plural, visible } from '../../lib/format.ts';
import { compare } from './pages.ts';

const keys = new Map<string, (row: Finding) => string | number>([
  ['severity', (row) => severities.indexOf(row.severity)],
  ['title', (row) => row.title],
  ['subject', (row) => row.subject],
  ['records', (row) => row.count],
  ['score', (row) => row.score],
]);

/** As asked, or as the core gave them: the strongest first. Equal ones keep that order. */
export function sortedFindings(findings: readonly Finding[], sort: Sort | null): readonly Finding[] {
  const key = sort === null ? undefined : keys.get(sort.column);
  if (key === undefined || sort === null) return findings;
  return [...findings].sort((a, b) => (sort.descending ? compare(key(b), key(a)) : compare(key(a), key(b))));
}

/** "27 findings: 2 critical, 5 high, 20 low · about 14 hosts" */
export function findingsFacts(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const counts = [...severities]
    .reverse()
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter((entry) => entry.count > 0)
    .map((entry) => `${entry.count} ${entry.severity}`);
  const hosts = new Set(findings.map((finding) => finding.host)).size;
  return `${plural(findings.length, 'finding')}: ${counts.join(', ')} · about ${plural(hosts, 'host')}`;
}

/** Microseconds between one time and the next; the times may come in any order. */
export function gaps(times: readonly number[]): readonly number[] {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.slice(1).map((time, at) => time - (sorted[at] ?? time));
}

/** The middle value, or null without one. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.at(Math.floor((sorted.length - 1) / 2)) ?? null;
}

/** Why in two parts: what is said, and what does it. */
export { causesOf as whyParts } from '../../../../app/contract/finding-words.ts';

/** Why, for a place where what it is about stands already: "10.0.0.1: the 45 farthest …" is "The 45 farthest …". */
export function whyWords(why: string, subject: string): string {
  const rest = why.startsWith(`${subject}: `) ? why.slice(subject.length + 2) : why;
  return visible(rest.charAt(0).toUpperCase() + rest.slice(1));
}
