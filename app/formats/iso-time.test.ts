import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIsoTime } from './iso-time.ts';

const parse = (text: string): number => parseIsoTime(Buffer.from(`x${text}x`), 1, Buffer.byteLength(text) + 1);

describe('ISO 8601 from bytes', () => {
  it('agrees with Date on every day and offset', () => {
    const date = fc.date({ min: new Date('1700-01-01T00:00:00Z'), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.integer({ min: -1439, max: 1439 }), fc.nat(999), (day, offset, micro) => {
        const local = new Date(day.getTime() + offset * 60_000);
        fc.pre(local.getUTCFullYear() >= 1 && local.getUTCFullYear() <= 9999);
        const two = (value: number): string => String(value).padStart(2, '0');
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        const text = `${local.toISOString().slice(0, -1)}${String(micro).padStart(3, '0')}${zone}`;
        expect(parse(text)).toBe(day.getTime() * 1000 + micro);
      }),
    );
  });

  it.each([
    ['2018-03-24T17:15:20.615923Z', 1_521_911_720_615_923],
    ['1969-12-31T23:59:59.600000Z', -400_000],
    ['2018-03-24 17:15:20', 1_521_911_720_000_000],
    ['2018-03-24t17:15:20,5z', 1_521_911_720_500_000],
    ['2018-03-24T17:15:20.6159235999Z', 1_521_911_720_615_924],
    ['2018-03-24T17:15:20+0200', 1_521_904_520_000_000],
    ['2018-03-24T17:15:20-02', 1_521_918_920_000_000],
    ['2016-12-31T23:59:60Z', 1_483_228_800_000_000],
  ])('%s', (text, micro) => {
    expect(parse(text)).toBe(micro);
  });

  it.each([
    '',
    '2018-03-24',
    '2018-02-29T00:00:00Z',
    '2018-13-01T00:00:00Z',
    '2018-03-24T24:00:00Z',
    '2018-03-24T17:15:20.Z',
    '2018-03-24T17:15:20ZZ',
    '2018-03-24T17:15:20+',
    '2018-03-24T17:15:20+02:',
    '2018-03-24T17:15:20+25:00',
    '18-03-2024T17:15:20Z',
    '2018/03/24T17:15:20Z',
    '2018-03-24T17:15:2x',
  ])('refuses %s', (text) => {
    expect(parse(text)).toBeNaN();
  });
});
