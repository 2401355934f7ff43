import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BAD,
  NEGATIVE,
  OUT_OF_RANGE,
  parseBool,
  parseCount,
  parseDouble,
  parseInteger,
  parseInterval,
  parsePort,
  parseTime,
} from './values.ts';

/** Parses text that stands in the middle of other bytes. */
function parse(how: (bytes: Uint8Array, start: number, end: number) => number, text: string): number {
  const bytes = Buffer.from(`7.${text}.7`);
  return how(bytes, 2, bytes.length - 2);
}

describe('values', () => {
  it('reads times exactly to the microsecond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 7_258_118_399 }),
        fc.integer({ min: 0, max: 999_999 }),
        fc.integer({ min: 1, max: 6 }),
        (seconds, micro, digits) => {
          const fraction = String(micro).padStart(6, '0').slice(0, digits);
          expect(parse(parseTime, `${seconds}.${fraction}`)).toBe(seconds * 1e6 + Number(fraction.padEnd(6, '0')));
        },
      ),
    );
    expect(parse(parseTime, '0')).toBe(0);
    expect(parse(parseTime, '6.584658')).toBe(6_584_658);
    expect(parse(parseTime, '1700000000.1234567')).toBe(1_700_000_000_123_457);
    expect(parse(parseTime, '1700000000.123456499999')).toBe(1_700_000_000_123_456);
  });

  it.each([
    ['', BAD],
    ['nan', BAD],
    ['inf', BAD],
    ['-inf', BAD],
    ['yesterday', BAD],
    ['1.2.3', BAD],
    ['1.', OUT_OF_RANGE],
    ['1 ', BAD],
    ['-5.5', NEGATIVE],
    ['1e20', OUT_OF_RANGE],
    ['99999999999999.0', OUT_OF_RANGE],
    ['7258118400.0', OUT_OF_RANGE],
    ['9'.repeat(300), OUT_OF_RANGE],
  ])('refuses the time "%s"', (text, why) => expect(parse(parseTime, text)).toBe(why));

  it('reads counts exactly below 2^53, rounds below 2^63 and refuses above', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (count) => {
        expect(parse(parseCount, String(count))).toBe(count);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), (count) => {
        expect(parse(parseCount, String(count))).toBe(Number(count));
      }),
    );
    fc.assert(
      fc.property(fc.bigInt(2n ** 63n, 2n ** 90n), (count) => {
        expect(parse(parseCount, String(count))).toBe(OUT_OF_RANGE);
      }),
    );
    expect(parse(parseCount, '0000000000000000000000000000012')).toBe(12);
  });

  it.each([
    ['', BAD],
    ['x', BAD],
    ['12a', BAD],
    ['0x10', BAD],
    ['-', BAD],
    ['-5', NEGATIVE],
    ['1e308', OUT_OF_RANGE],
    ['1.5', OUT_OF_RANGE],
  ])('refuses the count "%s"', (text, why) => expect(parse(parseCount, text)).toBe(why));

  it('reads ports from 0 to 65535', () => {
    for (const port of [0, 1, 443, 65_535]) expect(parse(parsePort, String(port))).toBe(port);
    expect(parse(parsePort, '65536')).toBe(OUT_OF_RANGE);
    expect(parse(parsePort, '-1')).toBe(NEGATIVE);
    expect(parse(parsePort, 'http')).toBe(BAD);
  });

  it('reads intervals with a sign and in the short form of numbers', () => {
    expect(parse(parseInterval, '3.139211')).toBe(3_139_211);
    expect(parse(parseInterval, '-0.000001')).toBe(-1);
    expect(parse(parseInterval, '1e-05')).toBe(10);
    expect(parse(parseInterval, '-0.0')).toBe(0);
    expect(parse(parseInterval, '1e300')).toBe(Infinity);
    for (const bad of ['', 'x', '1-', 'nan']) expect(parse(parseInterval, bad)).toBeNaN();
  });

  it('reads whole numbers, doubles and truth values', () => {
    expect(parse(parseInteger, '-17')).toBe(-17);
    expect(parse(parseInteger, '+17')).toBe(17);
    expect(Object.is(parse(parseInteger, '-0'), 0)).toBe(true);
    expect(parse(parseInteger, '--1')).toBeNaN();
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(parse(parseDouble, String(x))).toBe(Number(String(x)));
      }),
    );
    for (const bad of ['', 'nan', 'inf', 'Infinity', '1e999', '0x1']) expect(parse(parseDouble, bad)).toBeNaN();
    expect([parse(parseBool, 'T'), parse(parseBool, 'F'), parse(parseBool, 't'), parse(parseBool, 'TF'), parse(parseBool, '')]).toEqual([
      1,
      0,
      BAD,
      BAD,
      BAD,
    ]);
  });
});
