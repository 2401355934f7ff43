import { recordKindPattern, type RecordKind } from '../contract/case.ts';
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
