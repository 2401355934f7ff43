import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeEach } from 'vitest';
import { createCase } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { CaseWriter } from '../case/types.ts';
import type { ImportResult } from '../contract/case.ts';
import { zeekConn } from '../formats/zeek-tsv.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles, type ImportRequest } from './import-files.ts';

/** A log of two records, with its header. Only for tests. */
export const sample = zeekConn.example;
export const quiet: Progress = { report: () => undefined, stopped: () => false };
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The sample's header, and so many rows that are all different. */
export function longLog(rows: number): string {
  const head = sample.split('\n').filter((line) => /^#(?!close)/.test(line));
  const row = (i: number): string =>
    `1713556800.${String(i).padStart(6, '0')}\tC${i}\t10.0.0.1\t40000\t192.0.2.10\t443\ttcp\tssl\t1.500000\t${i}\t2000\tSF`;
  return `${[...head, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')}\n`;
}

/** A folder and a case of its own for each test of the file that calls this. */
export class ImportBench {
  folder = '';
  #writer: CaseWriter | null = null;

  constructor() {
    const scratch = scratchFolder();
    let count = 0;
    beforeEach(() => {
      this.folder = join(scratch.path, String(++count));
      mkdirSync(this.folder);
      const writer = createCase(join(scratch.path, `${count}.flowcase`), caseFields);
      this.#writer = writer;
      return () => writer.close();
    });
    afterAll(() => scratch.remove());
  }

  get writer(): CaseWriter {
    if (this.#writer === null) throw new Error('there is no case outside a test');
    return this.#writer;
  }

  /** Its path. */
  file(name: string, content: Uint8Array | string): string {
    const path = join(this.folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  run(paths: readonly string[], more: Partial<ImportRequest> = {}, progress = quiet): Promise<ImportResult> {
    return importFiles(this.writer, { paths, force: false, ...more }, progress);
  }
}

/** What was refused, and why. */
export const codes = (result: ImportResult): unknown => result.refused.map(({ path, code }) => [path, code]);
