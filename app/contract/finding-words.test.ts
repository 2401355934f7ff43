import fc from 'fast-check';
import { expect, it } from 'vitest';
import { causesOf, withCauses } from './finding-words.ts';

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
