import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RateMeter } from './rate.ts';

it('a steady stream has a steady rate, whenever it is written', () => {
  let now = 100;
  const meter = new RateMeter(() => now);
  // 2,000 a second, written every 1.1 seconds
  for (let i = 0; i < 40; i++) {
    now += 1.1;
    meter.add(2200);
  }
  const whole = meter.minute().slice(-41, -2);
  for (const rate of whole) expect(Math.abs(rate - 2000)).toBeLessThan(5);
});

it('nothing is lost or counted twice, and what comes after a long silence counts when it came', () => {
  const gaps = fc.array(fc.tuple(fc.double({ min: 0.01, max: 5, noNaN: true }), fc.nat(10_000)), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(gaps, (adds) => {
      let now = 10.25;
      const meter = new RateMeter(() => now);
      for (const [gap, count] of adds) {
        now += gap;
        meter.add(count);
      }
      now = Math.floor(now) + 1;
      const minute = meter.minute();
      expect(minute.reduce((sum, one) => sum + one, 0)).toBe(adds.reduce((sum, [, count]) => sum + count, 0));
      expect(minute.every((one) => Number.isInteger(one) && one >= 0)).toBe(true);
    }),
  );
  let now = 50.5;
  const meter = new RateMeter(() => now);
  meter.add(1);
  now = 60.5;
  meter.add(100);
  now = 61;
  expect(meter.minute().at(-1)).toBe(100);
});
