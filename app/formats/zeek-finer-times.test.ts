import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcome, readLog, readPieces } from './testing.ts';
import type { LogFormat } from './types.ts';
import { zeekJson } from './zeek-json.ts';
import { zeekConn } from './zeek-tsv.ts';

const header = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration',
  '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tinterval',
  '',
].join('\n');
const tsv = (time: string): string => `${time}\tC1\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\t0.5\n`;
const json = (time: string): string =>
  `{"ts":${time},"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":2,"proto":"tcp","duration":0.012000083923339844}\n`;

const remarksOf = (format: LogFormat, log: string): readonly string[] =>
  format.open(Buffer.from(log), {}).remarks(readLog(format, log).figures.tallies);

describe('times with digits beyond the microsecond', () => {
  const some = fc.array(fc.tuple(fc.nat(999_999), fc.constantFrom('', '0', '000', '1', '789', '0005')), { minLength: 1, maxLength: 30 });
  const timeOf = ([micro, rest]: readonly [number, string]): string => `1700000000.${String(micro).padStart(6, '0')}${rest}`;

  it.each([
    ['TSV', zeekConn, header, tsv],
    ['JSON', zeekJson, '', json],
  ] as const)('are counted in %s, whichever way their lines are read, and in pieces', (_, format, before, line) => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 9 }), (times, every) => {
        const log = before + times.map((time) => line(timeOf(time))).join('');
        const finer = times.filter(([, rest]) => /[1-9]/.test(rest)).length;
        const whole = readLog(format, log);
        expect(whole.figures.tallies.get('finer') ?? 0).toBe(finer);
        expect(outcome(readPieces(format, log, every))).toEqual(outcome(whole));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['TSV', zeekConn, header + tsv('1700000000.123456789') + tsv('1700000000.123456') + tsv('1700000000.9999999')],
    ['JSON', zeekJson, json('1700000000.123456789') + json('1700000000.5') + json('"2023-11-14T22:13:20.1234567"')],
  ])('are told of in %s', (_, format, log) => {
    expect(remarksOf(format, log)).toEqual(['Rounded to microseconds: 2 times with more digits.']);
  });

  it.each([
    ['ISO 8601', json('"2023-11-14T22:13:20.123456Z"') + json('"2023-11-14T22:13:20.123456+01:00"')],
    ['an exponent', json('1.700000000123456e9')],
  ])('are not seen in %s', (_, log) => {
    expect(remarksOf(zeekJson, log)).toEqual([]);
  });
});
