import type { Cell, ColumnInfo } from '../contract.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from '../contract/format.ts';
import { printable } from './progress-line.ts';

export { isoOrNull, jsonCell } from '../contract/cells.ts';

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

const LONGEST_NAME = 100;
const END_OF_NAME = 40;

/** A name that a log gave (a class, a label), as a cell of a table: of a very long one the beginning and the end, which tell it from others. */
export function nameCell(name: string): string {
  const text = printable(name);
  if (text.length <= LONGEST_NAME) return text;
  return `${text.slice(0, LONGEST_NAME - END_OF_NAME - 1)}…${text.slice(-END_OF_NAME)}`;
}

/** A long name by its two ends, so that a table stays one; all of it is in the JSON. */
export function shortName(name: string, longest = 60): string {
  const letters = Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
  if (letters.length <= longest) return name;
  const end = Math.floor((longest * 2) / 3);
  return `${letters.slice(0, longest - 1 - end).join('')}…${letters.slice(-end).join('')}`;
}

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
