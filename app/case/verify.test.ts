import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyResult } from '../contract/case.ts';
import type { Progress } from '../shared/progress.ts';
import { createCase, openCaseForReading } from './open.ts';
import {
  appendRecords,
  caseFields,
  figures,
  folderState,
  learningOutcome,
  outcome,
  request,
  scratchFolder,
  source,
  testRecords,
} from './testing.ts';
import { verifyCase } from './verify.ts';

let folder: ReturnType<typeof scratchFolder>;
let path: string;
let original: string;
const content = Buffer.from('the original log\n'.repeat(100));
const quiet: Progress = { report: () => undefined, stopped: () => false };

beforeEach(() => {
  folder = scratchFolder();
  path = join(folder.path, 'a.flowcase');
  original = join(folder.path, 'logs', 'a.log');
  mkdirSync(join(folder.path, 'logs'));
  writeFileSync(original, content);
  makeCase();
});
afterEach(() => folder.remove());

const opinion = {
  ...{ run: 1, tool: 'ml-kmeans 7.0.1', rows: 250, sampledFrom: null, seed: 1, ari: 1, equal: null, largestDifference: 0 },
  ...{ accuracy: null, seconds: { ours: 1, theirs: 2 }, words: 'Both agree.', agrees: true },
};

/** A case with one of everything. */
function makeCase(): void {
  let clock = 1_700_000_000_000_000;
  const writer = createCase(path, { ...caseFields, now: () => (clock += 1000) });
  const session = writer.beginEvidence({ ...source('a.log'), path: original, bytes: content.length });
  session.reject({ line: 3, offset: 17, reason: 'value', what: 'id.resp_p is 70000', text: 'bad\0line' });
  appendRecords(session, testRecords(250), 100);
  session.finish(figures(250, 1, createHash('sha256').update(content).digest('hex')));
  const reader = openCaseForReading(path);
  writer.saveRun(request, outcome(reader));
  const { id, x, y, cluster } = outcome(reader).scatter;
  const trained = learningOutcome(reader);
  reader.close();
  writer.nameCluster(1, 2, { name: 'beacon', suspect: true });
  const host = writer.addTag({ target: { type: 'host', host: '10.0.0.1' }, name: 'suspect', color: undefined, note: 'why' });
  writer.addTag({
    target: { type: 'records', kind: 'connection', ids: Float64Array.of(5, 3, 200), filter: 'x' },
    name: 'seen',
    color: 'blue',
    note: '',
  });
  writer.addTag({ target: { type: 'cluster', run: 1, cluster: 1 }, name: 'suspect', color: 'orange', note: '' });
  writer.noteTag(host.tagging.id, 'a better note');
  const gone = writer.removeTag(host.tagging.id);
  writer.undo(gone.undo);
  writer.undo(writer.addTag({ target: { type: 'host', host: '10.0.0.2' }, name: 'brief', color: undefined, note: '' }).undo);
  writer.update({ name: 'New name', number: '2', examiner: 'Grace' });
  writer.record('case.verified', 'Verified.', { ok: true });
  const hosts = { hosts: Uint32Array.of(1, 2), windows: Float64Array.of(0, 1), labels: Uint16Array.of(1, 2) };
  writer.saveLearning({ a: 1 }, { ...trained, hostAssignment: { ...hosts, distance: new Float32Array(2), z: new Float32Array(2) } });
  writer.savePicture(1, 'umap', { id, x, y, cluster });
  writer.saveCrosscheck(opinion);
  writer.close();
}

async function verify(): Promise<VerifyResult> {
  const reader = openCaseForReading(path);
  try {
    return await verifyCase(reader, {}, quiet);
  } finally {
    reader.close();
  }
}

/** Changes the file behind the program's back. */
function tamper(...statements: string[]): void {
  const db = new Database(path);
  db.exec('DROP TRIGGER custody_is_never_changed; DROP TRIGGER custody_is_never_cut');
  for (const statement of statements) {
    const { changes } = db.prepare(statement).run();
    if (changes === 0) throw new Error(`nothing changed: ${statement}`);
  }
  db.close();
}

it('finds nothing in a case that nobody touched, and touches nothing itself', async () => {
  const before = folderState(folder.path);
  const result = await verify();
  expect(result.evidence).toMatchObject([{ id: 1, match: true, row: true, records: true }]);
  expect(result.custody).toMatchObject({ ok: true, entries: 17 });
  expect(result.ok).toBe(true);
  expect(folderState(folder.path)).toEqual(before);
});

describe('finds a change in', () => {
  const evidenceColumns = 'path name format format_title kind sha256 unpacked_sha256 imported_by program options status remarks'.split(' ');
  const evidenceNumbers = 'bytes unpacked_bytes modified imported rows rejected comments lines first last seconds'.split(' ');
  const text = (table: string, column: string): string =>
    `UPDATE ${table} SET "${column}" = replace('"' || coalesce("${column}", '') || 'x"', '"', '')`;
  const json = (table: string, column: string): string => `UPDATE ${table} SET "${column}" = '{"a":2}'`;
  const blob = (table: string, column: string): string =>
    `UPDATE ${table} SET ${column} = CAST(substr(${column}, 1, length(${column}) - 1) || x'7f' AS BLOB) WHERE rowid = (SELECT max(rowid) FROM ${table} WHERE ${column} IS NOT NULL AND length(${column}) > 0)`;

  it.each([
    ...evidenceColumns.map((column) => [
      `evidence.${column}`,
      column === 'options' || column === 'remarks' ? json('evidence', column) : text('evidence', column),
    ]),
    ...evidenceNumbers.map((column) => [`evidence.${column}`, `UPDATE evidence SET ${column} = coalesce(${column}, 0) + 1`]),
    ['evidence.hosts', blob('evidence', 'hosts')],
  ])('the row of evidence: %s', async (_, statement) => {
    tamper(statement);
    const result = await verify();
    expect(result.ok).toBe(false);
    expect(result.evidence[0]).toMatchObject({ row: false });
  });

  it.each([
    ['a byte of a column', blob('segment', 'data')],
    ['a constant', `UPDATE segment SET base = base + 1 WHERE base IS NOT NULL AND chunk = 2`],
    ['a step', `UPDATE segment SET step = step + 1 WHERE step IS NOT NULL`],
    ['an encoding', `UPDATE segment SET encoding = 'offset16' WHERE encoding = 'offset8' AND chunk = 1`],
    ['a minimum', `UPDATE segment SET min = min - 1 WHERE min IS NOT NULL AND chunk = 1`],
    ['a count of absent', `UPDATE segment SET absent = absent + 1 WHERE chunk = 3`],
    ['the names of columns', `UPDATE column_spec SET name = CASE name WHEN 'orig_h' THEN 'x' ELSE 'y' || name END`],
    ['the type of a column', `UPDATE column_spec SET type = 'double' WHERE name = 'resp_p'`],
    ['a lost column', `DELETE FROM segment WHERE chunk = 2 AND "column" = 1`],
    ['a lost chunk', `DELETE FROM chunk WHERE id = 3`],
    ['the place of a chunk', `UPDATE chunk SET first_row = first_row + 1 WHERE id = 3`],
    ['a digest of a chunk', text('chunk', 'digest')],
    ['an address', blob('dictionary_block', 'data')],
    ['a digest of addresses that hides nothing', `DELETE FROM dictionary_block WHERE dictionary = 'term'`],
    ['a reject', text('reject', 'text')],
    ['the line of a reject', 'UPDATE reject SET line = line + 1'],
    ['a lost reject', 'DELETE FROM reject'],
  ])('the records: %s', async (_, statement) => {
    tamper(statement);
    const result = await verify();
    expect(result.ok).toBe(false);
    expect(result.evidence[0]).toMatchObject({ row: true, records: false });
  });

  it.each([
    ...['seq', 'at'].map((column) => [`custody.${column}`, `UPDATE custody SET ${column} = ${column} + 100 WHERE seq = 13`]),
    ['custody.form', 'UPDATE custody SET form = 3 - form WHERE seq = 4'],
    ...['who', 'examiner', 'act', 'summary', 'details', 'previous', 'hash'].map((column) => [
      `custody.${column}`,
      `UPDATE custody SET ${column} = ${column} || ' ' WHERE seq = 4`,
    ]),
    ['a lost entry', 'DELETE FROM custody WHERE seq = 5'],
    ['the lost first entry', 'DELETE FROM custody WHERE seq = 1'],
    ['a cut tail', 'DELETE FROM custody WHERE seq > 11'],
    ['the whole log', 'DELETE FROM custody'],
    ['the head', `UPDATE meta SET value = replace(value, substr(value, 1, 1), 'z') WHERE key = 'custody_head'`],
    ...['id', 'name', 'number', 'examiner', 'program'].map((key) => [
      `the case's ${key}`,
      `UPDATE meta SET value = value || '1' WHERE key = '${key}'`,
    ]),
    ["the case's created", "UPDATE meta SET value = '5' WHERE key = 'created'"],
    ...['request', 'summary', 'features', 'odd', 'curve'].map((column) => [`run.${column}`, json('run', column)]),
    ['run.by', text('run', 'by')],
    ['run.created', 'UPDATE run SET created = created + 1'],
    ['run.centres', blob('run', 'centres')],
    ['run.detail', json('run', 'detail')],
    ['run.task', `UPDATE run SET task = 'train'`],
    ['a task that was another', `UPDATE run SET task = 'cluster' WHERE task = 'train'`],
    ...['hosts', 'windows', 'labels', 'distance', 'z'].map((column) => [
      `host_assignment.${column}`,
      `UPDATE host_assignment SET ${column} = zeroblob(length(${column}) + 4)`,
    ]),
    ['lost hosts', 'DELETE FROM host_assignment'],
    ['hosts slipped in', `INSERT INTO host_assignment SELECT 1, hosts, windows, labels, distance, z FROM host_assignment`],
    ['model.file', blob('model', 'file')],
    ...['name', 'sha256'].map((column) => [`model.${column}`, text('model', column)]),
    ['a lost model', 'DELETE FROM model'],
    ['a model slipped in', 'INSERT INTO model SELECT 1, name, sha256, file FROM model'],
    ...['ids', 'x', 'y', 'cluster'].map((column) => [`picture.${column}`, `UPDATE picture SET ${column} = zeroblob(length(${column}))`]),
    ...['by', 'program', 'kind'].map((column) => [`picture.${column}`, text('picture', column)]),
    ['picture.run', 'UPDATE picture SET run = 2'],
    ['a lost picture', 'DELETE FROM picture'],
    ['crosscheck.result', json('crosscheck', 'result')],
    ['crosscheck.run', 'UPDATE crosscheck SET run = 2'],
    ['crosscheck.by', text('crosscheck', 'by')],
    ['crosscheck.created', 'UPDATE crosscheck SET created = created + 1'],
    ['a lost second opinion', 'DELETE FROM crosscheck'],
    ['a second opinion slipped in', 'INSERT INTO crosscheck SELECT 9, run, created, by, program, result FROM crosscheck'],
    ['a lost run', 'DELETE FROM run WHERE id = 1'],
    ['a lost run of training', 'DELETE FROM run WHERE id = 2'],
    ['cluster.name', text('cluster', 'name')],
    ['cluster.auto_name', text('cluster', 'auto_name')],
    ['cluster.suspect', 'UPDATE cluster SET suspect = 1 - suspect WHERE cluster = 2'],
    ['cluster.size', 'UPDATE cluster SET size = size + 1'],
    ['cluster.detail', json('cluster', 'detail')],
    ['a lost cluster', 'DELETE FROM cluster WHERE cluster = 2'],
    ...['labels', 'distance', 'z'].map((column) => [`assignment.${column}`, blob('assignment', column)]),
    ['labels gone without their evidence', 'UPDATE assignment SET labels = NULL, distance = NULL, z = NULL WHERE chunk = 2'],
    ['assignment.digest', text('assignment', 'digest')],
    ...['ids', 'x', 'y', 'cluster'].map((column) => [`scatter.${column}`, blob('scatter', column)]),
    ['finding.why', text('finding', 'why')],
    ['finding.ids', `UPDATE finding SET ids = x'0102'`],
    ['finding.causes', `UPDATE finding SET causes = replace(causes, '4.5', '5.5')`],
    ['causes taken out', 'UPDATE finding SET causes = NULL'],
    ['finding.score', 'UPDATE finding SET score = score + 1'],
    [
      'a stray finding',
      'INSERT INTO finding SELECT 99, NULL, kind, title, subject, host, score, severity, why, doubt, records, created, ids, "of", causes FROM finding',
    ],
    ['tag.name', text('tag', 'name')],
    ['tag.color', `UPDATE tag SET color = 'green'`],
    ['a tag that nothing carries', `INSERT INTO tag(name, color) VALUES ('x', 'red')`],
    ['tagging.note', text('tagging', 'note')],
    ['tagging.who', text('tagging', 'who')],
    ['tagging.at', 'UPDATE tagging SET at = at + 1'],
    ['tagging.host', `UPDATE tagging SET host = '10.0.0.3' WHERE host IS NOT NULL`],
    ['tagging.run', 'UPDATE tagging SET run = 1 WHERE ids IS NOT NULL'],
    ['tagging.ids', blob('tagging', 'ids')],
    ['tagging.cluster', 'UPDATE tagging SET cluster = 2 WHERE cluster = 1'],
    ['tagging.tag', 'UPDATE tagging SET tag = (SELECT max(id) FROM tag) WHERE tag = (SELECT min(id) FROM tag)'],
    ['a lost tagging', 'DELETE FROM tagging WHERE host IS NOT NULL'],
    [
      'an added tagging',
      'INSERT INTO tagging SELECT 99, tag, note, who, at, type, kind, host, run, cluster, filter, ids FROM tagging LIMIT 1',
    ],
  ])('log, runs and tags: %s', async (_, statement) => {
    tamper(statement);
    const result = await verify();
    expect(result.ok).toBe(false);
    expect(result.custody.ok).toBe(false);
    expect(result.custody.message).not.toBe('');
  });

  it('evidence that was slipped in, or taken out, without the log', async () => {
    tamper('UPDATE chunk SET evidence = 7', 'UPDATE evidence SET id = 7');
    expect((await verify()).evidence).toMatchObject([
      { id: 7, row: false, records: false },
      { id: 1, row: false, records: false, match: null },
    ]);
  });
});

it('stops when it is told to, and tells how far it is', async () => {
  const reader = openCaseForReading(path);
  const told: number[] = [];
  let calls = 0;
  const progress: Progress = { report: (done, total) => told.push(done / (total ?? 0)), stopped: () => ++calls > 3 };
  await expect(verifyCase(reader, {}, progress)).rejects.toMatchObject({ code: 'CANCELLED' });
  calls = -1e9;
  told.length = 0;
  await verifyCase(reader, {}, progress);
  expect(told.at(-1)).toBe(1);
  expect(told.every((share, i) => i === 0 || share >= told[i - 1])).toBe(true);
  reader.close();
});
