import { describe, expect, it } from 'vitest';
import type { ColumnType, Preview } from '../contract.ts';
import { firstRecords } from './first-records.ts';

type Column = Preview['columns'][number];
const column = (name: string, shown: boolean, type: ColumnType = 'string'): Column => ({ name, type, title: name, shown, from: name });
const of = (columns: readonly Column[], records: Preview['records']): string => firstRecords({ columns, records });

describe('the first records of a preview', () => {
  it('show the columns that are not among those of a list: counts, lengths of time, a table’s own', () => {
    const columns = [
      column('ts', true, 'time'),
      column('orig_h', true, 'addr'),
      column('duration', false, 'interval'),
      column('orig_ip_bytes', false, 'count'),
      column('Bytes In', false, 'count'),
    ];
    expect(of(columns, [[0, '10.0.0.1', 1_500_000, 2500, 2000]])).toBe(
      [
        'ts                          orig_h    duration  orig_ip_bytes  Bytes In',
        '1970-01-01 00:00:00.000000  10.0.0.1  1.50 s    2.4 KiB        2,000',
      ].join('\n'),
    );
  });

  it('show as many as fit: those of a list first, then those with values, and say how many there are beside', () => {
    const some = Array.from({ length: 30 }, (_, i) => column(`column_number_${i}`, i === 29));
    const text = of(some, [some.map((_, i) => (i % 2 === 1 ? 'value' : null))]);
    const [head = '', values = '', , more] = text.split('\n');
    expect(head.length).toBeLessThanOrEqual(160);
    expect(head.split(/ {2,}/)).toContain('column_number_29');
    expect(values).not.toContain('-');
    const shown = head.split(/ {2,}/).length;
    expect(more).toBe(`${30 - shown} more columns are listed above (--json has their values, too).`);
  });

  it('show at least one, however wide it is, and nothing where there is no record', () => {
    expect(of([column('a'.repeat(200), false)], [['b']])).toContain('b');
    expect(of([column('a', true)], [])).toBe('');
  });
});
