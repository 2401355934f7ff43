import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../errors.ts';
import { parseFilter } from './parse.ts';
import { printFilter, printText } from './print.ts';
import { operators, type Expression, type Word } from './syntax.ts';

/** A tree without the places, which printing changes. */
function bare(expression: Expression | null): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) => (key === 'position' || key === 'length' || key === 'quoted' ? undefined : value)),
  );
}

const word = (text: string): Word => ({
  text,
  quoted: !/^[\w.:/-]+$/.test(text) || /^(and|or|not|in|is|matches|absent|-)$/i.test(text),
  position: 0,
  length: 0,
});
const text = fc.oneof(
  fc.constantFrom('ts', 'resp_p', '10.0.0.0/8', '1MB', 'and', 'Not', 'absent', '-', 'a"b\\', '\\', "'", ' ', '', '2024-04-19T10:00'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const comparison = fc
  .tuple(text, fc.constantFrom(...operators), fc.array(text, { minLength: 1, maxLength: 3 }))
  .map(([field, operator, values]): Expression => ({
    type: 'comparison',
    field: word(field),
    operator,
    values: (operator === 'in' || operator === 'not in' ? values : values.slice(0, 1)).map(word),
  }));
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    comparison,
    tie('tree').map((term): Expression => ({ type: 'not', term })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('tree'), { minLength: 2, maxLength: 3 }))
      .map(([type, terms]): Expression => ({ type, terms })),
  ),
}));

describe('parseFilter', () => {
  it('reads what printFilter writes as the same tree', () => {
    fc.assert(
      fc.property(tree, (expression) => {
        expect(bare(parseFilter(printFilter(expression)))).toEqual(bare(expression));
      }),
      { numRuns: 1000 },
    );
  });

  it('throws nothing but a FlowcaseError with a place inside the text, whatever is typed', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          'and',
          'or',
          'not',
          'in',
          'is',
          '(',
          ')',
          ',',
          '=',
          '!=',
          '~',
          '"',
          "'",
          ' ',
          'a',
          '1',
          '\\',
          '[',
          '!',
          'absent',
          '\0',
          '😀',
          '\ud800',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pieces, fc.constantFrom('', ' '), (parts, between) => {
        const typed = parts.join(between);
        try {
          parseFilter(typed);
        } catch (error) {
          expect(error).toBeInstanceOf(FlowcaseError);
          if (!(error instanceof FlowcaseError)) return;
          expect(error.code).toBe('FILTER_SYNTAX');
          const position = Number(error.details?.['position']);
          expect(position >= 0 && position <= typed.length).toBe(true);
          expect(error.message).toContain(`character ${position + 1}`);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('binds not before and, and before or', () => {
    expect(printFilter(parseFilter('a = 1 or not b = 2 and c = 3'))).toBe('a = 1 or (not b = 2 and c = 3)');
    expect(printFilter(parseFilter('(a = 1 OR b = 2) AND c = 3'))).toBe('(a = 1 or b = 2) and c = 3');
  });

  it('takes other spellings, and blanks or none', () => {
    expect(printFilter(parseFilter('a==1 and b≠2 and c≥3 and d≤4'))).toBe('a = 1 and b != 2 and c >= 3 and d <= 4');
    expect(printFilter(parseFilter('a in 1 and b not in(1,2)and c is absent and d is not absent and e is present'))).toBe(
      'a in (1) and b not in (1, 2) and c = absent and d != absent and e != absent',
    );
    expect(parseFilter('  ')).toBeNull();
  });

  it('keeps backslashes that escape nothing, so that regular expressions read as they are', () => {
    expect(bare(parseFilter('uid matches "^\\d+\\.\\"x"'))).toMatchObject({ values: [{ text: '^\\d+\\."x' }] });
  });

  it('refuses a nest or a text without end', () => {
    expect(() => parseFilter('('.repeat(19_000))).toThrow(/deeper than 100/);
    expect(() => parseFilter('not '.repeat(4000))).toThrow(/deeper than 100/);
    expect(() => parseFilter('a'.repeat(20_001))).toThrow(/at most 20000/);
  });

  it.each([
    ['ts >', 4, 'nothing where a value belongs'],
    ['ts > 1 resp_p = 3', 7, 'after a whole condition'],
    ['(a = 1', 6, 'bracket from character 1'],
    ['a in (1, 2', 10, 'list from character 6'],
    ['a = "x', 4, 'has no end'],
    ['a [', 2, 'means nothing'],
    ['a = and', 4, 'word of the language'],
    ['and a = 1', 0, 'where a condition begins'],
    ['a is 3', 5, 'after “is”'],
    ['a not 3', 6, 'after “not”'],
    ['a ! 3', 2, 'alone means nothing'],
  ])('points at the place in %s', (typed, position, words) => {
    try {
      parseFilter(typed);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'FILTER_SYNTAX', details: { position } });
      expect(String(error)).toContain(words);
    }
  });
});

it('writes any text so that it is read as that text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(bare(parseFilter(`a = ${printText(value)}`))).toMatchObject({ values: [{ text: value }] });
    }),
  );
});
