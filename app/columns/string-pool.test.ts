import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StringPool } from './string-pool.ts';

describe('StringPool', () => {
  it('gives the same bytes the same id, and others another, as a Map would', () => {
    const texts = fc.array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.constantFrom('', '__proto__', 'constructor', 'a\0', '\ufeffa', 'tcp', 'tc', 'tcp '),
      ),
    );
    fc.assert(
      fc.property(texts, (values) => {
        const pool = new StringPool('term');
        const model = new Map<string, number>();
        for (const value of values) {
          const expected = model.get(value) ?? model.size + 1;
          model.set(value, expected);
          const bytes = Buffer.from(`<${value}>`);
          expect(pool.intern(bytes, 1, bytes.length - 1)).toBe(expected);
          expect(pool.internText(value)).toBe(expected);
        }
        expect(pool.size).toBe(model.size);
        for (const [text, id] of model) expect([pool.textOf(id), pool.idOf(text)]).toEqual([text, id]);
        expect(pool.idOf('not there')).toBe(0);
      }),
    );
  });

  it('holds many entries, and finds them after being read back', () => {
    const pool = new StringPool('host');
    for (let i = 0; i < 50_000; i++) expect(pool.internText(`10.${i >> 8}.${i & 255}`)).toBe(i + 1);
    const copy = new StringPool('host');
    const offsets = Uint32Array.of(0, ...pool.ends.subarray(0, pool.size));
    copy.addBlock(pool.bytes, offsets);
    expect(copy.size).toBe(50_000);
    expect(copy.textOf(300)).toBe('10.1.43');
    expect(copy.idOf('10.1.43')).toBe(300);
    expect(copy.internText('new')).toBe(50_001);
    for (let i = 0; i < 50_000; i += 97) expect(copy.idOf(`10.${i >> 8}.${i & 255}`)).toBe(i + 1);
  });

  it('keeps what is no UTF-8 byte by byte: other bytes are another text', () => {
    const pool = new StringPool('term');
    const bad = Buffer.from([0x61, 0xff, 0xfe, 0x62]);
    const id = pool.intern(bad, 0, 4);
    expect(pool.textOf(id)).toBe('a\\xff\\xfeb');
    expect(pool.intern(bad, 0, 4)).toBe(id);
    expect(pool.internText('a\\xff\\xfeb')).toBe(id);
    expect(pool.intern(Buffer.from([0x61, 0xff, 0xfd, 0x62]), 0, 4)).not.toBe(id);
    expect(pool.textOf(pool.internReplaced(bad, 0, 4))).toBe('a\ufffd\ufffdb');
    expect(pool.internText('lone \ud800')).toBe(pool.idOf('lone \ufffd'));
  });

  it('knows no text for 0 and for what was never given out', () => {
    const pool = new StringPool('term');
    expect(() => pool.textOf(0)).toThrow(RangeError);
    expect(() => pool.textOf(1)).toThrow(RangeError);
    expect(pool.idOf('')).toBe(0);
  });
});
