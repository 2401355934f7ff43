/** Plain arithmetic to hold the features against, with another way of adding up. Only for tests. */

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduceRight((sum, value) => sum + value, 0) / values.length;
}

/** Around `from`. */
export function deviationOf(values: readonly number[], from = meanOf(values)): number {
  return Math.sqrt(meanOf(values.map((value) => (value - from) * (value - from))));
}

/** R's type 7, on sorted values. */
export function quantileOfSorted(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}

export function entropyInBits(values: readonly (string | number)[]): number {
  const counts = new Map<string | number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, count) => sum + (count / values.length) * (Math.log(count / values.length) / Math.LN2), 0);
}
