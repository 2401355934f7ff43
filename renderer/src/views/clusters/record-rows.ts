/** Connections as rows of a table: cells by column name, and marks. */
import type { Cell, ColumnInfo, RecordDetail, RecordPage, RowMarks } from '../../../../app/contract.ts';
import type { Tip } from '../../charts/table.ts';
import { formatBytes, formatCell, formatDuration, visible } from '../../lib/format.ts';

export interface RecordRow {
  readonly id: number;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly marks: RowMarks;
}

export function recordRows(page: RecordPage): readonly RecordRow[] {
  return page.rows.map((cells, at) => ({
    id: page.ids[at] ?? -1,
    cells: new Map(page.columns.map((column, index) => [column.name, cells[index] ?? null])),
    marks: page.marks[at] ?? { tags: [], cluster: null },
  }));
}

/** What members are shown with, in this order, as far as the log has it. */
export const memberColumns = [
  'ts',
  'uid',
  'orig_h',
  'orig_p',
  'resp_h',
  'resp_p',
  'proto',
  'service',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'conn_state',
] as const;

export function pickColumns(all: readonly ColumnInfo[], wanted: readonly string[] = memberColumns): readonly ColumnInfo[] {
  return wanted.map((name) => all.find((column) => column.name === name)).filter((column) => column !== undefined);
}

/** A record as it hovers over a point. */
export function recordTip(detail: RecordDetail, cluster: number): Tip {
  const cell = (name: string): Cell => detail.fields.find((field) => field.column.name === name)?.value ?? null;
  const said = (name: string): string => {
    const value = cell(name);
    return value === null ? '-' : visible(String(value));
  };
  const bytes = (name: string): string => {
    const value = cell(name);
    return typeof value === 'number' ? formatBytes(value) : '-';
  };
  const lasted = cell('duration');
  return {
    title: `${said('orig_h')} → ${said('resp_h')}:${said('resp_p')}`,
    rows: [
      ['cluster', String(cluster)],
      ['time (UTC)', formatCell(cell('ts'), 'time', 'ts')],
      ['service, state', `${said('service')}, ${said('conn_state')}`],
      ['duration', typeof lasted === 'number' ? formatDuration(lasted) : '-'],
      ['bytes out, in', `${bytes('orig_bytes')}, ${bytes('resp_bytes')}`],
    ],
  };
}
