import { StringPool } from '../columns/string-pool.ts';
import type { RecordTable } from '../columns/types.ts';
import type { Pace } from '../learn/pace.ts';
import type { SelectedPart, Selection, Selector } from './types.ts';

/** The rows that the selector lets through. @throws FlowcaseError CANCELLED */
export async function selectRows(table: RecordTable, selector: Selector, pace: Pace): Promise<Selection> {
  const parts: SelectedPart[] = [];
  let rows = 0;
  for (const chunk of table.chunks) {
    const mask = selector.everything ? undefined : selector.mask(chunk);
    await pace.breathe();
    if (mask === null) continue;
    const taken = new Uint32Array(chunk.rows);
    let count = 0;
    for (let i = 0; i < chunk.rows; i++) if (mask === undefined || mask[i] === 1) taken[count++] = i;
    if (count > 0) parts.push({ chunk, rows: count === taken.length ? taken : taken.slice(0, count), start: rows });
    rows += count;
  }
  return { table, parts, rows };
}

/** The record id of a row of the selection. */
export function recordId(selection: Selection, row: number): number {
  const { parts } = selection;
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (parts[middle].start <= row) low = middle;
    else high = middle - 1;
  }
  return parts[low].chunk.firstRow + parts[low].rows[row - parts[low].start];
}

/** A column of numbers over the selection; NaN where absent, and throughout where the case keeps no numbers by this name. */
export function selectedNumbers(selection: Selection, column: string): Float64Array {
  const out = new Float64Array(selection.rows).fill(Number.NaN);
  if (selection.table.column(column)?.storage !== 'number') return out;
  for (const { chunk, rows, start } of selection.parts) {
    const values = chunk.numbers(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = values[rows[i]];
  }
  return out;
}

/** A dictionary column over the selection; 0 where absent, and throughout where the case has no such dictionary column. */
export function selectedIds(selection: Selection, column: string): Uint32Array {
  const out = new Uint32Array(selection.rows);
  if (selection.table.column(column)?.storage !== 'dictionary') return out;
  for (const { chunk, rows, start } of selection.parts) {
    const ids = chunk.ids(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = ids[rows[i]];
  }
  return out;
}

/** As `selectedNumbers`, chunk by chunk: for millions of rows. @throws FlowcaseError CANCELLED */
export async function gatherNumbers(selection: Selection, column: string, breathe: () => Promise<void>): Promise<Float64Array> {
  const out = new Float64Array(selection.rows).fill(Number.NaN);
  if (selection.table.column(column)?.storage !== 'number') return out;
  for (const { chunk, rows, start } of selection.parts) {
    const values = chunk.numbers(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = values[rows[i]];
    await breathe();
  }
  return out;
}

/** As `selectedIds`, chunk by chunk: for millions of rows. @throws FlowcaseError CANCELLED */
export async function gatherIds(selection: Selection, column: string, breathe: () => Promise<void>): Promise<Uint32Array> {
  const out = new Uint32Array(selection.rows);
  if (selection.table.column(column)?.storage !== 'dictionary') return out;
  for (const { chunk, rows, start } of selection.parts) {
    const ids = chunk.ids(column);
    for (let i = 0; i < rows.length; i++) out[start + i] = ids[rows[i]];
    await breathe();
  }
  return out;
}

/**
 * A number per row for the texts of a column, equal for equal texts, 0 where absent: ids where the case keeps them as repeated texts, else in the order they
 * first come. @throws FlowcaseError CANCELLED
 */
export async function gatherTexts(selection: Selection, column: string, breathe: () => Promise<void>): Promise<Uint32Array> {
  if (selection.table.column(column)?.storage !== 'text') return gatherIds(selection, column, breathe);
  const out = new Uint32Array(selection.rows);
  const pool = new StringPool('term');
  for (const { chunk, rows, start } of selection.parts) {
    const { offsets, bytes } = chunk.text(column);
    for (let i = 0; i < rows.length; i++) {
      const [from, to] = [offsets[rows[i]], offsets[rows[i] + 1]];
      if (to > from) out[start + i] = pool.internReplaced(bytes, from, to);
    }
    await breathe();
  }
  return out;
}

/** The text of a dictionary column's id, '' where absent. */
export function textOfId(table: RecordTable, column: string, id: number): string {
  const dictionary = table.column(column)?.dictionary;
  return id === 0 || dictionary === null || dictionary === undefined ? '' : table.dictionary(dictionary).textOf(id);
}
