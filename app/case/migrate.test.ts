import Database from 'better-sqlite3';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Migration } from './migrate.ts';
import { APPLICATION_ID, applyMigrations, schemaVersion } from './migrate.ts';
import { migrations, SCHEMA_VERSION } from './migrations/index.ts';
import { createCase, openCaseForReading, openCaseForWriting } from './open.ts';
import { verifyCase } from './verify.ts';
import { caseFields, folderState, identity, importRecords, scratchFolder, testRecords } from './testing.ts';

let folder: ReturnType<typeof scratchFolder>;
let path: string;
const copied = `.backup-v${SCHEMA_VERSION}`;
const backup = `a.flowcase${copied}`;
beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
  const writer = createCase(path, caseFields);
  importRecords(writer, testRecords(50));
  writer.close();
});
afterEach(() => folder.remove());

const next: Migration = {
  version: SCHEMA_VERSION + 1,
  name: 'notes',
  up(db) {
    db.exec('CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
  },
};
const failing: Migration = {
  version: SCHEMA_VERSION + 2,
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
    'alert assignment chunk cluster column_spec crosscheck custody dictionary_block evidence finding host_assignment live_source live_state live_window meta model picture reject run scatter schedule segment tag tagging undo'.split(
      ' ',
    ),
  );
  expect(() => applyMigrations(db, [{ ...next, version: SCHEMA_VERSION + 2 }], () => undefined)).toThrow(/does not follow/);
  db.close();
});

describe('opening an older case', () => {
  const steps = [...migrations, next];

  it('copies it, migrates it, and writes that down; once', () => {
    const before = readFileSync(path);
    const writer = openCaseForWriting(path, identity, steps);
    expect(writer.info()).toMatchObject({ schema: SCHEMA_VERSION + 1, connections: 50, custody: { entries: 3 } });
    writer.close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase', backup]);
    expect(readFileSync(`${path}${copied}`).equals(before)).toBe(true);
    const db = new Database(path, { readonly: true });
    expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(db.prepare('SELECT act, summary FROM custody WHERE seq = 3').get()).toEqual({
      act: 'case.migrated',
      summary: `Brought the case from schema ${SCHEMA_VERSION} to ${SCHEMA_VERSION + 1} (notes).`,
    });
    db.close();
    openCaseForWriting(path, identity, steps).close();
    expect(readdirSync(folder.path)).toEqual(['a.flowcase', backup]);
    expect(() => openCaseForReading(path)).toThrow(expect.objectContaining({ code: 'CASE_NEWER' }) as Error);
  });

  it('never overwrites an earlier copy', () => {
    writeFileSync(`${path}${copied}`, 'precious');
    openCaseForWriting(path, identity, steps).close();
    expect(readFileSync(`${path}${copied}`, 'utf8')).toBe('precious');
    openCaseForReading(`${path}${copied}-2`).close();
  });

  it('keeps the steps that succeeded where a later one fails, and lets go of the case', () => {
    expect(() => openCaseForWriting(path, identity, [...steps, failing])).toThrow('it fails');
    const db = new Database(path, { readonly: true });
    expect(schemaVersion(db)).toBe(SCHEMA_VERSION + 1);
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

describe('a case that schema 1 wrote', () => {
  const old = (): string => {
    const file = join(folder.path, 'old.flowcase');
    writeFileSync(file, gunzipSync(readFileSync(join(import.meta.dirname, 'fixtures/schema-1.flowcase.gz'))));
    return file;
  };
  const entriesOf = (file: string): unknown[] => {
    const db = new Database(file, { readonly: true });
    const rows = db.prepare('SELECT seq, at, who, act, summary, details, previous, hash FROM custody WHERE seq <= 10 ORDER BY seq').all();
    db.close();
    return rows;
  };

  it('keeps its entries as they are, in the form they have; new ones say who examines; everything verifies', async () => {
    const file = old();
    const before = entriesOf(file);
    const writer = openCaseForWriting(file, { ...identity, who: 'gh' });
    writer.record('table.exported', 'Wrote a table.', {});
    writer.update({ name: 'Taken over', number: '7', examiner: 'Ada Byron' });
    writer.record('table.exported', 'Wrote another.', {});
    writer.close();
    expect(before).toHaveLength(10);
    expect(entriesOf(file)).toEqual(before);

    const reader = openCaseForReading(file);
    const entries = reader.custody();
    expect(entries.slice(0, 10).every(({ form, who }) => form === 1 && who.account === 'ada' && who.examiner === '')).toBe(true);
    // one entry a step
    const steps = SCHEMA_VERSION - 1;
    expect(entries.slice(10).map(({ form, act, who }) => [form, act, who.account, who.examiner])).toEqual([
      ...Array.from({ length: steps }, () => [2, 'case.migrated', 'gh', 'Grace Hopper']),
      [2, 'table.exported', 'gh', 'Grace Hopper'],
      [2, 'case.updated', 'gh', 'Grace Hopper'],
      [2, 'table.exported', 'gh', 'Ada Byron'],
    ]);
    const result = await verifyCase(reader, {}, { report: () => undefined, stopped: () => false });
    expect(result).toMatchObject({ ok: true, custody: { ok: true, entries: 13 + steps } });
    expect(reader.info()).toMatchObject({ schema: SCHEMA_VERSION, connections: 50, runs: 1, findings: 1 });
    expect(reader.tags().taggings).toHaveLength(2);
    reader.close();
  });
});

it('a case that schema 4 wrote keeps its run, which says what was not known then, and verifies', async () => {
  const file = join(folder.path, 'old.flowcase');
  writeFileSync(file, gunzipSync(readFileSync(join(import.meta.dirname, 'fixtures/schema-4.flowcase.gz'))));
  openCaseForWriting(file, identity).close();
  const reader = openCaseForReading(file);
  const result = await verifyCase(reader, {}, { report: () => undefined, stopped: () => false });
  expect(result).toMatchObject({ ok: true, custody: { ok: true, entries: 5 + SCHEMA_VERSION - 4 } });
  expect(reader.runs()).toMatchObject([
    { id: 1, task: 'cluster', inertia: 12.5, logLikelihood: null, covariance: null, daviesBouldin: null, window: null },
  ]);
  expect(reader.runRequest(1)).toEqual({
    ...{ of: 'connections', method: 'kmeans', k: 2, seed: 1, recipe: 'conn-v1', where: '' },
    ...{ covariance: 'full', scaling: null, features: [], window: null, starts: null, tune: null },
  });
  expect(reader.run(1).clusters[1]).toMatchObject({
    name: 'beacon',
    suspect: true,
    separates: [],
    purity: null,
    typicalHost: null,
    tags: [1],
  });
  expect(reader.findings({})).toMatchObject([{ of: 'connections', count: 3 }]);
  reader.close();
});
