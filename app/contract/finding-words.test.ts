import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeBars, causesOf, withCauses } from './finding-words.ts';
import type { DeviantFeature } from './records.ts';

it('what does it is read as it was written', () => {
  const cause = fc.string({ minLength: 1 }).map(
    (text) =>
      text
        .replaceAll('; ', ', ')
        .replaceAll('What does it: ', '')
        .replace(/[.;]+$/, '')
        .trim() || 'x',
  );
  fc.assert(
    fc.property(fc.string(), fc.array(cause), (said, causes) => {
      fc.pre(!said.includes(' What does it: '));
      expect(causesOf(withCauses(said, causes))).toEqual({ said, causes });
    }),
  );
  expect(withCauses('a.', ['b; c'])).toBe('a. What does it: b, c.');
});

describe('bars of what does it', () => {
  const of = (deviation: number | null, value: number, typical: number | null): DeviantFeature => ({
    ...{ feature: 'orig_bytes', title: 'Bytes sent', measure: 'value', value, typical, deviation, words: [String(value), String(typical)] },
  });

  it('have one scale, the farther the longer, and say which way', () => {
    const bars = causeBars({ path: null, features: [of(38.24, 9, 1), of(-4, 1, 9), of(null, 5, 2), of(null, 5, null)] });
    expect(bars.map(({ far, more }) => [far, more])).toEqual([
      ['+38.2 σ', true],
      ['−4.0 σ', false],
      ['all others alike', true],
      ['has it alone', true],
    ]);
    expect(bars[0].length).toBe(1);
    expect(bars[1].length).toBeCloseTo(Math.log(5) / Math.log(39.24), 10);
    expect(bars.slice(2).map(({ length }) => length)).toEqual([1, 1]);
  });

  it('are short where little is far', () => {
    expect(causeBars({ path: null, features: [of(2, 3, 1)] })[0].length).toBeCloseTo(Math.log(3) / Math.log(11), 10);
  });
});
