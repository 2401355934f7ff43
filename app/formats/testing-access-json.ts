import { expect } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { accessJson } from './access-json.ts';
import { detectFormat } from './registry.ts';
import { readLog } from './testing.ts';

export const at = Date.UTC(2024, 1, 10, 16, 42, 7) * 1000;

export const plain = (records: readonly ReadonlyMap<string, Cell>[]): Record<string, Cell>[] =>
  records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));

/** What a log becomes that is recognised as JSON of a web server. */
export function read(log: string): {
  readonly rows: readonly Record<string, Cell>[];
  readonly rejects: readonly string[];
  readonly whats: readonly string[];
  readonly said: string;
} {
  expect(detectFormat(Buffer.from(log), 'a.log').format.id).toBe('access-json');
  const { sink, figures } = readLog(accessJson, log);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  return {
    rows: plain(sink.records),
    rejects: sink.rejects.map(({ reason }) => reason),
    whats: sink.rejects.map(({ what }) => what),
    said: accessJson.open(Buffer.from(log), {}).remarks(figures.tallies).join('\n'),
  };
}

export const json = (...records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');

export function row(record: object): Record<string, Cell> {
  const { rows, rejects } = read(json(record));
  expect(rejects).toEqual([]);
  return rows[0];
}
