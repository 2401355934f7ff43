import { expect } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { access } from './access.ts';
import { readLog, type ReadBack } from './testing.ts';
import type { FormatOptions } from './types.ts';

/** The time of lines, as a record and as a log has it. */
export const ts = Date.UTC(2024, 1, 10, 16, 42, 7) * 1000;
export const time = '[10/Feb/2024:16:42:07 +0000]';

/** Records as objects, without what is absent; `places`: with line and offset. */
export const plain = ({ sink }: ReadBack, places = false): Record<string, Cell>[] =>
  sink.records.map((record) =>
    Object.fromEntries([...record].filter(([name, cell]) => cell !== null && (places || !name.startsWith('_')))),
  );

/** The record of one line, which is read whole. */
export function one(line: string, options: FormatOptions = {}): Record<string, Cell> {
  const read = readLog(access, `${line}\n`, 65_536, false, options);
  expect([read.figures.rows, read.sink.rejects]).toEqual([1, []]);
  return plain(read)[0];
}
