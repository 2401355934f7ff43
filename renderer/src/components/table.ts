import type { Snippet } from 'svelte';
import type { ColumnInfo } from '../../../app/contract.ts';
import { cellTerm } from '../lib/filter-terms.ts';
import { exactCell, formatCell, isMono, isRight, plainCell } from '../lib/format.ts';
import type { Cell } from '../../../app/contract.ts';

/** A column of DataTable or SimpleTable over rows of type `Row`. */
export interface TableColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** What the column means, for its tooltip and the column chooser. */
  readonly hint?: string;
  /** Starting width in pixels. */
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly mono?: boolean;
  readonly sortable?: boolean;
  /** What is shown (and read out). */
  readonly text: (row: Row) => string;
  /** The exact value for the tooltip; without it the text. */
  readonly exact?: (row: Row) => string;
  /** The plain value for the clipboard; without it the text. */
  readonly copy?: (row: Row) => string;
  /** The filter term "this column has this row's value" for F and Shift-F; null where there is none. */
  readonly term?: (row: Row) => string | null;
  /** Own drawing; `text` still says what it means. */
  readonly cell?: Snippet<[Row]>;
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** A page as DataTable fetches it. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** What the keys T, N and M ask for on the chosen rows. */
export type RowAct = 'tag' | 'note' | 'suspect';

const widths: Partial<Record<ColumnInfo['type'], number>> = {
  addr: 120,
  port: 58,
  interval: 76,
  count: 84,
  int: 84,
  double: 84,
  bool: 56,
  enum: 56,
};

const namedWidths: Partial<Record<string, number>> = { uid: 148, service: 64, conn_state: 76, history: 90 };

/** A column of the log as a table column; `value` finds its cell in the row. */
export function logColumn<Row>(info: ColumnInfo, value: (row: Row) => Cell, year = true): TableColumn<Row> {
  const { name, type } = info;
  return {
    id: name,
    title: type === 'time' ? `${name} (UTC)` : name,
    hint: info.title,
    width: type === 'time' ? (year ? 182 : 148) : (namedWidths[name] ?? widths[type] ?? 110),
    align: isRight(type) ? 'right' : 'left',
    mono: isMono(name, type),
    sortable: true,
    text: (row) => formatCell(value(row), type, name, year),
    exact: (row) => exactCell(value(row), type, name),
    copy: (row) => plainCell(value(row), type),
    term: (row) => cellTerm(name, type, value(row)),
  };
}
