import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import { delimited } from './delimited.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import { table } from './testing-delimited.ts';

const head = ['time', 'src_ip', 'dst_ip', 'duration', 'size', 'rate'];
const hosts = (i: number): string[] => [`2024-01-01 00:00:${String(i % 60).padStart(2, '0')}`, '10.0.0.1', '10.0.0.2'];
const written = (delimiter: string, rows: readonly (readonly string[])[], names = head): string =>
  [names, ...rows.map((row, i) => [...hosts(i), ...row])]
    .map((row) => row.map((cell) => (cell.includes(delimiter) ? `"${cell}"` : cell)).join(delimiter))
    .join('\n') + '\n';

type Marks = readonly [thousands: string, decimal: string];
const european: Marks = ['.', ','];
const english: Marks = [',', '.'];

/** A whole number of `10 ** -places`. */
function number(units: number, places: number, [thousands, decimal]: Marks): string {
  const digits = String(units).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, thousands);
  return places === 0 ? whole : `${whole}${decimal}${digits.slice(digits.length - places)}`;
}

const noMarks: Marks = ['', '.'];
const asked = /--decimal comma/;

describe('numbers with marks', () => {
  const values = fc.array(fc.record({ size: fc.nat(5_000_000_000), micro: fc.nat(9_999_999), cents: fc.nat(900_000_000) }), {
    minLength: 1,
    maxLength: 20,
  });
  const tableOf = (rows: readonly { size: number; micro: number; cents: number }[], delimiter: string, marks: Marks): string =>
    written(
      delimiter,
      [{ size: 2500, micro: 1_500_000, cents: 50 }, ...rows].map(({ size, micro, cents }) => [
        number(micro, 6, marks),
        number(size, 0, marks),
        number(cents, 2, marks),
      ]),
    );

  it.each([
    [';', european],
    ['\t', european],
    [',', european],
    [',', english],
    [';', english],
    ['|', english],
  ] as const)('parted by %j, as %j, have the values of plain ones', (delimiter, marks) => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 4 }), (rows, every) => {
        const log = tableOf(rows, delimiter, marks);
        const { rows: read, types } = table(log);
        expect(read).toEqual(table(tableOf(rows, delimiter, noMarks)).rows);
        expect(types).toMatchObject({ duration: 'interval', size: 'count', rate: 'double' });
        expect(outcome(readPieces(delimited, log, every))).toEqual(outcome(readLog(delimited, log)));
        const settled = delimited.settle?.(Buffer.from(log), {}, 'a.csv') ?? {};
        expect(outcome(readPieces(delimited, log, every, settled))).toEqual(outcome(readLog(delimited, log)));
      }),
      { numRuns: 40 },
    );
  });

  it('are read the European way where one has a decimal comma, which is said', () => {
    const { rows, remarks } = table(
      written(';', [
        ['1,50', '2.500', '0,25'],
        ['0,75', '1.000', '1.234,50'],
      ]),
    );
    expect(rows).toMatchObject([
      { duration: 1_500_000, size: 2500, rate: 0.25 },
      { duration: 750_000, size: 1000, rate: 1234.5 },
    ]);
    expect(remarks).toContainEqual(expect.stringMatching(/^Numbers are read with a decimal comma.*duration has 1,50/));
  });

  it('as people call counts, in columns that are known', () => {
    const log = 'time;src;dst;orig_pkts;orig_bytes;end\n2024-01-01 00:00:00;10.0.0.1;10.0.0.2;1.000;12.345.678;1,5\n';
    expect(table(log, { mapping: { columns: [{ from: 'end', to: 'rate', type: 'double' }] } }).rows).toMatchObject([
      { orig_pkts: 1000, orig_bytes: 12_345_678, rate: 1.5 },
    ]);
  });

  it('of times since 1970 with a decimal comma', () => {
    const log = 'ts;src;dst;end;rate\n1700000000,25;10.0.0.1;10.0.0.2;1700000002,5;1.500\n';
    expect(table(log).rows).toMatchObject([{ ts: 1_700_000_000_250_000, duration: 2_250_000, rate: 1500 }]);
  });

  it.each([
    [
      'a value of three digits behind the point alone',
      [
        ['1', '2.500', '7'],
        ['2', '900', '8'],
      ],
      ['size'],
    ],
    [
      'several such columns',
      [
        ['1.000', '2.500', '7'],
        ['2.000', '1.234.567', '8'],
      ],
      ['duration', 'size'],
    ],
  ])('asks for %s, where nothing tells', (_, rows, columns) => {
    const { remarks } = table(written(';', rows));
    const remark = remarks.find((one) => asked.test(one)) ?? '';
    for (const name of columns) expect(remark).toContain(name);
    expect(remark).not.toContain('rate');
  });

  it('keeps what was read before where it asks, and reads as a person says', () => {
    const log = written(';', [
      ['1.500', '2.500', '7'],
      ['2.500', '3.000', '8'],
    ]);
    const as = (decimal: ',' | '.'): FormatOptions => ({ mapping: { decimal } });
    expect(table(log).rows[0]).toMatchObject({ duration: 1_500_000, size: 2.5 });
    expect(table(log, as('.')).rows[0]).toMatchObject({ duration: 1_500_000, size: 2.5 });
    expect(table(log, as(',')).rows[0]).toMatchObject({ duration: 1_500_000_000, size: 2500 });
    expect(table(log, as(',')).remarks.some((one) => asked.test(one))).toBe(false);
    expect(table(log, as('.')).remarks.some((one) => asked.test(one))).toBe(false);
  });

  it('asks too where such a value comes only behind the sample', () => {
    const rows = Array.from({ length: 1100 }, (_, i) => ['1', i === 1050 ? '2.500' : '12', '3']);
    expect(table(written(';', rows)).remarks).toContainEqual(expect.stringMatching(/size.*--decimal comma/));
  });

  it.each([
    ['commas', ',', [['1.500', '2.500', '7']]],
    ['a point that can only be a decimal one', ';', [['1.500', '2.500', '0.25']]],
    ['a leading zero', ';', [['1.500', '0.500', '7']]],
    ['plain numbers', ';', [['1', '2', '7']]],
  ])('asks nothing for %s', (_, delimiter, rows) => {
    const { remarks, rows: read } = table(written(delimiter, rows));
    expect(remarks.filter((one) => /--decimal/.test(one))).toEqual([]);
    expect(read[0]).toMatchObject({ duration: Number(rows[0]?.[0]) * 1e6, size: Number(rows[0]?.[1]) });
  });

  it('says where both ways stand in one table, and takes no comma for a thousand', () => {
    const { rows, remarks } = table(written(';', [['1,50', '2.500', '0.25']]));
    expect(rows[0]).toMatchObject({ duration_text: '1,50', rate: 0.25 });
    expect(remarks).toContainEqual(expect.stringMatching(/both.*1,50.*0\.25.*--decimal/));
  });

  it('keeps what is no number of its way as text, and never as another number', () => {
    const rows = Array.from({ length: 1100 }, (_, i) => [i === 1050 ? '0.25' : '1,50', i === 1051 ? '1,234.50' : '2.500', '3']);
    const { rows: read } = table(written(';', rows));
    expect(read[1050]).toMatchObject({ duration_text: '0.25', size: 2500 });
    expect(read[1051]).toMatchObject({ duration: 1_500_000, size_text: '1,234.50' });
  });

  it('takes no addresses, versions, lists and texts for numbers', () => {
    const names = ['time', 'src_ip', 'dst_ip', 'router', 'ports', 'note'];
    const log = written(
      ';',
      [
        ['192.168.100.200', '22,80,443', '1,5 stars'],
        ['100.200.100.200', '80,443', 'v1.2'],
      ],
      names,
    );
    const { rows, remarks } = table(log);
    expect(rows[0]).toMatchObject({ router: '192.168.100.200', ports: '22,80,443', note: '1,5 stars' });
    expect(remarks.filter((one) => /--decimal|decimal comma/.test(one))).toEqual([]);
  });

  it('with zeros at the end of some of them: amounts, not versions', () => {
    const rows = [...Array.from({ length: 8 }, (_, i) => ['x', '1', `${i + 1},5`]), ['x', '1', '1.234,50']];
    expect(table(written(';', rows)).rows.at(-1)).toMatchObject({ rate: 1234.5 });
  });

  it('quoted in tables with commas, the thousands parted by more of these', () => {
    const { rows, remarks } = table(
      written(',', [
        ['1.5', '1,234', '1,234.50'],
        ['2', '12', '0.25'],
      ]),
    );
    expect(rows).toMatchObject([
      { size: 1234, rate: 1234.5 },
      { size: 12, rate: 0.25 },
    ]);
    expect(remarks).toContainEqual(expect.stringMatching(/^Numbers are read with a decimal point.*size has 1,234/));
  });

  it('are settled with a preview, and read so whatever stands at the beginning of another file', () => {
    const settled = delimited.settle?.(Buffer.from(written(';', [['1,50', '2.500', '3']])), {}, 'a.csv') ?? {};
    expect(settled.mapping?.decimal).toBe(',');
    const { sink } = readLog(delimited, written(';', [['1', '2.500', '3']]), 1000, false, settled);
    expect(sink.records[0]?.get('size')).toBe(2500);
  });
});
