/** Sets of numbers as closed ranges: [low0, high0, low1, high1, ...], ascending, not overlapping. NaN lies in none. */
export type Ranges = Float64Array;

const number = new Float64Array(1);
const bits = new BigInt64Array(number.buffer);

/** The next double above, so that "> x" is a closed range too. */
export function after(value: number): number {
  if (value === Infinity || Number.isNaN(value)) return value;
  if (value === 0) return Number.MIN_VALUE;
  number[0] = value;
  bits[0] += value > 0 ? 1n : -1n;
  return number[0];
}

export function before(value: number): number {
  return -after(-value);
}

/** Sorts and merges ranges given in any order. */
export function mergeRanges(list: readonly (readonly [low: number, high: number])[]): Ranges {
  const sorted = list.filter(([low, high]) => low <= high).sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [low, high] of sorted) {
    const last = merged.length - 1;
    if (last > 0 && low <= merged[last]) merged[last] = Math.max(merged[last], high);
    else merged.push(low, high);
  }
  return Float64Array.from(merged);
}

/** Does any number from `low` to `high` lie in the ranges? */
export function touches(ranges: Ranges, low: number, high: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (low <= ranges[i + 1] && high >= ranges[i]) return true;
  return false;
}

/** Does every number from `low` to `high` lie in one of the ranges? */
export function covers(ranges: Ranges, low: number, high: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (low >= ranges[i] && high <= ranges[i + 1]) return true;
  return false;
}

/** Is the value in the ranges? Binary search. */
export function inRanges(ranges: Ranges, value: number): boolean {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (value < ranges[2 * middle]) high = middle - 1;
    else if (value > ranges[2 * middle + 1]) low = middle + 1;
    else return value === value;
  }
  return false;
}
