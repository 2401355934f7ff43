import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FlowcaseError } from '../errors.ts';
import { checkHeader, checkStructure, checkWritable } from './checks.ts';
import { deleteLeftovers } from './evidence-rows.ts';
import { appendCustody } from './custody.ts';
import { sealLeftovers } from './live-store.ts';
import { lockCase } from './lock.ts';
import { setMeta } from './meta.ts';
import { APPLICATION_ID, applyMigrations, backUp, schemaVersion, type Migration } from './migrate.ts';
import { migrations as all } from './migrations/index.ts';
import { CaseFileReader } from './reader.ts';
import { caseError, onCase } from './sqlite-errors.ts';
import type { CaseReader, CaseWriter } from './types.ts';
import { CaseWork, type Identity } from './work.ts';
import { CaseFileWriter } from './writer.ts';

/** Column BLOBs are long: large pages mean fewer of them to chain. */
const PAGE_SIZE = 32_768;
/**
 * The write-ahead log is folded back into the file when it has this many pages: during an import, while others read on, and not at its end. So few are
 * still in a core's cache when they are read for it, and are written over while the disk has them; with 1000 an import takes a twentieth more of the processor.
 */
const WAL_PAGES = 128;

export interface NewCase extends Identity {
  readonly name: string;
  readonly number: string;
  readonly examiner: string;
}

/**
 * A new, empty case, open for writing. Never overwrites.
 * @throws FlowcaseError CASE_EXISTS, FILE_NOT_FOUND (the folder), CASE_READ_ONLY, CASE_LOCKED, WRITE_FAILED
 */
export function createCase(path: string, options: NewCase): CaseWriter {
  const file = resolve(path);
  if (existsSync(file))
    throw new FlowcaseError('CASE_EXISTS', `${file} is there already. Open it, or choose another name.`, { path: file });
  const folder = dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new FlowcaseError('FILE_NOT_FOUND', `There is no folder ${folder}. Make it first, or choose another place.`, { path: folder });
  }
  checkFolder(folder);
  const lock = lockCase(file, options.who);
  try {
    if (existsSync(file))
      throw new FlowcaseError('CASE_EXISTS', `${file} is there already. Open it, or choose another name.`, { path: file });
    const db = onCase(file, () => {
      makeOwn(file);
      return new Database(file);
    });
    try {
      fillNew(db, options);
      return startWriting(db, file, options, lock);
    } catch (error) {
      db.close();
      for (const name of [file, `${file}-journal`, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
      throw error;
    }
  } catch (error) {
    lock.release();
    throw caseError(error, file);
  }
}

/** A case holds evidence: others on the machine may read it once its owner lets them. SQLite gives what lies beside it the same rights. */
function makeOwn(file: string): void {
  closeSync(openSync(file, 'wx', 0o600));
}

/**
 * Opens a case for writing, migrating it first where it is older (after a copy beside it), and clears what a died import left.
 * What is refused is left as it is, byte for byte.
 * @throws FlowcaseError CASE_NOT_FOUND, NOT_A_CASE, CASE_NEWER, CASE_READ_ONLY, CASE_LOCKED, CASE_DAMAGED
 */
export function openCaseForWriting(path: string, identity: Identity, migrations: readonly Migration[] = all): CaseWriter {
  const file = resolve(path);
  checkHeader(file, migrations.length);
  checkWritable(file);
  const tidy = neighbours(file);
  const lock = lockCase(file, identity.who);
  try {
    // Again, now that nobody else can change it.
    const header = checkHeader(file, migrations.length, true);
    if (header.schema < migrations.length) migrate(file, identity, migrations);
    const db = onCase(file, () => new Database(file, { fileMustExist: true }));
    try {
      onCase(file, () => checkStructure(db, file));
      return startWriting(db, file, identity, lock);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    tidy();
    throw caseError(error, file);
  }
}

export interface ReadOptions {
  /** Bytes of decoded columns kept in memory; 512 MB unless told. */
  readonly cacheBytes?: number | undefined;
  /** Nobody here has it open for writing: `info()` says so. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Opens a case for reading; a writer may have it open at the same time, and the file may lie on a medium that cannot be written.
 * @throws FlowcaseError CASE_NOT_FOUND, NOT_A_CASE, CASE_NEWER, CASE_DAMAGED; CASE_READ_ONLY for an older schema, which only a writer can migrate
 */
export function openCaseForReading(path: string, options: ReadOptions = {}): CaseReader {
  const file = resolve(path);
  const header = checkHeader(file, all.length);
  if (header.schema < all.length) {
    const message = `${file} was written by an older Flowcase (schema ${header.schema}; this one works with ${all.length}). Open it for writing once to bring it up to date; a copy of the old file is kept.`;
    throw new FlowcaseError('CASE_READ_ONLY', message, { path: file, found: header.schema, known: all.length });
  }
  const tidy = neighbours(file);
  return onCase(file, () => {
    const db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      db.pragma('query_only = ON');
      checkStructure(db, file);
      return new CaseFileReader(db, file, options.cacheBytes ?? 512 * 2 ** 20, options.readOnly ?? false);
    } catch (error) {
      db.close();
      tidy();
      throw error;
    }
  });
}

/**
 * A case left in WAL mode gets a -wal and a -shm beside it as soon as it is opened. Returns what takes away those that are not there now:
 * for a case that is refused, and that nobody has open for writing.
 */
function neighbours(file: string): () => void {
  const absent = [`${file}-wal`, `${file}-shm`].filter((name) => !existsSync(name));
  return () => {
    if (existsSync(`${file}-lock`) || (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
    for (const name of absent) rmSync(name, { force: true });
  };
}

function checkFolder(folder: string): void {
  try {
    checkWritable(folder);
  } catch {
    throw new FlowcaseError('CASE_READ_ONLY', `The folder ${folder} cannot be written. Choose another place for the case.`, {
      path: folder,
    });
  }
}

function fillNew(db: Database.Database, options: NewCase): void {
  db.pragma(`page_size = ${PAGE_SIZE}`);
  const at = (options.now ?? ((): number => Date.now() * 1000))();
  const id = randomUUID();
  db.transaction(() => {
    db.pragma(`application_id = ${APPLICATION_ID}`);
    applyAll(db, all);
    const fields = {
      id,
      name: options.name,
      number: options.number,
      examiner: options.examiner,
      program: options.program,
      created: String(at),
    };
    for (const [key, value] of Object.entries(fields)) setMeta(db, key as keyof typeof fields, value);
    for (const key of ['next_evidence', 'next_chunk', 'revision'] as const) setMeta(db, key, '1');
    for (const key of ['next_connection', 'next_request', 'dictionary_host', 'dictionary_term'] as const) setMeta(db, key, '0');
    const { name, number, examiner, program } = options;
    appendCustody(db, { account: options.who, examiner }, at, {
      act: 'case.created',
      summary: `Created the case '${name}'.`,
      details: { id, name, number, examiner, program, created: at, schema: all.length },
    });
  }).immediate();
}

function applyAll(db: Database.Database, migrations: readonly Migration[]): void {
  for (const step of migrations) {
    step.up(db);
    db.pragma(`user_version = ${step.version}`);
  }
}

/** Brings an older case up to date: folds a log that a crash left into the file, copies the file, then goes step by step. */
function migrate(file: string, identity: Identity, migrations: readonly Migration[]): void {
  const fold = onCase(file, () => new Database(file, { fileMustExist: true }));
  let version = 0;
  try {
    onCase(file, () => {
      checkStructure(fold, file);
      if (fold.pragma('journal_mode', { simple: true }) === 'wal') fold.pragma('journal_mode = DELETE');
      version = schemaVersion(fold);
    });
  } finally {
    fold.close();
  }
  const copy = backUp(file, version);
  const db = new Database(file, { fileMustExist: true });
  try {
    applyMigrations(db, migrations, (step) => {
      const act = {
        act: 'case.migrated',
        summary: `Brought the case from schema ${step.version - 1} to ${step.version} (${step.name}).`,
        details: { from: step.version - 1, to: step.version, name: step.name, copy, program: identity.program },
      };
      new CaseWork(db, file, identity).change(() => ({ result: null, act }));
    });
  } finally {
    db.close();
  }
}

function startWriting(db: Database.Database, file: string, identity: Identity, lock: { release(): void }): CaseWriter {
  return onCase(file, () => {
    db.pragma('busy_timeout = 5000');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`wal_autocheckpoint = ${WAL_PAGES}`);
    db.pragma('journal_size_limit = 0');
    const work = new CaseWork(db, file, identity);
    work.transaction(() => deleteLeftovers(db));
    sealLeftovers(work);
    return new CaseFileWriter(work, lock);
  });
}
