import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketAt,
  bucketTip,
  bucketX,
  lengthWords,
  spanWords,
  timelineOption,
  timelineTable,
  timelineWords,
  withSpan,
  type Buckets,
} from './timeline.ts';

const start = Date.UTC(2026, 3, 17, 3, 0, 0) * 1000;
function buckets(connections: readonly number[], step = 600e6): Buckets {
  const values = Float64Array.from(connections);
  return {
    start,
    step,
    connections: values,
    bytesOut: values.map((n) => n * 1000),
    bytesIn: values.map((n) => n * 9),
    failed: values.map((n) => Math.floor(n / 4)),
  };
}
const four = buckets([4, 0, 100, 8]);

describe('places', () => {
  it('a bucket is found at its own middle, and outside the nearest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 200, max: 3000 }), fc.nat(), (count, width, which) => {
        const data = buckets(Array.from({ length: count }, () => 1));
        const at = which % count;
        const middle = (bucketX(data, at, width) + bucketX(data, at + 1, width)) / 2;
        expect(bucketAt(data, middle, width)).toBe(at);
        expect(bucketAt(data, -50, width)).toBe(0);
        expect(bucketAt(data, width + 50, width)).toBe(count - 1);
      }),
    );
  });
});

describe('words', () => {
  it('says the busiest span, where there is one, and what is empty', () => {
    expect(timelineWords(four)).toBe('Busiest: the 10 min from 2026-04-17 03:20:00 with 100 connections. 1 of 4 spans are empty.');
    expect(timelineWords(buckets([1, 0, 1]))).toBe('No span of 10 min has more than 1 connection; 2 have as many. 1 of 3 spans are empty.');
    expect(timelineWords(buckets([]))).toBe('');
  });

  it('drops the date where both are on it, and seconds where they are nothing', () => {
    expect(spanWords(start, start + 600e6)).toBe('2026-04-17 03:00 – 03:10');
    expect(spanWords(start, start + 86_400e6)).toBe('2026-04-17 03:00 – 2026-04-18 03:00');
    expect(spanWords(start, start + 1500)).toBe('2026-04-17 03:00:00.000 – 03:00:00.001');
    expect([600e6, 5_400e6, 86_400e6, 10e6, 1_500_000].map(lengthWords)).toEqual(['10 min', '1 h 30 m', '1 d', '10 s', '1.5 s']);
  });

  it('a tip adds up over a span', () => {
    const tip = bucketTip(four, 0, 2);
    expect(tip.title).toBe('2026-04-17 03:00 – 03:30 UTC');
    expect(tip.rows[0]).toEqual(['connections', '104']);
    expect(tip.rows[1]).toEqual(['failed', '26 (25.0 %)']);
    expect(bucketTip(four, 1).rows[1]).toEqual(['failed', '0']);
  });

  it('the table leaves empty spans out and keeps exact figures', () => {
    const table = timelineTable(four);
    expect(table.rows).toHaveLength(3);
    expect(table.rows[1]).toEqual(['2026-04-17 03:20:00.000', '100', '25', '100,000', '900']);
  });
});

describe('withSpan', () => {
  it('leaves the ends of the whole open', () => {
    expect(withSpan('', four, 0, 3)).toBe('');
    expect(withSpan('', four, 1, 3)).toBe('ts >= 2026-04-17T03:10:00Z');
    expect(withSpan('', four, 0, 1)).toBe('ts < 2026-04-17T03:20:00Z');
  });

  it('replaces times that stand there, and keeps the rest', () => {
    expect(withSpan('ts >= 2026-04-17T03:00:00Z and resp_p = 443 and ts < 2026-04-17T04:00:00Z', four, 1, 2)).toBe(
      'resp_p = 443 and ts >= 2026-04-17T03:10:00Z and ts < 2026-04-17T03:30:00Z',
    );
    // Once there are times, the ends of what is seen are not the ends of the case.
    expect(withSpan('ts >= 2026-04-17T03:00:00Z', four, 0, 3)).toBe('ts >= 2026-04-17T03:00:00Z and ts < 2026-04-17T03:40:00Z');
  });

  it('moves edges of long spans outwards to the second, keeps those of short ones', () => {
    const odd: Buckets = { ...four, start: start + 123_456, step: 600_000_111 };
    expect(withSpan('', odd, 1, 1)).toBe('ts >= 2026-04-17T03:10:00Z and ts < 2026-04-17T03:20:01Z');
    expect(withSpan('', { ...four, step: 1000.5 }, 1, 1)).toBe('ts >= 2026-04-17T03:00:00.001001Z and ts < 2026-04-17T03:00:00.002001Z');
  });
});

it('draws four series of as many boxes as buckets, the failed at the foot of all', () => {
  const theme = {
    dark: false,
    bg: '#ffffff',
    line: '#e2e5e9',
    text: '#16191d',
    text2: '#4b545e',
    text3: '#68727d',
    accent: '#1f5fbf',
    sans: 'Inter',
  };
  const option = timelineOption(four, theme);
  const series = option.series as readonly { readonly data: readonly (readonly number[])[] }[];
  expect(series.map((one) => one.data.length)).toEqual([4, 4, 4, 4]);
  expect(series[0]?.data[2]?.slice(2)).toEqual([25, 100]);
  expect(series[1]?.data[2]?.slice(2)).toEqual([0, 25]);
  expect(series[2]?.data[1]?.[3]).toBe(0);
  expect(series[3]?.data[2]?.[3]).toBeLessThan(0);
  expect(option.animation).toBe(false);
});
