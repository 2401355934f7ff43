import { describe, expect, it } from 'vitest';
import { access } from './access.ts';
import { clockRemarks } from './clock-doubts.ts';
import { delimited } from './delimited.ts';
import { jsonTable } from './json-table.ts';
import { syslog } from './syslog.ts';
import { readLog, readPieces } from './testing.ts';
import { timeZone } from './time-zone.ts';
import type { FormatOptions, LogFormat } from './types.ts';
import { zeekJson } from './zeek-json.ts';

const berlin = { timeZone: 'Europe/Berlin' };
const utc = (text: string): number => Date.parse(text) * 1000;

describe('times that clocks of a zone showed twice, or never', () => {
  it('are told from those of every other hour, at every quarter of it', () => {
    const zone = timeZone('Europe/Berlin');
    const doubtOf = (text: string): string => {
      zone.doubts?.clear();
      zone(utc(`${text}Z`));
      return zone.doubts?.twice === true ? 'twice' : zone.doubts?.skipped === true ? 'skipped' : 'none';
    };
    const quarters = (day: string, from: number): string[] =>
      Array.from({ length: 12 }, (_, i) => doubtOf(`${day}T0${from + Math.floor(i / 4)}:${String((i % 4) * 15).padStart(2, '0')}:00`));
    const expected = (what: string): string[] => Array.from({ length: 12 }, (_, i) => (i >= 4 && i < 8 ? what : 'none'));
    // clocks went from 2 to 3, and from 3 back to 2
    expect(quarters('2024-03-31', 1)).toEqual(expected('skipped'));
    expect(quarters('2024-10-27', 1)).toEqual(expected('twice'));
    expect(timeZone('+02:00').doubts).toBeNull();
    expect(Number.isNaN(zone(NaN))).toBe(true);
  });

  const day = (date: string, time: string): string => `${date} ${time}`;
  const monthOf = (date: string): string => ({ '03': 'Mar', '07': 'Jul', '10': 'Oct' })[date.slice(5, 7)] ?? '';
  const logs: readonly (readonly [string, LogFormat, (date: string, time: string) => string, string, FormatOptions])[] = [
    ['a table', delimited, (date, time) => `${day(date, time)},10.0.0.1,10.0.0.2,7`, 'ts,src,dst,n\n', {}],
    ['JSON records', jsonTable, (date, time) => JSON.stringify({ ts: day(date, time), src: '10.0.0.1', dst: '10.0.0.2' }), '', {}],
    ["Zeek's JSON", zeekJson, (date, time) => JSON.stringify({ _path: 'dns', ts: `${date}T${time}.000000`, uid: 'C1' }), '', {}],
    [
      'an access log without zones',
      access,
      (date, time) => {
        const [year, , of] = date.split('-');
        return `192.0.2.7 - - [${of}/${monthOf(date)}/${year}:${time}] "GET / HTTP/1.1" 200 1 "-" "-"`;
      },
      '',
      {},
    ],
    ['syslog', syslog, (date, time) => `${monthOf(date)} ${date.slice(8)} ${time} web1 app[1]: x`, '', { year: 2024 }],
  ];
  it.each(logs)('are counted and said: %s', (_, format, line, head, options) => {
    const all = [
      ['2024-03-31', '01:59:59'],
      ['2024-03-31', '02:30:00'],
      ['2024-03-31', '03:00:00'],
      ['2024-07-01', '12:00:00'],
      ['2024-10-27', '02:00:00'],
      ['2024-10-27', '02:59:59'],
      ['2024-10-27', '03:00:00'],
    ].map(([date, time]) => line(date, time));
    const log = `${head}${all.join('\n')}\n`;
    const settled = format.settle?.(Buffer.from(log), { ...options, ...berlin }, 'a.log') ?? { ...options, ...berlin };
    const { sink, figures } = readLog(format, log, 65_536, false, settled);
    expect(figures.rejected).toBe(0);
    expect(sink.records.map((record) => record.get('ts'))).toEqual(
      [
        '2024-03-31T00:59:59Z',
        '2024-03-31T01:30:00Z',
        '2024-03-31T01:00:00Z',
        '2024-07-01T10:00:00Z',
        '2024-10-27T00:00:00Z',
        '2024-10-27T00:59:59Z',
        '2024-10-27T02:00:00Z',
      ].map(utc),
    );
    const remarks = format.open(Buffer.from(log), settled).remarks(figures.tallies).join(' ');
    expect(remarks).toContain('set back: 2 records have times of the hour that they showed twice, and the first of the two was taken');
    expect(remarks).toContain('set forward: 1 record has a time of the hour that they never showed');
    const pieces = readPieces(format, log, 2, settled).figures.tallies;
    expect([...pieces].sort()).toEqual([...figures.tallies].sort());
    expect(clockRemarks(readLog(format, log, 65_536, false, { ...settled, timeZone: '+01:00' }).figures.tallies)).toEqual([]);
  });

  it('are not counted where the record is none', () => {
    const log = 'ts,src,dst\n2024-10-27 02:30:00,10.0.0.1,nobody\n2024-10-27 12:30:00,10.0.0.1,10.0.0.2\n';
    const { figures } = readLog(delimited, log, 65_536, false, {
      ...berlin,
      mapping: { columns: ['ts', 'src', 'dst'].map((from, i) => ({ from, to: ['ts', 'orig_h', 'resp_h'][i] })) },
    });
    expect([figures.rows, figures.rejected, clockRemarks(figures.tallies)]).toEqual([1, 1, []]);
  });
});
