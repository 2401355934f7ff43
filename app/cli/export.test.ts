import { describe, expect, it } from 'vitest';
import { UsageError } from './args.ts';
import { formatOf } from './commands/export.ts';

describe('the format of an export', () => {
  it.each([
    ['a.csv', undefined, 'csv'],
    ['a.parquet', undefined, 'parquet'],
    ['folder.csv/A.PQ', undefined, 'parquet'],
    ['a', undefined, 'csv'],
    ['a.parquet', 'csv', 'csv'],
    ['a.txt', 'Parquet', 'parquet'],
  ])('of %s with --format %s is %s', (out, asked, format) => {
    expect(formatOf(out, asked)).toBe(format);
  });

  it('is one that there is', () => {
    expect(() => formatOf('a.csv', 'xlsx')).toThrow(UsageError);
    expect(() => formatOf('a.csv', 'xlsx')).toThrow('--format takes csv or parquet, not "xlsx"');
  });
});
