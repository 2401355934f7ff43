import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { tagColors, type TagColor } from '../contract/acts.ts';
import type { RecordKind } from '../contract/case.ts';

/** One act of tagging as its row says it. */
export interface TaggingRow {
  readonly id: number;
  readonly tag: number;
  readonly note: string;
  readonly who: string;
  readonly at: number;
  readonly type: 'records' | 'host' | 'cluster';
  readonly kind: RecordKind | null;
  readonly host: string | null;
  readonly run: number | null;
  readonly cluster: number | null;
  readonly filter: string | null;
}

export interface TagRow {
  readonly id: number;
  readonly name: string;
  readonly color: TagColor;
}

const columns = 'id, tag, note, who, at, type, kind, host, run, cluster, filter';

export function listTaggings(db: Database.Database): TaggingRow[] {
  return db.prepare<[], TaggingRow>(`SELECT ${columns} FROM tagging ORDER BY id`).all();
}

export function getTagging(db: Database.Database, id: number): TaggingRow | undefined {
  return db.prepare<[number], TaggingRow>(`SELECT ${columns} FROM tagging WHERE id = ?`).get(id);
}

/** Record ids of a tagging as they are stored; null for hosts and clusters, and where the tagging is gone. */
export function idsOfTagging(db: Database.Database, id: number): Uint8Array | null {
  return db.prepare<[number], Uint8Array | null>('SELECT ids FROM tagging WHERE id = ?').pluck().get(id) ?? null;
}

/** Writes a tagging; a new one has id null. Returns its id. */
export function insertTagging(
  db: Database.Database,
  row: Omit<TaggingRow, 'id'> & { readonly id: number | null },
  ids: Uint8Array | null,
): number {
  const { lastInsertRowid } = db
    .prepare(`INSERT INTO tagging(${columns}, ids) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`)
    .run(row.id, row.tag, row.note, row.who, row.at, row.type, row.kind, row.host, row.run, row.cluster, row.filter, ids);
  return Number(lastInsertRowid);
}

export function listTags(db: Database.Database): TagRow[] {
  return db.prepare<[], TagRow>('SELECT id, name, color FROM tag ORDER BY id').all();
}

export function tagById(db: Database.Database, id: number): TagRow {
  const row = db.prepare<[number], TagRow>('SELECT id, name, color FROM tag WHERE id = ?').get(id);
  if (row === undefined) throw new Error(`tag ${id} is missing`);
  return row;
}

export function tagByName(db: Database.Database, name: string): TagRow | undefined {
  return db.prepare<[string], TagRow>('SELECT id, name, color FROM tag WHERE name = ?').get(name);
}

/** The colour of a new tag: red for what is suspect, else the next in turn. */
export function nextColor(db: Database.Database, name: string): TagColor {
  if (name.toLowerCase() === 'suspect') return 'red';
  const used = db.prepare<[], number>("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'tag'").pluck().get() ?? 0;
  const others = tagColors.filter((color) => color !== 'red');
  return others[used % others.length];
}

/** Removes the tag where nothing carries it any more. */
export function dropUnusedTag(db: Database.Database, tag: number): void {
  db.prepare('DELETE FROM tag WHERE id = ? AND NOT EXISTS (SELECT 1 FROM tagging WHERE tag = tag.id)').run(tag);
}

/** What a custody entry says of a tagging, complete: verification compares the row with it. `ids` is the SHA-256 of the stored ids. */
export function taggingState(row: TaggingRow, name: string, ids: Uint8Array | null): Readonly<Record<string, unknown>> {
  const { id, note, who, at, type, kind, host, run, cluster, filter } = row;
  const digest = ids === null ? null : createHash('sha256').update(ids).digest('hex');
  return { tagging: id, name, note, who, at, type, kind, host, run, cluster, filter, ids: digest };
}
