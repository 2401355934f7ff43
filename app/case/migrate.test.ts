import Database from 'better-sqlite3';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Migration } from './migrate.ts';
import { APPLICATION_ID, applyMigrations, schemaVersion } from './migrate.ts';
import { migrations, SCHEMA_VERSION } from './migrations/index.ts';
import { createCase, openCaseForReading, openCaseForWriting } from './open.ts';
import { caseFields, folderState, identity, importRecords, scratchFolder, testRecords } from './testing.ts';

let folder: ReturnType<typeof scratchFolder>;
let path: string;
beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
  const writer = createCase(path, caseFields);
  importRecords(writer, testRecords(50));
  writer.close();
});
afterEach(() => folder.remove());

const second: Migration = {
  version: 2,
  name: 'notes',
  up(db) {
    db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
  },
};
const failing: Migration = {
  version: 3,
  name: 'fails',
  up(db) {
    db.exec('CREATE TABLE half (x)');
    throw new Error('it fails');
  },
};

it('the steps are numbered from 1 without a gap, and the first makes every table', () => {
  expect(migrations.map((step) => step.version)).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1));
  const db = new Database(':memory:');
  applyMigrations(db, migrations, () => undefined);
  expect(schemaVersion(db)).toBe(SCHEMA_VERSION);
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").pluck().all();
  expect(tables).toEqual(
    'assignment chunk cluster column_spec custody dictionary_block evidence finding meta reject run scatter segment tag tagging undo'.split(
      ' ',
    ),
  );
  expect(() => applyMigrations(db, [{ ...second, version: SCHEMA_VERSION + 2 }], () => undefined)).toThrow(/does not follow/);
  db.close();
});

describe('opening an older case', () => {
  const steps = [...migrations, second];

  it('copies it, migrates it, and writes that down; once', () => {
    const before = readFileSync(path);
    const writer = openCaseForWriting(path, identity, steps);
    expect(writer.info()).toMatchObject({ schema: 2, connections: 50, custody: { entries: 3 } });
    writer.close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase', 'a.flowcase.backup-v1']);
    expect(readFileSync(`${path}.backup-v1`).equals(before)).toBe(true);
    const db = new Database(path, { readonly: true });
    expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(db.prepare('SELECT act, summary FROM custody WHERE seq = 3').get()).toEqual({
      act: 'case.migrated',
      summary: 'Brought the case from schema 1 to 2 (notes).',
    });
    db.close();
    openCaseForWriting(path, identity, steps).close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase', 'a.flowcase.backup-v1']);
    expect(() => openCaseForReading(path)).toThrow(expect.objectContaining({ code: 'CASE_NEWER' }) as Error);
  });

  it('never overwrites an earlier copy', () => {
    writeFileSync(`${path}.backup-v1`, 'precious');
    openCaseForWriting(path, identity, steps).close();
    expect(readFileSync(`${path}.backup-v1`, 'utf8')).toBe('precious');
    openCaseForReading(`${path}.backup-v1-2`).close();
  });

  it('keeps the steps that succeeded where a later one fails, and lets go of the case', () => {
    expect(() => openCaseForWriting(path, identity, [...steps, failing])).toThrow('it fails');
    const db = new Database(path, { readonly: true });
    expect(schemaVersion(db)).toBe(2);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
    db.close();
    openCaseForWriting(path, identity, steps).close();
  });

  it('is refused to a reader, which cannot migrate, and leaves it alone', () => {
    const content = readFileSync(path);
    const db = new Database(path);
    db.pragma('user_version = 0');
    db.close();
    expect(() => openCaseForReading(path)).toThrow(expect.objectContaining({ code: 'CASE_DAMAGED' }) as Error);
    writeFileSync(path, content);
    const before = folderState(folder.path);
    openCaseForReading(path).close();
    expect(folderState(folder.path)).toEqual(before);
  });
});
