import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, it } from 'vitest';
import { copiesBeside, keepStandardInput, leftCopies } from './standard-input.ts';

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

it('is known as cut while the stream goes on; a copy that evidence rests on is not left, wherever the case lay', async () => {
  const path = join(folder, 'c.flowcase');
  writeFileSync(path, '');
  const seen: string[] = [];
  const input = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from('one\n');
    // the file is opened beside the reading
    while (seen.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(...copiesBeside(path));
    }
    yield Buffer.from('two\n');
  };
  const kept = await keepStandardInput(path, input(), now);
  expect(seen).toEqual([`${kept}.part`]);
  expect(copiesBeside(path)).toEqual([kept]);
  expect(leftCopies([kept], [])).toHaveLength(1);
  for (const used of [kept, `/elsewhere/${basename(kept)}`, `C:\\cases\\${basename(kept)}`])
    expect(leftCopies([kept], [{ path: used }])).toEqual([]);
});

it.each([[[]], [['', '']]])('of a stream without a byte nothing is kept: %j', async (parts) => {
  const path = join(folder, 'e.flowcase');
  writeFileSync(path, '');
  const kept = keepStandardInput(path, Readable.from(parts.map((part) => Buffer.from(part))), now);
  await expect(kept).rejects.toMatchObject({ code: 'FILE_EMPTY', message: expect.stringContaining('Nothing came') as string });
  expect(copiesBeside(path)).toEqual([]);
});

it('speaks of no empty copy that an earlier version left', () => {
  const path = join(folder, 'f.flowcase');
  const copy = join(folder, 'f-stdin-20261121T100000Z.log');
  writeFileSync(path, '');
  writeFileSync(copy, '');
  expect(leftCopies(copiesBeside(path), [])).toEqual([]);
});

it('says that the disk is full, in words', async () => {
  const path = join(folder, 'g.flowcase');
  writeFileSync(path, '');
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const input = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from('some');
    throw await Promise.resolve(full);
  };
  const message = expect.stringMatching(/could not be kept in .*: the disk is full\. Make room, or choose another disk\.$/) as string;
  await expect(keepStandardInput(path, input(), now)).rejects.toMatchObject({ code: 'WRITE_FAILED', message });
  expect(copiesBeside(path)).toEqual([]);
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
