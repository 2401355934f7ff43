import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecOf } from './codecs.ts';

async function unpacked(
  bytes: Uint8Array,
  block: number,
): Promise<{ readonly text: string; readonly damage: string | null; readonly remark: string }> {
  const parts: Uint8Array[] = [];
  const unpacker = codecOf(bytes)?.unpack((part) => void parts.push(part));
  if (unpacker === undefined) throw new Error('it is no UTF-16');
  for (let at = 0; at < bytes.length; at += block) await unpacker.write(Uint8Array.from(bytes.subarray(at, at + block)));
  await unpacker.end();
  return { text: Buffer.concat(parts).toString(), damage: unpacker.damage?.what ?? null, remark: unpacker.remark ?? '' };
}

const le = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const be = (text: string): Buffer => le(text).swap16();

describe('text in UTF-16', () => {
  it.each([
    ['little endian', le],
    ['big endian', be],
  ])('is read as UTF-8, %s, wherever blocks end', async (order, encode) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 9 }), async (text, block) => {
        const whole = `a${text}`;
        expect(await unpacked(encode(whole), block)).toMatchObject({ text: whole, damage: null });
      }),
      { numRuns: 100 },
    );
    const { remark } = await unpacked(encode('a\n\u{1f600}b'), 3);
    expect(remark).toContain(`UTF-16 (${order})`);
    expect(remark).not.toContain('alone');
  });

  it('counts halves of characters that stand alone', async () => {
    const { text, remark } = await unpacked(le('a\ud83db\ude00\ud83dc'), 2);
    expect(text).toBe('a\ufffdb\ufffd\ufffdc');
    expect(remark).toContain('3 halves of characters stand alone');
  });

  it('is without the character within which it ends: what is written later begins with the same text', async () => {
    for (const ended of [le('abc').subarray(0, -1), le('ab\ud83d'), le('ab\u{1f600}').subarray(0, -1)])
      expect(await unpacked(ended, 4)).toMatchObject({
        text: 'ab',
        damage: null,
        remark: expect.stringMatching(/ends within a character, which was left out\.$/) as string,
      });
  });

  it('is not what UTF-32 is', () => {
    expect(codecOf(Buffer.from([0xff, 0xfe, 0, 0, 65, 0, 0, 0]))).toBeNull();
    expect(codecOf(Buffer.from([0xff, 0xfe, 65, 0, 10, 0, 65]))?.name).toBe('UTF-16');
  });
});
