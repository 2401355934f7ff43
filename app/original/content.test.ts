import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Content } from './content.ts';
import { hashOf } from './hashes.ts';
import { Original } from './original.ts';
import { tarOf, zipOf } from './packed/testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowcase-content-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** So long that it comes in many blocks, and does not pack to nothing. */
const bytes = Buffer.from(randomBytes(2 ** 20).toString('hex'));
const half = bytes.length / 2;
const others = { 'before.log': bytes.subarray(0, 300_000), 'a.log': bytes, 'behind.log': 'behind' };
const tar = await tarOf(others);

/** What a program of the system makes of them; nothing where it is missing. */
function packedBy(program: string, name: string, input: Uint8Array, member?: string): [string, Buffer, string | undefined][] {
  const { status, stdout } = spawnSync(program, ['-1c'], { input, maxBuffer: 2 ** 30 });
  return status === 0 ? [[name, stdout, member]] : [];
}

const packings: readonly (readonly [string, Buffer, string | undefined])[] = [
  ['a plain file', bytes, undefined],
  ['gzip', gzipSync(bytes), undefined],
  ['gzip of two members', Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))]), undefined],
  ['zstd', zstdCompressSync(bytes), undefined],
  ['zip', zipOf(others), 'a.log'],
  ['zip of gzip', zipOf({ 'a.log': gzipSync(bytes) }), 'a.log'],
  ['tar', tar, 'a.log'],
  ['tar in gzip', gzipSync(tar), 'a.log'],
  ['tar in zstd', zstdCompressSync(tar), 'a.log'],
  ...packedBy('xz', 'xz', bytes),
  ...packedBy('xz', 'tar in xz', tar, 'a.log'),
  ...packedBy('bzip2', 'bzip2', bytes),
];

it.skipIf(packings.length === 12)('of xz and bzip2 too (skipped where one of these programs is missing)', () => {
  expect(packings.length).toBeLessThan(12);
});

describe.each(packings)('%s', (name, packed, member) => {
  const path = join(folder, `${name}.bin`);
  writeFileSync(path, packed);

  it('gives any bytes of what it holds, and their hash', async () => {
    const original = await Original.open(path);
    const content = await Content.of(original, member);
    try {
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length + 10), fc.nat(bytes.length), async (from, length) => {
          const expected = bytes.subarray(from, from + length);
          expect(Buffer.compare(await content.collected({ from, to: from + length }), expected)).toBe(0);
          const sha256 = createHash('sha256').update(expected).digest('hex');
          expect(await hashOf(content, { from, to: from + length })).toEqual({ sha256, bytes: expected.length });
        }),
        { numRuns: 8 },
      );
      expect(await content.at(half, half + 100)).toEqual(Uint8Array.from(bytes.subarray(half, half + 100)));
      expect((await content.at(5, 10)).length).toBe(5);
      expect(await content.collected({ from: bytes.length + 5, to: bytes.length + 10 })).toHaveLength(0);
      let whole = 0;
      const ended = await content.read(({ length }) => void (whole += length));
      expect(ended).toMatchObject({ bytes: bytes.length, damage: null });
      expect(whole).toBe(bytes.length);
    } finally {
      await original.close();
    }
  });

  it('is read no further when its reader, or whoever watches, has enough', async () => {
    const original = await Original.open(path);
    const content = await Content.of(original, member);
    const enough = new Error('enough');
    const stop = (): never => {
      throw enough;
    };
    let left = half + 500;
    try {
      await expect(content.read(stop)).rejects.toBe(enough);
      // later than at once, while more was written
      const reading = content.read(
        async ({ length }) => {
          await new Promise((resolve) => setImmediate(resolve));
          if ((left -= length) < 0) throw enough;
        },
        { from: 100 },
      );
      await expect(reading).rejects.toBe(enough);
      await expect(content.read(() => undefined, { step: stop })).rejects.toThrow();
      if (content.packed) await expect(content.read(() => undefined, { from: half, pass: stop })).rejects.toThrow();
    } finally {
      await original.close();
    }
  });
});

it('of an archive that has no such file says so', async () => {
  const path = join(folder, 'other.zip');
  writeFileSync(path, zipOf({ 'b.log': 'b' }));
  const original = await Original.open(path);
  try {
    await expect((await Content.of(original, 'a.log')).collected({})).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  } finally {
    await original.close();
  }
});
