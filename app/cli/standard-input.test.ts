import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import { keepStandardInput } from './standard-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-stdin-'));
afterAll(() => rmSync(folder, { recursive: true }));
const now = new Date('2026-11-21T10:00:00.500Z');

it('keeps what comes beside the case, twice in a second too, and nothing where there is no case', async () => {
  const path = join(folder, 'a.flowcase');
  await expect(keepStandardInput(path, Readable.from([Buffer.from('x')]), now)).rejects.toMatchObject({ code: 'CASE_NOT_FOUND' });
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(path, '');
  const [one, two] = [
    await keepStandardInput(path, Readable.from([Buffer.from('first '), Buffer.from('log')]), now),
    await keepStandardInput(path, Readable.from([Buffer.from('second')]), now),
  ];
  expect([one, two].map((file) => basename(file))).toEqual(['a-stdin-20261121T100000Z.log', 'a-stdin-20261121T100000Z-2.log']);
  expect([one, two].map((file) => readFileSync(file, 'utf8'))).toEqual(['first log', 'second']);
});

it('leaves nothing where the stream breaks', async () => {
  const path = join(folder, 'b.flowcase');
  writeFileSync(path, '');
  const broken = Readable.from(
    (function* () {
      yield Buffer.from('some');
      throw new Error('the pipe broke');
    })(),
  );
  await expect(keepStandardInput(path, broken, now)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  expect(readdirSync(folder).filter((name) => name.startsWith('b-'))).toEqual([]);
});
