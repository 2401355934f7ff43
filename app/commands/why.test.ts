import { describe, expect, it } from 'vitest';
import { connectionColumns, MemoryTable, type PlainRow } from '../query/testing.ts';
import { Random } from '../shared/random.ts';
import { reasonsFor } from './why.ts';

const HOUR = 3600e6;
const start = Date.UTC(2024, 3, 15) * 1000;
const random = new Random(11);

/** Working hours of five days: many hosts, small answers to smaller questions. */
const usual: readonly PlainRow[] = Array.from({ length: 1500 }, (_, i) => ({
  ts: start + (i % 5) * 24 * HOUR + (8 + random.below(9)) * HOUR + random.below(HOUR),
  orig_h: `10.0.0.${random.below(20)}`,
  resp_h: `192.0.2.${random.below(9)}`,
  resp_p: random.below(2) === 0 ? 443 : 80,
  duration: 1e6 + random.below(1e6),
  orig_bytes: 500 + random.below(500),
  resp_bytes: 5000 + random.below(5000),
}));

/** What is said of the first of `rows` when they stand among the usual ones. */
function reasons(...rows: PlainRow[]): ReadonlyMap<string, string> {
  const table = new MemoryTable(connectionColumns, [...rows, ...usual], 400);
  return new Map(reasonsFor(table, table.chunks[0], 0).map(({ what, words }) => [what, words]));
}
const plain: PlainRow = { ...usual[7], ts: start + 4 * 24 * HOUR + 12 * HOUR };

describe('reasonsFor', () => {
  it('says nothing of a connection like all others, or where there are too few', () => {
    expect([...reasons(plain).keys()]).toEqual([]);
    const few = new MemoryTable(connectionColumns, [{ ...plain, orig_bytes: 1e12 }]);
    expect(reasonsFor(few, few.chunks[0], 0)).toEqual([]);
  });

  it('says how large or long it is among all', () => {
    const found = reasons({ ...plain, resp_bytes: 1e9, duration: 5 * HOUR });
    expect(found.get('bytes')).toContain('of 1,501 connections none has more');
    expect(found.get('duration')).toMatch(/^5 h: /);
    expect(reasons({ ...plain, resp_bytes: 1e9 }, { ...plain, resp_bytes: 2e9 }).get('bytes')).toContain('1 has more');
  });

  it('says when far more goes out than its originator usually sends', () => {
    expect(reasons({ ...plain, orig_bytes: 1e6, resp_bytes: 2000 }).get('direction')).toMatch(
      /500 bytes sent for each received; the median .* is 0\.\d/,
    );
    expect(reasons({ ...plain, orig_bytes: 1e6, resp_bytes: 2e6 }).has('direction')).toBe(false);
    expect(reasons({ ...plain, orig_bytes: 1e6, resp_bytes: null }).has('direction')).toBe(false);
  });

  it('says when the port is rare, and when the hour is new to the originator', () => {
    expect(reasons({ ...plain, resp_p: 4444 }).get('port')).toContain('1 of 1,501 connections');
    expect(reasons({ ...plain, ts: start + 4 * 24 * HOUR + 3 * HOUR }).get('hour')).toContain(
      'between 03:00 and 03:59 UTC on the 4 days before',
    );
    expect(reasons({ ...plain, ts: start + 2 * 24 * HOUR + 3 * HOUR }).has('hour')).toBe(false);
  });

  it('says when the same call comes again and again', () => {
    const calls = Array.from({ length: 40 }, (_, i) => ({
      ...plain,
      ts: start + 9 * HOUR + i * 60e6 + random.below(2e6),
      resp_h: '203.0.113.9',
    }));
    // the words of the finding that speaks of the same calls
    expect(reasons(...calls).get('rhythm')).toMatch(
      /^10\.0\.0\.\d+ called 203\.0\.113\.9:\d+ 40 times in 3[89] m \d\d s\. Its median interval is (1 min|59\.\d s), the middle half .*; 39 of the 39 intervals \(100\.0 %\) lie within a quarter of the median\. It never paused for more than three times as long\.$/,
    );
    expect(reasons(...calls.map((row) => ({ ...row, resp_h: '2001:db8::9' }))).get('rhythm')).toContain(' called [2001:db8::9]:');
    expect(reasons(...calls.slice(0, 5)).has('rhythm')).toBe(false);
  });

  it('takes a record with nothing in it', () => {
    expect([...reasons({}).keys()]).toEqual([]);
  });
});
