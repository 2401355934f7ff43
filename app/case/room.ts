import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import type { ColumnContent } from '../columns/types.ts';
import { diskFull } from './sqlite-errors.ts';

/** So much of the disk an import leaves: for its end, or for taking it back. */
const KEPT_FREE = 2 * 2 ** 20;
/** Of a dictionary's entry, roughly. */
const ENTRY_BYTES = 64;
/** Whoever reads holds the write-ahead log for so long at most (milliseconds), else it is folded later. */
const PATIENCE = 200;
const BUSY_TIMEOUT = 5000;

/** What a chunk will take in the case, roughly and rather too much (bytes). */
export function bytesOf(rows: number, contents: readonly ColumnContent[], entries: number): number {
  const bytes = contents.map((content) => {
    switch (content.storage) {
      case 'encoded':
        return content.segment.data.length;
      case 'text':
        return content.ends[rows - 1] + rows * 5;
      case 'number':
        return rows * 8;
      case 'dictionary':
        return rows * 4;
    }
  });
  return bytes.reduce((sum, one) => sum + one, entries * ENTRY_BYTES);
}

/**
 * Makes sure that the disk has room for so many bytes more, twice: in the write-ahead log, and in the case when that is folded in. On a disk
 * that is full to the last byte nothing could be taken back any more: deleting writes first.
 * @throws FlowcaseError WRITE_FAILED
 */
export function needRoom(db: Database.Database, path: string, bytes: number): void {
  if (hasRoom(db, path, bytes)) return;
  foldWal(db);
  if (!hasRoom(db, path, bytes)) throw diskFull(path, undefined, { free: freeBytes(path), wanted: wantedBytes(db, path, bytes) });
}

function hasRoom(db: Database.Database, path: string, bytes: number): boolean {
  const free = freeBytes(path);
  // twice and all that is in the log would fit: the usual case, found out with as little as this
  if (free > 2 * bytes + KEPT_FREE + walBytes(path) + statSync(path).size) return true;
  return free >= wantedBytes(db, path, bytes);
}

/** So much is to be free before so many bytes are written: for the log, the case, what is in the log already, and a reserve. */
function wantedBytes(db: Database.Database, path: string, bytes: number): number {
  const { size, empty } = sizes(db);
  const unfolded = Math.max(0, size - statSync(path).size);
  return bytes + Math.max(0, bytes - empty) + unfolded + KEPT_FREE;
}

/** Folds the write-ahead log into the file and cuts it to nothing. False where a reader or a full disk is in the way. */
export function foldWal(db: Database.Database): boolean {
  db.pragma(`busy_timeout = ${PATIENCE}`);
  try {
    return db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
  } catch {
    return false;
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`);
  }
}

/** After an import that failed: its pages are empty, and where they are most of the file, and there is room to do it, the disk gets them back. */
export function giveBackRoom(db: Database.Database, path: string): void {
  if (!foldWal(db)) return;
  const { size, empty } = sizes(db);
  if (empty <= size / 4 || freeBytes(path) < size - empty + KEPT_FREE / 2) return;
  try {
    db.exec('VACUUM');
  } catch {
    // They stay in the file; the next import uses them.
  }
  foldWal(db);
}

/** Of the case as it is now, the log included (bytes). */
function sizes(db: Database.Database): { readonly size: number; readonly empty: number } {
  const read = (name: string): number => Number(db.pragma(name, { simple: true }));
  const page = read('page_size');
  return { size: read('page_count') * page, empty: read('freelist_count') * page };
}

function walBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}
