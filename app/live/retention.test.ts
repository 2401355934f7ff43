import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import { verifyCase } from '../case/verify.ts';
import { retentionRules } from '../contract/live.ts';
import { retain } from './retention.ts';
import { companionOf, figuresOf, observeRequests } from './testing-companion.ts';
import { unpackWindow } from './windows/pack-window.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const HOUR = 3600e6;
const DAY = 24 * HOUR;
const source = { path: '/logs/a.log', name: 'a.log', format: 'test', formatTitle: 'Test', kind: 'request', bytes: 0, modified: null };
let count = 0;

/** A case whose clock stands where a test says. */
function caseAt(clock: { now: number }): CaseWriter {
  const writer = createCase(join(scratch.path, `${++count}.flowcase`), { ...caseFields, now: () => clock.now });
  writer.live.addSource('a.log', {});
  return writer;
}

/** One piece of evidence of so many records, one every ten seconds unless told. */
function receive(writer: CaseWriter, from: number, rows: number, step = 10e6): number {
  const reader = openCaseForReading(writer.path);
  const companion = companionOf(writer, reader, { width: 60, step: 60, lateness: 0 });
  const times = Array.from({ length: rows }, (_, i) => from + i * step);
  const id = writer.live.commit((transaction) => {
    const evidence = transaction.begin({ ...source, options: { source: 1, from: 0 } });
    observeRequests(transaction, companion, evidence, times, (row) => `10.0.0.${row % 7}`);
    evidence.figures(figuresOf(rows, from, from + rows * 10e6));
    return evidence.evidence;
  });
  companion.committed();
  // whoever removes records has what is open written before
  companion.save();
  writer.live.seal(id, []);
  reader.close();
  return id;
}

it('what was received goes after its days, the oldest first, with an entry in the custody log; windows stay', async () => {
  const clock = { now: 1_700_000_000e6 };
  const writer = caseAt(clock);
  const begin = clock.now;
  for (let day = 0; day < 5; day++) {
    clock.now = begin + day * DAY;
    receive(writer, clock.now, 100);
  }
  const rules = retentionRules.parse({ days: 2.5, hourlyAfterDays: null });
  let steps = 0;
  while (retain(writer, rules, 60, clock.now)) steps++;
  expect(steps).toBe(2);
  expect(writer.evidence().map(({ id }) => id)).toEqual([3, 4, 5]);
  const reader = openCaseForReading(writer.path);
  expect(
    reader
      .custody()
      .filter(({ act }) => act === 'live.retained')
      .map(({ summary }) => summary),
  ).toEqual([
    'a.log (evidence 1) was removed by the rule: what was received is kept for 2.5 days.',
    'a.log (evidence 2) was removed by the rule: what was received is kept for 2.5 days.',
  ]);
  expect(writer.live.windows('request', 60e6, 0, Number.MAX_SAFE_INTEGER).length).toBeGreaterThan(60);
  expect(await verifyCase(reader, {}, { report: () => undefined, stopped: () => false })).toMatchObject({ ok: true });
  reader.close();
  writer.close();
});

it('a case stays below its size; what was imported by hand is never taken away', () => {
  const clock = { now: 1_700_000_000e6 };
  const writer = caseAt(clock);
  const session = writer.beginEvidence({ ...source, options: {} });
  session.abort();
  for (let i = 0; i < 8; i++) receive(writer, clock.now + i * DAY, 60_000, 0.1e6);
  const before = writer.live.usedBytes();
  const rules = { ...retentionRules.parse({ hourlyAfterDays: null }), bytes: before * 0.95 };
  while (retain(writer, rules, 60, clock.now));
  expect(writer.live.usedBytes()).toBeLessThanOrEqual(before * 0.95);
  expect(writer.evidence().length).toBeGreaterThan(0);
  expect(writer.evidence().length).toBeLessThan(8);
  expect(writer.evidence().map(({ id }) => id)).toEqual([...writer.evidence().keys()].map((i) => 9 - writer.evidence().length + i));
  writer.close();
});

it('old windows become hours with the same sums, and young ones stay', () => {
  const clock = { now: 1_700_000_000e6 };
  const writer = caseAt(clock);
  const begin = Math.floor((clock.now - 20 * DAY) / HOUR) * HOUR;
  receive(writer, begin, 5 * 360);
  receive(writer, clock.now - HOUR, 300);
  const minutes = writer.live.windows('request', 60e6, 0, Number.MAX_SAFE_INTEGER);
  const old = minutes.filter(({ start }) => start < begin + 5 * HOUR);
  const records = old.reduce((sum, window) => sum + window.records, 0);
  while (retain(writer, retentionRules.parse({}), 60, clock.now));
  const hours = writer.live.windows('request', HOUR, 0, Number.MAX_SAFE_INTEGER);
  expect(hours.length).toBe(5);
  expect(hours.reduce((sum, window) => sum + window.records, 0)).toBe(records);
  expect(unpackWindow(hours[0].figures).whole.records).toBe(360);
  expect(writer.live.windows('request', 60e6, 0, Number.MAX_SAFE_INTEGER)).toEqual(
    minutes.filter(({ start }) => start >= begin + 5 * HOUR),
  );
  writer.close();
});
