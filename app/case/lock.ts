import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { FlowcaseError } from '../errors.ts';
import { caseError } from './sqlite-errors.ts';

/**
 * One writer at a time. Beside the case lies `<case>-lock`, a small SQLite file whose write lock is held while the case is open
 * for writing: the system releases it when the process ends, however it ends, so a file left behind by a crash locks nobody out.
 * (Not an EXCLUSIVE lock: others must be able to read who holds it. And never opened by other means than SQLite: on POSIX systems
 * closing any handle of a file drops all locks that the process has on it.)
 */
export interface CaseLock {
  release(): void;
}

/** @throws FlowcaseError CASE_LOCKED where another holds it; says who */
export function lockCase(path: string, who: string): CaseLock {
  const lockPath = `${path}-lock`;
  for (let attempt = 0; attempt < 5; attempt++) {
    const lock = tryLock(path, lockPath, who);
    if (lock !== null) return lock;
  }
  throw lockedError(path, null);
}

function tryLock(path: string, lockPath: string, who: string): CaseLock | null {
  const db = openLockFile(path, lockPath);
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (token TEXT, words TEXT); COMMIT; BEGIN IMMEDIATE');
    const token = randomUUID();
    db.prepare('DELETE FROM holder').run();
    db.prepare('INSERT INTO holder(token, words) VALUES (?, ?)').run(token, `${who}, process ${process.pid} on ${hostname()}`);
    // Committed so that others can read it; then taken again. Whoever slips in between is found by the token.
    db.exec('COMMIT; BEGIN IMMEDIATE');
    if (heldBy(lockPath)?.token === token) return { release: () => release(db, lockPath) };
    db.close();
    return null;
  } catch (error) {
    db.close();
    const refused = error instanceof Database.SqliteError ? error.code : '';
    if (refused.startsWith('SQLITE_BUSY')) throw lockedError(path, heldBy(lockPath)?.words ?? null);
    if (refused === 'SQLITE_NOTADB' || refused.startsWith('SQLITE_CORRUPT')) {
      // Nobody can hold a lock in a file that is no database.
      rmSync(lockPath, { force: true });
      return null;
    }
    removeUnfilled(lockPath);
    throw caseError(error, path);
  }
}

/** What could not be filled (the disk is full) locks nobody out, but shall not stay either: removed where nobody else holds it. */
function removeUnfilled(lockPath: string): void {
  let db: Database.Database | null = null;
  try {
    db = new Database(lockPath, { timeout: 0, fileMustExist: true });
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN IMMEDIATE');
    release(db, lockPath);
  } catch {
    db?.close();
  }
}

function openLockFile(path: string, lockPath: string): Database.Database {
  try {
    return new Database(lockPath, { timeout: 0 });
  } catch (error) {
    throw caseError(error, path);
  }
}

/** What the file at this path says now; null where there is none or it says nothing. */
function heldBy(lockPath: string): { readonly token: string; readonly words: string } | null {
  if (!existsSync(lockPath)) return null;
  let db: Database.Database | null = null;
  try {
    db = new Database(lockPath, { readonly: true, fileMustExist: true, timeout: 200 });
    return db.prepare<[], { token: string; words: string }>('SELECT token, words FROM holder').get() ?? null;
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

/** Removes the file while the lock is still held, so that whoever waits for it notices; Windows cannot, there it goes afterwards. */
function release(db: Database.Database, lockPath: string): void {
  const remove = (): void => {
    try {
      rmSync(lockPath, { force: true });
    } catch {
      // Somebody else has it open by now, and will remove it.
    }
  };
  if (process.platform !== 'win32') remove();
  db.close();
  if (process.platform === 'win32') remove();
}

function lockedError(path: string, holder: string | null): FlowcaseError {
  const by = holder === null ? 'another Flowcase' : `another Flowcase (${holder})`;
  return new FlowcaseError('CASE_LOCKED', `${path} is open for writing in ${by}. Close it there, or read the case only.`, { path, holder });
}
