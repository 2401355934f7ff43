/** How figures are written (the contract's), and how a cell of a log is: one place for tables, inspector and copy. */
import type { Cell, ColumnType } from '../../../app/contract.ts';
import { formatBytes, formatCount, formatDuration, formatTime, isoTime } from '../../../app/contract/format.ts';
import { visible } from './visible.ts';

export {
  formatBytes,
  formatCount,
  formatDuration,
  formatShare,
  formatShortCount,
  formatTime,
  hiddenWords,
  isoTime,
  plural,
} from '../../../app/contract/format.ts';
export {
  categorical,
  categoricalDark,
  categoryColor,
  diverging,
  sequentialTop,
  severityPalette,
  tagPalette,
} from '../../../app/contract/palette.ts';
export { visible } from './visible.ts';

const byteColumns = /(^|_)bytes$/;

/** True for columns that count bytes: shown in powers of 1024. */
export function isBytes(name: string, type: ColumnType): boolean {
  return (type === 'count' || type === 'int') && byteColumns.test(name);
}

export function isRight(type: ColumnType): boolean {
  return type === 'count' || type === 'int' || type === 'double' || type === 'port' || type === 'interval';
}

/** Addresses, uids and times stand in the fixed-width face. */
export function isMono(name: string, type: ColumnType): boolean {
  return type === 'addr' || type === 'subnet' || type === 'time' || name === 'uid' || name === 'history' || name.endsWith('_l2_addr');
}

/** A cell for a person; absent is "-". `year`: false drops the year from times (said in the heading). */
export function formatCell(value: Cell, type: ColumnType, name: string, year = true): string {
  if (value === null) return '-';
  if (typeof value === 'string') return visible(value);
  switch (type) {
    case 'time':
      return year ? formatTime(value) : formatTime(value).slice(5);
    case 'interval':
      return formatDuration(value);
    case 'bool':
      return value === 1 ? 'T' : 'F';
    case 'port':
      return String(value);
    case 'double':
      return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
    case 'count':
    case 'int':
      return isBytes(name, type) ? formatBytes(value) : formatCount(value);
    default:
      return String(value);
  }
}

/** The exact value, for tooltips and copying: microseconds, whole bytes, whole seconds. */
export function exactCell(value: Cell, type: ColumnType, name: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  switch (type) {
    case 'time':
      return isoTime(value);
    case 'interval':
      return `${(value / 1e6).toFixed(6)} s`;
    case 'bool':
      return value === 1 ? 'T' : 'F';
    default:
      return isBytes(name, type) ? `${formatCount(value)} bytes` : String(value);
  }
}

/** The plain value for the clipboard: no units, no grouping. */
export function plainCell(value: Cell, type: ColumnType): string {
  if (value === null) return '';
  if (type === 'time' && typeof value === 'number') return isoTime(value);
  if (type === 'interval' && typeof value === 'number') return (value / 1e6).toFixed(6);
  return String(value);
}

/** Seconds left of a job: "0.1 s left", "2 m 05 s left". */
export function formatLeft(seconds: number): string {
  return `${formatDuration(seconds * 1e6)} left`;
}
