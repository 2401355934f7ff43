import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { Deviation } from '../features/words.ts';
import { BLOCK } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';

/** Rows of a cluster that have a value of a feature, and their mean in the units of the matrix (NaN of none). */
export interface KnownMean {
  readonly rows: number;
  readonly mean: number;
}

/** Rows of a cluster that have a value of a feature, and their sums in the units of the matrix. */
export interface KnownSums {
  readonly rows: number;
  readonly sum: number;
  readonly squares: number;
}

/** Means of features among the rows that have a value: what stands in the matrix for an absent one is no figure of anybody's. */
export interface KnownMeans {
  /** Cluster × column: the mean of its rows as they stand in the matrix, with what was filled in. Orders what is said; it is never shown. */
  readonly filled: Float64Array;
  /** null where every row has a value, whatever its cluster: then the mean of all is that of those that have one. */
  of(cluster: number, column: number): KnownMean | null;
  sums(cluster: number, column: number): KnownSums;
}

/** So many rows between two looks at the clock. */
const ROWS_A_BREATH = 4096;

/**
 * `labels`: row → cluster from 0. Sums are float64 in the order of the rows. Without marks of what is absent (`markAbsent`) every value counts.
 * @throws FlowcaseError CANCELLED
 */
export async function knownMeans(
  { absent, used, features, matrix }: Pick<FeatureMatrix, 'absent' | 'used' | 'features' | 'matrix'>,
  labels: Uint16Array,
  k: number,
  pace: Pace,
): Promise<KnownMeans> {
  const { values, columns } = matrix;
  const lacks = used.map(({ index }) => absent !== null && features[index].absent > 0);
  const sizes = new Uint32Array(k);
  const rows = new Uint32Array(k * columns);
  const [all, sums, squares] = [new Float64Array(k * columns), new Float64Array(k * columns), new Float64Array(k * columns)];
  for (let row = 0; row < labels.length; row++) {
    sizes[labels[row]]++;
    for (let column = 0, at = labels[row] * columns, from = matrix.offset(row, 0); column < used.length; column++, at++, from += BLOCK) {
      const value = values[from];
      all[at] += value;
      if (lacks[column] && absent?.has(row, column) === true) continue;
      rows[at]++;
      sums[at] += value;
      squares[at] += value * value;
    }
    if (row % ROWS_A_BREATH === 0 && pace.due) await pace.breathe();
  }
  return {
    filled: all.map((sum, at) => sum / Math.max(1, sizes[Math.floor(at / columns)])),
    of(cluster, column) {
      const at = cluster * columns + column;
      return lacks[column] ? { rows: rows[at], mean: sums[at] / rows[at] } : null;
    },
    sums(cluster, column) {
      const at = cluster * columns + column;
      return { rows: rows[at], sum: sums[at], squares: squares[at] };
    },
  };
}

/**
 * The deviations of a cluster from all with the figures of the rows that have a value, where some rows have none. What no row of the cluster has is
 * left out.
 */
export function amongKnown(
  list: readonly Deviation[],
  used: FeatureMatrix['used'],
  { cluster, size }: { readonly cluster: number; readonly size: number },
  known: KnownMeans,
): readonly Deviation[] {
  return list.flatMap((one) => {
    const found = known.of(cluster, used.indexOf(one.feature));
    if (found === null) return [one];
    if (found.rows === 0) return [];
    const { spec, mean, scale, unit } = one.feature;
    const share = Math.min(1, Math.max(0, mean + (found.mean * scale) / spec.weight));
    const figures = { own: found.mean, sigma: (found.mean - one.reference) / unit, share, lacking: true };
    return [{ ...one, ...figures, ...(found.rows < size ? { known: found.rows } : {}) }];
  });
}
