import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { Deviation } from '../features/words.ts';

/** How many rows the log has no value of, column by column of the matrix. */
export interface AbsentCounts {
  readonly own: Uint32Array;
  readonly all: Uint32Array;
}

/** Cluster by cluster; of flags alone, whose shares are spoken of. `labels`: row → cluster from 0. */
export function absentFlags(
  { absent, used, matrix }: Pick<FeatureMatrix, 'absent' | 'used' | 'matrix'>,
  labels: Uint16Array,
  k: number,
): readonly AbsentCounts[] {
  const { columns } = matrix;
  const own = Array.from({ length: k }, () => new Uint32Array(columns));
  const all = new Uint32Array(columns);
  used.forEach(({ spec }, column) => {
    if (absent === null || spec.kind !== 'flag') return;
    for (let row = 0; row < labels.length; row++) if (absent.has(row, column)) own[labels[row]][column]++;
    for (const counts of own) all[column] += counts[column];
  });
  return own.map((counts) => ({ own: counts, all }));
}

/**
 * The deviations of a cluster with the shares of its flags among the rows that have a value, where some rows have none: in the matrix these stand at
 * the mean of all others, which is no figure of theirs. What no row of the cluster has is left out.
 */
export function amongKnown(
  list: readonly Deviation[],
  used: FeatureMatrix['used'],
  size: number,
  { own, all }: AbsentCounts,
): readonly Deviation[] {
  return list.flatMap((one) => {
    const column = used.indexOf(one.feature);
    if (all[column] === 0) return [one];
    const known = size - own[column];
    if (known === 0) return [];
    const share = Math.min(1, Math.max(0, (one.share * size - own[column] * one.feature.mean) / known));
    return [{ ...one, share, known }];
  });
}
