import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createCase, openCaseForReading } from '../case/open.ts';
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
  // columns are those of the first line
  const reader = openCaseForReading(writer.path);
  expect(reader.table('request').columns.filter(({ name }) => name.endsWith('_2'))).toEqual([]);
  reader.close();
  appendFileSync(path, line(4));
  expect(await imported()).toMatchObject([{ rows: 1, rejected: 0, lines: 1, continues: { evidence: 2, line: 4 } }]);
  writer.close();
});

it('a log of one line that grows within it is not imported a second time: the line is rejected as what the case has the beginning of', async () => {
  const path = join(scratch.path, 'within.log');
  const writer = createCase(join(scratch.path, 'within.flowcase'), caseFields);
  const imported = async (): Promise<unknown> => (await importFiles(writer, { paths: [path], force: false }, quiet)).evidence;
  writeFileSync(path, line(1));
  expect(await imported()).toMatchObject([{ rows: 1, lines: 1 }]);
  appendFileSync(path, '00 "-"');
  expect(await imported()).toMatchObject([{ rows: 0, rejected: 1, lines: 1, continues: { evidence: 1, line: 1, byte: 0 } }]);
  appendFileSync(path, ` "curl/8.5"\n${line(2)}\n`);
  expect(await imported()).toMatchObject([{ rows: 1, rejected: 1, lines: 2, continues: { line: 1, byte: 0 } }]);
  writer.close();
});

it('a log of one line without its end that has a NUL in it is a record', async () => {
  const path = join(scratch.path, 'nul.log');
  const writer = createCase(join(scratch.path, 'nul.flowcase'), caseFields);
  writeFileSync(path, line(1).replace('/1', '/a\0b'));
  const { evidence } = await importFiles(writer, { paths: [path], force: false }, quiet);
  expect(evidence).toMatchObject([{ rows: 1, rejected: 0, lines: 1 }]);
  writer.close();
});
