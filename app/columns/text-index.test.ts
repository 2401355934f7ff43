import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressIndex } from './address-index.ts';
import { KeyedIndex } from './keyed-index.ts';

const quad = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }).map((octets) => octets.join('.'));
const near = fc.constantFrom(
  '0.0.0.0',
  '0.0.0.00',
  '255.255.255.255',
  '1.2.3.4',
  '01.2.3.4',
  '1.2.3.4 ',
  '1.2.3.256',
  '',
  '::1',
  'host.lan',
  '\0',
  'x'.repeat(3000),
);
const texts = fc.array(fc.oneof(quad, near, fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 60 });

/** Stands within other bytes, as texts of a log do. */
function within(text: string): readonly [bytes: Uint8Array, start: number, end: number] {
  const bytes = Buffer.from(`.${text}9`);
  return [bytes, 1, bytes.length - 1];
}

describe.each([
  ['KeyedIndex', (): KeyedIndex => new KeyedIndex()],
  ['AddressIndex', (): AddressIndex => new AddressIndex()],
])('%s', (_, made) => {
  it('numbers texts in the order in which they came, and finds those and no others', () => {
    fc.assert(
      fc.property(texts, texts, (some, others) => {
        const index = made();
        const model = new Map<string, number>();
        for (const text of some) {
          if (!model.has(text)) model.set(text, model.size + 1);
          expect(index.intern(...within(text))).toBe(model.get(text));
          expect(index.size).toBe(model.size);
        }
        for (const text of [...some, ...others]) expect(index.find(...within(text))).toBe(model.get(text) ?? 0);
      }),
    );
  });

  it('finds the first of texts that were appended twice', () => {
    fc.assert(
      fc.property(texts, (some) => {
        const index = made();
        for (const text of some) index.append(...within(text));
        expect(index.size).toBe(some.length);
        for (const text of some) expect(index.find(...within(text))).toBe(some.indexOf(text) + 1);
        expect(index.intern(...within('one more'))).toBe(some.length + 1);
      }),
    );
  });

  it('grows', () => {
    const index = made();
    const count = 60_000;
    const textOf = (i: number): string => (i % 3 === 0 ? `host-${i}` : `10.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}`);
    for (let i = 0; i < count; i++) if (index.intern(...within(textOf(i))) !== i + 1) expect.fail(`${textOf(i)} has another number`);
    for (let i = 0; i < count; i++) if (index.find(...within(textOf(i))) !== i + 1) expect.fail(`${textOf(i)} is not found`);
  });
});
