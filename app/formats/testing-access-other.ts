import { expect } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { detectFormat } from './registry.ts';
import { readLog } from './testing.ts';
import type { LogFormat } from './types.ts';

export function rows(log: string): {
  readonly format: LogFormat;
  readonly title: string;
  readonly rows: readonly Record<string, Cell>[];
  readonly rejects: readonly string[];
} {
  const { format } = detectFormat(Buffer.from(log), 'a.log');
  const { sink, figures } = readLog(format, log);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  return {
    format,
    title: format.open(Buffer.from(log), {}).title,
    rows: sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_')))),
    rejects: sink.rejects.map(({ reason }) => reason),
  };
}
