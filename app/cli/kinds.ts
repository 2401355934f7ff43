import { recordKindPattern, type CaseInfo, type RecordKind } from '../contract/case.ts';
import { formatCount } from '../contract/format.ts';
import { UsageError } from './args.ts';

const plurals: ReadonlyMap<string, RecordKind> = new Map([
  ['connections', 'connection'],
  ['requests', 'request'],
]);

/** The kind of record that a person names: `connections`, `requests`, or any other as it is: `dns`. @throws UsageError */
export function kindFrom(text: string): RecordKind {
  const kind = plurals.get(text) ?? text;
  if (recordKindPattern.test(kind)) return kind;
  throw new UsageError(
    `"${text}" is no kind of record; there are connections, requests, hosts, and logs like dns or http ("info" names those of a case)`,
  );
}

/** What else there is in a case without connections, which are what is asked for unless something else is named; null: it has some, or no records at all. */
export function otherThanConnections(kinds: CaseInfo['kinds']): string | null {
  const there = kinds.filter(({ records }) => records > 0).toSorted((a, b) => b.records - a.records);
  if (there.length === 0 || there.some(({ kind }) => kind === 'connection')) return null;
  const words = there.slice(0, 5).map(({ kind, records }) => `--from ${kind === 'request' ? 'requests' : kind} (${formatCount(records)})`);
  return `This case has no connections. It has ${words.join(', ')}${there.length > 5 ? ', ...' : ''}.`;
}
