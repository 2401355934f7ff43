import type Database from 'better-sqlite3';
import { mainKinds, type RecordKind } from '../contract/case.ts';
import { FlowcaseError } from '../errors.ts';
import { prepared } from './prepared.ts';

/** Single values of a case. */
export type MetaKey =
  | 'id'
  | 'name'
  | 'number'
  | 'examiner'
  | 'created'
  | 'program'
  | 'revision'
  | 'custody_entries'
  | 'custody_head'
  | 'next_evidence'
  | 'next_chunk'
  | 'next_connection'
  | 'next_request'
  /** The next record id of another kind; a kind that has had no record has no such value yet. */
  | `next_of:${string}`
  /** How many entries of a dictionary belong to finished imports. */
  | 'dictionary_host'
  | 'dictionary_term';

export function getMeta(db: Database.Database, key: MetaKey): string | undefined {
  return prepared(db, 'SELECT value FROM meta WHERE key = ?').pluck().get(key) as string | undefined;
}

export function setMeta(db: Database.Database, key: MetaKey, value: string): void {
  prepared(db, 'INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value').run(
    key,
    value.toWellFormed(),
  );
}

export function needMeta(db: Database.Database, key: MetaKey): string {
  const value = getMeta(db, key);
  if (value === undefined)
    throw new FlowcaseError('CASE_DAMAGED', `The case file is damaged: '${key}' is missing. Restore it from a copy.`, { key });
  return value;
}

export function needNumber(db: Database.Database, key: MetaKey): number {
  const value = Number(needMeta(db, key));
  if (!Number.isSafeInteger(value))
    throw new FlowcaseError('CASE_DAMAGED', `The case file is damaged: '${key}' is no number. Restore it from a copy.`, { key });
  return value;
}

/** Where the next record id of a kind stands. A log may call itself anything, `chunk` too: its counter is out of reach of the others. */
export function nextRecordKey(kind: RecordKind): MetaKey {
  const main = mainKinds.find((one) => one === kind);
  return main === undefined ? `next_of:${kind}` : `next_${main}`;
}

/** The next record id of a kind, which counts from 0. */
export function nextRecord(db: Database.Database, kind: RecordKind): number {
  const key = nextRecordKey(kind);
  return getMeta(db, key) === undefined && key.startsWith('next_of:') ? 0 : needNumber(db, key);
}
