import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalmTop, rateFigures, RateRing, rateSpanWords, roundTop } from './live-rates.ts';

const at = (second: number): number => second * 1e6 + 123_456;

describe('rates of the latest seconds', () => {
  it('are put where they belong, whether statuses come twice, late or not at all', () => {
    const ring = new RateRing(5);
    expect([...ring.series(3)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    ring.take(at(100), [1, 2, 3]);
    expect([...ring.series(5)]).toEqual([Number.NaN, Number.NaN, 1, 2, 3]);
    ring.take(at(100), [1, 2, 4]);
    expect([...ring.series(3)]).toEqual([1, 2, 4]);
    // two statuses were missed: the next one tells of the seconds between
    ring.take(at(103), [5, 6, 7]);
    expect([...ring.series(5)]).toEqual([2, 4, 5, 6, 7]);
    // nobody told of the seconds between
    ring.take(at(106), [9]);
    expect([...ring.series(5)]).toEqual([6, 7, Number.NaN, Number.NaN, 9]);
    expect(ring.latest).toBe(106);
  });

  it('begin anew where the clock was set back', () => {
    const ring = new RateRing(5);
    ring.take(at(1000), [1, 2]);
    ring.take(at(10), [3]);
    expect([...ring.series(5)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 3]);
  });

  it('are those that were told last, for whatever comes in whatever order within the ring', () => {
    const status = fc.record({ step: fc.integer({ min: 0, max: 6 }), rates: fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 12 }) });
    fc.assert(
      fc.property(fc.array(status, { minLength: 1, maxLength: 30 }), (statuses) => {
        const ring = new RateRing(8);
        const told = new Map<number, number>();
        let second = 50;
        for (const { step, rates } of statuses) {
          second += step;
          ring.take(at(second), rates);
          rates.forEach((rate, index) => told.set(second - (rates.length - 1 - index), rate));
        }
        const expected = Array.from({ length: 8 }, (_, index) => told.get(second - 7 + index) ?? Number.NaN);
        // what was told of a second that had left the ring is not looked for
        ring.series(8).forEach((value, index) => {
          if (!Number.isNaN(value)) expect(value).toBe(expected[index]);
        });
        expect(ring.series(1)[0]).toEqual(told.get(second) ?? Number.NaN);
      }),
    );
  });

  it('are said by their latest, mean and most', () => {
    expect(rateFigures(Float64Array.of(Number.NaN, 2, 4))).toEqual({ now: 4, mean: 3, most: 4, known: 2 });
    expect(rateFigures(new Float64Array(0)).known).toBe(0);
  });
});

describe('the axis of rates', () => {
  it('ends at a round number at or above the most', () => {
    expect([0, 5, 6, 99, 100, 101, 4999].map(roundTop)).toEqual([5, 5, 10, 100, 100, 200, 5000]);
    fc.assert(fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (most) => roundTop(most) >= most * (1 - 1e-9)));
  });

  it('grows at once and shrinks only when it has been calm for long', () => {
    const axis = new CalmTop(3);
    expect([10, 900, 12, 12].map((most) => axis.next(most))).toEqual([10, 1000, 1000, 1000]);
    expect(axis.next(12)).toBe(20);
    expect([900, 12, 12, 700, 12].map((most) => axis.next(most))).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it('says its seconds in words', () => {
    expect([15, 60, 150, 600].map(rateSpanWords)).toEqual(['15 s', '1 min', '2 m 30 s', '10 min']);
  });
});
