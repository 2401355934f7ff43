import type { Random } from '../shared/random.ts';
import type { Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';
import { rowsByCluster, stratifiedRows } from './sample.ts';

/** Up to so many rows the silhouette is exact; beyond, it is drawn from about as many. */
export const SILHOUETTE_ROWS = 4000;
/** Rows of a small cluster that are in the sample at least. */
const LEAST = 40;

export interface Silhouette {
  /** Mean over all rows, −1..1; null where it is not defined (fewer than two clusters with rows). */
  readonly score: number | null;
  /** Rows it was computed from. */
  readonly sample: number;
}

/**
 * Mean silhouette (Rousseeuw 1987). A row's silhouette is (b - a) / max(a, b): a its mean distance to the other rows of its cluster, b that
 * to the rows of the nearest other cluster; 0 for the only row of a cluster. Up to 4,000 rows exactly; beyond that from a seeded sample in
 * which small clusters have at least 40 rows, each cluster's mean weighted with its true size.
 * @param labels row → cluster below `k`; clusters without rows do not count
 * @throws FlowcaseError CANCELLED
 */
export async function silhouette(
  matrix: Matrix,
  labels: Uint16Array,
  k: number,
  random: Random,
  pace: Pace,
  size = SILHOUETTE_ROWS,
): Promise<Silhouette> {
  const sizes = rowsByCluster(labels, k).map((members) => members.length);
  if (sizes.filter((count) => count > 0).length < 2) return { score: null, sample: 0 };
  const rows = stratifiedRows(labels, k, size, LEAST, random);
  const picked = Uint16Array.from(rows, (row) => labels[row]);
  const inSample = rowsByCluster(picked, k).map((members) => members.length);
  const sums = await distanceSums(matrix, rows, picked, k, pace);
  const totals = new Float64Array(k);
  for (let i = 0; i < rows.length; i++) {
    totals[picked[i]] += sizes[picked[i]] === 1 ? 0 : oneSilhouette(sums.subarray(i * k, (i + 1) * k), inSample, picked[i]);
  }
  let score = 0;
  for (let c = 0; c < k; c++) if (inSample[c] > 0) score += (totals[c] / inSample[c]) * (sizes[c] / labels.length);
  return { score, sample: rows.length };
}

function oneSilhouette(sums: Float64Array, sizes: readonly number[], own: number): number {
  const a = sums[own] / Math.max(1, sizes[own] - 1);
  let b = Number.POSITIVE_INFINITY;
  for (let c = 0; c < sizes.length; c++) if (c !== own && sizes[c] > 0) b = Math.min(b, sums[c] / sizes[c]);
  const larger = Math.max(a, b);
  return larger === 0 ? 0 : (b - a) / larger;
}

/** For every row of the sample, the sum of its distances to the sample's rows of each cluster: rows × k. */
async function distanceSums(matrix: Matrix, rows: Uint32Array, labels: Uint16Array, k: number, pace: Pace): Promise<Float64Array> {
  const { columns, values } = { columns: matrix.columns, values: matrix.values };
  const flat = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) matrix.copyRow(rows[i], flat.subarray(i * columns, (i + 1) * columns), values);
  const sums = new Float64Array(rows.length * k);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < i; j++) {
      let squares = 0;
      for (let c = 0, p = i * columns, q = j * columns; c < columns; c++) {
        const delta = flat[p++] - flat[q++];
        squares += delta * delta;
      }
      const distance = Math.sqrt(squares);
      sums[i * k + labels[j]] += distance;
      sums[j * k + labels[i]] += distance;
    }
    if (pace.due) await pace.breathe();
  }
  return sums;
}
