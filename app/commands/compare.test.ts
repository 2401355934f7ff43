import { afterAll, beforeAll, expect, it } from 'vitest';
import { importRecords, outcome, request, testRecords } from '../case/testing.ts';
import type { HostAssignment, RunOutcome } from '../shared/run-outcome.ts';
import { compareRuns } from './compare.ts';
import { caseOf, type TestCase } from './testing.ts';

let test: TestCase;

/** 1 where even, else 2; hosts 1 and 2 of the dictionary in clusters 1 and 2. */
beforeAll(async () => {
  test = await caseOf();
  importRecords(test.writer, testRecords(100), 'one.log', 40);
  test.reader.refresh();
  const first = outcome(test.reader);
  const relabel = (change: (label: number, i: number) => number): RunOutcome => ({
    ...first,
    assignments: first.assignments.map((one) => ({ ...one, labels: one.labels.map(change) })),
  });
  const hosts: HostAssignment = {
    hosts: Uint32Array.of(1, 2, 3),
    windows: null,
    labels: Uint16Array.of(1, 2, 1),
    distance: new Float32Array(3),
    z: new Float32Array(3),
  };
  const windows = { ...hosts, hosts: Uint32Array.of(1, 1, 9), windows: Float64Array.of(0, 60e6, 0), labels: Uint16Array.of(1, 2, 2) };
  const ofHosts = { ...first, summary: { ...first.summary, of: 'hosts' as const }, assignments: [] };
  const { writer } = test;
  writer.saveRun(request, first); // 1
  writer.saveRun(
    request,
    relabel((label) => 3 - label),
  ); // 2: the same groups by other numbers
  writer.saveRun(
    request,
    relabel((label, i) => (i < 10 ? 0 : i < 20 ? 1 : label)),
  ); // 3
  writer.saveRun({ ...request, of: 'hosts' }, { ...ofHosts, hostAssignment: hosts }); // 4
  const ofWindows = (window: number): typeof ofHosts => ({ ...ofHosts, summary: { ...ofHosts.summary, window } });
  writer.saveRun({ ...request, of: 'hosts' }, { ...ofWindows(60e6), hostAssignment: windows }); // 5
  writer.saveRun({ ...request, of: 'requests' }, { ...ofHosts, summary: { ...first.summary, of: 'requests' } }); // 6
  const moved = { ...windows, hosts: Uint32Array.of(1, 1, 2), labels: Uint16Array.of(2, 1, 1) };
  writer.saveRun({ ...request, of: 'hosts' }, { ...ofWindows(60e6), hostAssignment: moved }); // 7
  writer.saveRun({ ...request, of: 'hosts' }, { ...ofWindows(120e6), hostAssignment: windows }); // 8
  test.reader.refresh();
});
afterAll(() => test.close());

it('the same groups by other numbers agree fully', () => {
  expect(compareRuns(test.reader, { a: 1, b: 2 })).toEqual({
    ...{ a: 1, b: 2, rows: 100, onlyA: 0, onlyB: 0, ari: 1, nmi: 1 },
    flows: [
      { a: 1, b: 2, count: 50 },
      { a: 2, b: 1, count: 50 },
    ],
  });
});

it('counts who is where, the most first, and who is in one alone', () => {
  // chunks of 40, 40 and 20 rows: 30 rows took no part in run 3, the next 30 are all in its cluster 1
  const found = compareRuns(test.reader, { a: 1, b: 3 });
  expect(found).toMatchObject({ rows: 70, onlyA: 30, onlyB: 0 });
  expect(found.flows).toEqual([
    { a: 1, b: 1, count: 35 },
    { a: 2, b: 2, count: 20 },
    { a: 2, b: 1, count: 15 },
  ]);
  expect(found.ari).toBeGreaterThan(0);
  expect(found.ari).toBeLessThan(1);
  const turned = compareRuns(test.reader, { a: 3, b: 1 });
  expect(turned).toMatchObject({ rows: 70, onlyA: 0, onlyB: 30 });
  expect(turned.ari).toBeCloseTo(found.ari, 12);
  expect(turned.nmi).toBeCloseTo(found.nmi, 12);
});

it('holds hosts against hosts, and windows against windows', () => {
  expect(compareRuns(test.reader, { a: 4, b: 4 })).toMatchObject({ rows: 3, onlyA: 0, onlyB: 0, ari: 1 });
  expect(compareRuns(test.reader, { a: 5, b: 7 })).toMatchObject({
    ...{ rows: 2, onlyA: 1, onlyB: 1 },
    flows: [
      { a: 1, b: 2, count: 1 },
      { a: 2, b: 1, count: 1 },
    ],
  });
});

it('refuses runs whose rows are other things', () => {
  const refused = (a: number, b: number, words: string): void =>
    expect(() => compareRuns(test.reader, { a, b })).toThrow(
      expect.objectContaining({ code: 'PARAMETER', message: expect.stringContaining(words) as string }) as Error,
    );
  refused(1, 4, 'Run 1 groups connections, run 4 hosts: their rows are not the same things');
  refused(4, 5, 'Run 4 groups hosts over the whole case, run 5 hosts in windows of 1 min');
  refused(5, 8, 'windows of 1 min, run 8 hosts in windows of 2 min');
  refused(1, 6, 'Run 1 groups connections, run 6 requests');
});

it('says so where there is nothing in common', () => {
  expect(() => compareRuns(test.reader, { a: 1, b: 6 })).toThrow(expect.objectContaining({ code: 'PARAMETER' }) as Error);
  expect(() => compareRuns(test.reader, { a: 1, b: 9 })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }) as Error);
});
