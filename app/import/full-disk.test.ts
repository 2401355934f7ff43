import Database from 'better-sqlite3';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { createCase, openCaseForReading, openCaseForWriting } from '../case/open.ts';
import { caseFields, identity, scratchFolder } from '../case/testing.ts';
import { verifyCase } from '../case/verify.ts';
import { CaseWork } from '../case/work.ts';
import { CaseFileWriter } from '../case/writer.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles } from './import-files.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet: Progress = { report: () => undefined, stopped: () => false };
const createThread = (): Worker => new Worker(new URL('./pieces/parse-thread.ts', import.meta.url));
const sizes = { first: 500, rows: 500, least: 1, most: 2 ** 20 };

describe('a disk that is full', () => {
  // SQLite meets the limit as it meets the end of a disk
  it.each([0, 1, 3, 10, 30])('with room for %i pages more: one clear error, and the case is as it was', async (pages) => {
    const folder = join(scratch.path, String(pages));
    mkdirSync(folder);
    const path = join(folder, 'case.flowcase');
    const small = join(folder, 'small.log');
    writeFileSync(small, zeekConn.example);
    const log = join(folder, 'conn.log');
    const row = (i: number): string =>
      `1713556800.000000\tC${i}\t10.${i % 200}.${i % 99}.${i % 7}\t40000\t192.0.2.10\t443\ttcp\tssl\t1.5\t${i}\t2000\tSF\n`;
    writeFileSync(
      log,
      zeekConn.example.replace(/^#close.*\n/m, '') + Array.from({ length: 60_000 }, (_, i) => row(i)).join('') + 'bad\n'.repeat(3000),
    );
    const first = createCase(path, caseFields);
    await importFiles(first, { paths: [small], force: false }, quiet);
    first.close();

    const db = new Database(path);
    db.pragma('journal_mode = WAL');
    const used = Number(db.pragma('page_count', { simple: true }));
    db.pragma(`max_page_count = ${used + pages}`);
    const writer = new CaseFileWriter(new CaseWork(db, path, identity), { release: () => undefined });
    const before = [writer.info(), writer.evidence()];
    const error: unknown = await importFiles(writer, { paths: [log], force: true }, quiet, { threads: 2, createThread, sizes }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'WRITE_FAILED' });
    expect((error as Error).message).toMatch(/is full.*Make room/);
    expect([writer.info(), writer.evidence()]).toEqual(before);
    writer.close();

    const reader = openCaseForReading(path);
    expect((await verifyCase(reader, {}, quiet)).ok).toBe(true);
    reader.close();
    const again = openCaseForWriting(path, identity);
    expect((await importFiles(again, { paths: [log], force: true }, quiet)).evidence[0]).toMatchObject({ rows: 60_002, rejected: 3000 });
    again.close();
  });
});
