import fc from 'fast-check';
import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../case/open.ts';
import { caseFields, identity, scratchFolder } from '../case/testing.ts';
import type { CaseReader } from '../case/types.ts';
import { verifyCase } from '../case/verify.ts';
import { alertRules, type LiveAlert } from '../contract/live-alerts.ts';
import { liveSource } from '../contract/live.ts';
import { generatorOf } from '../generate/registry.ts';
import { importFiles } from '../import/import-files.ts';
import { AlertBook } from '../live/alerts/alert-book.ts';
import { LiveDesk } from '../live/desk.ts';
import { LiveDetectors } from '../live/detect/live-detectors.ts';
import { foldTable } from '../live/windows/fold-table.ts';
import { packWindow } from '../live/windows/pack-window.ts';
import type { ClosedWindow } from '../live/windows/types.ts';
import { committedTable, recordsThrough } from './live.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
/** Bytes behind which the log is more than a header: of that alone nothing is in the case yet, and nothing could be waited for. */
const HEADER = 4096;
const quiet = { report: () => undefined, stopped: () => false };

async function generated(kind: string, rows: number, scenarios: readonly string[]): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  await generatorOf(kind).generate({ rows, seed: 7, days: 1, scenarios: [...scenarios] }, (block) => void blocks.push(block.slice()));
  return Buffer.concat(blocks);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 6000) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * What a log that grows by these steps leaves, with Flowcase ending between them: in order, or as by a loss of power, after which the case is what lay on the
 * disk.
 */
async function watched(name: string, log: Buffer, cuts: readonly number[]): Promise<CaseReader> {
  const file = join(scratch.path, `${name}.log`);
  writeFileSync(file, '');
  let path = join(scratch.path, `${name}.flowcase`);
  createCase(path, caseFields).close();
  let written = 0;
  for (const [life, cut] of [...cuts, log.length].entries()) {
    const writer = openCaseForWriting(path, identity);
    const reader = openCaseForReading(path);
    const matching = (kind: string, filter: string): Float64Array => recordsThrough(reader, kind, filter);
    const desk = new LiveDesk({
      writer,
      changed: () => undefined,
      tell: () => undefined,
      alert: () => undefined,
      matching,
      table: (kind) => committedTable(reader, kind),
    });
    if (life === 0) await desk.handlers['live.watch']({ source: liveSource.parse({ type: 'file', path: file }), name: '' });
    else desk.start();
    appendFileSync(file, log.subarray(written, cut));
    written = cut;
    const whole = log.subarray(0, cut).lastIndexOf(10) + 1;
    await until(() => received(reader) >= whole);
    const dead = join(scratch.path, `${name}-${life}.flowcase`);
    if (life % 2 === 0) for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${dead}${end}`);
    await desk.close();
    reader.close();
    writer.close();
    if (life % 2 === 0) path = dead;
  }
  return openCaseForReading(path);
}

function received(reader: CaseReader): number {
  reader.refresh();
  return reader.evidence().reduce((sum, { bytes }) => sum + bytes, 0);
}

async function imported(name: string, log: Buffer): Promise<CaseReader> {
  const file = join(scratch.path, `${name}.log`);
  writeFileSync(file, log);
  const writer = createCase(join(scratch.path, `${name}.flowcase`), caseFields);
  await importFiles(writer, { paths: [file], force: false }, quiet);
  writer.close();
  return openCaseForReading(writer.path);
}

/** The alerts that these windows raise, as they are in the end. */
function alertsOf(windows: readonly ClosedWindow[]): Map<string, LiveAlert> {
  const detectors = new LiveDetectors();
  const book = new AlertBook({ case: caseFields.name, program: identity.program });
  const alerts = new Map<string, LiveAlert>();
  for (const window of windows) {
    for (const alert of book.observe(window, detectors.observe(window), alertRules.parse({})).changed) alerts.set(alert.id, alert);
  }
  return alerts;
}

it.each([
  ['access', 'request', ['brute-force', 'flood']],
  ['zeek-conn', 'connection', ['scan', 'beacon']],
])(
  '%s: what was watched has the windows and the alerts of the same log imported, whatever way it came and however often Flowcase ended',
  async (kind, records, scenarios) => {
    const log = await generated(kind, 30_000, scenarios);
    const batch = await imported(`${kind}-whole`, log);
    // the last window is still open while a log is watched
    const windows = [...foldTable(batch.table(records), { width: 60 }, { source: 1 })].slice(0, -1);
    const alerts = alertsOf(windows);
    expect(alerts.size).toBeGreaterThan(0);
    let run = 0;
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: HEADER, max: log.length - 1 }), { minLength: 1, maxLength: 4 }),
      async (cuts) => {
        const live = await watched(
          `${kind}-${++run}`,
          log,
          cuts.toSorted((a, b) => a - b),
        );
        const kept = live.liveWindows(records, 60e6, 0, Number.MAX_SAFE_INTEGER);
        expect(kept.map(({ start, records: count }) => [start, count])).toEqual(windows.map(({ start, whole }) => [start, whole.records]));
        expect(kept.map(({ figures }) => Buffer.from(figures).toString('base64'))).toEqual(
          windows.map((window) => Buffer.from(packWindow(window, 100)).toString('base64')),
        );
        const raised = live.alerts({ open: false, limit: 1000 });
        expect(new Map(raised.map(({ key, data }) => [key, data]))).toEqual(alerts);
        expect(
          live
            .findings({})
            .map(({ kind: found, subject }) => `${found} ${subject}`)
            .sort(),
        ).toEqual([...alerts.values()].map(({ detector, subject }) => `live-${detector} ${subject}`).sort());
        expect(await verifyCase(live, {}, quiet)).toMatchObject({ ok: true });
        live.close();
      },
    );
    await fc.assert(property, { numRuns: 2, endOnFailure: true });
    batch.close();
  },
  300_000,
);
