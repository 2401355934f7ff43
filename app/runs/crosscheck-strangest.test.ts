import fc from 'fast-check';
import { expect, it } from 'vitest';
import { opinionOf, opinionWords } from './crosscheck-strangest.ts';

const rank = { agrees: 2, 'not confirmed': 1, differs: 0 } as const;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const agreement = fc.record({ order: share, share });

it('three strangest of 23 in common are no agreement, and six are none the less', () => {
  const yardstick = { order: 0.96, share: 0.4 };
  expect(opinionOf({ order: 0.95, share: 3 / 23 }, yardstick, 23)).toBe('not confirmed');
  expect(opinionOf({ order: 0.95, share: 6 / 23 }, yardstick, 23)).toBe('not confirmed');
  expect(opinionOf({ order: 0.95, share: 6 / 23 }, { order: 0.96, share: 0.6 }, 23)).toBe('not confirmed');
});

it('agrees where order and strangest hold beside the yardstick, and differs where the order does not', () => {
  const yardstick = { order: 0.96, share: 0.85 };
  expect(opinionOf({ order: 0.93, share: 0.8 }, yardstick, 20)).toBe('agrees');
  expect(opinionOf({ order: 0.93, share: 0.55 }, yardstick, 20)).toBe('not confirmed');
  expect(opinionOf({ order: 0.6, share: 0.8 }, yardstick, 20)).toBe('differs');
  expect(opinionOf({ order: 0.93, share: 1 }, { order: 0.96, share: 1 }, 0)).toBe('agrees');
});

it('more in common is never a worse verdict', () => {
  fc.assert(
    fc.property(agreement, agreement, agreement, fc.integer({ min: 0, max: 500 }), (one, other, yardstick, strangest) => {
      const less = { order: Math.min(one.order, other.order), share: Math.min(one.share, other.share) };
      const more = { order: Math.max(one.order, other.order), share: Math.max(one.share, other.share) };
      expect(rank[opinionOf(more, yardstick, strangest)]).toBeGreaterThanOrEqual(rank[opinionOf(less, yardstick, strangest)]);
    }),
  );
});

it('says that it rests on the seed only where forests of one implementation do not agree either', () => {
  expect(opinionWords('not confirmed', { order: 0.96, share: 0.4 }, 23)).toMatch(
    /50\.0 % or more would have to be in common\. Nor do .* seed/,
  );
  expect(opinionWords('not confirmed', { order: 0.96, share: 0.9 }, 23)).not.toContain('seed');
});
