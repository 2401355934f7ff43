import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportTables, type CustodyEntry, type ExportTable } from '../contract.ts';
import { rejectWords } from '../contract/reject-words.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { custodyOf, runCluster, runImport, runRepeat, runReport, runTableExport, runVerify } from './jobs.ts';
import { learningSources } from './learning-sources.ts';
import { caseOf, checked, haveShared, hourLog, plainLog, quiet, type TestCase } from './testing.ts';
import { createWriteHandlers } from './write.ts';

const here = { threads: 1, createThread: null, program: 'Flowcase test' };

describe.skipIf(!haveShared)('long work on a real case (skipped where ../shared/data is missing)', () => {
  let test: TestCase;
  let outcome: RunOutcome;

  beforeAll(async () => {
    test = await caseOf();
    const imported = await runImport(test.writer, checked('evidence.import', { paths: [hourLog, plainLog] }), quiet);
    expect(imported.evidence.map(({ rows }) => rows).sort()).toEqual([1052, 360]);
    const request = checked('cluster.run', { k: 4, where: 'proto = tcp' });
    outcome = await runCluster(test.reader, request, here, quiet);
    test.writer.saveRun(request, outcome);
    const write = createWriteHandlers(test.writer, test.reader);
    await write['tag.add'](checked('tag.add', { name: '=evil()', target: { type: 'cluster', run: 1, cluster: 2 } }));
    await write['tag.add'](checked('tag.add', { name: 'web', target: { type: 'filter', kind: 'connection', filter: 'resp_p = 80' } }));
    test.reader.refresh();
  });
  afterAll(() => test.close());

  async function exported(
    table: ExportTable,
    more: object = {},
  ): Promise<{ readonly lines: string[]; readonly entry: Pick<CustodyEntry, 'act' | 'summary' | 'details'> }> {
    const path = join(test.folder, `${table}.csv`);
    const input = checked('table.export', { table, path, ...more });
    const result = await runTableExport(test.reader, input, quiet);
    const bytes = readFileSync(path);
    const lines = bytes.toString().trimEnd().split('\r\n');
    expect(result).toEqual({
      file: path,
      rows: lines.length - 1,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const entry = custodyOf('table.export', input, result);
    if (entry === null) throw new Error('no custody entry');
    return { lines, entry };
  }

  it('groups what the filter lets through, and says of a repetition whether it is the same', async () => {
    expect(outcome.summary.rows).toBe(outcome.clusters.reduce((sum, { size }) => sum + size, 0));
    const result = await runRepeat(test.reader, 1, here, quiet);
    expect(result).toMatchObject({ same: true, fingerprint: outcome.summary.fingerprint, expected: outcome.summary.fingerprint });
    expect(custodyOf('run.repeat', { run: 1 }, result)).toMatchObject({ act: 'run.repeated', details: { run: 1, same: true } });
    await expect(runRepeat(test.reader, 9, here, quiet)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('wants to know which run a cluster in `where` belongs to, so that a repetition means the same', () => {
    expect(() => learningSources(test.reader, 'connections', 'cluster = 1')).toThrow(/not clear which run/);
    const [{ filter }] = learningSources(test.reader, 'connections', 'cluster = 1:1');
    expect(filter).toMatchObject({ text: 'cluster = 1:1', words: 'in cluster 1 of run 1' });
  });

  it.each(exportTables.filter((table) => table !== 'predictions').map((table) => [table]))('writes the table of %s', async (table) => {
    const { lines, entry } = await exported(table);
    expect(lines.length).toBeGreaterThan(table === 'rejects' ? 0 : 1);
    const width = lines[0]?.split(',').length ?? 0;
    expect(width).toBeGreaterThan(3);
    expect(entry).toMatchObject({ act: 'table.exported', details: { table } });
  });

  it('writes connections in the order of time with where they stand, and chosen columns through a filter', async () => {
    const { lines } = await exported('connections');
    expect(lines).toHaveLength(1 + 1052 + 360);
    expect(lines[0]).toMatch(/^ts,uid,orig_h,.*,evidence,line$/);
    expect(lines[1]).toContain('2013-09-15T23:44:10.690013Z');
    const few = await exported('connections', { filter: 'evidence = 2 and resp_p = 443', columns: ['ts', 'uid', 'duration'] });
    expect(few.lines[0]).toBe('ts,uid,duration');
    expect(few.lines.slice(1).some((line) => line === '2013-09-15T23:44:28.082700Z,CLp0PF2EcdkpGemkW5,0.555038')).toBe(true);
    expect(few.entry.summary).toContain('through the filter evidence = 2 and resp_p = 443');
    await expect(exported('connections', { filter: 'nothing = 3' })).rejects.toMatchObject({ code: 'FILTER_FIELD' });
    await expect(exported('connections', { columns: ['nothing'] })).rejects.toMatchObject({ code: 'PARAMETER' });
  });

  it('writes the members of one cluster, of a run, and through a filter', async () => {
    const [first] = outcome.clusters;
    const one = await exported('members', { run: 1, cluster: 1 });
    expect(one.lines).toHaveLength(1 + (first?.size ?? 0));
    expect(one.lines[0]).toMatch(/^cluster,distance,z,ts,uid,orig_h,/);
    expect(one.lines.slice(1).every((line) => line.startsWith('1,'))).toBe(true);
    expect((await exported('members')).lines).toHaveLength(1 + outcome.summary.rows);
    const through = await exported('members', { cluster: 1, filter: 'resp_p = 80 or resp_p = 443' });
    expect(through.lines.length).toBeLessThanOrEqual(one.lines.length);
    await expect(exported('members', { run: 1, cluster: 99 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(exported('members', { run: 5 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('writes one line a host, cluster and tag; what a spreadsheet would run is harmless', async () => {
    expect((await exported('hosts')).lines).toHaveLength(1 + test.reader.info().hosts);
    expect((await exported('clusters')).lines).toHaveLength(1 + outcome.clusters.length);
    const { lines } = await exported('tags');
    expect(lines).toHaveLength(3);
    expect(lines.join('\n')).toContain("'=evil()");
    expect((await exported('custody')).lines).toHaveLength(1 + test.reader.info().custody.entries);
  });

  it('hears that it should stop, and leaves no file', async () => {
    const path = join(test.folder, 'stopped.csv');
    const stopping = { report: () => undefined, stopped: () => true };
    await expect(runTableExport(test.reader, checked('table.export', { table: 'connections', path }), stopping)).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(() => readFileSync(path)).toThrow();
  });

  it('writes over neither the case nor its evidence', async () => {
    for (const path of [test.reader.path, plainLog]) {
      const input = checked('table.export', { table: 'hosts', path });
      await expect(runTableExport(test.reader, input, quiet)).rejects.toThrow(/is not written over/);
    }
  });

  it('writes the report of the case, and what the custody log needs of it', async () => {
    const input = checked('report.export', { path: join(test.folder, 'report.json'), format: 'json' });
    const result = await runReport(test.reader, input, quiet);
    expect(result.sha256).toBe(createHash('sha256').update(readFileSync(input.path)).digest('hex'));
    expect(custodyOf('report.export', input, result)).toMatchObject({ act: 'report.exported', details: { format: 'json', paper: null } });
  });

  it('verifies, and says in the custody log what it found', async () => {
    const result = await runVerify(test.reader, checked('case.verify', {}), quiet);
    expect(result.ok).toBe(true);
    const entry = custodyOf('case.verify', {}, result);
    expect(entry).toMatchObject({ act: 'case.verified', details: { ok: true } });
    expect(entry?.summary).toContain('2 of 2 files as imported');
    if (entry !== null) test.writer.record(entry.act, entry.summary, entry.details);
    expect((await runVerify(test.reader, checked('case.verify', {}), quiet)).ok).toBe(true);
  });
});

describe('custodyOf', () => {
  it('has nothing to add where a job wrote its own entry', () => {
    expect(
      custodyOf('evidence.import', checked('evidence.import', { paths: ['a'] }), { evidence: [], skipped: [], refused: [], hidden: 0 }),
    ).toBeNull();
  });

  it('names the report, its hash and its pages', () => {
    const input = checked('report.export', { path: '/tmp/r.pdf' });
    const entry = custodyOf('report.export', input, { file: '/tmp/r.pdf', bytes: 2048, pages: 9, sha256: 'ab', seconds: 1 });
    expect(entry).toMatchObject({
      act: 'report.exported',
      summary: 'Wrote the report /tmp/r.pdf (PDF, 9 pages, 2.0 KiB).',
      details: { sha256: 'ab', pages: 9, paper: 'A4' },
    });
  });
});

it('a file of which most lines cannot be read is refused unless every line is to be taken or left', async () => {
  const test = await caseOf();
  const path = join(test.folder, 'odd.log');
  writeFileSync(path, `${zeekConn.example}${'no record\n'.repeat(6000)}`);
  const refused = await runImport(test.writer, checked('evidence.import', { paths: [path] }), quiet);
  expect(refused).toMatchObject({ evidence: [], refused: [{ path, code: 'TOO_MANY_REJECTS' }] });
  expect(test.writer.info()).toMatchObject({ rejects: 0 });
  const taken = await runImport(test.writer, checked('evidence.import', { paths: [path], maxRejects: 1 }), quiet);
  expect(taken.evidence).toMatchObject([{ rows: 2, rejected: 6000, options: { maxRejects: 1 } }]);
  test.close();
});

it.skipIf(!haveShared)(
  'every reason for which a line of a damaged log is rejected has words (skipped where ../shared/data is missing)',
  async () => {
    const test = await caseOf();
    await runImport(
      test.writer,
      checked('evidence.import', { paths: [join(import.meta.dirname, '../../../shared/data/malformed')], maxRejects: 1 }),
      quiet,
    );
    test.reader.refresh();
    const { rejects } = test.reader.rejects({ offset: 0, limit: 100_000 });
    const reasons = new Set(rejects.map(({ reason }) => reason));
    expect(reasons.size).toBeGreaterThan(5);
    expect([...reasons].filter((reason) => rejectWords(reason) === null)).toEqual([]);
    test.close();
  },
);
