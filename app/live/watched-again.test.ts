import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../case/open.ts';
import { caseFields, identity, scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import { verifyCase } from '../case/verify.ts';
import { quiet } from '../import/testing-import.ts';
import type { LiveWatch } from '../contract/live.ts';
import { besideSource } from './beside-sources.ts';
import { LiveEngine } from './engine/engine.ts';
import { lone, until, watchOf } from './engine/testing.ts';
import { sourceOf } from './sources.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
let count = 0;

const lines = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, i) => `10.0.0.1 - - [21/Sep/2026:14:${String(from + i).padStart(2, '0')}:20 +0000] "GET /${from + i} HTTP/1.1" 200 1\n`,
  ).join('');

interface Bench {
  readonly writer: CaseWriter;
  readonly engine: LiveEngine;
  readonly log: string;
  readonly records: () => number;
  close(): Promise<void>;
}

function bench(): Bench {
  const path = join(scratch.path, `${++count}.flowcase`);
  createCase(path, caseFields).close();
  const writer = openCaseForWriting(path, identity);
  const engine = new LiveEngine({
    live: writer.live,
    companion: lone,
    sourceOf: (watch, id) => sourceOf(watch, besideSource(writer, watch, id)),
    changed: () => undefined,
    caseBytes: () => 0,
    lines: 50,
    delay: 1,
  });
  return {
    writer,
    engine,
    log: join(scratch.path, `${count}.log`),
    records: () => writer.evidence().reduce((sum, { rows }) => sum + rows, 0),
    close: async () => {
      await engine.close();
      writer.close();
      const reader = openCaseForReading(path);
      expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true });
      reader.close();
    },
  };
}

/** Watches until this many records are there, and a little longer. */
async function watch({ engine, records }: Bench, asked: LiveWatch, expected: number): Promise<number> {
  const { id } = engine.watch('a log', asked);
  await until(() => records() >= expected);
  await new Promise((resolve) => setTimeout(resolve, 600));
  return id;
}

it('a source that was removed and is watched again goes on where the evidence says that it was', async () => {
  const one = bench();
  const { log, engine, records, writer } = one;
  writeFileSync(log, `${lines(0, 20)}${lines(20, 21).slice(0, 30)}`);
  await engine.remove(await watch(one, watchOf(log, { format: 'access' }), 20));
  const again = await watch(one, watchOf(log, { format: 'access' }), 20);
  expect(records()).toBe(20);
  appendFileSync(log, lines(20, 21).slice(30) + lines(21, 30));
  await until(() => records() >= 30);
  expect(records()).toBe(30);
  expect(writer.evidence().map(({ continues }) => continues?.line ?? 1)).toEqual([1, 21]);
  expect(engine.status().sources.find(({ id }) => id === again)).toMatchObject({ state: 'running', error: '', errors: 0 });
  // by a pattern that takes it in, behind both
  await engine.remove(again);
  appendFileSync(log, lines(30, 35));
  await watch(one, watchOf(join(scratch.path, `${count}*.log`), { format: 'access' }), 35);
  expect(records()).toBe(35);
  await one.close();
});

it('records that were removed with their evidence come again', async () => {
  const one = bench();
  const { log, engine, records, writer } = one;
  writeFileSync(log, lines(0, 20));
  await engine.remove(await watch(one, watchOf(log, { format: 'access' }), 20));
  writer.removeEvidence(writer.evidence()[0].id);
  expect(records()).toBe(0);
  await watch(one, watchOf(log, { format: 'access' }), 20);
  expect(records()).toBe(20);
  await one.close();
});

it('another log at the same place is read whole', async () => {
  const one = bench();
  const { log, engine, records } = one;
  writeFileSync(log, lines(0, 20));
  await engine.remove(await watch(one, watchOf(log, { format: 'access' }), 20));
  renameSync(log, `${log}.1`);
  writeFileSync(log, lines(20, 45));
  await watch(one, watchOf(log, { format: 'access' }), 45);
  expect(records()).toBe(45);
  await one.close();
});

it('of what was watched from its end, the beginning comes, and it is said that the rest comes twice', async () => {
  const one = bench();
  const { log, engine, records } = one;
  writeFileSync(log, lines(0, 20));
  const id = engine.watch('a log', { format: 'access', source: { type: 'file', path: log, from: 'end' } }).id;
  await until(() => engine.status().sources[0].state !== 'starting' || engine.status().sources[0].why !== '');
  await new Promise((resolve) => setTimeout(resolve, 400));
  appendFileSync(log, lines(20, 30));
  await until(() => records() >= 10);
  await engine.remove(id);
  const again = await watch(one, watchOf(log, { format: 'access' }), 40);
  expect(records()).toBe(40);
  expect(engine.status().sources.find((source) => source.id === again)?.error).toMatch(/evidence 1, .*second time/);
  await one.close();
});
