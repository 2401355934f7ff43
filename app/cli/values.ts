import type { Cell, ColumnInfo } from '../contract.ts';
import { formatBytes, formatCount, formatDuration, formatTime, isoTime } from '../contract/format.ts';
import { printable } from './progress-line.ts';

/** A cell as it stands in JSON and CSV: times ISO 8601 UTC, durations in seconds, booleans as such. */
export function jsonCell(column: Pick<ColumnInfo, 'type'>, cell: Cell): string | number | boolean | null {
  if (cell === null || typeof cell === 'string') return cell;
  if (column.type === 'time') return isoTime(cell);
  if (column.type === 'interval') return cell / 1e6;
  if (column.type === 'bool') return cell !== 0;
  return cell;
}

/** A cell for a person. */
export function textCell(column: Pick<ColumnInfo, 'type' | 'name'>, cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell === 'string') return printable(cell);
  if (column.type === 'time') return formatTime(cell, 6);
  if (column.type === 'interval') return formatDuration(cell);
  if (column.type === 'bool') return cell === 0 ? 'F' : 'T';
  if (column.type === 'count') return column.name.includes('bytes') ? formatBytes(cell) : formatCount(cell);
  return String(cell);
}

export const isoOrNull = (time: number | null): string | null => (time === null ? null : isoTime(time));

/** A plain table: columns aligned, numbers to the right, two blanks between. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[], right: readonly boolean[] = []): string {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)].join('\n');
}
