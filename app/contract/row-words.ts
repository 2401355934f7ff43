import { plural } from './format.ts';
import type { RunSummary, Subject } from './runs.ts';

const nouns: Readonly<Record<Subject, string>> = { connections: 'connection', requests: 'request', hosts: 'host' };

type Rows = Pick<RunSummary, 'of' | 'window'>;

/** What one row of a clustering is, and several are: a host that is looked at in windows of time is several rows. */
export function rowNouns({ of, window }: Rows): readonly [one: string, many: string] {
  return of === 'hosts' && window !== null ? ['window of a host', 'windows of hosts'] : [nouns[of], of];
}

/** "20,000 connections", "214 hosts", "1,204 windows of hosts". */
export function rowsWords(run: Rows, count: number): string {
  const [one, many] = rowNouns(run);
  return plural(count, one, many);
}
