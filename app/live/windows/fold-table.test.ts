import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../../case/open.ts';
import { caseFields, scratchFolder } from '../../case/testing.ts';
import type { CaseReader } from '../../case/types.ts';
import { importFiles } from '../../import/import-files.ts';
import { foldTable, refold } from './fold-table.ts';
import { rowsOfChunk } from './rows.ts';
import { BatchReader, fingerprint, formatOf, generated, pieces } from './testing.ts';
import type { ClosedWindow } from './types.ts';
import { WindowAggregator } from './window-aggregator.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet = { report: () => undefined, stopped: () => false };

/** A case with these logs, imported one after the other. */
async function caseOf(name: string, logs: readonly Buffer[]): Promise<CaseReader> {
  const writer = createCase(join(scratch.path, `${name}.flowcase`), caseFields);
  for (const [i, log] of logs.entries()) {
    const path = join(scratch.path, `${name}-${i}.log`);
    writeFileSync(path, log);
    await importFiles(writer, { paths: [path], force: false }, quiet);
  }
  writer.close();
  return openCaseForReading(writer.path);
}

function restarted(old: WindowAggregator): WindowAggregator {
  const next = new WindowAggregator(old.kind, old.source);
  expect(next.restore(old.save())).toBe(true);
  return next;
}

describe('a fold that goes on from the records of the case', () => {
  it.each(['access', 'zeek-conn'] as const)('%s: is the one that saw them as they came', async (kind) => {
    const { log } = await generated(kind, { rows: 3000, days: 1 / 24, seed: 3 });
    const reader = await caseOf(kind, [log]);
    const states: { readonly state: Uint8Array; readonly closed: ClosedWindow[] }[] = [];
    let live: WindowAggregator | null = null;
    const batches = new BatchReader(formatOf(kind), log, (batch) => {
      live ??= new WindowAggregator(batch.kind, 1);
      const closed = live.fold(batch);
      states.push({ state: live.save(), closed });
    });
    for (const piece of pieces(log, [211])) batches.read(piece);
    const last = states[states.length - 1];
    expect(states.length).toBeGreaterThan(10);
    const table = reader.table(kind === 'access' ? 'request' : 'connection');
    for (const [i, { state }] of states.entries()) {
      const aggregator = new WindowAggregator(table.kind, 1);
      expect(aggregator.restore(state)).toBe(true);
      const closed = refold(aggregator, table, new Set([1]));
      const wanted = states.slice(i + 1).flatMap((one) => one.closed);
      expect(closed.map(fingerprint)).toEqual(wanted.map(fingerprint));
      expect(Buffer.from(aggregator.save()).equals(last.state)).toBe(true);
    }
    reader.close();
  });

  it('over several pieces of evidence, with those of others between them', async () => {
    const parts = await Promise.all([1, 2, 3].map((seed) => generated('access', { rows: 600, days: 1 / 24, seed })));
    const reader = await caseOf(
      'parts',
      parts.map(({ log }) => log),
    );
    const table = reader.table('request');
    const evidence = new Set([1, 3]);
    const own = table.chunks.filter((chunk) => evidence.has(chunk.evidence));
    const all = [...foldTable(table, {}, { evidence, source: 1 })].map(fingerprint);
    fc.assert(
      fc.property(fc.nat(1200), (cut) => {
        const first = new WindowAggregator('request', 1);
        const closed: ClosedWindow[] = [];
        let left = cut;
        for (const chunk of own) {
          const rows = Math.min(left, chunk.rows);
          if (rows > 0) closed.push(...first.foldRows({ ...rowsOfChunk(table, chunk), rows }));
          left -= rows;
        }
        const second = restarted(first);
        closed.push(...refold(second, table, evidence), ...second.finish());
        expect(second.records).toBe(1200);
        expect(closed.map(fingerprint)).toEqual(all);
        // nothing is left to fold
        expect(refold(second, table, evidence)).toEqual([]);
        expect(second.records).toBe(1200);
      }),
      { numRuns: 30 },
    );
    reader.close();
  });
});
