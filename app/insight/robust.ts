/** Robust statistics of a short series. */

/** The middle value; the mean of the two in the middle where their number is even. NaN for none. */
export function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface RobustScale {
  readonly median: number;
  /** A standard deviation that outliers do not move; 0 where all values are the same. */
  readonly scale: number;
}

/**
 * Median, and the median absolute deviation as a standard deviation (times 1.4826); where more than half of the values are the same the mean
 * absolute deviation (times 1.2533) stands in, after Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (1993).
 */
export function robustScale(values: Float64Array): RobustScale {
  const median = medianOf(values);
  const deviations = values.map((value) => Math.abs(value - median));
  const mad = medianOf(deviations);
  if (mad > 0) return { median, scale: 1.4826 * mad };
  let sum = 0;
  for (const deviation of deviations) sum += deviation;
  return { median, scale: values.length === 0 ? 0 : (1.2533 * sum) / values.length };
}
