import Database from 'better-sqlite3';
import fc from 'fast-check';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { ColumnBuffer, ColumnSpec } from '../columns/types.ts';
import type { LiveEvidence } from './live-types.ts';
import { createCase, openCaseForReading, openCaseForWriting } from './open.ts';
import { caseFields, column, identity, scratchFolder } from './testing.ts';
import type { CaseReader, CaseWriter, EvidenceSource } from './types.ts';
import { verifyCase } from './verify.ts';

const folder = scratchFolder();
afterAll(() => folder.remove());
let count = 0;
const quiet = { report: () => undefined, stopped: () => false };
const source: EvidenceSource = {
  path: 'kafka://broker/web',
  name: 'web',
  format: 'test',
  formatTitle: 'Test',
  kind: 'request',
  bytes: 0,
  modified: null,
  options: {},
};
const specs = [column('ts', 'time', 'number'), column('orig_h', 'addr', 'dictionary'), column('path', 'string', 'text')];

function columns(evidence: LiveEvidence, from: number, rows: number): { spec: ColumnSpec; buffer: ColumnBuffer }[] {
  const ids = Uint32Array.from({ length: rows }, (_, i) => evidence.dictionary('host').internText(`10.0.0.${(from + i) % 50}`));
  const texts = Array.from({ length: rows }, (_, i) => ((from + i) % 9 === 0 ? '' : `/page/${from + i}`));
  const ends = new Uint32Array(rows);
  let end = 0;
  for (const [i, text] of texts.entries()) ends[i] = end += Buffer.byteLength(text);
  const absent = Uint8Array.from(texts, (text) => (text === '' ? 1 : 0));
  const buffers: ColumnBuffer[] = [
    { storage: 'number', values: Float64Array.from({ length: rows }, (_, i) => ((from + i) % 11 === 0 ? NaN : 1e15 + from + i)) },
    { storage: 'dictionary', values: ids },
    { storage: 'text', ends, absent, bytes: new Uint8Array(Buffer.from(texts.join(''))) },
  ];
  return specs.map((spec, i) => ({ spec: evidence.column(spec), buffer: buffers[i] }));
}

/** Commits batches of these sizes, tidying in between, as evidence that stays open. */
function receive(writer: CaseWriter, sizes: readonly number[]): LiveEvidence {
  let evidence: LiveEvidence | null = null;
  let from = 0;
  for (const rows of sizes) {
    writer.live.commit((transaction) => {
      const mine = (evidence ??= transaction.begin(source));
      mine.append(rows, columns(mine, from, rows));
      from += rows;
      const figures = {
        rows: from,
        rejected: 0,
        comments: 0,
        lines: from,
        first: 1e15,
        last: 1e15 + from,
        bytes: from,
        unpackedBytes: from,
      };
      mine.figures({ ...figures, sha256: '0'.repeat(64), seconds: 0, remarks: [] });
    });
    const [{ id }] = writer.live.sources();
    writer.live.commit((transaction) => transaction.position(id, { position: {}, reader: {}, evidence: evidence?.evidence ?? null }));
    writer.live.tidy();
  }
  if (evidence === null) throw new Error('nothing was received');
  return evidence;
}

function wordsOf(reader: CaseReader): string[] {
  reader.refresh();
  const table = reader.table('request');
  return table.chunks.flatMap((chunk) =>
    Array.from({ length: chunk.rows }, (_, i) => {
      const { offsets, bytes, absent } = chunk.text('path');
      const text = absent?.[i] === 1 ? null : Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString();
      return JSON.stringify([chunk.firstRow + i, chunk.numbers('ts')[i], table.dictionary('host').textOf(chunk.ids('orig_h')[i]), text]);
    }),
  );
}

function expected(rows: number): string[] {
  return Array.from({ length: rows }, (_, i) => {
    const ts = i % 11 === 0 ? NaN : 1e15 + i;
    return JSON.stringify([i, ts, `10.0.0.${i % 50}`, i % 9 === 0 ? null : `/page/${i}`]);
  });
}

const newCase = (): string => join(folder.path, `${++count}.flowcase`);

it('what comes in bit by bit is there at once, in few chunks, and is sealed so that it verifies', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 }), async (sizes) => {
      const path = newCase();
      const writer = createCase(path, caseFields);
      const reader = openCaseForReading(path);
      writer.live.addSource('web', {});
      const { evidence } = receive(writer, sizes);
      const rows = sizes.reduce((sum, size) => sum + size, 0);
      expect(wordsOf(reader)).toEqual(expected(rows));
      expect(reader.evidence()).toMatchObject([{ id: evidence, rows, status: 'live' }]);
      expect(reader.table('request').chunks.length).toBeLessThan(16 * 4);
      expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true, evidence: [{ row: true, records: true }] });
      writer.live.seal(evidence, []);
      expect(wordsOf(reader)).toEqual(expected(rows));
      expect(reader.table('request').chunks).toHaveLength(1);
      expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true, evidence: [{ row: true, records: true }] });
      reader.close();
      writer.close();
    }),
    { numRuns: 15 },
  );
});

it('many small batches lie in chunks whose number grows with the logarithm, and are not written again and again', () => {
  const writer = createCase(newCase(), caseFields);
  writer.live.addSource('web', {});
  receive(
    writer,
    Array.from({ length: 700 }, () => 3),
  );
  const reader = openCaseForReading(writer.path);
  expect(reader.table('request').chunks.length).toBeLessThan(40);
  reader.close();
  writer.close();
});

it('what a Flowcase that died left is sealed when the case is opened again, and says so', async () => {
  const path = newCase();
  const writer = createCase(path, caseFields);
  writer.live.addSource('web', {});
  receive(writer, [5, 6]);
  writer.close();
  const again = openCaseForWriting(path, identity);
  again.close();
  const reader = openCaseForReading(path);
  expect(reader.evidence()).toMatchObject(
    [{ rows: 11, status: 'complete', remarks: [/Flowcase ended while it was received/] }].map((one) => ({
      ...one,
      remarks: [expect.stringMatching(one.remarks[0])],
    })),
  );
  expect(wordsOf(reader)).toEqual(expected(11));
  expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true });
  reader.close();
});

it('a commit that fails leaves nothing, and says that what readers hold has become wrong', () => {
  const writer = createCase(newCase(), caseFields);
  const { generation } = writer.live;
  expect(() =>
    writer.live.commit((transaction) => {
      const evidence = transaction.begin(source);
      evidence.append(3, columns(evidence, 0, 3));
      throw new Error('the lines cannot be read');
    }),
  ).toThrow('the lines cannot be read');
  expect(writer.live.generation).toBeGreaterThan(generation);
  expect(writer.evidence()).toEqual([]);
  writer.live.addSource('web', {});
  receive(writer, [4]);
  const reader = openCaseForReading(writer.path);
  expect(wordsOf(reader)).toEqual(expected(4));
  reader.close();
  writer.close();
});

it('labels of a run keep the chunks that they are of', () => {
  const writer = createCase(newCase(), caseFields);
  writer.live.addSource('web', {});
  const { evidence } = receive(writer, [1, 1, 1]);
  const db = new Database(writer.path);
  const before = db.prepare('SELECT id FROM chunk WHERE evidence > 0').pluck().all() as number[];
  db.prepare("INSERT INTO assignment(run, chunk, digest) VALUES (1, ?, '')").run(Math.max(...before));
  db.close();
  writer.live.seal(evidence, []);
  const reader = openCaseForReading(writer.path);
  expect(reader.table('request').chunks.map(({ id }) => id)).toEqual(before);
  reader.close();
  writer.close();
});

it('the finding of an alert is as the custody log says, or verification tells', async () => {
  const path = newCase();
  const writer = createCase(path, caseFields);
  writer.live.addSource('web', {});
  receive(writer, [20]);
  const finding = {
    kind: 'live-flood',
    title: 'A flood',
    subject: '10.0.0.7',
    host: '10.0.0.7',
    score: 0.9,
    severity: 'high',
    why: 'much',
    doubt: 'a test',
    of: 'requests',
  } as const;
  writer.live.commit((transaction) => {
    const raised = transaction.raise('flood:10.0.0.7', finding, Float64Array.of(2, 5), { windows: 1 });
    transaction.updateAlert(raised.id, { open: false, data: { windows: 2 } });
  });
  expect(writer.live.alerts(true)).toEqual([]);
  const reader = openCaseForReading(path);
  expect(reader.findings({})).toMatchObject([{ kind: 'live-flood', of: 'requests', records: [2, 5], count: 2, run: null }]);
  expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true });
  reader.close();
  writer.close();
  const db = new Database(path);
  db.prepare("UPDATE finding SET why = 'little'").run();
  db.close();
  const tampered = openCaseForReading(path);
  expect(await verifyCase(tampered, {}, quiet)).toMatchObject({ ok: false });
  tampered.close();
});
