import fc from 'fast-check';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
import { caseFields, column, scratchFolder, source as sourceOf } from '../case/testing.ts';
import type { LiveEvidence } from '../case/live-types.ts';
import type { CaseReader, CaseWriter } from '../case/types.ts';
import { LiveCompanion } from './companion.ts';
import { foldTable } from './windows/fold-table.ts';
import { packWindow } from './windows/pack-window.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
let count = 0;
const rules = { width: 60, step: 60, lateness: 10 };

const silent = {
  settle: () => undefined,
  committed: () => undefined,
  rolledBack: () => undefined,
  raise: () => undefined,
  status: { alerts: 0, learning: { have: 0, need: 0 } },
};

const evidenceOf = (writer: CaseWriter): ReadonlySet<number> => new Set(writer.evidence().map(({ id }) => id));

function companionOf(writer: CaseWriter, reader: CaseReader): LiveCompanion {
  return new LiveCompanion({
    rules: () => rules,
    live: writer.live,
    table: (kind) => {
      reader.refresh();
      return reader.table(kind);
    },
    evidenceOf: () => evidenceOf(writer),
    alerting: silent as never,
  });
}

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
      const rows = times.length;
      const hosts = evidence.dictionary('host');
      const ids = Uint32Array.from(times, (time) => hosts.internText(`10.0.0.${time % 7}`));
      const columns = [
        {
          spec: evidence.column(column('ts', 'time', 'number')),
          buffer: { storage: 'number' as const, values: Float64Array.from(times, (time) => time * 1e6) },
        },
        { spec: evidence.column(column('orig_h', 'addr', 'dictionary')), buffer: { storage: 'dictionary' as const, values: ids } },
      ];
      const firstRow = evidence.append(rows, columns);
      const batch = { source: 1, kind: 'request', firstRow, rows, columns: new Map(columns.map((one) => [one.spec.name, one])) };
      companion.observe({ ...batch, dictionary: (name) => evidence.dictionary(name) });
      companion.settle(transaction);
      const counts = { rows, rejected: 0, comments: 0, lines: rows, first: null, last: null };
      evidence.figures({ ...counts, bytes: 1, unpackedBytes: 1, sha256: '0'.repeat(64), seconds: 0, remarks: [] });
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

it('windows are those of the records of the case, bit for bit, whatever failed, was begun anew, sealed or written in between', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('append' as const, 'append' as const, 'fail' as const),
        times: fc.array(fc.nat(90), { minLength: 1, maxLength: 20 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'save' as const, 'seal' as const), times: fc.constant([]) }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 40, size: 'max' }), (steps) => {
      const writer = createCase(join(scratch.path, `${++count}.flowcase`), caseFields);
      writer.live.addSource('a.log', {});
      const reader = openCaseForReading(writer.path);
      const open: { evidence: LiveEvidence | null } = { evidence: null };
      let companion = companionOf(writer, reader);
      let clock = 1_700_000_000;
      for (const { do: what, times } of steps) {
        if (what === 'restart') companion = companionOf(writer, reader);
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
      const table = reader.table('request');
      const folded = table.rows === 0 ? [] : [...foldTable(table, rules, { evidence: evidenceOf(writer), source: 1 })];
      const kept = reader.liveWindows('request', 60e6, 0, Number.MAX_SAFE_INTEGER);
      // those that are still open are not kept
      expect(folded.length - kept.length).toBeLessThanOrEqual(5);
      expect(kept.map(({ start, figures }) => [start, Buffer.from(figures).toString('base64')])).toEqual(
        folded.slice(0, kept.length).map((window) => [window.start, Buffer.from(packWindow(window, 100)).toString('base64')]),
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
  const companion = companionOf(writer, reader);
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
  const companion = companionOf(writer, reader);
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
