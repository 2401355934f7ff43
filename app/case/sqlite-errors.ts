import Database from 'better-sqlite3';
import { FlowcaseError } from '../errors.ts';

/** A journal is left that only a writer can fold in. */
const unfinished = new Set(['SQLITE_READONLY_ROLLBACK', 'SQLITE_READONLY_RECOVERY', 'SQLITE_READONLY_CANTINIT']);

/** What SQLite refused, as a person meets it; so is JSON in the case that cannot be read. Other errors come back as they are. */
export function caseError(error: unknown, path: string): unknown {
  if (error instanceof SyntaxError) {
    const message = `${path} is damaged: it holds words that cannot be read (${error.message}). Verify the case, and restore it from a copy.`;
    return new FlowcaseError('CASE_DAMAGED', message, { path }, error);
  }
  if (!(error instanceof Database.SqliteError)) return error;
  const code = error.code;
  const say = (kind: ConstructorParameters<typeof FlowcaseError>[0], message: string): FlowcaseError =>
    new FlowcaseError(kind, message, { path, sqlite: code }, error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return say('CASE_LOCKED', `${path} is in use by another program. Close the case there and try again.`);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return say('CASE_DAMAGED', `${path} is damaged (${error.message}). Restore it from a copy; the file was left as it is.`);
  }
  if (unfinished.has(code)) {
    return say(
      'CASE_DAMAGED',
      `${path} was not closed properly by the program that last had it open. Open it for writing once: that repairs it.`,
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM') {
    return say('CASE_READ_ONLY', `${path} cannot be written. Copy the case to a place where you may write, and open the copy.`);
  }
  if (code === 'SQLITE_FULL') return diskFull(path, error);
  if (code.startsWith('SQLITE_IOERR')) {
    return say('WRITE_FAILED', `${path} could not be read or written (${error.message}). Check the disk; the case is as before.`);
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return say('FILE_UNREADABLE', `${path} cannot be opened. Check that you may read the file and write in its folder.`);
  }
  return error;
}

/** `room` (bytes): where it is not full to the last byte, and more is wanted than is free. */
export function diskFull(path: string, cause?: unknown, room?: { readonly free: number; readonly wanted: number }): FlowcaseError {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const state =
    room === undefined
      ? 'is full'
      : `is full but for ${megabytes(room.free)} MB: ${megabytes(room.wanted)} MB are wanted before more is written, so that the case can always be put in order`;
  const message = `The disk that holds ${path} ${state}. Make room and try again; the case is as before.`;
  return new FlowcaseError('WRITE_FAILED', message, { path, sqlite: 'SQLITE_FULL' }, cause);
}

/** Runs work on a case file; what SQLite refuses arrives as FlowcaseError. */
export function onCase<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw caseError(error, path);
  }
}
