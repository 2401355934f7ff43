import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CasePool } from './case-pool.ts';
import { readBlockOf, readEntries, writeEntries } from './dictionary-store.ts';
import { StringPool } from './string-pool.ts';

function emptyDatabase(): Database.Database {
  const db = new Database(':memory:');
  db.exec(
    'CREATE TABLE dictionary_block(dictionary TEXT, first INTEGER, entries INTEGER, encoding TEXT, base INTEGER, digest TEXT, data BLOB, PRIMARY KEY (dictionary, first))',
  );
  return db;
}

const text = fc.oneof(
  fc.constantFrom('', '__proto__', 'a\0', 'tcp', 'tcp ', 'x'.repeat(3000)),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
/** What is done with a pool: a text is asked for, everything is written, the case is read anew. */
const act = fc.oneof(
  { arbitrary: text.map((value) => ({ value })), weight: 8 },
  fc.constant('write' as const),
  fc.constant('again' as const),
);

describe('CasePool', () => {
  it('gives the same ids as a pool that keeps all texts, whatever lies in the case by then, and gives every text back', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (acts, entries) => {
        const db = emptyDatabase();
        const made = (): CasePool => new CasePool('term', (id) => readBlockOf(db, 'term', id), { entries, bytes: 2 ** 24 });
        const model = new StringPool('term');
        let pool = made();
        let written = 0;
        for (const one of acts) {
          if (one !== 'write' && one !== 'again') {
            const bytes = Buffer.from(`<${one.value}>`);
            expect(pool.intern(bytes, 1, bytes.length - 1)).toBe(model.internText(one.value));
            continue;
          }
          written = writeEntries(db, pool, written);
          if (one === 'write') continue;
          pool = made();
          readEntries(db, pool, written);
        }
        expect(pool.size).toBe(model.size);
        for (let id = 1; id <= model.size; id++) {
          expect([pool.textOf(id), pool.idOf(model.textOf(id))]).toEqual([model.textOf(id), id]);
        }
        expect(pool.idOf('not there')).toBe(0);
        expect(() => pool.textOf(model.size + 1)).toThrow(RangeError);
        writeEntries(db, pool, written);
        const all = new StringPool('term');
        readEntries(db, all, model.size);
        for (let id = 1; id <= model.size; id++) expect(all.textOf(id)).toBe(model.textOf(id));
        db.close();
      }),
    );
  });

  it('keeps what is no UTF-8 byte by byte behind the first texts too', () => {
    const pool = new CasePool('term', () => expect.fail('nothing lies in a case'), { entries: 1, bytes: 1 });
    const bad = Buffer.from([0x61, 0xff, 0x62]);
    expect(pool.internText('first')).toBe(1);
    expect(pool.intern(bad, 0, 3)).toBe(2);
    expect(pool.textOf(2)).toBe('a\\xffb');
    expect([pool.intern(bad, 0, 3), pool.internText('a\\xffb')]).toEqual([2, 2]);
  });

  it('says which texts cannot be read from a damaged case', () => {
    const db = emptyDatabase();
    const pool = new CasePool('host', (id) => readBlockOf(db, 'host', id), { entries: 1, bytes: 100 });
    for (const host of ['10.0.0.1', '10.0.0.2']) pool.internText(host);
    writeEntries(db, pool, 0);
    pool.release(2);
    db.exec('DELETE FROM dictionary_block');
    expect(pool.textOf(1)).toBe('10.0.0.1');
    expect(() => pool.textOf(2)).toThrow(expect.objectContaining({ code: 'CASE_DAMAGED' }));
    db.close();
  });
});
