/** Kinds of record in words. */
import type { CaseInfo, MainKind, RecordKind } from '../../../app/contract.ts';
import { plural } from './format.ts';

type Kinds = CaseInfo['kinds'];

/** "1 connection", "3 requests", "12 dns records". */
export function kindCount(kind: RecordKind, count: number): string {
  return kind === 'connection' || kind === 'request' ? plural(count, kind) : plural(count, `${kind} record`);
}

/** What stands over their table: "Connections", "Requests", "dns". */
export function kindTitle(kind: RecordKind): string {
  return kind === 'connection' ? 'Connections' : kind === 'request' ? 'Requests' : kind;
}

/** Without a number: "connection", "dns record". */
export function kindWord(kind: RecordKind): string {
  return kind === 'connection' || kind === 'request' ? kind : `${kind} record`;
}

/** Records of every kind. */
export function recordsOf(info: CaseInfo): number {
  return info.kinds.reduce((sum, entry) => sum + entry.records, 0);
}

/** Kinds that mean something to Flowcase: connections and requests. */
export function isMain(kind: RecordKind): kind is MainKind {
  return kind === 'connection' || kind === 'request';
}

/** Kinds that have records, in the order of the case: connections, requests, the others by name. */
export function kindsOf(info: CaseInfo | null): Kinds {
  return info?.kinds.filter((entry) => entry.records > 0) ?? [];
}

/** "126,749 connections, 12 dns records and 3 http records"; beyond `most`, the rest is counted together. */
export function kindsWords(kinds: Kinds, most = 4): string {
  const words = kinds.slice(0, most).map((entry) => kindCount(entry.kind, entry.records));
  const rest = kinds.slice(most);
  if (rest.length > 0)
    words.push(
      `${plural(
        rest.reduce((sum, entry) => sum + entry.records, 0),
        'record',
      )} of ${plural(rest.length, 'other kind')}`,
    );
  const last = words.pop() ?? 'no records';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}

/** The kind that is looked at where `wanted` has no records: the first that has. */
export function kindToShow(info: CaseInfo | null, wanted: RecordKind): RecordKind {
  const kinds = kindsOf(info);
  return kinds.some((entry) => entry.kind === wanted) ? wanted : (kinds[0]?.kind ?? 'connection');
}
