import { describe, expect, it } from 'vitest';
import type { CaseInfo } from '../../../app/contract.ts';
import { kindCount, kindsOf, kindsWords, kindToShow, recordsOf } from './kinds.ts';

const info = {
  kinds: [
    { kind: 'connection', records: 0 },
    { kind: 'request', records: 1 },
    { kind: 'dns', records: 1200 },
    { kind: 'http', records: 3 },
  ],
} as unknown as CaseInfo;

describe('kinds of record', () => {
  it('are said by their own names', () => {
    expect([kindCount('connection', 1), kindCount('request', 2), kindCount('dns', 1)]).toEqual([
      '1 connection',
      '2 requests',
      '1 dns record',
    ]);
    expect(kindsWords(kindsOf(info))).toBe('1 request, 1,200 dns records and 3 http records');
    expect(
      kindsWords(
        [
          { kind: 'connection', records: 2 },
          { kind: 'dns', records: 1 },
        ],
        1,
      ),
    ).toBe('2 connections and 1 record of 1 other kind');
    expect(kindsWords(kindsOf(info), 1)).toBe('1 request and 1,203 records of 2 other kinds');
    expect(kindsWords([])).toBe('no records');
    expect(recordsOf(info)).toBe(1204);
  });

  it('without records are not looked at', () => {
    expect(kindToShow(info, 'dns')).toBe('dns');
    expect(kindToShow(info, 'connection')).toBe('request');
    expect(kindToShow(null, 'dns')).toBe('connection');
  });
});
