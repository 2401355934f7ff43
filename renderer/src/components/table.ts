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

/** A row, or undefined until it has arrived. */
export type Arrived<Row> = Row | undefined;

/** What the keys T, N and M ask for on the chosen rows. */
export type RowAct = 'tag' | 'note' | 'suspect';

/** What DataTable takes. */
export interface DataTableProps<Row> {
  /** Names the grid for readers of the screen. */
  label: string;
  columns: readonly TableColumn<Row>[];
  /** A page and the total; asked as rows come into sight. */
  fetch: (offset: number, limit: number) => Promise<Page<Row>>;
  /** Changes when the rows are others (filter, sort, run): back to the top. */
  question: string;
  /** Changes when the same rows may say something else: they are read again in place. */
  revision?: number;
  /** What a row is known by: then it keeps its place on the screen, and stays chosen, while rows come before it. */
  rowId?: (row: Row) => string | number;
  sort?: Sort | null;
  onsort?: (sort: Sort) => void;
  /** The cursor came to rest on a row, or Enter. */
  onopen?: (row: Row, index: number) => void;
  /** T, N, M on the chosen rows, at most 100,000. */
  onact?: (act: RowAct, rows: readonly Row[]) => void;
  /** F and Shift-F on a cell. */
  onterm?: (term: string, exclude: boolean) => void;
  onselect?: (count: number) => void;
  ontotal?: (total: number) => void;
  /** Widths the person chose, by column id. */
  widths?: Readonly<Record<string, number>>;
  onresize?: (id: string, width: number) => void;
  /** Said in place of rows when there are none. */
  empty?: string;
}

const widths: Partial<Record<ColumnInfo['type'], number>> = {
  addr: 132,
  port: 58,
  interval: 76,
  count: 84,
  int: 84,
  double: 84,
  bool: 56,
  enum: 56,
};

const namedWidths: Partial<Record<string, number>> = {
  uid: 148,
  service: 64,
  conn_state: 76,
  history: 90,
  method: 64,
  status: 60,
  path: 240,
  uri: 240,
  query: 200,
  agent: 220,
  user_agent: 220,
  server_name: 180,
  vhost: 140,
};

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

/** Rows for the clipboard: a heading, TABs between cells, plain values. */
export function tabSeparated<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => (column.copy ?? column.text)(row)).join('\t'));
  return [columns.map((column) => column.id).join('\t'), ...lines].join('\n');
}
