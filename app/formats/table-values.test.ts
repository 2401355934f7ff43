import fc from 'fast-check';
import { expect, it } from 'vitest';
import { numberValue } from './table-values.ts';

const read = (text: string): number => {
  const bytes = Buffer.from(`x${text}y`);
  return numberValue(bytes, 1, bytes.length - 1);
};

it('reads decimals to the last bit as JavaScript does, whatever way they take', () => {
  const digits = fc.stringMatching(/^-?(?:0|[1-9]\d{0,11})\.\d{1,12}$/);
  fc.assert(
    fc.property(digits, (text) => {
      const expected = Number(text);
      expect(read(text)).toBe(expected === 0 ? 0 : expected);
    }),
    { numRuns: 5000 },
  );
});

it.each([
  ['1.', 1],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['-0.0', 0],
  ['1.5e3', 1500],
  ['00.5', NaN],
  ['01', NaN],
  ['-', NaN],
  ['.', NaN],
  ['1.2.3', NaN],
  ['1,5', NaN],
  ['9007199254740993', NaN],
  ['9007199254740991', 9_007_199_254_740_991],
])('%s is %d', (text, value) => {
  expect(read(text)).toBe(value);
});
