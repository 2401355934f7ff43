/** The latest records, the latest first: what is kept of them while new ones come. */
import type { RecordPage } from '../../../app/contract.ts';
import { joinTerms, terms } from './filter-terms.ts';

export interface TailRow<Row> {
  readonly id: number;
  readonly row: Row;
}

/** Rows of a tail: at most `most`, by falling id, without a gap. */
export class TailRing<Row extends { readonly id: number }> {
  readonly #most: number;
  #rows: readonly Row[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The highest id that is known; -1 before the first. */
  get latest(): number {
    return this.#rows[0]?.id ?? -1;
  }

  /**
   * Takes the answer to "those after `latest`, the latest first": `all` says how many there are of them. Where there are more than came along, what was
   * there before goes: between the two there would be a gap. @returns whether anything is new
   */
  take(rows: readonly Row[], all: number): boolean {
    const { latest } = this;
    const fresh = rows.filter(({ id }) => id > latest);
    if (fresh.length === 0) return false;
    this.#rows = (all > rows.length ? fresh : [...fresh, ...this.#rows]).slice(0, this.#most);
    return true;
  }

  clear(): void {
    this.#rows = [];
  }
}

/** The filter for what came after a record. */
export function afterFilter(filter: string, latest: number): string {
  return latest < 0 ? filter : joinTerms([...terms(filter), `id > ${latest}`]);
}

/** Columns of the tail, as far as the log has them. */
export const tailColumns: Readonly<Record<string, readonly string[]>> = {
  request: ['ts', 'orig_h', 'method', 'path', 'query', 'status', 'bytes', 'duration', 'vhost', 'agent'],
  connection: ['ts', 'orig_h', 'orig_p', 'resp_h', 'resp_p', 'service', 'duration', 'orig_bytes', 'resp_bytes', 'conn_state', 'uid'],
};

/** Names of the columns to ask for, of a log with these: the kind's own, or the first that are shown. */
export function columnsOf(kind: string, columns: RecordPage['columns']): readonly string[] {
  const own = Object.hasOwn(tailColumns, kind) ? (tailColumns[kind] ?? []) : [];
  const there = own.filter((name) => columns.some((column) => column.name === name));
  if (there.length > 0) return there;
  const shown = columns.filter(({ shown }) => shown);
  return (shown.length > 0 ? shown : columns).slice(0, 10).map(({ name }) => name);
}
