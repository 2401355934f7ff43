import type Database from 'better-sqlite3';
import { FlowcaseError } from '../errors.ts';

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
  /** How many entries of a dictionary belong to finished imports. */
  | 'dictionary_host'
  | 'dictionary_term';

export function getMeta(db: Database.Database, key: MetaKey): string | undefined {
  return db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key);
}

export function setMeta(db: Database.Database, key: MetaKey, value: string): void {
  db.prepare('INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value').run(
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
