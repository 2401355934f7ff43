/** Ranks from 1, equal values at the mean of the places that they share. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let from = 0, to = 1; from < order.length; from = to++) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let at = from; at < to; at++) ranks[order[at]] = (from + 1 + to) / 2;
  }
  return ranks;
}

/** Spearman's rank correlation (1904), -1 to 1; null where one of them is the same throughout. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (x.length + 1) / 2;
  let [both, left, right] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    both += (x[i] - mean) * (y[i] - mean);
    left += (x[i] - mean) ** 2;
    right += (y[i] - mean) ** 2;
  }
  return left === 0 || right === 0 ? null : both / Math.sqrt(left * right);
}
