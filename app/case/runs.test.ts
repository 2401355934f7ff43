import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Progress } from '../shared/progress.ts';
import { createCase, openCaseForReading } from './open.ts';
import { caseFields, importRecords, outcome, readRecords, request, scratchFolder, source, testRecords } from './testing.ts';
import type { CaseReader, CaseWriter } from './types.ts';
import { verifyCase } from './verify.ts';

const quiet: Progress = { report: () => undefined, stopped: () => false };
let folder: ReturnType<typeof scratchFolder>;
let writer: CaseWriter;
let reader: CaseReader;
beforeEach(() => {
  folder = scratchFolder();
  const path = join(folder.path, 'a.flowcase');
  writer = createCase(path, caseFields);
  importRecords(writer, testRecords(150), 'a.log', 100);
  importRecords(writer, testRecords(30, 1000), 'b.log', 100);
  reader = openCaseForReading(path);
});
afterEach(() => {
  reader.close();
  writer.close();
  folder.remove();
});

describe('a run', () => {
  it('is kept as it was handed over', () => {
    const given = outcome(reader);
    const summary = writer.saveRun(request, given);
    reader.refresh();
    expect(summary).toMatchObject({ id: 1, by: 'Ada', program: 'Flowcase test', k: 2, remarks: ['made for a test'] });
    expect(reader.runs()).toEqual([summary]);
    const detail = reader.run(1);
    expect(detail).toEqual({
      run: summary,
      features: given.features,
      clusters: given.clusters.map((cluster) => ({ ...cluster, name: '', suspect: false, tags: [] })),
      odd: given.odd,
      curve: given.curve,
    });
    expect(reader.runRequest(1)).toEqual(request);
    for (const one of given.assignments) expect(reader.assignment(1, one.chunk)).toEqual(one);
    expect(reader.assignment(1, 99)).toBeNull();
    expect(reader.assignment(2, 1)).toBeNull();
    expect(reader.findings({})).toEqual(
      given.findings.map(({ ids, ...finding }) => ({
        ...finding,
        id: 1,
        run: 1,
        of: 'connections',
        created: summary.created,
        count: ids.length,
      })),
    );
    expect(reader.findingRecords(1)).toEqual(given.findings[0].ids);
    expect(() => reader.findingRecords(2)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(reader.findings({ host: '10.0.0.1', run: 1 })).toHaveLength(1);
    expect(reader.findings({ host: '10.0.0.2' })).toEqual([]);
    const scatter = reader.scatter(1, 10);
    expect(scatter).toMatchObject({ run: 1, drawn: 10, total: 180, variance: 0.75 });
    expect([...scatter.y]).toEqual(Array.from({ length: 10 }, (_, i) => -i));
    expect(reader.scatter(1, 1e6).id).toHaveLength(180);
  });

  it('gets names and marks for its clusters, one change at a time', () => {
    writer.saveRun(request, outcome(reader));
    writer.nameCluster(1, 2, { suspect: true });
    writer.nameCluster(1, 2, { name: 'beacon' });
    reader.refresh();
    expect(reader.run(1).clusters.map(({ name, suspect, autoName }) => [name, suspect, autoName])).toEqual([
      ['', false, 'group 1'],
      ['beacon', true, 'group 2'],
    ]);
    expect(
      reader
        .custody()
        .slice(-2)
        .map((entry) => entry.summary),
    ).toEqual(['Cluster 2 of run 1: marked it suspect.', "Cluster 2 of run 1: named it 'beacon'."]);
    expect(() => writer.nameCluster(1, 9, { name: 'x' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
  });

  it('that is not there is said not to be', () => {
    for (const ask of [() => reader.run(7), () => reader.runRequest(7), () => reader.scatter(7, 1)]) {
      expect(ask).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    }
  });

  it('is not kept where its evidence was removed meanwhile', () => {
    const given = outcome(reader);
    writer.removeEvidence(2);
    expect(() => writer.saveRun(request, given)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    expect(writer.info()).toMatchObject({ runs: 0, findings: 0 });
  });
});

describe('removing evidence', () => {
  it('takes its records and what hangs on them, and leaves the rest and the proof', async () => {
    writer.saveRun(request, outcome(reader));
    writer.addTag({
      target: { type: 'records', kind: 'connection', ids: Float64Array.of(10, 160, 170), filter: null },
      name: 'a',
      color: undefined,
      note: '',
    });
    writer.addTag({ target: { type: 'cluster', run: 1, cluster: 1 }, name: 'b', color: undefined, note: '' });
    const stale = reader.table('connection').chunks[0];
    writer.removeEvidence(1);
    expect(() => stale.numbers('ts')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    reader.refresh();

    expect(readRecords(reader)).toEqual(testRecords(30, 1000));
    expect(reader.info()).toMatchObject({ evidence: 1, connections: 30, hosts: 12, runs: 1, findings: 1 });
    expect(reader.table('connection').locate(10)).toBeNull();
    expect(reader.table('connection').locate(160)).not.toBeNull();
    expect(reader.assignment(1, 1)).toBeNull();
    expect(reader.assignment(1, 3)?.labels).toHaveLength(30);
    expect(reader.tags().tags).toMatchObject([{ connections: 2 }, { connections: 15 }]);
    expect(reader.tags().taggings[0].target).toMatchObject({ count: 2, sample: [160, 170] });
    expect(reader.findings({})[0]).toMatchObject({ records: [], count: 0 });
    expect([...reader.findingRecords(1)]).toEqual([]);
    expect([...reader.scatter(1, 3).id]).toEqual([150, 151, 152]);
    expect(reader.run(1).run.remarks.at(-1)).toMatch(/Evidence was removed since/);
    expect(reader.run(1).clusters.map((cluster) => cluster.typical)).toEqual([null, null]);
    expect(reader.custody().at(-1)).toMatchObject({
      act: 'evidence.removed',
      details: { name: 'a.log', rows: 150, range: { first: 0, last: 149 } },
    });
    expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true, evidence: [{ id: 2, row: true, records: true }] });
  });

  it('never gives a number out twice, and forgets columns that nothing uses', () => {
    writer.removeEvidence(1);
    writer.removeEvidence(2);
    reader.refresh();
    expect(reader.table('connection')).toMatchObject({ rows: 0, columns: [] });
    expect(reader.info()).toMatchObject({ connections: 0, hosts: 0, first: null, last: null });
    expect(importRecords(writer, testRecords(5), 'a.log').id).toBe(3);
    reader.refresh();
    expect(reader.table('connection').chunks).toMatchObject([{ id: 4, firstRow: 180 }]);
    expect(readRecords(reader)).toEqual(testRecords(5));
  });

  it('is refused for what is not there, and while a file is imported', () => {
    expect(() => writer.removeEvidence(9)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
    const session = writer.beginEvidence(source('c.log'));
    expect(() => writer.removeEvidence(1)).toThrow(expect.objectContaining({ code: 'BUSY' }) as Error);
    session.abort();
    writer.removeEvidence(1);
  });
});
