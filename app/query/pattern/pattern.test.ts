import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Pattern, PatternError } from './pattern.ts';

const leaf = fc.constantFrom('a', 'b', 'c', '.', '\\d', '\\w', '[ab]', '[^a]', '[a-c1]', '1', '_', '\\b', '^', '$', '\\.', '[\\D]', 'é');
const source = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?')).map(([a, q]) => `(${a})${q}`),
  ),
})).node;

it('says the same as JavaScript on random patterns and texts', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '1', '_', '.', ' ', '\n', 'é', '😀'), maxLength: 12 });
  fc.assert(
    fc.property(source, fc.array(text, { minLength: 1, maxLength: 5 }), fc.boolean(), (pattern, subjects, ignoreCase) => {
      const mine = new Pattern(`${ignoreCase ? '(?i)' : ''}${pattern}`);
      const theirs = new RegExp(pattern, ignoreCase ? 'iu' : 'u');
      // One after the other: what was remembered of one text must hold for the next.
      for (const subject of subjects) expect(mine.test(subject), subject).toBe(theirs.test(subject));
    }),
    { numRuns: 3000 },
  );
});

it('never throws anything but PatternError, and takes what JavaScript takes or refuses it', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab01(){}[]|*+?.\\^$-,:<>=!xu'.split('')), maxLength: 20 });
  fc.assert(
    fc.property(text, (pattern) => {
      try {
        new Pattern(pattern).test('ab01(){}');
      } catch (error) {
        expect(error).toBeInstanceOf(PatternError);
      }
    }),
    { numRuns: 3000 },
  );
});

it('walks through what makes a backtracking matcher stand still', () => {
  expect(new Pattern('^(a+)+$').test(`${'a'.repeat(50_000)}!`)).toBe(false);
  expect(new Pattern('(x+x+)+y').test('x'.repeat(50_000))).toBe(false);
  expect(new Pattern('^(a|aa|aaa)*b').test('a'.repeat(50_000))).toBe(false);
});

it('forgets sets of places when there are too many, and goes on', () => {
  const pattern = new Pattern('a[ab]{14}c');
  const text = Array.from({ length: 20_000 }, (_, i) => 'ab'[((i * i * 7919) % 13) % 2]).join('');
  expect(pattern.test(text)).toBe(false);
  expect(pattern.test(`${text}${'a'.repeat(15)}c`)).toBe(true);
});

it('refuses what it cannot do in linear time, and what is too large', () => {
  for (const pattern of [
    '(a)\\1',
    '(?=a)',
    '(?<!a)b',
    'a{1001}',
    '((a{100}){100}){100}',
    '(',
    ')',
    '[',
    'a**',
    '*a',
    'a\\',
    '\\q',
    '[b-a]',
  ])
    expect(() => new Pattern(pattern), pattern).toThrow(PatternError);
});
