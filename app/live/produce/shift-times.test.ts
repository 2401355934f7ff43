import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formats } from '../../formats/registry.ts';
import { readLog } from '../../formats/testing.ts';
import { shiftTimes } from './shift-times.ts';

const at = Date.UTC(2024, 3, 15, 9, 30, 0) * 1000;

describe('moving the times of a line', () => {
  it.each([
    [
      '192.0.2.1 - - [15/Apr/2024:09:30:00 +0000] "GET / HTTP/1.1" 200 5',
      '192.0.2.1 - - [16/Apr/2024:09:30:01 +0000] "GET / HTTP/1.1" 200 5',
    ],
    ['[15/Apr/2024:11:30:00 +0200]', '[16/Apr/2024:11:30:01 +0200]'],
    ['{"ts":1713173400.000123,"n":1713173400}', '{"ts":1713259801.000123,"n":1713259801}'],
    ['1713173400000.250000 1713173401500.500000 17131734', '1713259801000.250000 1713259802500.500000 17131734'],
    ['2024-04-15T09:30:00.123456Z\t2024-04-15 05:30:00-0400', '2024-04-16T09:30:01.123456Z\t2024-04-16 05:30:01-0400'],
    ['[Mon Apr 15 09:30:00 2024] [Xyz Apr 55 09:30:00 2024]', '[Tue Apr 16 09:30:01 2024] [Xyz Apr 55 09:30:00 2024]'],
    ['2024-04-15\t09:30:00\t10.0.0.1', '2024-04-16\t09:30:01\t10.0.0.1'],
    // not of this record's day, no month, part of something else
    [
      '1713173400 2001-01-01T00:00:00Z x1713173400 1713173400.1.2 [15/Abc/2024:09:30:00 +0000]',
      '1713259801 2001-01-01T00:00:00Z x1713173400 1713173400.1.2 [15/Abc/2024:09:30:00 +0000]',
    ],
  ])('%s', (line, moved) => {
    expect(shiftTimes(line, at, 86_401_000)).toBe(moved);
  });

  it('says where there is none', () => {
    expect(shiftTimes('15/Apr/2023:09:30:00 +0000 and 12345', at, 1000)).toBeNull();
  });

  it('gives the line back when it is moved back', () => {
    const moments = fc.integer({ min: Date.UTC(2001, 8, 10), max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(moments, fc.integer({ min: -1e9, max: 1e9 }), (time, seconds) => {
        const iso = new Date(time).toISOString();
        const line = `${time / 1000}|${time}|${iso}|${time}000|`;
        const moved = shiftTimes(line, time * 1000, seconds * 1000);
        fc.pre(time + seconds * 1000 > 1e12 && time + seconds * 1000 < 9.9e12 && moved !== null);
        expect(moved).toContain(new Date(time + seconds * 1000).toISOString());
        expect(shiftTimes(moved ?? '', (time + seconds * 1000) * 1000, -seconds * 1000)).toBe(line);
      }),
    );
  });

  // where seconds are counted from another moment than 1970 nothing tells them for times
  it.each(formats.map((format) => [format.id, format] as const))('is what the reader of %s reads then', (_, format) => {
    const delta = 200 * 86_400_000 + 12_000;
    const lines = format.example.split(/(?<=\n)/);
    const before = readLog(format, format.example).sink.records;
    for (const record of before) {
      const i = Number(record.get('_line')) - 1;
      lines[i] = shiftTimes(lines[i], Number(record.get('ts')), delta) ?? lines[i];
    }
    const after = readLog(format, lines.join('')).sink.records;
    expect(after.map((record) => Number(record.get('ts')))).toEqual(before.map((record) => Number(record.get('ts')) + delta * 1000));
    const rest = (record: ReadonlyMap<string, unknown>): unknown[] =>
      [...record].filter(([name]) => !/^(ts|_write_ts|first|last|start|end|_offset)|time|date/i.test(name));
    expect(after.map(rest)).toEqual(before.map(rest));
  });
});
