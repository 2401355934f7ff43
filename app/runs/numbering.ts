import type { Grouped } from './group.ts';

/** What a method found with its clusters renumbered: the largest first, of equal ones that whose first row comes first; those without rows are gone. */
export interface Numbered {
  readonly k: number;
  /** Cluster → its number in the method's own order. */
  readonly order: readonly number[];
  /** k × columns. */
  readonly centres: Float64Array;
  /** Row → cluster from 0. */
  readonly labels: Uint16Array;
  readonly sizes: readonly number[];
  /** Row → distance to its centre. */
  readonly distance: Float32Array;
  /** Row → (distance - mean of the cluster) / standard deviation of the cluster; 0 in clusters of one row or without spread. */
  readonly z: Float32Array;
  /** Cluster → mean distance. */
  readonly spread: Float64Array;
}

export function numberClusters(grouped: Pick<Grouped, 'found' | 'labels' | 'centres' | 'distance'>, columns: number): Numbered {
  const { found } = grouped;
  const counts = new Float64Array(found);
  const firsts = new Float64Array(found).fill(Number.POSITIVE_INFINITY);
  grouped.labels.forEach((label, row) => {
    counts[label]++;
    if (row < firsts[label]) firsts[label] = row;
  });
  const order = Array.from({ length: found }, (_, c) => c)
    .filter((c) => counts[c] > 0)
    .sort((a, b) => counts[b] - counts[a] || firsts[a] - firsts[b]);
  const k = order.length;
  const place = new Uint16Array(found);
  const centres = new Float64Array(k * columns);
  order.forEach((old, cluster) => {
    place[old] = cluster;
    centres.set(grouped.centres.subarray(old * columns, (old + 1) * columns), cluster * columns);
  });
  const labels = grouped.labels.map((label) => place[label]);
  const sizes = order.map((old) => counts[old]);
  const { distance } = grouped;
  return { k, order, centres, labels, sizes, distance, ...standardised(labels, distance, sizes) };
}

function standardised(
  labels: Uint16Array,
  distance: Float32Array,
  sizes: readonly number[],
): { readonly spread: Float64Array; readonly z: Float32Array } {
  const spread = new Float64Array(sizes.length);
  labels.forEach((label, row) => (spread[label] += distance[row]));
  for (let c = 0; c < sizes.length; c++) spread[c] /= sizes[c];
  const squares = new Float64Array(sizes.length);
  labels.forEach((label, row) => (squares[label] += (distance[row] - spread[label]) ** 2));
  const deviation = squares.map((sum, c) => Math.sqrt(sum / sizes[c]));
  const z = new Float32Array(labels.length);
  labels.forEach((label, row) => {
    // Below a millionth of the distance itself there is only rounding, which is no spread.
    if (deviation[label] > 1e-6 * spread[label]) z[row] = (distance[row] - spread[label]) / deviation[label];
  });
  return { spread, z };
}
