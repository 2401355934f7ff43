import type Database from 'better-sqlite3';
import { FlowcaseError } from '../errors.ts';
import { canonicalJson } from './canonical.ts';
import type { AlertQuery, StoredAlert, StoredSource, StoredWindow } from './live-types.ts';

/* The tables of live data (migrations/0006-live.ts), row by row. */

interface SourceRow extends Omit<StoredSource, 'spec' | 'position' | 'reader' | 'wanted'> {
  readonly spec: string;
  readonly wanted: number;
  readonly position: string | null;
  readonly reader: string | null;
}

const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));

export function listSources(db: Database.Database): StoredSource[] {
  return db
    .prepare<[], SourceRow>('SELECT id, created, by, name, spec, wanted, position, reader, evidence FROM live_source ORDER BY id')
    .all()
    .map((row) => ({
      ...row,
      spec: parsed(row.spec),
      wanted: row.wanted !== 0,
      position: parsed(row.position),
      reader: parsed(row.reader),
    }));
}

/** @throws FlowcaseError NOT_FOUND */
export function needSource(db: Database.Database, id: number): StoredSource {
  const source = listSources(db).find((one) => one.id === id);
  if (source === undefined) throw new FlowcaseError('NOT_FOUND', `There is no source ${id} in this case.`, { source: id });
  return source;
}

export function insertSource(db: Database.Database, source: { name: string; spec: unknown; at: number; by: string }): number {
  const insert = db.prepare<[number, string, string, string]>(
    'INSERT INTO live_source(created, by, name, spec, wanted) VALUES (?,?,?,?,1)',
  );
  return Number(insert.run(source.at, source.by, source.name.toWellFormed(), canonicalJson(source.spec)).lastInsertRowid);
}

export function listWindows(db: Database.Database, kind: string, width: number, from: number, to: number): StoredWindow[] {
  return db
    .prepare<[string, number, number, number], StoredWindow>(
      'SELECT source, kind, width, start, records, figures FROM live_window WHERE kind = ? AND width = ? AND start >= ? AND start < ? ORDER BY start, source',
    )
    .all(kind, width, from, to);
}

/**
 * Of the windows that begin in [from, to) those of the latest `most` times of beginning, the earliest first. It costs what it gives, however many windows
 * there are: each source's are looked up from their end.
 */
export function listLatestWindows(
  db: Database.Database,
  {
    kind,
    width,
    from,
    to,
    most,
  }: { readonly kind: string; readonly width: number; readonly from: number; readonly to: number; readonly most: number },
): StoredWindow[] {
  const starts = db
    .prepare<[number, string, number, number, number, number], number>(
      'SELECT start FROM live_window WHERE source = ? AND kind = ? AND width = ? AND start >= ? AND start < ? ORDER BY start DESC LIMIT ?',
    )
    .pluck();
  const sources = windowSources(db);
  const latest = new Set(sources.flatMap((source) => starts.all(source, kind, width, from, to, most)));
  const begin = [...latest].sort((a, b) => b - a)[Math.min(most, latest.size) - 1];
  if (begin === undefined) return [];
  const rows = db.prepare<[number, string, number, number, number], StoredWindow>(
    'SELECT source, kind, width, start, records, figures FROM live_window WHERE source = ? AND kind = ? AND width = ? AND start >= ? AND start < ?',
  );
  return sources.flatMap((source) => rows.all(source, kind, width, begin, to)).sort((a, b) => a.start - b.start || a.source - b.source);
}

/** Numbers of the sources that windows are kept of, found by steps through the index. */
function windowSources(db: Database.Database): number[] {
  return db
    .prepare<[], number>(
      `WITH RECURSIVE found(source) AS (
         SELECT min(source) FROM live_window UNION ALL SELECT (SELECT min(source) FROM live_window WHERE source > found.source) FROM found WHERE found.source IS NOT NULL
       ) SELECT source FROM found WHERE source IS NOT NULL`,
    )
    .pluck()
    .all();
}

interface AlertRow extends Omit<StoredAlert, 'open' | 'data'> {
  readonly open: number;
  readonly data: string;
}

/** The latest first. */
export function listAlerts(
  db: Database.Database,
  { open, limit, after = -1, before = Number.MAX_SAFE_INTEGER }: AlertQuery,
): StoredAlert[] {
  return db
    .prepare<[number, number, number, number], AlertRow>(
      'SELECT id, finding, key, open, raised, updated, data FROM alert WHERE open >= ? AND id > ? AND id < ? ORDER BY id DESC LIMIT ?',
    )
    .all(open ? 1 : 0, after, before, limit)
    .map((row) => ({ ...row, open: row.open !== 0, data: parsed(row.data) }));
}

/** What something of live data keeps for itself; null where it keeps nothing. */
export function readState(db: Database.Database, key: string): Uint8Array | null {
  return db.prepare<[string], Uint8Array>('SELECT value FROM live_state WHERE key = ?').pluck().get(key) ?? null;
}
