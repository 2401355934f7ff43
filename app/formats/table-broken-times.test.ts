import { describe, expect, it } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import { delimited } from './delimited.ts';
import { jsonTable } from './json-table.ts';
import { guessType } from './table-guess.ts';
import { readLog } from './testing.ts';
import type { LogFormat } from './types.ts';

interface Read {
  readonly kind: string;
  readonly times: readonly unknown[];
  readonly ends: readonly unknown[];
  readonly reasons: readonly (readonly [line: number, reason: string])[];
  readonly remarks: readonly string[];
}

/** As an import does: settled first, and again the same. */
function read(format: LogFormat, log: string, options: FormatOptions = {}): Read {
  const head = Buffer.from(log);
  const settled = format.settle?.(head, options, 'x') ?? options;
  expect(format.settle?.(head, settled, 'x')).toEqual(settled);
  const { sink, figures } = readLog(format, log, 1000, false, settled);
  const opened = format.open(head, settled);
  return {
    kind: opened.kind,
    times: sink.records.map((record) => record.get('ts')),
    ends: sink.records.map((record) => record.get('end')),
    reasons: sink.rejects.map(({ line, reason }) => [line, reason] as const),
    remarks: opened.remarks(figures.tallies),
  };
}

const two = (value: number): string => String(value).padStart(2, '0');
const start = Date.UTC(2024, 2, 13);
/** So many moments, seven minutes apart, from 13 March 2024 on: by its days alone, that cannot be the thirteenth month. */
const moments = (count: number): Date[] => Array.from({ length: count }, (_, i) => new Date(start + i * 420_000));
const clockOf = (at: Date): string => `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
const dayFirst = (at: Date): string => `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()} ${clockOf(at)}`;
const monthFirst = (at: Date): string => `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${at.getUTCFullYear()} ${clockOf(at)}`;
const seconds = (at: Date): string => String(at.getTime() / 1000);

function csv(times: readonly string[], name = 'Start Time'): string {
  return [
    `${name};Source IP;Destination IP;Bytes Sent`,
    ...times.map((time, i) => `${time};10.0.0.${i % 5};192.0.2.${i % 7};${i}`),
    '',
  ].join('\n');
}

const BAD = 150;
const broken = (write: (at: Date) => string, value: string, count = 200): string[] =>
  moments(count).map((at, i) => (i === BAD ? value : write(at)));
const expected = (count = 200): number[] =>
  moments(count)
    .filter((_, i) => i !== BAD)
    .map((at) => at.getTime() * 1000);

describe('a time that cannot be read', () => {
  it.each([
    ['day first', dayFirst, '31/02/2024 10:00:02'],
    ['month first', monthFirst, '02/31/2024 10:00:02'],
    ['ISO 8601', (at: Date) => at.toISOString(), '2024-02-31T10:00:02Z'],
    ['ISO 8601, and no time at all', (at: Date) => at.toISOString(), 'n/a!'],
    ['seconds', seconds, 'n/a!'],
    ['milliseconds', (at: Date) => String(at.getTime()), 'unknown time'],
  ])('is rejected, and takes no other with it: %s', (_, write, value) => {
    const times = broken(write, value, 3000);
    const { kind, times: found, reasons, remarks } = read(delimited, csv(times));
    expect(kind).toBe('connection');
    expect(reasons).toEqual([[BAD + 2, 'BAD_TIME']]);
    expect(found).toEqual(expected(3000));
    expect(remarks).toEqual([]);
  });

  it('is so in JSON', () => {
    const log = broken((at) => at.toISOString(), 'n/a!')
      .map((timestamp) => `${JSON.stringify({ timestamp, src_ip: '10.0.0.1', dst_ip: '192.0.2.1', bytes: 1 })}\n`)
      .join('');
    const { kind, times, reasons } = read(jsonTable, log);
    expect(kind).toBe('connection');
    expect(reasons).toEqual([[BAD + 1, 'BAD_TIME']]);
    expect(times).toEqual(expected());
  });

  it('has no say in what is day and what is month', () => {
    const early = (write: (at: Date) => string): string[] =>
      broken((at) => write(new Date(at.getTime() - 10 * 86_400_000)), '31/31/2024 10:00:02', 900);
    for (const write of [dayFirst, monthFirst]) {
      const { times, remarks } = read(delimited, csv([...early(write), write(new Date(start))]));
      expect(times.at(-1)).toBe(start * 1000);
      expect(remarks).toEqual([]);
    }
    expect(read(delimited, csv(early(dayFirst))).remarks.join(' ')).toContain('cannot be told apart');
  });

  it('may be one of two, where the column is called as a time is', () => {
    const { kind, reasons, times } = read(delimited, csv(['2024-03-01 00:00:00', 'yesterday', '-', '2024-03-01 00:07:00', '?!']));
    expect(kind).toBe('connection');
    expect(times).toHaveLength(2);
    expect(reasons).toEqual([
      [3, 'BAD_TIME'],
      [4, 'MISSING'],
      [6, 'BAD_TIME'],
    ]);
  });

  it('may be one of ten, where nothing but the values says that they are times', () => {
    const times = moments(20).map((at) => at.toISOString());
    const most = csv([...times, 'now', 'then'], 'what');
    expect(read(delimited, most)).toMatchObject({
      kind: 'connection',
      reasons: [
        [22, 'BAD_TIME'],
        [23, 'BAD_TIME'],
      ],
    });
    const fewer = csv([...times, 'now', 'then', 'never'], 'what');
    expect(read(delimited, fewer)).toMatchObject({ kind: 'x', reasons: [] });
  });

  it('is kept beside the others in an end, and in a column of the table’s own that stays the text it is', () => {
    const ends = broken(dayFirst, 'still open').map(
      (end, i) => `${dayFirst(moments(200)[i] ?? new Date(0))},10.0.0.1,192.0.2.1,${end},${end}`,
    );
    const log = ['start,src,dst,end,checked', ...ends, ''].join('\n');
    const settled = delimited.settle?.(Buffer.from(log), {}, 'x') ?? {};
    const { sink } = readLog(delimited, log, 1000, false, settled);
    expect(sink.rejects).toEqual([]);
    const row = sink.records[BAD];
    expect([row?.get('end'), row?.get('end_text'), row?.get('checked')]).toEqual([null, 'still open', 'still open']);
    expect(sink.records[0]?.get('end')).toBe(start * 1000);
    expect(sink.records[0]?.get('checked')).toBe('13/03/2024 00:00:00');
  });

  it('may be a day whose time of day is none', () => {
    const log = [
      'date,time,src,dst',
      ...moments(100).map((at, i) => `${at.toISOString().slice(0, 10)},${i === 50 ? 'noon' : clockOf(at)},10.0.0.1,192.0.2.1`),
      '',
    ].join('\n');
    expect(read(delimited, log)).toMatchObject({ kind: 'connection', reasons: [[52, 'BAD_TIME']] });
  });

  it('makes no times of relative ones, nor of other words', () => {
    const relative = csv(
      moments(100).map((_, i) => (i === 50 ? '?!' : String(i / 2))),
      'Time',
    );
    expect(read(delimited, relative)).toMatchObject({ kind: 'x', reasons: [] });
    expect(
      read(
        delimited,
        csv(
          moments(100).map((_, i) => (i === 50 ? '2024-03-01 00:00:00' : `at ${i}`)),
          'Time',
        ),
      ).kind,
    ).toBe('x');
    expect(guessType(['2024-03-01 00:00:00', 'now']).type).toBe('string');
  });
});

describe('a way of writing times that a person names', () => {
  it('is applied to the column that it fits, also where some values are broken', () => {
    const said = (timeFormat: string): FormatOptions => ({ mapping: { timeFormat } });
    const patterned = (at: Date): string => `${at.getUTCFullYear()}|${two(at.getUTCMonth() + 1)}|${two(at.getUTCDate())} at ${clockOf(at)}`;
    for (const [format, write] of [
      ['%d/%m/%Y %H:%M:%S', dayFirst],
      ['%Y|%m|%d at %H:%M:%S', patterned],
    ] as const) {
      const { kind, times, reasons } = read(delimited, csv(broken(write, '31/02/2024 10:00:02')), said(format));
      expect(kind).toBe('connection');
      expect(times).toEqual(expected());
      expect(reasons).toEqual([[BAD + 2, 'BAD_TIME']]);
    }
    const unnamed = csv(broken(patterned, '31/02/2024 10:00:02'), 'what');
    expect(read(delimited, unnamed, said('%Y|%m|%d at %H:%M:%S'))).toMatchObject({ kind: 'connection', reasons: [[BAD + 2, 'BAD_TIME']] });
  });

  it('leaves no doubt of day and month; without it there is one, also in what was settled before', () => {
    const days = moments(20).map((at) => dayFirst(new Date(at.getTime() - 10 * 86_400_000)));
    const json = days.map((time) => `${JSON.stringify({ time, a: 1 })}\n`).join('');
    for (const [format, log] of [
      [delimited, csv(days)],
      [jsonTable, json],
    ] as const) {
      const head = Buffer.from(log);
      const doubts = (options: FormatOptions): boolean => format.open(head, options).remarks(new Map()).join(' ').includes('told apart');
      const settled = format.settle?.(head, {}, 'x') ?? {};
      expect([doubts({}), doubts(settled), doubts(format.settle?.(head, settled, 'x') ?? {})]).toEqual([true, true, true]);
      const said = { mapping: { timeFormat: '%m/%d/%Y %H:%M:%S' } };
      expect([doubts(said), doubts(format.settle?.(head, said, 'x') ?? {})]).toEqual([false, false]);
      // as a person keeps it, and names it again
      expect(doubts(structuredClone(settled))).toBe(false);
    }
  });

  it('is said to fit none, where that is so', () => {
    const log = csv(moments(20).map((_, i) => `around ${i}`));
    const remark = 'No column has times that are written as %d/%m/%Y %H:%M:%S';
    expect(read(delimited, log, { mapping: { timeFormat: '%d/%m/%Y %H:%M:%S' } }).remarks.join(' ')).toContain(remark);
    const json = moments(20)
      .map((_, i) => `${JSON.stringify({ time: `around ${i}`, a: 1 })}\n`)
      .join('');
    expect(read(jsonTable, json, { mapping: { timeFormat: '%d/%m/%Y %H:%M:%S' } }).remarks.join(' ')).toContain(remark);
    const fits = csv(moments(20).map(dayFirst));
    expect(read(delimited, fits, { mapping: { timeFormat: '%d/%m/%Y %H:%M:%S' } }).remarks.join(' ')).not.toContain(remark);
  });
});
