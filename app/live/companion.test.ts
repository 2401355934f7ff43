import fc from 'fast-check';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, scratchFolder, source as sourceOf } from '../case/testing.ts';
import type { LiveEvidence } from '../case/live-types.ts';
import type { CaseWriter } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { LiveCompanion } from './companion.ts';
import { companionOf, figuresOf, observeRequests } from './testing-companion.ts';
import { rowsOfChunk } from './windows/rows.ts';
import { packWindow } from './windows/pack-window.ts';
import type { ClosedWindow } from './windows/types.ts';
import { WindowAggregator } from './windows/window-aggregator.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
let count = 0;
const rules = { width: 60, step: 60, lateness: 10 };

/** One commit of requests, some out of order. `fails`: the disk is full behind them. */
function receive(
  writer: CaseWriter,
  companion: LiveCompanion,
  open: { evidence: LiveEvidence | null },
  times: readonly number[],
  fails: boolean,
): void {
  const before = open.evidence;
  try {
    writer.live.commit((transaction) => {
      const evidence = (open.evidence ??= transaction.begin(sourceOf('a.log', 'request')));
      observeRequests(
        transaction,
        companion,
        evidence,
        times.map((time) => time * 1e6),
        (row) => `10.0.0.${times[row] % 7}`,
      );
      evidence.figures(figuresOf(times.length, null, null));
      if (fails) throw new Error('the disk is full');
    });
  } catch (error) {
    expect(error).toMatchObject({ message: 'the disk is full' });
    companion.rolledBack();
    // what readers hold is made anew
    open.evidence = null;
    if (before !== null) writer.live.seal(before.evidence, []);
    return;
  }
  companion.committed();
}

/** Windows that the records of the case close, in their order; those that are still open are not among them. */
function closedBy(table: RecordTable): ClosedWindow[] {
  const aggregator = new WindowAggregator('request', 1, rules);
  return table.chunks.flatMap((chunk) => aggregator.foldRows(rowsOfChunk(table, chunk)));
}

it('windows are those of the records of the case, bit for bit, whatever failed, was begun anew, sealed or written in between', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('append' as const, 'append' as const, 'fail' as const),
        times: fc.array(fc.nat(90), { minLength: 1, maxLength: 20 }),
        passed: fc.constantFrom(0, 900, 3500),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('restart' as const, 'save' as const, 'seal' as const),
        times: fc.constant([]),
        passed: fc.constant(0),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 40, size: 'max' }), (steps) => {
      const writer = createCase(join(scratch.path, `${++count}.flowcase`), caseFields);
      writer.live.addSource('a.log', {});
      const reader = openCaseForReading(writer.path);
      const open: { evidence: LiveEvidence | null } = { evidence: null };
      // what is open is written by a clock of the test's own: it does not matter how fast the machine is
      let now = 0;
      const begun = (): LiveCompanion => companionOf(writer, reader, rules, () => now);
      let companion = begun();
      let clock = 1_700_000_000;
      for (const { do: what, times, passed } of steps) {
        now += passed;
        if (what === 'restart') companion = begun();
        else if (what === 'save') companion.save();
        else if (what === 'seal') {
          if (open.evidence !== null) writer.live.seal(open.evidence.evidence, []);
          open.evidence = null;
        } else {
          receive(
            writer,
            companion,
            open,
            times.map((time) => clock + time),
            what === 'fail',
          );
          clock += 40;
        }
      }
      reader.refresh();
      const wanted = closedBy(reader.table('request'));
      const kept = reader.liveWindows('request', 60e6, 0, Number.MAX_SAFE_INTEGER);
      expect(kept.map(({ start, figures }) => [start, Buffer.from(figures).toString('base64')])).toEqual(
        wanted.map((window) => [window.start, Buffer.from(packWindow(window, 100)).toString('base64')]),
      );
      reader.close();
      writer.close();
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

it('a source that is taken off the list leaves nothing to be written', () => {
  const writer = createCase(join(scratch.path, `${++count}.flowcase`), caseFields);
  writer.live.addSource('a.log', {});
  const reader = openCaseForReading(writer.path);
  const companion = companionOf(writer, reader, rules);
  const open: { evidence: LiveEvidence | null } = { evidence: null };
  for (const time of [1, 2]) receive(writer, companion, open, [1_700_000_000 + time], false);
  expect(writer.live.state('windows:1:request')).not.toBeNull();
  writer.live.removeSource(1);
  companion.remove(1);
  companion.save();
  expect(writer.live.state('windows:1:request')).toBeNull();
  reader.close();
  writer.close();
});

it('a window that time which went back gives a second time has the records of both parts; what is in none is counted', () => {
  const writer = createCase(join(scratch.path, `${++count}.flowcase`), caseFields);
  writer.live.addSource('a.log', {});
  const reader = openCaseForReading(writer.path);
  const companion = companionOf(writer, reader, rules);
  const open: { evidence: LiveEvidence | null } = { evidence: null };
  const begin = 1_700_000_040;
  const seconds = (from: number, records: number): number[] => Array.from({ length: records }, (_, i) => begin + from + i / 2);
  receive(writer, companion, open, seconds(0, 600), false);
  receive(writer, companion, open, seconds(86_400, 41), false);
  receive(writer, companion, open, seconds(250, 600), false);
  const kept = reader.liveWindows('request', 60e6, 0, Number.MAX_SAFE_INTEGER).map(({ start, records }) => [start / 1e6 - begin, records]);
  // the second time but for the 63 after which time went back
  expect(kept).toContainEqual([240, 120 + 37]);
  expect(kept).toContainEqual([420, 120]);
  expect(companion.lost(1)).toEqual({ late: 63, early: 0, backs: 1 });
  reader.close();
  writer.close();
});
