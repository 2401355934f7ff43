import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GzipUnpacker } from './gzip.ts';

const body = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${i} ${Math.sin(i)}\n`).join(''));
const packed = gzipSync(body);

async function unpack(input: Uint8Array, block = 10_000): Promise<{ readonly out: Buffer; readonly gzip: GzipUnpacker }> {
  const parts: Buffer[] = [];
  const gzip = new GzipUnpacker((part) => void parts.push(Buffer.from(part)));
  for (let at = 0; at < input.length; at += block) await gzip.write(input.subarray(at, at + block));
  await gzip.end();
  return { out: Buffer.concat(parts), gzip };
}

describe('GzipUnpacker', () => {
  it('gives back what was packed, whatever the blocks, over several members', async () => {
    const small = Buffer.from('#separator \\x09\nrow\n');
    const members = Buffer.concat([gzipSync(small), gzipSync(Buffer.alloc(0)), gzipSync(small), Buffer.alloc(5)]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: members.length }), async (block) => {
        const { out, gzip } = await unpack(members, block);
        expect(out.toString()).toBe(small.toString().repeat(2));
        expect(gzip).toMatchObject({ damage: null, members: 3, trailing: 0 });
      }),
    );
    const { out, gzip } = await unpack(Buffer.concat([packed, packed]), 65_536);
    expect(out.equals(Buffer.concat([body, body]))).toBe(true);
    expect(gzip.damage).toBeNull();
  });

  it('keeps everything before bytes that are no member, and counts them', async () => {
    const { out, gzip } = await unpack(Buffer.concat([packed, Buffer.from('garbage')]));
    expect(out.equals(body)).toBe(true);
    expect(gzip).toMatchObject({ damage: null, trailing: 7 });
  });

  it('keeps what came before a cut', async () => {
    for (const length of [1, 9, 10, 11, packed.length >> 1, packed.length - 8, packed.length - 1]) {
      const { out, gzip } = await unpack(packed.subarray(0, length));
      expect(body.subarray(0, out.length).equals(out)).toBe(true);
      expect(gzip.damage?.kind).toBe('cut');
      if (length >= packed.length - 8) expect(out.length).toBe(body.length);
      else if (length > 11) expect(out.length).toBeGreaterThan(body.length / 4);
    }
    const second = await unpack(Buffer.concat([packed, packed.subarray(0, 5)]));
    expect(second.out.equals(body)).toBe(true);
    expect(second.gzip.damage?.kind).toBe('cut');
  });

  it('reads headers with a name, extra bytes, a comment and a check', async () => {
    const head = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0]), Buffer.from('abcconn.log\0why\0xx')]);
    const named = Buffer.concat([head, packed.subarray(10)]);
    for (const block of [5, 19, 1000]) expect((await unpack(named, block)).out.equals(body)).toBe(true);
  });

  it('says that bytes were changed, and throws nothing', async () => {
    const changed = Buffer.from(packed);
    changed[packed.length - 6] ^= 0xff;
    const sum = await unpack(changed);
    expect(sum.out.equals(body)).toBe(true);
    expect(sum.gzip.damage?.what).toContain('check sum');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: packed.length - 9 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const hurt = Buffer.from(packed);
        hurt[at] ^= flip;
        const { out, gzip } = await unpack(hurt, 65_536);
        // bytes 4 to 9 of the header are a time and flags that change nothing
        if (out.equals(body)) expect(at < 10 || gzip.damage !== null).toBe(true);
        else expect(gzip.damage).not.toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it('hands on what its taker throws', async () => {
    const gzip = new GzipUnpacker(() => {
      throw new Error('enough');
    });
    await expect(gzip.write(packed)).rejects.toThrow('enough');
  });
});
