import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importRecords, outcome, request, testRecords } from '../case/testing.ts';
import type { Finding } from '../contract.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { filterContext } from './context.ts';
import { runTableExport } from './jobs.ts';
import { createReadHandlers, type ReadHandlers } from './read.ts';
import { Reading } from './reading.ts';
import { caseOf, checked, quiet, type TestCase } from './testing.ts';
import { createWriteHandlers, type WriteHandlers } from './write.ts';

/** 100 connections in two runs: run 1 says even and odd rows (50, 50), run 2 says the first ten of a chunk and the rest (30, 70). */
let test: TestCase;
let read: ReadHandlers;
let write: WriteHandlers;
const kind = 'connection';

function second(first: RunOutcome): RunOutcome {
  const finding = first.findings[0];
  return {
    ...first,
    assignments: first.assignments.map((one) => ({ ...one, labels: one.labels.map((_, i) => (i < 10 ? 1 : 2)) })),
    findings: [
      { ...finding, host: '10.0.0.1', severity: 'medium', score: 99 },
      { ...finding, host: '10.0.0.2', severity: 'high', score: 2, records: [7, 8], ids: Float64Array.of(7, 8) },
      { ...finding, host: '10.0.0.3', severity: 'high', score: 3 },
      { ...finding, host: '10.0.0.4', severity: 'low', score: 500 },
    ],
  };
}

beforeAll(async () => {
  test = await caseOf();
  importRecords(test.writer, testRecords(100), 'one.log', 40);
  test.reader.refresh();
  const first = outcome(test.reader);
  test.writer.saveRun(request, first);
  test.writer.saveRun(request, second(first));
  read = createReadHandlers(test.reader);
  write = createWriteHandlers(test.writer, test.reader);
});
afterAll(() => test.close());

describe('a bare cluster in a filter means the run that is named, or the latest', () => {
  const filter = 'cluster = 1';
  const sizes = [
    [{}, 30],
    [{ run: 2 }, 30],
    [{ run: 1 }, 50],
  ] as const;

  it.each(sizes)('with %j in every command that takes a filter', async (run, size) => {
    const page = await read['records.query'](checked('records.query', { kind, filter, ...run }));
    expect(page.total).toBe(size);
    const overview = await read['insight.overview'](checked('insight.overview', { filter, ...run }));
    expect(overview.total).toBe(size);
    const hosts = await read['hosts.list'](checked('hosts.list', { filter, ...run }));
    expect(hosts.rows.reduce((sum, { asOriginator }) => sum + asOriginator, 0)).toBe(size);
    const path = join(test.folder, 'out.csv');
    for (const table of ['connections', 'members'] as const) {
      const { rows } = await runTableExport(test.reader, checked('table.export', { table, path, filter, ...run }), quiet);
      expect(rows).toBe(size);
    }
    await runTableExport(test.reader, checked('table.export', { table: 'hosts', path, filter, ...run }), quiet);
    const originated = readFileSync(path, 'utf8').trim().split('\r\n').slice(1);
    expect(originated.reduce((sum, line) => sum + Number(line.split(',')[4]), 0)).toBe(size);
  });

  it('with words that say which, where it is not the one that is looked at', async () => {
    const words = async (text: string, run?: number): Promise<string> =>
      (await read['filter.check'](checked('filter.check', { kind, filter: text, run }))).words;
    expect([await words('cluster = 1', 1), await words('cluster = 1:1', 1), await words('cluster = 1:1')]).toEqual([
      'in cluster 1',
      'in cluster 1',
      'in cluster 1 of run 1',
    ]);
    expect(() => read['filter.check'](checked('filter.check', { kind, filter, run: 9 }))).toThrow(/no run 9/);
  });

  it('and an act of tagging keeps which it was', async () => {
    for (const [run, size] of sizes) {
      const target = { type: 'filter' as const, kind, filter, ...run };
      const { tagged, undo } = await write['tag.add'](checked('tag.add', { name: 'one', target }));
      expect(tagged).toBe(size);
      test.reader.refresh();
      const { run: meant } = { run: 2, ...run };
      expect(test.reader.tags().taggings[0].target).toMatchObject({ filter, run: meant });
      expect(test.reader.custody().at(-1)).toMatchObject({
        summary: `Tagged ${size} connections through the filter cluster = 1 (clusters of run ${meant}) as 'one'.`,
        details: { run: meant },
      });
      await write['tag.undo']({ undo });
    }
    const target = { type: 'filter' as const, kind, filter: 'cluster = 1:1 and resp_p = 443', run: 2 };
    const { undo } = await write['tag.add'](checked('tag.add', { name: 'one', target }));
    test.reader.refresh();
    expect(test.reader.tags().taggings[0].target).toMatchObject({ run: null });
    await write['tag.undo']({ undo });
  });
});

describe('findings after a second run', () => {
  const list = async (query: object): Promise<readonly Finding[]> => read['findings.list'](checked('findings.list', query));

  it('are those of the latest, of the one that is named, or all; the most severe first', async () => {
    const of = (findings: readonly Finding[]): unknown[] => findings.map(({ run, severity, score }) => [run, severity, score]);
    const latest = [
      [2, 'high', 3],
      [2, 'high', 2],
      [2, 'medium', 99],
      [2, 'low', 500],
    ];
    expect(of(await list({}))).toEqual(latest);
    expect(of(await list({ run: 2 }))).toEqual(latest);
    expect(of(await list({ run: 1 }))).toEqual([[1, 'high', 4.5]]);
    expect(of(await list({ all: true }))).toEqual([[1, 'high', 4.5], ...latest]);
    expect(of(await list({ host: '10.0.0.1' }))).toEqual([[2, 'medium', 99]]);
    expect(of(await list({ host: '10.0.0.1', all: true }))).toHaveLength(2);
    expect(test.reader.info().findings).toBe(latest.length);
    expect(test.writer.info().findings).toBe(latest.length);
  });

  it('rank hosts by severity before score', async () => {
    const ranked = (await read['hosts.list'](checked('hosts.list', { filter: '' }))).rows.filter(({ rank }) => rank !== null);
    expect(ranked.map(({ host, rank, severity }) => [host, rank, severity])).toEqual([
      ['10.0.0.3', 1, 'high'],
      ['10.0.0.2', 2, 'high'],
      ['10.0.0.1', 3, 'medium'],
      ['10.0.0.4', 4, 'low'],
    ]);
    const sorted = async (descending: boolean): Promise<unknown[]> => {
      const page = await read['hosts.list'](checked('hosts.list', { filter: '', sort: { column: 'severity', descending } }));
      return page.rows.slice(0, 4).map(({ severity }) => severity);
    };
    expect(await sorted(true)).toEqual(['high', 'high', 'medium', 'low']);
    expect(await sorted(false)).toEqual(['low', 'medium', 'high', 'high']);
  });

  it('stand behind a filter as the run that is looked at says', () => {
    const ids = (run?: number): number[] => [...filterContext(test.reader, kind, run).findingRecords('far-from-cluster')];
    expect([ids(), ids(2), ids(1)]).toEqual([
      [0, 1, 2, 7, 8],
      [0, 1, 2, 7, 8],
      [0, 1, 2],
    ]);
  });
});

describe('what was worked out', () => {
  it('stays while what it rests on stays', () => {
    const reading = new Reading(test.reader).refresh();
    const sort = { column: 'resp_h', descending: true };
    const filters = ['', 'resp_p = 443', 'cluster = 1:1', 'tag = web or id < 3', 'cluster = 1', 'finding = far-from-cluster'];
    const kept = (): string[] => {
      const before = filters.map((filter) => reading.order(kind, { filter }, sort));
      const { timeline } = reading.overview({ filter: '' }, 10, 5);
      const figures = reading.hosts({ filter: '' });
      change();
      reading.refresh();
      const same = filters.filter((filter, at) => reading.order(kind, { filter }, sort) === before[at]);
      expect(reading.overview({ filter: '' }, 10, 5).timeline === timeline).toBe(same.includes(''));
      expect(reading.hosts({ filter: '' }) === figures).toBe(same.includes(''));
      return same;
    };
    let change: () => void = () => undefined;

    change = () => test.writer.addTag({ target: { type: 'host', host: '10.0.0.1' }, name: 'web', color: undefined, note: '' });
    expect(kept()).toEqual(filters.filter((filter) => !filter.startsWith('tag')));
    expect(reading.order(kind, { filter: 'tag = web or id < 3' }, sort)).toHaveLength(22);

    change = () => test.writer.saveRun(request, outcome(test.reader));
    expect(kept()).toEqual(['', 'resp_p = 443', 'cluster = 1:1']);
    expect(reading.order(kind, { filter: 'cluster = 1' })).toHaveLength(50);

    change = () => importRecords(test.writer, testRecords(10, 1000), 'two.log');
    expect(kept()).toEqual([]);
    expect(reading.order(kind, { filter: '' })).toHaveLength(110);
  });
});
