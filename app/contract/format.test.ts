import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFigure,
  formatShare,
  formatShortCount,
  formatTime,
  isoTime,
  plural,
} from './format.ts';

describe('figures as people read them', () => {
  it('counts, bytes and shares', () => {
    expect([formatCount(12_345), formatShortCount(12_345), formatShortCount(1_234_567)]).toEqual(['12,345', '12,345', '1.2 M']);
    expect([formatBytes(413), formatBytes(1126), formatBytes(421_632_512)]).toEqual(['413 B', '1.1 KiB', '402.1 MiB']);
    const shares = [0, 0.000001, 0.0018, 0.5, 0.9994, 0.9995, 0.9999, 0.99999, 1].map(formatShare);
    expect(shares).toEqual(['0 %', '< 0.01 %', '0.18 %', '50.0 %', '99.9 %', '> 99.9 %', '> 99.9 %', '> 99.99 %', '100.0 %']);
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => (formatShare(share) === '100.0 %') === (share === 1)));
    expect([plural(1, 'record'), plural(2000, 'record')]).toEqual(['1 record', '2,000 records']);
  });

  it('durations from microseconds to days', () => {
    const all = [0, 250, 350_000, 4_200_000, 65_000_000, 3_720_000_000, 273_600_000_000].map(formatDuration);
    expect(all).toEqual(['0 s', '250 µs', '350 ms', '4.20 s', '1 m 05 s', '1 h 02 m', '3 d 04 h']);
    expect(formatDuration(-1500)).toBe('−1.5 ms');
    const whole = [60e6, 1_800_400_000, 3_599_600_000, 7_200e6, 86_399.9e6, 4 * 86_400e6, -1_800e6].map(formatDuration);
    expect(whole).toEqual(['1 min', '30 min', '1 h', '2 h', '1 d', '4 d', '−30 min']);
  });

  it('times keep every microsecond, before and after 1970', () => {
    expect(isoTime(1_379_288_667_706_265)).toBe('2013-09-15T23:44:27.706265Z');
    expect(isoTime(-1)).toBe('1969-12-31T23:59:59.999999Z');
    expect(formatTime(1_379_288_667_706_265)).toBe('2013-09-15 23:44:27.706');
    expect(formatTime(1_379_288_667_706_265, 0)).toBe('2013-09-15 23:44:27');
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 7_258_118_400_000_000 }), (time) => {
        const text = isoTime(time);
        return Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26)) === time;
      }),
    );
  });
});

it('figures lie at their ends only where they are those', () => {
  expect([1, 0.99983, 0.9995, 0.9994, 0.5, 0.0005, 0.0004, 0, 1.25].map((value) => formatFigure(value))).toEqual([
    ...['1.000', '> 0.999', '> 0.999', '0.999', '0.500', '0.001', '< 0.001', '0.000', '1.250'],
  ]);
  expect([0.99996, 1, 0.00001].map((value) => formatFigure(value, 4))).toEqual(['> 0.9999', '1.0000', '< 0.0001']);
});
