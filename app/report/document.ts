import type { TagColor } from '../contract/acts.ts';
import type { Severity } from '../contract/records.ts';

/**
 * A report is a tree of plain data: sections of blocks. The builders (build/) write it from a case, the writers (pdf/, json.ts) turn it
 * into files and add nothing of their own, so every format says the same. Texts are raw: a writer makes them safe for its format.
 */
export interface ReportDocument {
  readonly title: string;
  readonly author: string;
  /** Microseconds since 1970 UTC: the last change of the case's content. Never the time of writing. */
  readonly date: number;
  readonly number: string;
  /** Hash of the custody entry that the report ends with. */
  readonly head: string;
  readonly cover: Cover;
  readonly sections: readonly Section[];
}

export interface Cover {
  readonly kicker: string;
  readonly title: string;
  readonly keys: readonly KeyRow[];
  readonly statement: readonly Rich[];
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** `mono`: addresses, hashes, raw text; `quiet`: secondary. */
export type Style = 'plain' | 'strong' | 'quiet' | 'mono';

export interface Span {
  readonly text: string;
  readonly style: Style;
}
export type Rich = string | readonly (string | Span)[];

/** A figure keeps its value; writers for people format it, writers for programs give it as it is. Times and durations in microseconds. */
export interface Figure {
  readonly value: number;
  readonly as: 'count' | 'bytes' | 'duration' | 'time' | 'instant' | 'share' | 'decimal' | 'deviation' | 'seconds' | 'plain';
}

/** A mark of a colour that means the same everywhere in Flowcase, with the word beside it. */
export type Mark =
  | { readonly type: 'category'; readonly number: number }
  | { readonly type: 'tag'; readonly color: TagColor }
  | { readonly type: 'severity'; readonly severity: Severity };

export interface MarkedCell {
  readonly mark: Mark;
  readonly content: Rich;
}
/** null is absent and shows as an en dash. */
export type Cell = Rich | Figure | MarkedCell | null;

export interface TableColumn {
  readonly title: string;
  /** Share of the width, in any unit. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

export interface KeyRow {
  readonly key: string;
  readonly value: Cell;
}

export interface TableBlock {
  readonly type: 'table';
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Says what was cut, and where the rest is. */
  readonly after: Rich | null;
}

export interface TimelineChart {
  readonly type: 'timeline';
  readonly caption: string;
  /** Microseconds: where the first bucket begins, and how long each is. */
  readonly start: number;
  readonly step: number;
  readonly values: readonly number[];
  readonly part: readonly number[];
  readonly valueTitle: string;
  readonly partTitle: string;
}

export interface BarsChart {
  readonly type: 'bars';
  readonly caption: string;
  /** Lengths are log(1 + value). */
  readonly logarithmic: boolean;
  /** A bar over the whole width stands for this at least. */
  readonly least: number;
  /** What values count: "records". */
  readonly unit: string;
  readonly bars: readonly {
    readonly label: string;
    readonly value: number;
    readonly text: string;
    readonly category: number | null;
    readonly suspect: boolean;
  }[];
}

export interface ScatterChart {
  readonly type: 'scatter';
  readonly caption: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly category: readonly number[];
  readonly legend: readonly { readonly category: number; readonly label: string; readonly suspect: boolean }[];
}

export interface HeatChart {
  readonly type: 'heat';
  readonly caption: string;
  /** What a cell's value is: standard deviations from the mean, or a count that is coloured by its share of the row's `total`. */
  readonly scale: 'deviation' | 'row';
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    /** null: none. */
    readonly category: number | null;
    readonly suspect: boolean;
    /** Of counts: what the row has altogether, those that no column shows too; of deviations 0. */
    readonly total: number;
    /** null: there is none. */
    readonly values: readonly (number | null)[];
  }[];
}
export type Chart = TimelineChart | BarsChart | ScatterChart | HeatChart;

export type Block =
  | { readonly type: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: Rich; readonly quiet: boolean }
  | { readonly type: 'list'; readonly items: readonly Rich[]; readonly numbered: boolean }
  | { readonly type: 'keys'; readonly rows: readonly KeyRow[] }
  | { readonly type: 'note'; readonly title: string; readonly text: Rich; readonly tone: 'plain' | 'caution' }
  | TableBlock
  | Chart;

export const heading = (text: string, level: 2 | 3 = 2): Block => ({ type: 'heading', level, text });
export const paragraph = (text: Rich): Block => ({ type: 'paragraph', text, quiet: false });
export const quietly = (text: Rich): Block => ({ type: 'paragraph', text, quiet: true });
export const list = (items: readonly Rich[], numbered = false): Block => ({ type: 'list', items, numbered });
export const keys = (rows: readonly (readonly [string, Cell])[]): Block => ({
  type: 'keys',
  rows: rows.map(([key, value]) => ({ key, value })),
});
export const note = (title: string, text: Rich, tone: 'plain' | 'caution' = 'plain'): Block => ({ type: 'note', title, text, tone });
export const mono = (text: string): Span => ({ text, style: 'mono' });
export const strong = (text: string): Span => ({ text, style: 'strong' });
export const quiet = (text: string): Span => ({ text, style: 'quiet' });
export const figure = (value: number | null, as: Figure['as']): Figure | null =>
  value === null || !Number.isFinite(value) ? null : { value, as };
export const count = (value: number): Figure => ({ value, as: 'count' });
export const left = (title: string, width: number): TableColumn => ({ title, width, align: 'left' });
export const right = (title: string, width: number): TableColumn => ({ title, width, align: 'right' });
export const table = (
  caption: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  after: Rich | null = null,
): TableBlock => ({ type: 'table', caption, columns, rows, after });

export const isFigure = (cell: Cell): cell is Figure => cell !== null && typeof cell === 'object' && 'as' in cell;
export const isMarked = (cell: Cell): cell is MarkedCell => cell !== null && typeof cell === 'object' && 'mark' in cell;

/** The words of rich text without their styles. */
export function plainText(rich: Rich): string {
  return typeof rich === 'string' ? rich : rich.map((part) => (typeof part === 'string' ? part : part.text)).join('');
}
