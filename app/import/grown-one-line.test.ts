import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase } from '../case/open.ts';
import { caseFields, scratchFolder } from '../case/testing.ts';
import type { Progress } from '../shared/progress.ts';
import { importFiles } from './import-files.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const quiet: Progress = { report: () => undefined, stopped: () => false };

const line = (n: number): string => `192.0.2.${n} - - [10/Feb/2024:17:42:07 +0100] "GET /${n} HTTP/1.1" 200 512`;

it.each([
  ['without its end', '', '\n'],
  ['within its end', '\r', '\n'],
  ['of which the end is a CR', '\r', ''],
])('a log of one line, imported %s, goes on behind it when it has grown', async (name, half, rest) => {
  const path = join(scratch.path, `${name}.log`);
  const writer = createCase(join(scratch.path, `${name}.flowcase`), caseFields);
  const imported = async (): Promise<unknown> => (await importFiles(writer, { paths: [path], force: false }, quiet)).evidence;
  writeFileSync(path, line(1) + half);
  expect(await imported()).toMatchObject([{ rows: 1, lines: 1 }]);
  const end = half + rest;
  appendFileSync(path, `${rest}${line(2)}${end}${line(3)}${end}`);
  const behind = { evidence: 1, line: 2, byte: line(1).length + end.length };
  expect(await imported()).toMatchObject([{ rows: 2, rejected: 0, lines: 2, continues: behind }]);
  appendFileSync(path, line(4));
  expect(await imported()).toMatchObject([{ rows: 1, rejected: 0, lines: 1, continues: { evidence: 2, line: 4 } }]);
  writer.close();
});
