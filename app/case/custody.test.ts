import Database from 'better-sqlite3';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actingBy } from '../shared/acting.ts';
import { canonicalJson, parseObject } from './canonical.ts';
import { checkChain, custodyHash, GENESIS, isAccessAct, type CustodyRow } from './custody.ts';
import { createCase, openCaseForReading } from './open.ts';
import { caseFields, scratchFolder } from './testing.ts';

describe('the custody log', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let path: string;
  beforeEach(() => {
    folder = scratchFolder();
    path = join(folder.path, 'a.flowcase');
  });
  afterEach(() => folder.remove());

  it('chains every entry to the one before, over text of any kind', () => {
    const writer = createCase(path, { ...caseFields, who: 'ada', examiner: 'Ada Byron', now: () => 1_700_000_000_123_000 });
    const entry = writer.record('table.exported', 'Wrote "a\0b" \ud800 <x>.', {
      z: 1,
      a: ['ü', null, undefined],
      nested: { b: 2, a: 1 },
      gone: undefined,
    });
    const reader = openCaseForReading(path);
    const [created, exported] = reader.custody();
    expect(reader.custody()).toHaveLength(2);
    expect(exported).toEqual(entry);
    expect(created).toMatchObject({
      seq: 1,
      act: 'case.created',
      form: 2,
      who: { account: 'ada', examiner: 'Ada Byron' },
      previous: GENESIS,
      at: 1_700_000_000_123_000,
    });
    expect(exported).toMatchObject({
      seq: 2,
      previous: created.hash,
      summary: 'Wrote "a\0b" \ufffd <x>.',
      details: { a: ['ü', null, null], nested: { a: 1, b: 2 }, z: 1 },
    });
    expect(reader.info().custody).toEqual({ entries: 2, head: exported.hash });
    // The documented rule, spelled out by hand.
    const details = '{"a":["ü",null,null],"nested":{"a":1,"b":2},"z":1}';
    const line = `flowcase custody 2\n[2,1700000000123000,"ada","Ada Byron","table.exported",${JSON.stringify(exported.summary)},${JSON.stringify(details)},"${created.hash}"]`;
    expect(exported.hash).toBe(createHash('sha256').update(line).digest('hex'));
    reader.close();
    writer.close();
  });

  it('refuses to be changed or cut, even by SQL', () => {
    createCase(path, caseFields).close();
    const db = new Database(path);
    expect(() => db.exec("UPDATE custody SET who = 'Eve'")).toThrow(/append-only/);
    expect(() => db.exec('DELETE FROM custody')).toThrow(/append-only/);
    db.close();
  });
});

it('a chain with any one character changed is found out', () => {
  const rows: CustodyRow[] = [];
  for (let seq = 1; seq <= 5; seq++) {
    const entry = {
      seq,
      // The first two as schema 1 wrote them; the last was asked for over the API.
      form: seq < 3 ? 1 : seq < 5 ? 2 : 3,
      at: seq * 7,
      account: 'ada',
      examiner: seq < 3 ? null : 'Ada Byron',
      token: seq < 5 ? null : 'nightly',
      act: 'x',
      summary: `s${seq}`,
      details: '{"a":1}',
      previous: rows.at(-1)?.hash ?? GENESIS,
    };
    rows.push({ ...entry, hash: custodyHash(entry) });
  }
  const head = rows[4].hash;
  expect(checkChain(rows, 5, head)).toMatchObject({ ok: true, entries: 5, head });
  expect(checkChain(rows.slice(0, 4), 5, head).ok).toBe(false);
  expect(checkChain([], 0, GENESIS).ok).toBe(false);
  const fields = ['account', 'act', 'summary', 'details', 'previous', 'hash'] as const;
  fc.assert(
    fc.property(fc.nat(4), fc.constantFrom(...fields), fc.nat(), fc.nat(126), (row, field, place, character) => {
      const text = rows[row][field];
      const at = place % text.length;
      const changed = text.slice(0, at) + String.fromCharCode(character) + text.slice(at + 1);
      fc.pre(changed !== text);
      const tampered = rows.map((entry, i) => (i === row ? { ...entry, [field]: changed } : entry));
      expect(checkChain(tampered, 5, head).ok).toBe(false);
    }),
  );
  // What the first form did not know cannot be slipped into it; an entry cannot be passed off as one of the other form, or of one to come.
  const changes = [
    ...[{ examiner: 'Eve' }, { examiner: '' }, { examiner: null }],
    ...[{ token: 'other' }, { token: '' }, { token: null }],
    ...[1, 2, 3, 4].map((form) => ({ form })),
  ];
  for (const [place, entry] of rows.entries()) {
    for (const change of changes) {
      const changed = { ...entry, ...change };
      const same = changed.form === entry.form && changed.examiner === entry.examiner && changed.token === entry.token;
      expect(checkChain(rows.with(place, changed), 5, head).ok).toBe(same);
    }
  }
});

it('says by which token an act was asked for, and of an act at the machine nothing of it', () => {
  const folder = scratchFolder();
  const writer = createCase(join(folder.path, 'a.flowcase'), { ...caseFields, who: 'ada', examiner: 'Ada Byron' });
  const here = writer.record('table.exported', 'Here.', {});
  const there = actingBy('nightly', () => writer.record('table.exported', 'There.', {}));
  expect([here.form, here.who, there.form, there.who]).toEqual([
    2,
    { account: 'ada', examiner: 'Ada Byron' },
    3,
    { account: 'ada', examiner: 'Ada Byron', token: 'nightly' },
  ]);
  // The documented rule, spelled out by hand.
  const line = `flowcase custody 3\n[3,${there.at},"ada","Ada Byron","nightly","table.exported","There.","{}","${here.hash}"]`;
  expect(there.hash).toBe(createHash('sha256').update(line).digest('hex'));
  writer.close();
  folder.remove();
});

it('canonical JSON is the same for the same value, whatever the order of its keys', () => {
  const values = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
  fc.assert(
    fc.property(values, (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(canonicalJson(parseObject(canonicalJson(value)))).toBe(canonicalJson(value));
    }),
  );
  expect(() => canonicalJson({ a: 1n })).toThrow(TypeError);
  expect(() => parseObject('[1]')).toThrow(TypeError);
});

it('knows the acts that leave a case as it was', () => {
  expect(['case.opened', 'report.exported', 'table.exported', 'case.verified'].every(isAccessAct)).toBe(true);
  expect(['case.created', 'evidence.imported', 'tag.added', '__proto__'].some(isAccessAct)).toBe(false);
});
