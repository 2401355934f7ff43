/** Records as rows of a table: cells by column name, and marks. */
import type { Cell, ColumnInfo, RecordDetail, RecordKind, RecordPage, RowMarks } from '../../../../app/contract.ts';
import type { Tip } from '../../charts/table.ts';
import type { Page, RowAct, Sort } from '../../components/table.ts';
import { markSuspect, openTagEditor } from '../../lib/acts.svelte.ts';
import { formatBytes, formatCell, formatDuration, visible } from '../../lib/format.ts';
import { kindCount } from '../../lib/kinds.ts';
import { invoke } from '../../lib/state.svelte.ts';

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

/** Pages of the records of a question. `onpage` hears each answer. */
export function recordPages(
  asked: {
    readonly kind: RecordKind;
    readonly filter: string;
    readonly names: readonly string[];
    readonly sort: Sort | null;
    readonly run?: number;
  },
  onpage?: (page: RecordPage) => void,
): (offset: number, limit: number) => Promise<Page<RecordRow>> {
  return async (offset, limit) => {
    if (asked.names.length === 0) return { rows: [], total: 0 };
    const page = await invoke('records.query', {
      kind: asked.kind,
      filter: asked.filter,
      columns: [...asked.names],
      offset,
      limit,
      ...(asked.sort === null ? {} : { sort: { ...asked.sort } }),
      ...(asked.run === undefined ? {} : { run: asked.run }),
    });
    onpage?.(page);
    return { rows: recordRows(page), total: page.total };
  };
}

/** What T, N and M do with chosen records. */
export function actOnRecords(kind: RecordKind, act: RowAct, rows: readonly RecordRow[]): void {
  const target = { type: 'records' as const, kind, ids: rows.map((row) => row.id) };
  const words = kindCount(kind, rows.length);
  if (act === 'suspect') void markSuspect(target, words);
  else openTagEditor(target, words, act === 'note' ? 'note' : 'name');
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

export const requestColumns = ['ts', 'orig_h', 'method', 'path', 'query', 'status', 'bytes', 'agent'] as const;

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
      ['originator, responder sent', `${bytes('orig_bytes')}, ${bytes('resp_bytes')}`],
    ],
  };
}
