import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LearningOutcome } from '../shared/run-outcome.ts';
import { createCase, openCaseForReading } from './open.ts';
import { caseFields, importRecords, learningOutcome, outcome, request, scratchFolder, testRecords } from './testing.ts';
import type { CaseReader, CaseWriter } from './types.ts';
import { verifyCase } from './verify.ts';

let folder: ReturnType<typeof scratchFolder>;
let writer: CaseWriter;
let reader: CaseReader;
beforeEach(() => {
  folder = scratchFolder();
  const path = join(folder.path, 'a.flowcase');
  writer = createCase(path, caseFields);
  importRecords(writer, testRecords(150), 'a.log', 100);
  reader = openCaseForReading(path);
});
afterEach(() => {
  reader.close();
  writer.close();
  folder.remove();
});

const notFound = expect.objectContaining({ code: 'NOT_FOUND' }) as Error;

describe('a run that is no clustering', () => {
  it('is kept as it was handed over, with its model', () => {
    const given = learningOutcome(reader);
    const kept = writer.saveLearning({ seed: 3, model: 'tree' }, given);
    reader.refresh();
    expect(kept).toEqual({ ...given.summary, id: 1, created: kept.created, by: 'Ada', program: 'Flowcase test' });
    expect(reader.learned('train', 1)).toEqual({
      summary: kept,
      request: { seed: 3, model: 'tree' },
      detail: given.detail,
      features: given.features,
    });
    const file = given.model?.file ?? new Uint8Array();
    const sha256 = createHash('sha256').update(file).digest('hex');
    const model = reader.model(1);
    expect({ ...model, file: new Uint8Array(model.file) }).toEqual({ run: 1, name: 'services', sha256, file });
    for (const one of given.assignments) expect(reader.assignment(1, one.chunk)).toEqual(one);
    expect(reader.custody().at(-1)).toMatchObject({
      act: 'run.saved',
      summary: 'Trained a tree on 150 connections (run 1, recipe conn-v2, seed 3); 0 findings.',
      details: { run: 1, task: 'train', model: sha256 },
    });
  });

  it('stands beside clusterings, which do not list it', () => {
    writer.saveRun(request, outcome(reader));
    writer.saveLearning({}, learningOutcome(reader));
    reader.refresh();
    expect(reader.runs().map(({ id }) => id)).toEqual([1]);
    expect(reader.allRuns().map(({ id, task }) => [id, task])).toEqual([
      [2, 'train'],
      [1, 'cluster'],
    ]);
    expect(reader.learnedRuns('train').map(({ id }) => id)).toEqual([2]);
    expect(reader.learnedRuns('anomalies')).toEqual([]);
    expect(reader.anyRun(2)).toMatchObject({ task: 'train', accuracy: 0.9 });
    for (const ask of [() => reader.run(2), () => reader.scatter(2, 1), () => reader.learned('train', 1), () => reader.model(1)])
      expect(ask).toThrow(notFound);
    expect(() => reader.anyRun(3)).toThrow(notFound);
    expect(reader.sql('SELECT id, task FROM run ORDER BY id').rows).toBeDefined();
    expect([...reader.sql('SELECT id, task, accuracy FROM run ORDER BY id').rows]).toEqual([
      [1, 'cluster', null],
      [2, 'train', 0.9],
    ]);
  });

  it('leaves findings of clusterings standing: those hold that the latest run of each task and subject made', () => {
    const clusters = outcome(reader);
    writer.saveRun(request, clusters);
    const anomalies = {
      ...learningOutcome(reader),
      summary: { ...learningOutcome(reader).summary, task: 'anomalies', method: 'isolation' },
      findings: clusters.findings.map((finding) => ({ ...finding, kind: 'isolated' })),
    } as unknown as LearningOutcome<'anomalies'>;
    writer.saveLearning({}, anomalies);
    reader.refresh();
    expect(reader.findings({}).map(({ kind, run, of }) => [kind, run, of])).toEqual([
      ['far-from-cluster', 1, 'connections'],
      ['isolated', 2, 'connections'],
    ]);
    writer.saveLearning({}, { ...anomalies, summary: { ...anomalies.summary, of: 'hosts' } });
    writer.saveLearning({}, anomalies);
    reader.refresh();
    expect(reader.findings({}).map(({ run, of }) => [run, of])).toEqual([
      [1, 'connections'],
      [3, 'hosts'],
      [4, 'connections'],
    ]);
  });

  it('is not kept where its evidence was removed meanwhile', () => {
    const given = learningOutcome(reader);
    writer.removeEvidence(1);
    expect(() => writer.saveLearning({}, given)).toThrow(notFound);
  });
});

describe('a run over hosts', () => {
  const hosts = {
    hosts: Uint32Array.of(1, 2, 1),
    windows: Float64Array.of(0, 0, 3_600_000_000),
    labels: Uint16Array.of(1, 2, 2),
    distance: Float32Array.of(0.5, 1, 2),
    z: Float32Array.of(0, 0, 1),
  };

  it('keeps what it said of each, and its points have addresses', async () => {
    const given = outcome(reader);
    const run = {
      ...given,
      summary: { ...given.summary, of: 'hosts', rows: 3 } as const,
      assignments: [],
      hostAssignment: hosts,
      scatter: {
        ...given.scatter,
        id: Float64Array.of(2, 1, 1),
        x: new Float32Array(3),
        y: new Float32Array(3),
        cluster: new Uint16Array(3),
      },
    };
    writer.saveRun({ ...request, of: 'hosts' }, run);
    writer.saveRun({ ...request, of: 'hosts' }, { ...run, hostAssignment: { ...hosts, windows: null } });
    reader.refresh();
    expect(reader.hostAssignment(1)).toEqual(hosts);
    expect(reader.hostAssignment(2)?.windows).toBeNull();
    const dictionary = reader.table('connection').dictionary('host');
    expect(reader.scatter(1, 2)).toMatchObject({ drawn: 2, total: 3, hosts: [dictionary.textOf(2), dictionary.textOf(1)] });
    expect(await verifyCase(reader, {}, { report: () => undefined, stopped: () => false })).toMatchObject({ custody: { ok: true } });
  });

  it('is null for runs over records', () => {
    writer.saveRun(request, outcome(reader));
    reader.refresh();
    expect(reader.hostAssignment(1)).toBeNull();
    expect(reader.scatter(1, 5).hosts).toBeNull();
  });
});

describe('what is added to a run', () => {
  const opinion = {
    run: 1,
    tool: 'ml-kmeans 7.0.1',
    rows: 150,
    sampledFrom: null,
    seed: 1,
    ari: 1,
    equal: null,
    largestDifference: 1e-6,
    accuracy: null,
    seconds: { ours: 0.1, theirs: 0.2 },
    words: 'Both agree.',
    agrees: true,
  };

  it('second opinions, as many as there were', () => {
    writer.saveRun(request, outcome(reader));
    const first = writer.saveCrosscheck(opinion);
    const second = writer.saveCrosscheck({ ...opinion, ari: 0.5, agrees: false });
    reader.refresh();
    expect(first).toMatchObject({ ...opinion, id: 1, by: 'Ada', program: 'Flowcase test' });
    expect(reader.crosschecks(1)).toEqual([first, second]);
    expect(reader.crosschecks(null)).toEqual([first, second]);
    expect(reader.crosschecks(2)).toEqual([]);
    expect(reader.custody().at(-1)).toMatchObject({ act: 'run.crosschecked', summary: 'Checked run 1 with ml-kmeans 7.0.1: Both agree.' });
    expect(() => writer.saveCrosscheck({ ...opinion, run: 9 })).toThrow(notFound);
  });

  it('a picture, once', () => {
    const given = outcome(reader);
    writer.saveRun(request, given);
    const { id, x, y, cluster } = given.scatter;
    const points = { id, x, y, cluster };
    expect(() => reader.scatter(1, 10, 'umap')).toThrow(notFound);
    writer.savePicture(1, 'umap', points);
    writer.savePicture(1, 'umap', { ...points, x: points.y });
    reader.refresh();
    expect(reader.scatter(1, 10, 'umap')).toMatchObject({ picture: 'umap', variance: null, drawn: 10, x: points.x.slice(0, 10) });
    expect(reader.custody().filter(({ act }) => act === 'run.pictured')).toHaveLength(1);
    expect(() => writer.savePicture(9, 'umap', points)).toThrow(notFound);
  });
});
