import Database from 'better-sqlite3';
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { FlowcaseError } from '../errors.ts';
import { sniff } from './sniff.ts';
import { APPLICATION_ID, schemaVersion } from './migrate.ts';

/** What the first 100 bytes of a case file say (https://www.sqlite.org/fileformat2.html#the_database_header). */
export interface Header {
  readonly application: number;
  readonly schema: number;
  /** How long the file should be; 0 where that is not known. */
  readonly bytes: number;
}

const magic = Buffer.from('SQLite format 3\0', 'latin1');

/**
 * Looks at a file before it is opened as a case, so that what is refused is neither changed nor given neighbours.
 * The bytes are read directly only while nobody can have the case open for writing: on POSIX systems closing a file drops every lock that
 * the process has on it, those of a writer in another thread too. `locked`: the caller holds the writer's lock.
 * @throws FlowcaseError CASE_NOT_FOUND, NOT_A_CASE, CASE_NEWER, CASE_DAMAGED, FILE_UNREADABLE
 */
export function checkHeader(path: string, schema: number, locked = false): Header {
  const { size } = statCase(path);
  if (size === 0) throw notACase(path, 'it is empty');
  const header = (!locked && existsSync(`${path}-lock`) ? headerThroughSqlite(path) : null) ?? headerFromBytes(path, size);
  if (header.application !== APPLICATION_ID) throw notACase(path, 'it is an SQLite database of another program');
  if (header.schema === 0) throw damaged(path, 'it was not written to its end');
  if (header.schema > schema) {
    const message = `${path} was written by a newer Flowcase (schema ${header.schema}; this one knows ${schema}). Open it with that version or a later one; the file was left as it is.`;
    throw new FlowcaseError('CASE_NEWER', message, { path, found: header.schema, known: schema });
  }
  if (size < header.bytes && !isPending(`${path}-wal`) && !isPending(`${path}-journal`)) {
    throw damaged(path, `it has ${size} of ${header.bytes} bytes; the rest is missing`);
  }
  return header;
}

function headerFromBytes(path: string, size: number): Header {
  const start = readStart(path);
  if (!start.subarray(0, magic.length).equals(magic.subarray(0, start.length))) throw notACase(path, sniff(start));
  if (start.length < 100) throw damaged(path, `it has ${size} bytes only`);
  const pageSize = start.readUInt16BE(16) === 1 ? 65_536 : start.readUInt16BE(16);
  return { application: start.readUInt32BE(68), schema: start.readUInt32BE(60), bytes: start.readUInt32BE(28) * pageSize };
}

/** Null where SQLite cannot read it: then nobody has it open as a database, and its bytes say what it is. */
function headerThroughSqlite(path: string): Header | null {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const application = Number(db.pragma('application_id', { simple: true }));
      return { application, schema: schemaVersion(db), bytes: 0 };
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
}

/** What a program that died left to be folded in by the next to open the case. */
function isPending(log: string): boolean {
  return (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** @throws FlowcaseError CASE_READ_ONLY where the file or its folder must not be written, by right or by mode */
export function checkWritable(path: string): void {
  if (!writable(path)) throw readOnly(path, 'the file is read-only');
  if (!writable(dirname(path))) throw readOnly(path, 'its folder is read-only');
}

/** Root may write anything; a file without a single write bit is still meant to be left alone. */
function writable(path: string): boolean {
  if ((statSync(path).mode & 0o222) === 0) return false;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of a file that may be checked page by page without a person noticing. */
const SMALL = 64 * 2 ** 20;

/** Tables of records are read when they are asked for, and checked by their digests; the others are checked here. */
const light = ['meta', 'evidence', 'column_spec', 'chunk', 'run', 'cluster', 'finding', 'tag', 'tagging', 'custody'];

/** @throws FlowcaseError CASE_DAMAGED (or SQLite's own error) where the structure of the file is broken */
export function checkStructure(db: Database.Database, path: string): void {
  const whole = Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })) <= SMALL;
  const names = new Set(db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all());
  const missing = light.find((name) => !names.has(name));
  if (missing !== undefined) throw damaged(path, `its table '${missing}' is missing`);
  for (const pragma of whole ? ['quick_check(1)'] : light.map((name) => `quick_check('${name}')`)) {
    const answer = String(db.pragma(pragma, { simple: true }));
    if (answer !== 'ok') throw damaged(path, answer.split('\n')[0]);
  }
}

function statCase(path: string): Stats {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw new FlowcaseError('CASE_NOT_FOUND', `There is no file ${path}. Was it moved or renamed?`, { path }, error);
  }
  if (stats.isDirectory()) throw notACase(path, 'it is a folder');
  if (!stats.isFile()) throw notACase(path, 'it is a device, not a file');
  return stats;
}

function readStart(path: string): Buffer {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (error) {
    throw new FlowcaseError('FILE_UNREADABLE', `${path} cannot be read. Check that you have the right to read it.`, { path }, error);
  }
  try {
    const start = Buffer.alloc(512);
    return start.subarray(0, readSync(handle, start, 0, start.length, 0));
  } finally {
    closeSync(handle);
  }
}

function notACase(path: string, found: string): FlowcaseError {
  return new FlowcaseError(
    'NOT_A_CASE',
    `${path} is no Flowcase case: ${found}. Choose a .flowcase file, or make a new case and import into it.`,
    {
      path,
      found,
    },
  );
}

export function damaged(path: string, what: string): FlowcaseError {
  return new FlowcaseError('CASE_DAMAGED', `${path} is damaged: ${what}. Restore it from a copy; the file was left as it is.`, {
    path,
    what,
  });
}

function readOnly(path: string, why: string): FlowcaseError {
  const message = `${path} cannot be changed: ${why}. It can be read; to work on it, copy it to a place where you may write.`;
  return new FlowcaseError('CASE_READ_ONLY', message, { path });
}
