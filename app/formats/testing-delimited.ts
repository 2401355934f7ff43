import { expect } from 'vitest';
import type { FormatOptions } from '../contract/formats.ts';
import type { Cell } from '../contract/records.ts';
import { delimited } from './delimited.ts';
import { readLog } from './testing.ts';

export type Row = Record<string, Cell>;

export function table(
  log: string,
  options: FormatOptions = {},
): { rows: Row[]; reasons: unknown[]; kind: string; remarks: readonly string[]; types: Record<string, string> } {
  const { sink, figures } = readLog(delimited, log, 1000, false, options);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  const opened = delimited.open(Buffer.from(log), options);
  return {
    rows: sink.records.map((record) =>
      Object.fromEntries([...record].filter(([name, cell]) => cell !== null && name !== '_offset' && name !== '_line')),
    ),
    reasons: sink.rejects.map(({ line, reason }) => [line, reason]),
    kind: opened.kind,
    remarks: opened.remarks(figures.tallies),
    types: Object.fromEntries([...sink.specs.values()].map(({ name, type }) => [name, type])),
  };
}
