import { formatBytes, formatCount, formatDuration, formatShare, formatTime, isoTime } from '../contract/format.ts';
import type { Figure } from './document.ts';

/** A figure as a person reads it in a table. */
export function figureText({ value, as }: Figure): string {
  switch (as) {
    case 'count':
      return formatCount(value);
    case 'bytes':
      return formatBytes(value);
    case 'duration':
      return formatDuration(value);
    case 'time':
      return formatTime(value);
    case 'instant':
      return formatTime(value, 6);
    case 'share':
      return formatShare(value);
    case 'deviation':
      return deviation(value);
    case 'decimal':
      return decimal(value);
    case 'seconds':
      return `${decimal(value)} s`;
    case 'plain':
      return String(value);
  }
}

/** −1.3, 0.0, +2.6: standard deviations from the mean, with their sign. */
export function deviation(value: number): string {
  const rounded = value.toFixed(1);
  if (Number(rounded) === 0) return '0.0';
  return value < 0 ? `−${rounded.slice(1)}` : `+${rounded}`;
}

function decimal(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e9)) return value.toExponential(4);
  return value.toLocaleString('en-US', { maximumFractionDigits: size >= 100 ? 2 : 4 });
}

/** A figure as a program reads it: ISO 8601 UTC times, seconds, bytes, plain numbers. */
export function figureValue({ value, as }: Figure): number | string {
  if (as === 'time' || as === 'instant') return isoTime(value);
  return as === 'duration' ? value / 1e6 : value;
}
