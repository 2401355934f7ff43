import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime } from '../contract/format.ts';
import { epochReader, parseUnits, timeReader, unitShift, type TimeUnit } from './table-times.ts';
import { timeZone } from './time-zone.ts';

const utc = timeZone(undefined);
const reading = (format: string | undefined, zone?: string): ((text: string) => string | null) => {
  const reader = timeReader(format, timeZone(zone));
  return (text) => {
    const values = [',1', '.5', ':07', '0Z', ' +02:00', ''].map((behind) => {
      const bytes = Buffer.from(`1:${text}${behind}`);
      return reader(bytes, 2, bytes.length - behind.length);
    });
    // what stands behind it is no part of it
    expect(new Set(values).size).toBe(1);
    return Number.isNaN(values[0]) ? null : isoTime(values[0]);
  };
};

describe('times as tables write them', () => {
  it.each([
    ['2011/08/10 09:46:53.058760', '2011-08-10T09:46:53.058760Z'],
    ['2024-04-19T03:12:07Z', '2024-04-19T03:12:07.000000Z'],
    ['2024-04-19T03:12:07.1234567+02:00', '2024-04-19T01:12:07.123457Z'],
    ['2024-04-19 03:12:07', '2024-04-19T03:12:07.000000Z'],
    ['2024-04-19 03:12', '2024-04-19T03:12:00.000000Z'],
    ['2024-4-9 3:02:07 UTC', '2024-04-09T03:02:07.000000Z'],
    ['2024.04.19 03:12:07 -0530', '2024-04-19T08:42:07.000000Z'],
    ['2024-02-30 03:12:07', null],
    ['2024-04-19', null],
    ['2024-04-19 03:12:07 or so', null],
    ['2024-04/19 03:12:07', null],
    ['', null],
  ])('%j', (text, expected) => expect(reading(undefined)(text)).toBe(expected));

  it.each([
    ['%d/%m/%Y %H:%M:%S', '03/07/2017 08:55:58', '2017-07-03T08:55:58.000000Z'],
    ['%d/%m/%Y %H:%M', '5/7/2017 8:42', '2017-07-05T08:42:00.000000Z'],
    ['%d/%m/%Y %I:%M:%S %p', '3/7/2017 01:55:58 PM', '2017-07-03T13:55:58.000000Z'],
    ['%d/%m/%Y %I:%M:%S %p', '3/7/2017 12:55:58 am', '2017-07-03T00:55:58.000000Z'],
    ['%d/%m/%Y %I:%M:%S %p', '3/7/2017 13:55:58 PM', null],
    ['%b %e %Y %T', 'Apr  9 2024 03:12:07', '2024-04-09T03:12:07.000000Z'],
    ['%d/%b/%Y:%T %z', '10/Oct/2000:13:55:36 -0700', '2000-10-10T20:55:36.000000Z'],
    ['%Y%m%d%H%M%S.%f', '20240419031207.5', '2024-04-19T03:12:07.500000Z'],
    ['%Y-%j', '2024-060', '2024-02-29T00:00:00.000000Z'],
    ['%s.%f', '1713496327.25', '2024-04-19T03:12:07.250000Z'],
    ['100%% %F', '100% 2024-04-19', '2024-04-19T00:00:00.000000Z'],
    ['milliseconds', '1713496327250', '2024-04-19T03:12:07.250000Z'],
  ])('%s: %j', (format, text, expected) => expect(reading(format)(text)).toBe(expected));

  it('refuses a pattern that is none', () => {
    expect(() => timeReader('%Q', utc)).toThrow(/"%Q"/);
  });

  it('reads back every time that is written as ISO', () => {
    const reader = reading(undefined);
    fc.assert(
      fc.property(fc.integer({ min: -7_258_118_399_999_999, max: 7_258_118_399_999_999 }), (time) => {
        expect(reader(isoTime(time))).toBe(isoTime(time));
      }),
    );
  });

  it('moves the decimal point exactly', () => {
    const twin = (text: string, shift: number): bigint => {
      const [, sign, whole, part = ''] = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text) ?? [];
      const digits = `${whole}${part.padEnd(20, '0')}`;
      const keep = whole.length + shift;
      const padded = keep < 0 ? `${'0'.repeat(-keep)}${digits}` : digits;
      const value = BigInt(padded.slice(0, Math.max(0, keep)) || '0') + (padded[Math.max(0, keep)] >= '5' ? 1n : 0n);
      return sign === '-' ? -value : value;
    };
    const text = fc
      .tuple(fc.constantFrom('', '-', '+'), fc.bigInt({ min: 0n, max: 10n ** 13n }), fc.option(fc.stringMatching(/^\d{0,12}$/)))
      .map(([sign, whole, part]) => `${sign}${whole}${part === null ? '' : `.${part}`}`);
    fc.assert(
      fc.property(text, fc.constantFrom<TimeUnit>('seconds', 'milliseconds', 'microseconds', 'nanoseconds'), (written, unit) => {
        const bytes = Buffer.from(written);
        const value = parseUnits(bytes, 0, bytes.length, unitShift[unit]);
        const expected = twin(written, unitShift[unit]);
        const fits = (expected < 0n ? -expected : expected) <= BigInt(Number.MAX_SAFE_INTEGER);
        if (fits) expect(BigInt(value)).toBe(expected);
        else expect(value).toBeNaN();
      }),
      { numRuns: 2000 },
    );
  });

  it('takes exponents, and nothing that is no number', () => {
    const seconds = epochReader('seconds');
    const read = (text: string): number => seconds(Buffer.from(text), 0, text.length);
    expect(read('1.5e3')).toBe(1_500_000_000);
    for (const text of ['', '-', '.', '1.2.3', '0x10', 'nan', '1e999', '99999999999', '1 ']) expect(read(text)).toBeNaN();
  });
});

describe('time zones', () => {
  it('takes offsets and names', () => {
    const at = (zone: string, text = '2024-07-01 12:00:00'): string | null => reading(undefined, zone)(text)?.slice(0, 19) ?? null;
    expect(at('+02:00')).toBe('2024-07-01T10:00:00');
    expect(at('-0530')).toBe('2024-07-01T17:30:00');
    expect(at('UTC+3')).toBe('2024-07-01T09:00:00');
    expect(at('Europe/Berlin')).toBe('2024-07-01T10:00:00');
    expect(at('Europe/Berlin', '2024-01-01 12:00:00')).toBe('2024-01-01T11:00:00');
    expect(at('Asia/Kolkata')).toBe('2024-07-01T06:30:00');
  });

  it('takes the first of two times, and one that was skipped as if the clocks had not been set', () => {
    const berlin = reading(undefined, 'Europe/Berlin');
    expect(berlin('2024-10-27 02:30:00')).toBe('2024-10-27T00:30:00.000000Z');
    expect(berlin('2024-10-27 03:00:00')).toBe('2024-10-27T02:00:00.000000Z');
    expect(berlin('2024-03-31 02:30:00')).toBe('2024-03-31T01:30:00.000000Z');
    expect(berlin('2024-03-31 03:00:00')).toBe('2024-03-31T01:00:00.000000Z');
  });

  it('turns what a zone shows back, all year round', () => {
    const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/St_Johns', dateStyle: 'short', timeStyle: 'medium' });
    const stJohns = reading(undefined, 'America/St_Johns');
    fc.assert(
      fc.property(fc.integer({ min: 1_500_000_000, max: 1_800_000_000 }), (seconds) => {
        const back = stJohns(shown.format(seconds * 1000));
        const apart = (seconds * 1e6 - Date.parse(back ?? '') * 1000) / 3.6e9;
        // an hour that the clocks showed twice
        expect([0, 1]).toContain(apart);
      }),
    );
  });

  it('refuses what is no zone', () => {
    for (const zone of ['Mars/Olympus', '+25:00', '+02:75', '']) expect(() => timeZone(zone)).toThrow(/no time zone/);
  });
});
