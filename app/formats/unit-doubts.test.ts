import { describe, expect, it } from 'vitest';
import { delimited } from './delimited.ts';
import { jsonTable } from './json-table.ts';
import { readLog } from './testing.ts';
import type { LogFormat } from './types.ts';
import { isOfLargerUnit } from './unit-doubts.ts';
import { zeekJson } from './zeek-json.ts';

const SECONDS = 1_713_556_800;

const remarksOf = (format: LogFormat, log: string): string => {
  const { figures } = readLog(format, log);
  return format.open(Buffer.from(log), {}).remarks(figures.tallies).join(' ');
};

const csv = (...times: readonly string[]): string =>
  `ts,src_ip,dst_ip,proto\n${times.map((ts) => `${ts},10.0.0.1,192.0.2.1,tcp\n`).join('')}`;

describe('a column that mixes units of time', () => {
  it('is read in one of them, and it is said how many of its times may be in another', () => {
    const mixed = csv(`${SECONDS}000`, `${SECONDS + 1}`, `${SECONDS + 2}.5`, `${SECONDS + 3}000`);
    const { sink } = readLog(delimited, mixed);
    expect(sink.records.map((record) => record.get('ts'))).toEqual([
      SECONDS * 1e6,
      (SECONDS + 1) * 1e3,
      (SECONDS + 2) * 1e3 + 500,
      (SECONDS + 3) * 1e6,
    ]);
    expect(remarksOf(delimited, mixed)).toMatch(/2 values of ts were read as milliseconds since 1970, .*they may be in a larger unit/);
    expect(remarksOf(delimited, csv(`${SECONDS}000`, `${SECONDS + 1}000`))).not.toContain('larger unit');
    expect(remarksOf(delimited, csv(`${SECONDS}`, `${SECONDS + 1}`))).not.toContain('larger unit');
    expect(remarksOf(delimited, csv(`${SECONDS}000000`, `${SECONDS}`))).toContain('1 value of ts was read as microseconds');
    // the other way round nothing is taken for a time that is none
    expect(remarksOf(delimited, mixed.replace(`${SECONDS}000`, `${SECONDS}`).replace(`${SECONDS + 3}000`, 'x'))).not.toContain(
      'larger unit',
    );
  });

  it('in JSON too: of tables, and of Zeek', () => {
    const rows = (unit: string): string =>
      [SECONDS * 1000, SECONDS, (SECONDS + 5) * 1000, (SECONDS + 6) * 1000]
        .map(
          (ts) =>
            `{"${unit}":${ts},"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"192.0.2.1","id.resp_p":2,"proto":"tcp","uid":"Cabcd"}\n`,
        )
        .join('');
    expect(remarksOf(zeekJson, rows('ts'))).toContain('1 value of ts was read as milliseconds');
    expect(remarksOf(jsonTable, rows('ts'))).toContain('1 value of ts was read as milliseconds');
  });

  it('seconds are never too small, and what is near 1970 in no larger unit is none of this age', () => {
    expect(isOfLargerUnit(SECONDS * 1e6, 'milliseconds')).toBe(false);
    expect(isOfLargerUnit(SECONDS * 1e3, 'seconds')).toBe(false);
    expect(isOfLargerUnit(SECONDS * 1e3, 'milliseconds')).toBe(true);
    expect(isOfLargerUnit(SECONDS, 'milliseconds')).toBe(false);
    expect(isOfLargerUnit(SECONDS, 'microseconds')).toBe(true);
    expect(isOfLargerUnit(SECONDS / 1e3, 'nanoseconds')).toBe(true);
    expect(isOfLargerUnit(5_000_000, 'milliseconds')).toBe(false);
    expect(isOfLargerUnit(NaN, 'nanoseconds')).toBe(false);
  });
});
