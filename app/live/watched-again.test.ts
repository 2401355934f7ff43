import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../case/open.ts';
import { caseFields, identity, scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import { verifyCase } from '../case/verify.ts';
import { importFiles } from '../import/import-files.ts';
import { quiet } from '../import/testing-import.ts';
import type { ImportResult } from '../contract/case.ts';
import type { LiveWatch } from '../contract/live.ts';
import { atItsEnd } from './at-its-end.ts';
import type { LiveEngine } from './engine/engine.ts';
import { engineOf, until, watchOf } from './engine/testing.ts';

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
  const engine = engineOf(writer);
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
  const status = () => engine.status().sources.find(({ id }) => id === again);
  expect(status()).toMatchObject({ state: 'running', why: atItsEnd });
  appendFileSync(log, lines(20, 21).slice(30) + lines(21, 30));
  await until(() => records() >= 30);
  expect(records()).toBe(30);
  expect(writer.evidence().map(({ continues }) => continues?.line ?? 1)).toEqual([1, 21]);
  await until(() => status()?.why === '');
  expect(status()).toMatchObject({ state: 'running', error: '', errors: 0 });
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

const imported = (writer: CaseWriter, path: string): Promise<ImportResult> => importFiles(writer, { paths: [path], force: false }, quiet);

it('what was imported and is watched then does not come again', async () => {
  const one = bench();
  const { log, engine, records, writer } = one;
  writeFileSync(log, lines(0, 20));
  await imported(writer, log);
  const id = await watch(one, watchOf(log), 20);
  expect(records()).toBe(20);
  expect(engine.status().sources[0]).toMatchObject({ state: 'running', why: atItsEnd });
  appendFileSync(log, lines(20, 30));
  await until(() => records() >= 30);
  expect(records()).toBe(30);
  expect(writer.evidence()[1]).toMatchObject({ rows: 10, continues: { evidence: 1, line: 21 } });
  // what is watched comes by itself, and is not imported beside it
  await engine.remove(id);
  expect((await imported(writer, log)).skipped).toMatchObject([{ evidence: 2 }]);
  await one.close();
});

it.each([
  ['its end', '\n'],
  ['the rest of it', ' "-" "curl/8.5.0"\n'],
])('what was imported within its last line and got %s is watched behind that line', async (_, rest) => {
  const one = bench();
  const { log, records, writer } = one;
  writeFileSync(log, lines(0, 20).trimEnd());
  await imported(writer, log);
  expect(records()).toBe(20);
  await watch(one, watchOf(log), 20);
  appendFileSync(log, rest + lines(20, 30));
  await until(() => records() >= 30);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(records()).toBe(30);
  await one.close();
});

it('of what was watched only what is not there is imported, and watching goes on behind that', async () => {
  const one = bench();
  const { log, engine, records, writer } = one;
  writeFileSync(log, lines(0, 20));
  const id = await watch(one, watchOf(log), 20);
  await engine.pause(id);
  appendFileSync(log, lines(20, 35));
  const { evidence } = await imported(writer, log);
  expect(evidence).toMatchObject([{ rows: 15, lines: 15, rejected: 0, continues: { evidence: 1, line: 21 } }]);
  expect(evidence[0].remarks.join()).toMatch(/Lines 1 to 20 .*in the case already.*evidence 1.*, received while it was watched/);
  expect((await imported(writer, log)).skipped).toHaveLength(1);
  engine.resume(id);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(records()).toBe(35);
  appendFileSync(log, lines(35, 40));
  await until(() => records() >= 40);
  expect(records()).toBe(40);
  // and once more behind both
  await engine.pause(id);
  appendFileSync(log, lines(40, 42));
  expect((await imported(writer, log)).evidence).toMatchObject([{ rows: 2, continues: { line: 41 } }]);
  await one.close();
});

it('the rest of what is not watched from its beginning is imported whole, and it is said what comes twice', async () => {
  const one = bench();
  const { log, engine, records, writer } = one;
  writeFileSync(log, lines(0, 20));
  const { id } = engine.watch('a log', { source: { type: 'file', path: log, from: 'end' } });
  await new Promise((resolve) => setTimeout(resolve, 500));
  appendFileSync(log, lines(20, 30));
  await until(() => records() >= 10);
  await engine.pause(id);
  const { evidence } = await imported(writer, log);
  expect(evidence).toMatchObject([{ rows: 30 }]);
  expect(evidence[0].remarks.join()).toMatch(/evidence 1: .*twice/);
  await one.close();
});

it('what is being watched is not imported beside it', async () => {
  const one = bench();
  const { log, writer } = one;
  writeFileSync(log, lines(0, 20));
  const id = await watch(one, watchOf(log), 20);
  const by = { source: id, name: 'a log' };
  const ask = (): Promise<ImportResult> =>
    importFiles(writer, { paths: [log], force: false }, quiet, { threads: 0, createThread: null, watched: () => by });
  appendFileSync(log, lines(20, 22));
  expect((await ask()).skipped).toMatchObject([
    { evidence: 1, message: expect.stringMatching(/being watched \(source 1, a log\)/) as string },
  ]);
  await one.close();
});
