import { add, count, has, rowsOf, toggle, type Range } from './ranges.ts';
import type { TableCommand } from './table-keys.ts';

export type ChooseMode = 'one' | 'extend' | 'toggle';

/** The cursor of a table (a cell; row -1 is the head) and the rows that are chosen. */
export class TableChoice {
  row = $state(0);
  column = $state(0);
  ranges = $state.raw<readonly Range[]>([]);
  #anchor = 0;
  readonly #changed: (count: number) => void;

  /** `changed` hears how many rows are chosen. */
  constructor(changed: (count: number) => void) {
    this.#changed = changed;
  }

  get count(): number {
    return count(this.ranges);
  }

  has(row: number): boolean {
    return has(this.ranges, row);
  }

  set(ranges: readonly Range[]): void {
    this.ranges = ranges;
    this.#changed(this.count);
  }

  toggle(row: number): void {
    this.set(toggle(this.ranges, row));
    this.#anchor = row;
  }

  /** The same rows stand `by` rows further down now. */
  shift(by: number): void {
    this.row += by;
    this.#anchor += by;
    this.set(this.ranges.map(([first, last]) => [first + by, last + by]));
  }

  /** Back to the first row, nothing chosen. */
  reset(columns: number): void {
    this.row = 0;
    this.column = Math.min(this.column, Math.max(0, columns - 1));
    this.set([]);
  }

  /** Puts the cursor on a cell and chooses its row; -1 is the head, which is not chosen. */
  place(row: number, column: number, mode: ChooseMode): void {
    this.row = row;
    this.column = column;
    if (row < 0) return;
    if (mode === 'extend') return this.set(add([], this.#anchor, row));
    if (mode === 'toggle') return this.toggle(row);
    this.set([[row, row]]);
    this.#anchor = row;
  }

  /** The chosen rows, or the one under the cursor where the cursor stands beside them; at most `limit`, ascending. */
  rows(limit: number): { readonly rows: readonly number[]; readonly all: number } {
    const ranges: readonly Range[] = this.row < 0 || this.has(this.row) ? this.ranges : [[this.row, this.row]];
    return { rows: rowsOf(ranges, limit), all: count(ranges) };
  }
}

/** The row and column a movement leads to; rows from -1 (the head) to `rows - 1`. */
export function moved(
  from: { readonly row: number; readonly column: number },
  to: Extract<TableCommand, { type: 'move' }>['to'],
  size: { readonly rows: number; readonly columns: number; readonly page: number },
): { readonly row: number; readonly column: number } {
  const steps = { up: -1, down: 1, pageUp: -size.page, pageDown: size.page, home: -Infinity, end: Infinity, left: 0, right: 0 };
  const lowest = to === 'up' ? -1 : 0;
  const row = to === 'left' || to === 'right' ? from.row : Math.max(lowest, Math.min(size.rows - 1, from.row + steps[to]));
  const across = to === 'left' ? -1 : to === 'right' ? 1 : 0;
  return { row, column: Math.max(0, Math.min(size.columns - 1, from.column + across)) };
}
