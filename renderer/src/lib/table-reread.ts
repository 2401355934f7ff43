import type { Page } from '../components/table.ts';
import type { PageCache } from './page-cache.svelte.ts';
import type { TableChoice } from './table-choice.svelte.ts';
import type { TableWindow } from './table-window.svelte.ts';

interface Table<Row> {
  readonly cache: PageCache<Row>;
  readonly view: TableWindow;
  readonly choice: TableChoice;
  readonly rowHeight: () => number;
  readonly fetch: () => (offset: number, limit: number) => Promise<Page<Row>>;
  /** What a row is known by; undefined where nothing tells rows apart. */
  readonly rowId: () => ((row: Row) => string | number) | undefined;
}

/**
 * Reads the rows of a table again in place: one reading at a time, and a rest after it as long as it took, for a case that grows each second. What is chosen
 * stays chosen and what is looked at stays where it is, although rows come before it.
 */
export class Reread<Row> {
  readonly #table: Table<Row>;
  #reading = false;
  #wanted = false;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(table: Table<Row>) {
    this.#table = table;
  }

  async start(): Promise<void> {
    this.#wanted = this.#reading;
    if (this.#reading) return;
    this.#reading = true;
    const { cache, view, choice, rowHeight, fetch } = this.#table;
    const started = performance.now();
    const kept = this.#anchor();
    const now = await cache.reread(fetch(), kept);
    if (kept !== null && now !== null && now !== kept.row) {
      choice.shift(now - kept.row);
      view.moveTo(view.top + (now - kept.row) * rowHeight());
    }
    const { first, end } = view.reach;
    cache.look(first, Math.max(end, first + 1));
    this.#rest = setTimeout(() => {
      this.#reading = false;
      if (this.#wanted) void this.start();
    }, performance.now() - started);
  }

  stop(): void {
    clearTimeout(this.#rest);
  }

  /** The row under the cursor where it is chosen, else the first in sight; at the top what is new comes into sight. */
  #anchor(): { readonly row: number; readonly is: (row: Row) => boolean } | null {
    const { cache, view, choice, rowHeight } = this.#table;
    const rowId = this.#table.rowId();
    const row = choice.row >= 0 && choice.has(choice.row) ? choice.row : view.top > 0 ? Math.ceil(view.top / rowHeight()) : null;
    const there = row === null ? undefined : cache.row(row);
    if (row === null || there === undefined || rowId === undefined) return null;
    const id = rowId(there);
    return { row, is: (other) => rowId(other) === id };
  }
}
