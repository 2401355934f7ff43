import { formatCount } from '../../lib/format.ts';

/** A whole number that a person typed, or why it is none. */
export function readWhole(
  text: string,
  low: number,
  high: number,
  what: string,
): { readonly value: number | null; readonly error: string } {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high
    ? { value, error: '' }
    : { value: null, error: `${what} is a whole number from ${formatCount(low)} to ${formatCount(high)}.` };
}
