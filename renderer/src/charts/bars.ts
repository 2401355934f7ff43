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

/** The first `limit` unless all are asked for. The one that is chosen is among them: where it comes later, it has the last place. */
export function shownRows<Row>(
  rows: readonly Row[],
  limit: number,
  all: boolean,
  isChosen: (row: Row) => boolean = () => false,
): readonly Row[] {
  if (all) return rows;
  const chosen = rows.slice(limit).find(isChosen);
  return chosen === undefined ? rows.slice(0, limit) : [...rows.slice(0, limit - 1), chosen];
}
