import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { Deviation } from '../features/words.ts';
import type { Pace } from '../learn/pace.ts';

/** Rows of a cluster that have a value of a feature, and their mean in the units of the matrix (NaN of none). */
export interface KnownMean {
  readonly rows: number;
  readonly mean: number;
}

/** Means of features among the rows that have a value: what stands in the matrix for an absent one is no figure of anybody's. */
export interface KnownMeans {
  /** null where every row has a value, whatever its cluster: then the mean of all is that of those that have one. */
  of(cluster: number, column: number): KnownMean | null;
}

/** So many rows between two looks at the clock. */
const ROWS_A_BREATH = 4096;

/** `labels`: row → cluster from 0. Looks at columns alone in which some row has no value. @throws FlowcaseError CANCELLED */
export async function knownMeans(
  { absent, used, features, matrix }: Pick<FeatureMatrix, 'absent' | 'used' | 'features' | 'matrix'>,
  labels: Uint16Array,
  k: number,
  pace: Pace,
): Promise<KnownMeans> {
  const lacking = absent === null ? [] : used.flatMap(({ index }, column) => (features[index].absent > 0 ? [column] : []));
  const places = new Map(lacking.map((column, place) => [column, place]));
  const [rows, sums] = [new Uint32Array(k * lacking.length), new Float64Array(k * lacking.length)];
  const { values } = matrix;
  for (let row = 0; row < labels.length && lacking.length > 0; row++) {
    const at = labels[row] * lacking.length;
    for (let place = 0; place < lacking.length; place++) {
      if (absent?.has(row, lacking[place]) === true) continue;
      rows[at + place]++;
      sums[at + place] += values[matrix.offset(row, lacking[place])];
    }
    if (row % ROWS_A_BREATH === 0 && pace.due) await pace.breathe();
  }
  return {
    of(cluster, column) {
      const place = places.get(column);
      if (place === undefined) return null;
      const at = cluster * lacking.length + place;
      return { rows: rows[at], mean: sums[at] / rows[at] };
    },
  };
}

/**
 * The deviations of a cluster from all with the shares of its flags among the rows that have a value, where some rows have none. What no row of
 * the cluster has is left out.
 */
export function amongKnown(
  list: readonly Deviation[],
  used: FeatureMatrix['used'],
  cluster: number,
  known: KnownMeans,
): readonly Deviation[] {
  return list.flatMap((one) => {
    const found = known.of(cluster, used.indexOf(one.feature));
    if (found === null) return [one];
    if (found.rows === 0) return [];
    const { spec, mean, scale } = one.feature;
    if (spec.kind !== 'flag') return [one];
    const share = Math.min(1, Math.max(0, mean + (found.mean * scale) / spec.weight));
    return [{ ...one, share, known: found.rows }];
  });
}
