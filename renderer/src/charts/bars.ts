/** Bars of categories: who is drawn, and how wide. */
export interface BarRow {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  /** Quiet words after the label: what a state means. */
  readonly hint?: string;
  /** Number in the categorical palette (1-based); without it the first colour. */
  readonly category?: number;
  /** What the table behind the bars says beside the value. */
  readonly more?: readonly string[];
}

/** The largest first, `limit` of them unless all are asked for. Equal ones keep their order. */
export function shownRows(rows: readonly BarRow[], limit: number, all: boolean): readonly BarRow[] {
  return all ? rows : rows.slice(0, limit);
}
