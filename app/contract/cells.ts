import { isoTime } from './format.ts';
import type { Cell, ColumnInfo } from './records.ts';

/** How cells are written for other programs, the same in the terminal and in the API. */

/** A cell as it stands in JSON: times ISO 8601 UTC with microseconds, durations in seconds, booleans as such. */
export function jsonCell(column: Pick<ColumnInfo, 'type'>, cell: Cell): string | number | boolean | null {
  if (cell === null || typeof cell === 'string') return cell;
  if (column.type === 'time') return isoTime(cell);
  if (column.type === 'interval') return cell / 1e6;
  if (column.type === 'bool') return cell !== 0;
  return cell;
}

/** The same for CSV: booleans are T and F, as Zeek writes them. */
export function csvValue(column: Pick<ColumnInfo, 'type'>, cell: Cell): string | number | null {
  const value = jsonCell(column, cell);
  return typeof value === 'boolean' ? (value ? 'T' : 'F') : value;
}

/** ISO 8601 UTC with microseconds, or null where there is no time. */
export const isoOrNull = (time: number | null): string | null => (time === null ? null : isoTime(time));
