import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellTerm, pieces, terms, withoutTerm, withTerm } from './filter-terms.ts';

describe('terms of a filter', () => {
  it('pieces are the whole text, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(
          pieces(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('are added once, give way to their contrary, and are taken away again', () => {
    expect(withTerm('', 'resp_p = 53')).toBe('resp_p = 53');
    expect(withTerm('resp_p = 53', 'resp_p = 53')).toBe('resp_p = 53');
    expect(withTerm('not resp_p = 53 and proto = udp', 'resp_p = 53')).toBe('proto = udp and resp_p = 53');
    expect(withTerm('a = 1 or b = 2', 'c = 3')).toBe('(a = 1 or b = 2) and c = 3');
    expect(withoutTerm('a = 1 and b = 2', 0)).toBe('b = 2');
  });

  it('of a cell quote names and values that cannot stand bare', () => {
    expect(cellTerm('orig_h', 'addr', '2001:db8::1')).toBe('orig_h = 2001:db8::1');
    expect(cellTerm('Bytes Out', 'count', 1200)).toBe('"Bytes Out" = 1200');
    expect(cellTerm('cs(Cookie)', 'string', 'a "b"')).toBe('"cs(Cookie)" = "a \\"b\\""');
    expect(cellTerm('in', 'string', null)).toBe('"in" = absent');
    expect(cellTerm('detailed-label', 'string', 'x')).toBe('detailed-label = x');
    expect(terms(`${cellTerm('a and b', 'string', 'c')} and d = 1`)).toEqual(['"a and b" = c', 'd = 1']);
  });
});
