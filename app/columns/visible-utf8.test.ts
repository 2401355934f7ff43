import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { visibleUtf8 } from './visible-utf8.ts';

const piece = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => Buffer.from(text)),
  // overlong, surrogates, beyond U+10FFFF, cut off, Latin-1
  fc
    .constantFrom('c080', 'e08080', 'eda080', 'f0808080', 'f4908080', 'f8888080', 'e282', 'c3', 'a9', 'e9')
    .map((hex) => Buffer.from(hex, 'hex')),
);

it('leaves characters as they are and shows every other byte, so that nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const bytes = Buffer.concat(pieces).map((byte) => (byte === 92 ? 65 : byte));
      const visible = visibleUtf8(bytes, 0, bytes.length);
      expect(visible === null).toBe(isUtf8(bytes));
      if (visible === null) return;
      expect(isUtf8(visible)).toBe(true);
      const back = Buffer.from(visible)
        .toString('latin1')
        .replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      expect(Buffer.from(back, 'latin1')).toEqual(Buffer.from(bytes));
      // as many characters stay as a decoder finds
      const characters = (text: string): number => text.replace(/\ufffd|\\x[0-9a-f]{2}/g, '').length;
      expect(characters(Buffer.from(visible).toString())).toBe(characters(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)));
    }),
    { numRuns: 2000 },
  );
});

it('looks at its own part alone', () => {
  const bytes = Buffer.from([0xe9, 0x61, 0xc3, 0xa9, 0xc3]);
  expect(visibleUtf8(bytes, 1, 4)).toBeNull();
  expect(Buffer.from(visibleUtf8(bytes, 1, 3) ?? []).toString()).toBe('a\\xc3');
  expect(Buffer.from(visibleUtf8(bytes, 0, 5) ?? []).toString()).toBe('\\xe9aé\\xc3');
});
