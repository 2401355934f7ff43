import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../../case/open.ts';
import { caseFields, identity, scratchFolder } from '../../case/testing.ts';
import type { LiveSource, SourceBatch, SourceGauge, SourceSink } from '../types.ts';
import { engineOver, until, watchOf } from './testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());

/** Hands over batches that a test made. */
class Batches implements LiveSource {
  readonly gauge: SourceGauge = { state: 'running', why: '', lag: { bytes: 0, records: null }, bytes: 0, errors: 0 };
  handed = 0;
  readonly #batches: readonly SourceBatch[];
  constructor(batches: readonly SourceBatch[]) {
    this.#batches = batches;
  }
  async run(sink: SourceSink): Promise<void> {
    for (const batch of this.#batches) {
      await sink.take(batch);
      this.handed++;
    }
  }
}

const line = (i: number): string =>
  `10.0.0.${i % 9} - - [10/Oct/2024:13:00:${String(i % 60).padStart(2, '0')} +0000] "GET /p/${i} HTTP/1.1" 200 1\n`;
const text = (from: number, to: number): Uint8Array => Buffer.from(Array.from({ length: to - from }, (_, i) => line(from + i)).join(''));
const stretch = (id: string) => ({ id, path: `/logs/${id}`, name: id, byte: 0, line: 0, head: null });
const nothing = new Uint8Array(0);

/** What a source's lives leave: name, records, status of each piece of evidence. */
async function left(name: string, lives: readonly (readonly SourceBatch[])[]): Promise<unknown[]> {
  const path = join(scratch.path, `${name}.flowcase`);
  createCase(path, caseFields).close();
  for (const [life, batches] of lives.entries()) {
    const writer = openCaseForWriting(path, identity);
    const source = new Batches(batches);
    const engine = engineOver(writer, () => source);
    if (life === 0) engine.watch('a', watchOf('/logs/a'));
    else engine.start();
    await until(() => engine.status().sources[0].state === 'ended' && engine.status().sources[0].lagBytes === 0);
    await engine.close();
    writer.close();
  }
  const reader = openCaseForReading(path);
  const found = reader.evidence().map(({ name: file, rows, rejected, status }) => [file, rows, rejected, status]);
  reader.close();
  return found;
}

it('a stretch that ended while nobody watched leaves no empty evidence, and the next has its own', async () => {
  const first = [{ bytes: text(0, 50), after: { at: 1 }, begins: stretch('a') }];
  const second = [
    { bytes: nothing, ends: true, after: { at: 2 }, begins: stretch('a') },
    { bytes: text(50, 80), after: { at: 3 }, begins: stretch('b') },
  ];
  expect(await left('rotated', [first, second])).toEqual([
    ['a', 50, 0, 'complete'],
    ['b', 30, 0, 'complete'],
  ]);
});

it('a stretch that ends within a line gives that line as an import would; one of which nothing is known does not hold up the others', async () => {
  const batches = [
    { bytes: Buffer.concat([text(0, 20), Buffer.from(line(20).trim())]), ends: true, after: { at: 1 }, begins: stretch('a') },
    { bytes: nothing, ends: true, after: { at: 2 }, begins: stretch('empty') },
    { bytes: text(21, 40), after: { at: 3 }, begins: stretch('b') },
  ];
  expect(await left('within', [batches])).toEqual([
    ['a', 21, 0, 'complete'],
    ['b', 19, 0, 'complete'],
  ]);
});

it('stretches that take turns each go on with their own evidence', async () => {
  const batches = Array.from({ length: 12 }, (_, i) => ({
    bytes: text(i * 10, i * 10 + 10),
    after: { at: i },
    begins: stretch(i % 2 === 0 ? 'a' : 'b'),
  }));
  expect(await left('turns', [batches])).toEqual([
    ['a', 60, 0, 'complete'],
    ['b', 60, 0, 'complete'],
  ]);
});

it('stretches without ids follow each other within one commit: each is counted and sealed whole', async () => {
  const nameless = (name: string) => ({ path: `/logs/${name}`, name, byte: 0, line: 0, head: null });
  const broken = Buffer.from('no request at all\n');
  const batches = [
    { bytes: Buffer.concat([text(0, 20), broken]), after: { at: 1 }, begins: nameless('a') },
    { bytes: text(20, 50), after: { at: 2 }, begins: nameless('b') },
    { bytes: text(50, 55), after: { at: 3 }, begins: nameless('c') },
  ];
  expect(await left('nameless', [batches])).toEqual([
    ['a', 20, 1, 'complete'],
    ['b', 30, 0, 'complete'],
    ['c', 5, 0, 'complete'],
  ]);
});
