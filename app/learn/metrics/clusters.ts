import { BLOCK, type Matrix } from '../matrix.ts';
import { unwatched, type Pace } from '../pace.ts';
import type { Means } from '../types.ts';

/** How tight clusters are and how far apart, without labels to compare with. */
export interface ClusterFigures {
  /** Clusters with at least one row. */
  readonly clusters: number;
  /** Sum of squared distances of rows to the mean of their cluster. */
  readonly inertia: number;
  /** Davies and Bouldin 1979: from 0, the lower the better; null unless there are 2 to rows - 1 clusters. */
  readonly daviesBouldin: number | null;
  /** Calinski and Harabasz 1974: from 0, the higher the better; null unless there are 2 to rows - 1 clusters. */
  readonly calinskiHarabasz: number | null;
}

/** Distances below this count as none, as in scikit-learn (numpy.isclose). */
const NOTHING = 1e-8;

/**
 * Inertia, Davies-Bouldin and Calinski-Harabasz in two passes, in float64 and in the order of the rows. Clusters without rows do not count.
 * The silhouette is a function of its own (../silhouette.ts), because it needs a sample.
 * @param labels row → cluster below `k`
 * @throws FlowcaseError CANCELLED
 */
export async function clusterFigures(
  matrix: Matrix,
  labels: Uint16Array,
  k: number,
  { pace = unwatched() }: Pick<Means, 'pace'> = {},
): Promise<ClusterFigures> {
  const { columns, rows } = matrix;
  const counts = new Float64Array(k);
  const centres = new Float64Array(k * columns);
  await eachRow(matrix, pace, (row, at, values) => {
    counts[labels[row]]++;
    for (let c = 0, to = labels[row] * columns; c < columns; c++) centres[to + c] += values[at + c * BLOCK];
  });
  const middle = new Float64Array(columns);
  for (let i = 0; i < centres.length; i++) middle[i % columns] += centres[i] / rows;
  for (let i = 0; i < centres.length; i++) centres[i] /= counts[Math.floor(i / columns)];

  let inertia = 0;
  const spreads = new Float64Array(k);
  await eachRow(matrix, pace, (row, at, values) => {
    let squares = 0;
    for (let c = 0, from = labels[row] * columns; c < columns; c++) squares += (values[at + c * BLOCK] - centres[from + c]) ** 2;
    inertia += squares;
    spreads[labels[row]] += Math.sqrt(squares);
  });
  const present = Array.from({ length: k }, (_, cluster) => cluster).filter((cluster) => counts[cluster] > 0);
  const clusters = present.length;
  if (clusters < 2 || clusters >= rows) return { clusters, inertia, daviesBouldin: null, calinskiHarabasz: null };
  const kept = present.map((cluster) => ({
    count: counts[cluster],
    spread: spreads[cluster] / counts[cluster],
    centre: centres.subarray(cluster * columns, (cluster + 1) * columns),
  }));
  const between = kept.reduce((sum, { count, centre }) => sum + count * squaredDistance(centre, middle), 0);
  const calinskiHarabasz = inertia === 0 ? 1 : (between * (rows - clusters)) / (inertia * (clusters - 1));
  return { clusters, inertia, daviesBouldin: daviesBouldin(kept), calinskiHarabasz };
}

function daviesBouldin(clusters: readonly { readonly spread: number; readonly centre: Float64Array }[]): number {
  const apart = clusters.map((one) => clusters.map((other) => Math.sqrt(squaredDistance(one.centre, other.centre))));
  if (clusters.every(({ spread }) => spread <= NOTHING) || apart.flat().every((distance) => distance <= NOTHING)) return 0;
  let sum = 0;
  clusters.forEach((one, i) => {
    let worst = 0;
    clusters.forEach((other, j) => {
      if (apart[i][j] > 0) worst = Math.max(worst, (one.spread + other.spread) / apart[i][j]);
    });
    sum += worst;
  });
  return sum / clusters.length;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i] - b[i]) ** 2;
  return squares;
}

/** `at`: where the row's first value lies; the next column is BLOCK further. */
async function eachRow(matrix: Matrix, pace: Pace, visit: (row: number, at: number, values: Float32Array) => void): Promise<void> {
  const { values } = matrix;
  for (let row = 0; row < matrix.rows; row++) {
    visit(row, matrix.offset(row, 0), values);
    if ((row & 0xfff) === 0 && pace.due) await pace.breathe();
  }
}
