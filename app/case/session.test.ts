import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../shared/random.ts';
import type { CaseReader, CaseWriter } from './types.ts';
import { createCase, openCaseForReading } from './open.ts';
import { StoredSession } from './session.ts';
import {
  appendRecords,
  caseFields,
  column,
  figures,
  identity,
  importRecords,
  readRecords,
  scratchFolder,
  source,
  testRecords,
} from './testing.ts';
import { verifyCase } from './verify.ts';
import { CaseWork } from './work.ts';

let folder: ReturnType<typeof scratchFolder>;
let path: string;
let writer: CaseWriter;
let reader: CaseReader;
beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
  writer = createCase(path, caseFields);
  importRecords(writer, testRecords(100), 'a.log');
  reader = openCaseForReading(path);
});
afterEach(() => {
  reader.close();
  writer.close();
  folder.remove();
});

const numbers = (...values: number[]): { readonly storage: 'number'; readonly values: Float64Array } => ({
  storage: 'number',
  values: Float64Array.from(values),
});

/** Every row of every table, as a stranger sees the file. */
function dump(): unknown {
  const db = new Database(path, { readonly: true });
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all();
  const rows = tables.map((table) => [table, db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).raw().all()]);
  db.close();
  return rows;
}

describe('an import that is aborted', () => {
  it('gives the room it took back when the case is closed', () => {
    reader.close();
    const before = statSync(path).size;
    const session = writer.beginEvidence(source('b.log'));
    const noise = session.column(column('noise', 'double', 'number'));
    const values = new Float64Array(65_536);
    const random = new Random(1);
    for (let chunk = 0; chunk < 32; chunk++) {
      for (let i = 0; i < values.length; i++) values[i] = random.float();
      session.append(values.length, [{ spec: noise, buffer: { storage: 'number', values } }]);
    }
    session.abort();
    writer.close();
    expect(statSync(path).size).toBeLessThan(before + 2 ** 20);
    reader = openCaseForReading(path);
    expect(reader.info()).toMatchObject({ connections: 100, evidence: 1 });
  });

  it('leaves every table as it was, and its texts do not come back', () => {
    const before = dump();
    const session = writer.beginEvidence(source('b.log'));
    appendRecords(
      session,
      testRecords(500, 5).map((record) => ({ ...record, orig_h: `10.7.0.${record.resp_p}`, service: record.uid })),
      100,
    );
    session.column(column('extra', 'count', 'number'));
    for (let i = 0; i < 5000; i++) session.reject({ line: i, offset: i, reason: 'r', what: 'w', text: 't' });
    expect(dump()).not.toEqual(before);
    session.abort();
    session.abort();
    expect(dump()).toEqual(before);
    expect(() => session.append(1, [])).toThrow();
    const next = writer.beginEvidence(source('c.log'));
    expect(next.evidence).toBe(2);
    expect(next.dictionary('host').internText('new')).toBe(13);
    next.abort();
  });

  it('is aborted by closing the case', () => {
    appendRecords(writer.beginEvidence(source('b.log')), testRecords(50));
    writer.close();
    reader.refresh();
    expect(readRecords(reader)).toEqual(testRecords(100));
  });

  it('frees the case for the next; two at once are refused', () => {
    const session = writer.beginEvidence(source('b.log'));
    expect(() => writer.beginEvidence(source('c.log'))).toThrow(expect.objectContaining({ code: 'BUSY' }) as Error);
    session.abort();
    importRecords(writer, testRecords(10, 100), 'c.log');
    reader.refresh();
    expect(readRecords(reader)).toEqual(testRecords(110));
  });
});

it('an import that failed half-way can only be aborted, and leaves nothing', () => {
  const before = dump();
  const session = writer.beginEvidence(source('b.log'));
  const spec = session.column(column('extra', 'count', 'number'));
  session.dictionary('term').internText('lost');
  const wrong = { storage: 'dictionary' as const, values: Uint32Array.of(1) };
  expect(() => session.append(1, [{ spec, buffer: wrong }])).toThrow(TypeError);
  expect(() => session.append(1, [{ spec, buffer: numbers(1) }])).toThrow(/can only be aborted/);
  expect(() => session.finish(figures(0))).toThrow(/can only be aborted/);
  session.abort();
  expect(dump()).toEqual(before);
});

describe('columns', () => {
  it('of another file are absent where a chunk has none, and present where it has', () => {
    const session = writer.beginEvidence(source('b.log'));
    const extra = session.column(column('extra', 'double', 'number'));
    const word = session.column(column('word', 'string', 'dictionary'));
    const free = session.column(column('free', 'string', 'text'));
    const id = session.dictionary('term').internText('hello');
    session.append(2, [
      { spec: extra, buffer: numbers(1.5, NaN) },
      { spec: word, buffer: { storage: 'dictionary', values: Uint32Array.of(0, id) } },
      { spec: free, buffer: { storage: 'text', ends: Uint32Array.of(2, 2), absent: Uint8Array.of(0, 1), bytes: Buffer.from('hi') } },
    ]);
    session.finish(figures(2));
    reader.refresh();
    const table = reader.table('connection');
    const [first, second] = table.chunks;
    expect([...second.numbers('extra')]).toEqual([1.5, NaN]);
    expect([...second.ids('word')].map((word) => (word === 0 ? null : table.dictionary('term').textOf(word)))).toEqual([null, 'hello']);
    expect(second.text('free').absent).toEqual(Uint8Array.of(0, 1));
    expect(second.stats('extra')).toEqual({ rows: 2, absent: 1, min: 1.5, max: 1.5 });
    expect([...second.numbers('ts')]).toEqual([NaN, NaN]);
    expect(second.stats('ts')).toBeNull();
    expect(first.numbers('extra').every(Number.isNaN)).toBe(true);
    expect(first.numbers('no such').length).toBe(100);
    expect(first.ids('word').every((id) => id === 0)).toBe(true);
    expect(first.text('free').absent?.every((flag) => flag === 1)).toBe(true);
    expect(() => first.numbers('orig_h')).toThrow(TypeError);
  });

  it('get another name where the case keeps that name otherwise', () => {
    const session = writer.beginEvidence(source('b.log'));
    expect(session.known('resp_p')).toMatchObject({ type: 'port' });
    expect(session.known('resp_p_2')).toBeUndefined();
    expect(session.column(column('resp_p', 'count', 'number'))).toMatchObject({ name: 'resp_p', type: 'port' });
    expect(session.column(column('resp_p', 'string', 'text')).name).toBe('resp_p_2');
    expect(session.column(column('resp_p', 'string', 'text')).name).toBe('resp_p_2');
    expect(session.column(column('resp_p', 'interval', 'number')).name).toBe('resp_p_3');
    expect(session.column(column('service', 'addr', 'dictionary')).name).toBe('service_2');
    expect(session.column(column('__proto__', 'count', 'number')).name).toBe('__proto__');
    expect(() => session.append(1, [{ spec: column('unknown', 'count', 'number'), buffer: numbers(1) }])).toThrow(TypeError);
    expect(() => session.append(0, [])).toThrow(RangeError);
    expect(() => session.append(65_537, [])).toThrow(RangeError);
    session.abort();
  });

  it('of another kind of record are apart', () => {
    const session = writer.beginEvidence(source('http.log', 'request'));
    const spec = session.column(column('ts', 'string', 'text'));
    expect(spec.name).toBe('ts');
    session.append(1, [{ spec, buffer: { storage: 'text', ends: Uint32Array.of(1), absent: Uint8Array.of(0), bytes: Buffer.from('x') } }]);
    session.finish(figures(1));
    reader.refresh();
    expect(reader.table('request').chunks).toMatchObject([{ firstRow: 0, rows: 1 }]);
    expect(reader.info()).toMatchObject({ connections: 100, requests: 1 });
  });
});

describe('rejects', () => {
  it('come back in order, page by page, with NULs, cut at 4 KiB between characters', () => {
    const session = writer.beginEvidence(source('b.log'));
    for (let line = 1; line <= 30; line++)
      session.reject({ line, offset: line * 10, reason: 'value', what: `what ${line}`, text: `a\0b ${line} \ud800` });
    session.reject({ line: 31, offset: 310, reason: 'long', what: 'w', text: 'ä'.repeat(5000) });
    session.finish(figures(0, 31));
    reader.refresh();
    expect(reader.rejects({ offset: 10, limit: 2 })).toEqual({
      rejects: [11, 12].map((line) => ({
        evidence: 2,
        line,
        offset: line * 10,
        reason: 'value',
        what: `what ${line}`,
        text: `a\0b ${line} \ufffd`,
      })),
      total: 31,
    });
    const long = reader.rejects({ evidence: 2, offset: 30, limit: 10 }).rejects[0].text;
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(4096);
    expect(long).toMatch(/^ä+…$/);
    expect(reader.rejects({ evidence: 1, offset: 0, limit: 10 })).toEqual({ rejects: [], total: 0 });
    expect(reader.info().rejects).toBe(31);
  });
});

it('a file without records is evidence all the same', () => {
  const evidence = writer.beginEvidence(source('empty.log')).finish({ ...figures(0), remarks: ['No records.'], status: 'incomplete' });
  reader.refresh();
  expect(reader.evidence().at(-1)).toEqual(evidence);
  expect(writer.evidence()).toEqual(reader.evidence());
  expect(evidence).toMatchObject({ id: 2, rows: 0, remarks: ['No records.'], status: 'incomplete', importedBy: 'Ada', options: { a: 1 } });
});

it('figures that do not fit what was appended are a defect, and the import stays open', () => {
  const session = writer.beginEvidence(source('b.log'));
  appendRecords(session, testRecords(3, 100));
  expect(() => session.finish(figures(4))).toThrow(RangeError);
  session.finish(figures(3));
  reader.refresh();
  expect(readRecords(reader)).toEqual(testRecords(103));
});

it('columns that were compressed read back the same, and verify', async () => {
  const db = new Database(path);
  const session = new StoredSession(new CaseWork(db, path, identity), source('b.log'), 'zstd', () => undefined);
  appendRecords(session, testRecords(5000, 100));
  session.finish(figures(5000));
  expect(db.prepare('SELECT DISTINCT codec FROM segment ORDER BY codec').pluck().all()).toEqual(['none', 'zstd']);
  db.close();
  reader.refresh();
  expect(readRecords(reader)).toEqual(testRecords(5100));
  expect(await verifyCase(reader, {}, { report: () => undefined, stopped: () => false })).toMatchObject({ ok: true });
});
