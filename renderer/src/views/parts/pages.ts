import type { Page } from '../../components/table.ts';

/** A list that is here already, as DataTable fetches pages. */
export function localPages<Row>(rows: readonly Row[]): (offset: number, limit: number) => Promise<Page<Row>> {
  return (offset, limit) => Promise.resolve({ rows: rows.slice(offset, offset + limit), total: rows.length });
}

/** Compares what a table shows: numbers by size, text by letters, what is absent last. */
export function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en');
}
