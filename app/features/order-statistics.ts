/** Skewness from which on a quantity has a heavy tail: that of the exponential distribution. */
export const HEAVY_TAIL = 2;

/**
 * Whether a few values lie so far out that they would be the scale of all: the skewness (third standardised moment) of the values that are
 * there is 2 or more, or -2 or less. Fewer than eight values have no tail.
 */
export function isHeavyTailed(values: Float64Array): boolean {
  const skewness = skewnessOf(values);
  return Math.abs(skewness) >= HEAVY_TAIL;
}

/** Third central moment by the cube of the standard deviation, over the values that are finite; 0 for constant ones and fewer than eight. */
export function skewnessOf(values: Float64Array): number {
  let count = 0;
  let sum = 0;
  let largest = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    largest = Math.max(largest, Math.abs(value));
  }
  if (count < 8 || largest === 0) return 0;
  // in shares of the largest, so that no cube overflows
  for (const value of values) if (Number.isFinite(value)) sum += value / largest;
  const mean = sum / count;
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const from = value / largest - mean;
    squares += from * from;
    cubes += from * from * from;
  }
  const deviation = Math.sqrt(squares / count);
  return deviation <= 1e-12 ? 0 : cubes / count / deviation ** 3;
}

/** Q1 and Q3 with linear interpolation, as R's type 7 and numpy. Not empty, all finite; the order of `values` is changed. */
export function quartiles(values: Float64Array): readonly [low: number, high: number] {
  return [quantileOf(values, 0.25), quantileOf(values, 0.75)];
}

/** Not empty, all finite; the order of `values` is changed. */
export function median(values: Float64Array): number {
  return quantileOf(values, 0.5);
}

/** The quantile of unsorted values, in linear time. Not empty, all finite; the order of `values` is changed. */
export function quantileOf(values: Float64Array, share: number): number {
  const at = (values.length - 1) * share;
  const below = Math.floor(at);
  const low = select(values, below);
  if (below + 1 >= values.length || at === below) return low;
  let next = Number.POSITIVE_INFINITY;
  for (let i = below + 1; i < values.length; i++) if (values[i] < next) next = values[i];
  return low + (next - low) * (at - below);
}

/** Brings the k-th smallest value to place k, nothing larger before it, nothing smaller behind it (Hoare 1961, the middle of three as pivot). */
function select(values: Float64Array, k: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = middleOf(values[left], values[(left + right) >> 1], values[right]);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const held = values[i];
      values[i++] = values[j];
      values[j--] = held;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return values[k];
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
