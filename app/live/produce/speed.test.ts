import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_PAUSE, Pacer, parseSpeed, type Speed } from './speed.ts';

/** When lines go that a pacer is asked for, on a clock that passes with the waiting; `busy` milliseconds go with each line. */
function moments(speed: Speed, times: readonly number[], busy = 0): number[] {
  let now = 5000;
  const pacer = new Pacer(speed, () => now);
  return times.map((ts) => {
    now += Math.max(0, pacer.next(ts));
    const went = now;
    now += busy;
    return went;
  });
}

describe('the pace of lines', () => {
  it('is read from words', () => {
    expect(parseSpeed('max')).toEqual({ kind: 'max' });
    expect(parseSpeed('1x')).toEqual({ kind: 'times', factor: 1 });
    expect(parseSpeed('0.5x')).toEqual({ kind: 'times', factor: 0.5 });
    expect(parseSpeed('2500/s')).toEqual({ kind: 'rate', perSecond: 2500 });
    for (const wrong of ['', '0x', '-1x', 'x', '10', '0/s', '5/m', 'fast', '1e3x'])
      expect(() => parseSpeed(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
  });

  it('is steady where a rate is told', () => {
    const went = moments({ kind: 'rate', perSecond: 250 }, new Array<number>(1000).fill(NaN));
    expect(went[0]).toBe(5000);
    for (let i = 1; i < went.length; i++) expect(went[i] - went[i - 1]).toBeCloseTo(4, 6);
  });

  it('catches up with a second at most where the target was slow', () => {
    let now = 0;
    const pacer = new Pacer({ kind: 'rate', perSecond: 100 }, () => now);
    expect(pacer.next(NaN)).toBe(0);
    now = 60_000;
    let atOnce = 0;
    while (pacer.next(NaN) <= 0) atOnce++;
    expect(atOnce).toBeGreaterThanOrEqual(99);
    expect(atOnce).toBeLessThanOrEqual(102);
  });

  it('keeps the differences of time stamps, divided by the factor', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: LONGEST_PAUSE }), { minLength: 1, maxLength: 30 }),
        fc.constantFrom(0.5, 1, 10),
        (steps, factor) => {
          let ts = 1.7e15;
          const times = [ts, ...steps.map((step) => (ts += step))];
          const went = moments({ kind: 'times', factor }, times);
          for (const [i, at] of went.entries()) expect(at - 5000).toBeCloseTo((times[i] - times[0]) / 1000 / factor, 3);
        },
      ),
    );
  });

  it('waits for nothing that is old, has no time, or comes after a pause of hours', () => {
    const second = 1e6;
    const t = 1.7e15;
    const times = [
      t,
      t + second,
      t - 50 * second,
      NaN,
      t + 2 * second,
      t + 2 * second + LONGEST_PAUSE + 1,
      t + 3 * second + LONGEST_PAUSE + 1,
    ];
    expect(moments({ kind: 'times', factor: 1 }, times).map((at) => at - 5000)).toEqual([0, 1000, 1000, 1000, 2000, 2000, 3000]);
  });
});
