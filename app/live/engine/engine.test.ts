import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../../case/open.ts';
import { caseFields, identity, scratchFolder } from '../../case/testing.ts';
import type { CaseReader } from '../../case/types.ts';
import { verifyCase } from '../../case/verify.ts';
import { importFiles } from '../../import/import-files.ts';
import { longLog, quiet } from '../../import/testing-import.ts';
import { engineOver, recordWords, ScriptedSource, until, watchOf } from './testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
let count = 0;
const newCase = (): string => {
  const path = join(scratch.path, `${++count}.flowcase`);
  createCase(path, caseFields).close();
  return path;
};

function accessLog(rows: number): string {
  const line = (i: number): string =>
    `10.0.${i % 5}.${i % 17} - - [10/Oct/2024:13:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')} +0000] "GET /page/${i} HTTP/1.1" ${i % 7 === 0 ? 404 : 200} ${i * 3}`;
  return `${Array.from({ length: rows }, (_, i) => (i % 41 === 40 ? 'broken line' : line(i))).join('\n')}\n`;
}

async function imported(text: string): Promise<CaseReader> {
  const path = newCase();
  const log = join(scratch.path, `${count}.log`);
  writeFileSync(log, text);
  const writer = openCaseForWriting(path, identity);
  await importFiles(writer, { paths: [log], force: false }, quiet);
  writer.close();
  return openCaseForReading(path);
}

/** Watches a text to its end, dying so often: without a word, as a process that is killed. */
async function watched(text: string, cuts: readonly number[], deaths: number): Promise<{ path: string }> {
  const path = newCase();
  for (let life = 0; life <= deaths; life++) {
    const writer = openCaseForWriting(path, identity);
    const source = new ScriptedSource(text, cuts);
    const engine = engineOver(writer, () => source);
    engine.start();
    if (life === 0) engine.watch('access.log', watchOf('/logs/access.log', { format: undefined }));
    const bytes = Buffer.byteLength(text);
    const goal = life === deaths ? bytes : (bytes * (life + 1)) / (deaths + 1);
    const reached = (): boolean => ((writer.live.sources()[0]?.position as { at: number } | null)?.at ?? 0) >= goal;
    await until(reached);
    if (life === deaths) await engine.close();
    else await engine.abandon();
    writer.close();
  }
  return { path };
}

describe('what is watched', () => {
  it.each([
    ['an access log', 'request', accessLog(600)],
    ['a Zeek log', 'connection', longLog(600)],
  ])('%s becomes the records of the same file imported, wherever it is cut and however often Flowcase dies', async (_, kind, text) => {
    const whole = await imported(text);
    const wanted = recordWords(whole, kind);
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: text.length }), { maxLength: 40 }),
      fc.integer({ min: 0, max: 3 }),
      async (cuts, deaths) => {
        const { path } = await watched(
          text,
          cuts.toSorted((a, b) => a - b),
          deaths,
        );
        const reader = openCaseForReading(path);
        expect(recordWords(reader, kind)).toEqual(wanted);
        const figures = (one: CaseReader): number[] =>
          ['rows', 'rejected', 'comments', 'lines', 'bytes'].map((key) =>
            one.evidence().reduce((sum, evidence) => sum + evidence[key as 'rows'], 0),
          );
        expect(figures(reader)).toEqual(figures(whole));
        const places = (one: CaseReader): unknown =>
          one.rejects({ offset: 0, limit: 100 }).rejects.map(({ line, offset, text: said }) => [line, offset, said]);
        expect(places(reader)).toEqual(places(whole));
        expect(await verifyCase(reader, {}, quiet)).toMatchObject({ ok: true, custody: { ok: true } });
        expect(reader.evidence().every(({ status }) => status === 'complete')).toBe(true);
        reader.close();
      },
    );
    await fc.assert(property, { numRuns: 12 });
    whole.close();
  });
});
