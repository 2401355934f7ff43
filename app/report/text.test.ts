import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manyLines, oneLine, shorten } from './text.ts';

describe('log text made safe to print', () => {
  it('leaves nothing unseen, and what can be seen as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(oneLine(text).isWellFormed()).toBe(true);
      }),
    );
    expect(oneLine('<b>é ß 中 \u{1F600} a\\u{41}')).toBe('<b>é ß 中 \u{1F600} a\\u{41}');
    expect(oneLine('a\tb\r\n\0\u202E\uD800\u200B')).toBe('a\\tb\\u{D}\\u{A}\\u{0}\\u{202E}\\u{D800}\\u{200B}');
  });

  it('keeps the lines of notes', () => {
    expect(manyLines('one\r\ntwo\n\n\tthree\0')).toBe('one\ntwo\n\n    three\\u{0}');
  });

  it('cuts long texts at a whole character and says how long they were', () => {
    expect(shorten('abc', 3)).toBe('abc');
    expect(shorten('ab\u{1F600}d', 3)).toBe('ab… (5 characters in all)');
  });
});
