import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../contract/format.ts';
import type { ColumnType } from '../contract/records.ts';
import { after, before, covers, inRanges, mergeRanges, touches } from './ranges.ts';
import type { Operator } from './syntax.ts';
import { numberRange, readDuration, readSize } from './values.ts';

const range = (type: ColumnType, operator: Operator, text: string): readonly [number, number] =>
  numberRange(type, operator, { text, quoted: false, position: 0, length: text.length });
const DAY = 86_400e6;
const day = Date.UTC(2024, 3, 19) * 1000;

describe('numbers in a filter', () => {
  it.each([
    ['1500', 1500],
    ['1MB', 1e6],
    ['1 mb', 1e6],
    ['1MiB', 2 ** 20],
    ['1.5KiB', 1536],
    ['2k', 2000],
    ['3G', 3e9],
    ['10B', 10],
    ['1e3', 1000],
    ['-5', -5],
  ])('reads the size %s', (text, value) => {
    expect(readSize(text)).toBe(value);
  });
  it.each(['', 'MB', '1XB', '1,000', '1MBB', '0x10', '1i', 'NaN', 'Infinity'])('refuses the size %s', (text) => {
    expect(readSize(text)).toBeNull();
  });

  it.each([
    ['1', 1e6],
    ['0.000001', 1],
    ['350ms', 350e3],
    ['1h30m', 5400e6],
    ['1 m 05 s', 65e6],
    ['2d', 2 * DAY],
    ['7us', 7],
    ['7µs', 7],
    ['1.234567s', 1_234_567],
  ])('reads the duration %s', (text, value) => {
    expect(readDuration(text)).toBe(value);
  });
  it.each(['', 's', '1x', '1h30', 'h1', '1..2s'])('refuses the duration %s', (text) => {
    expect(readDuration(text)).toBeNull();
  });

  it('takes a date as the whole day with every operator', () => {
    expect(range('time', '=', '2024-04-19')).toEqual([day, before(day + DAY)]);
    expect(range('time', '<', '2024-04-19')).toEqual([-Infinity, before(day)]);
    expect(range('time', '<=', '2024-04-19')).toEqual([-Infinity, before(day + DAY)]);
    expect(range('time', '>', '2024-04-19')).toEqual([day + DAY, Infinity]);
    expect(range('time', '>=', '2024-04-19')).toEqual([day, Infinity]);
    expect(range('time', '=', '2024-02')).toEqual([Date.UTC(2024, 1, 1) * 1000, before(Date.UTC(2024, 2, 1) * 1000)]);
    expect(range('time', '=', '2024')).toEqual([Date.UTC(2024, 0, 1) * 1000, before(Date.UTC(2025, 0, 1) * 1000)]);
  });

  it('takes a time of day as an instant, and as long as it is written where it is asked for exactly', () => {
    const ten = day + 10 * 3600e6;
    expect(range('time', '>', '2024-04-19T10:00')).toEqual([after(ten), Infinity]);
    expect(range('time', '<=', '2024-04-19 10:00')).toEqual([-Infinity, ten]);
    expect(range('time', '=', '2024-04-19T10:00')).toEqual([ten, before(ten + 60e6)]);
    expect(range('time', '=', '2024-04-19T10:00:07.5Z')).toEqual([ten + 7.5e6, before(ten + 7.6e6)]);
    expect(range('time', '=', '2024-04-19T12:00:00.123456+02:00')).toEqual([ten + 123_456, before(ten + 123_457)]);
    expect(range('time', '=', '1713553615.895462')).toEqual([1_713_553_615_895_462, before(1_713_553_615_895_463)]);
  });

  it('finds every time again that the window writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e15 }), (time) => {
        expect(range('time', '=', isoTime(time))).toEqual([time, before(time + 1)]);
        expect(range('time', '<', isoTime(time))[1]).toBeLessThan(time);
      }),
    );
  });

  it.each(['2024-02-30', '2024-13-01', '2024-04-19T24:00', '2024-04-19T10', 'yesterday', '19.04.2024', '123'])(
    'refuses the time %s',
    (text) => {
      expect(() => range('time', '=', text)).toThrow(/is no time at character 1/);
    },
  );
  it.each(['70000', '-1', '443/tcp', '4 4'])('refuses the port %s', (text) => {
    expect(() => range('port', '=', text)).toThrow(/is no port/);
  });
});

describe('ranges', () => {
  it('say what a list of bounds says, however it is merged', () => {
    const bound = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(bound, bound), { maxLength: 8 }), bound, bound, (list, value, other) => {
        const ranges = mergeRanges(list);
        const holds = (x: number): boolean => list.some(([low, high]) => x >= low && x <= high);
        expect(inRanges(ranges, value)).toBe(holds(value));
        expect(inRanges(ranges, NaN)).toBe(false);
        const [low, high] = [Math.min(value, other), Math.max(value, other)];
        if (covers(ranges, low, high)) for (let x = low; x <= high; x++) expect(holds(x)).toBe(true);
        if (!touches(ranges, low, high)) for (let x = low; x <= high; x++) expect(holds(x)).toBe(false);
      }),
    );
  });
  it('steps to the next double', () => {
    for (const value of [0, 1, -1, 1e15, 1e300, -5e-324, 5e-324, Number.MAX_VALUE]) {
      expect(after(value)).toBeGreaterThan(value);
      if (value !== 0) expect(before(after(value))).toBe(value);
    }
    expect(after(1)).toBe(1 + Number.EPSILON);
  });
});
