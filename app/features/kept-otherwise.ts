import type { ColumnSpec, RecordTable } from '../columns/types.ts';
import { formatCount, plural } from '../contract/format.ts';
import type { NeededColumn } from './types.ts';

const words = { number: 'numbers', dictionary: 'repeated text', text: 'text that hardly repeats' } as const;

/** The column that could serve one of these needs if it were kept as the recipe reads it; null where the logs have none of them. */
export function keptOtherwise(tables: readonly RecordTable[], choice: readonly NeededColumn[]): string | null {
  for (const { name, storage } of choice) {
    for (const table of tables) {
      const spec = table.column(name);
      if (spec !== undefined && spec.storage !== storage) return said(table, spec, storage);
    }
  }
  return null;
}

/** How a column is kept is settled by the log that comes first: not that it is missing, but why it cannot be computed from, and which logs lack it at all. */
function said(table: RecordTable, { name, storage }: ColumnSpec, wanted: NeededColumn['storage']): string {
  const byEvidence = new Map<number, { rows: number; absent: number }>();
  for (const chunk of table.chunks) {
    const figures = byEvidence.get(chunk.evidence) ?? { rows: 0, absent: 0 };
    figures.rows += chunk.rows;
    figures.absent += chunk.stats(name)?.absent ?? chunk.rows;
    byEvidence.set(chunk.evidence, figures);
  }
  const all = [...byEvidence.values()];
  const having = all.reduce((sum, { rows, absent }) => sum + rows - absent, 0);
  const without = [...byEvidence].filter(([, { rows, absent }]) => rows === absent);
  const lacking =
    without.length === 0
      ? ''
      : `; evidence ${without.map(([id]) => id).join(', ')} (${plural(
          without.reduce((sum, [, { rows }]) => sum + rows, 0),
          'record',
        )}) has none`;
  return `${formatCount(having)} of ${plural(table.rows, 'record')} have ${name}, but this case keeps it as ${words[storage]}, as suited the log that came first, and the recipe reads it only as ${words[wanted]}${lacking}`;
}
