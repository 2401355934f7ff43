import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barScale, mirroredLog, niceStep, powerLabel, unitText } from './scale.ts';

const counts = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 30 });

describe('barScale', () => {
  it('keeps order, stays within the room, and shows nothing for nothing', () => {
    fc.assert(
      fc.property(counts, fc.constantFrom('count' as const, 'bytes' as const), (values, unit) => {
        const scale = barScale(values, unit);
        const sorted = [...values].sort((a, b) => a - b);
        let before = 0;
        for (const value of sorted) {
          const share = scale.share(value);
          expect(share).toBeGreaterThanOrEqual(before);
          expect(share).toBeLessThanOrEqual(1);
          expect(share === 0).toBe(value === 0);
          before = share;
        }
        const largest = sorted.at(-1) ?? 0;
        if (largest > 0) expect(scale.share(largest)).toBeCloseTo(1, 6);
      }),
    );
  });

  it('has few ticks, inside the room, with different words', () => {
    fc.assert(
      fc.property(counts, fc.constantFrom('count' as const, 'bytes' as const), (values, unit) => {
        const { ticks } = barScale(values, unit);
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(new Set(ticks.map((tick) => tick.label)).size).toBe(ticks.length);
        for (const tick of ticks) expect(tick.at).toBeGreaterThanOrEqual(0);
        for (const tick of ticks) expect(tick.at).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('is log where values differ by much, and says so', () => {
    expect(barScale([1, 1000], 'count').log).toBe(true);
    expect(barScale([90, 100, 0], 'count').log).toBe(false);
    expect(barScale([5], 'count').log).toBe(false);
  });

  it('a tick stands where its value is drawn', () => {
    const scale = barScale([1842, 412_806], 'count');
    expect(scale.ticks.map((tick) => tick.label)).toEqual(['1 k', '10 k', '100 k']);
    expect(scale.ticks[1]?.at).toBeCloseTo(scale.share(10_000), 9);
    const bytes = barScale([6 * 1024 ** 2, 180 * 1024 ** 2], 'bytes');
    expect(bytes.ticks.map((tick) => tick.label)).toContain('16 MiB');
    expect(bytes.ticks.find((tick) => tick.label === '16 MiB')?.at).toBeCloseTo(bytes.share(16 * 1024 ** 2), 9);
  });
});

describe('mirroredLog', () => {
  it('labels the middle, both directions alike, and nothing between steps', () => {
    const axis = mirroredLog([1024 ** 2, 3 * 1024 ** 3]);
    expect(axis.base).toBe(2);
    expect(axis.label(0)).toBe('1 MiB');
    expect(axis.label(axis.interval)).toBe(axis.label(-axis.interval));
    expect(axis.label(axis.interval / 3)).toBe('');
    expect(axis.height(1024 ** 2 * 1024)).toBeCloseTo(1, 9);
  });

  it('draws every byte that there is, within the room', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e15, noNaN: true }), { maxLength: 40 }), (values) => {
        const axis = mirroredLog(values);
        expect(axis.top / axis.interval).toBeLessThanOrEqual(7);
        for (const value of values) {
          expect(axis.height(value) > 0).toBe(value > 0);
          expect(axis.height(value)).toBeLessThanOrEqual(axis.top + 1e-9);
        }
      }),
    );
  });

  it('stands without values', () => {
    expect(mirroredLog([]).top).toBeGreaterThan(0);
    expect(mirroredLog([0, Number.NaN]).label(0)).toBe('');
  });
});

it('writes powers and steps as people do', () => {
  expect([0, 1, 3, 5, 6, 9].map(powerLabel)).toEqual(['1', '10', '1 k', '100 k', '1 M', '1 G']);
  expect(niceStep(4000, 4, 'count')).toBe(1000);
  expect(niceStep(7, 4, 'count')).toBe(2);
  expect(niceStep(3 * 1024 ** 2, 4, 'bytes')).toBe(1024 ** 2);
  expect(unitText(412_806, 'count').short).toBe('412,806');
  expect(unitText(2048, 'bytes')).toEqual({ short: '2.0 KiB', exact: '2,048 bytes' });
});

describe('shares', () => {
  it('stay linear from 0 to the largest, in percent', () => {
    const { log, share, ticks } = barScale([0.134, 0.001], 'share');
    expect(log).toBe(false);
    expect(share(0.067)).toBeCloseTo(0.5, 9);
    expect(ticks.map(({ label }) => label)).toEqual(['0 %', '5 %', '10 %']);
    expect(barScale([], 'share').ticks.at(-1)?.label).toBe('100 %');
    expect(unitText(0.134, 'share')).toEqual({ short: '13.4 %', exact: '13.4 %' });
  });
});
