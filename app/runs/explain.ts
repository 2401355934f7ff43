import type { ClusterSummary } from '../contract/runs.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import { isLabelName } from '../features/label-names.ts';
import { labelsOf, NO_CLASS } from '../features/labels.ts';
import type { Selection } from '../features/types.ts';
import { FlowcaseError } from '../errors.ts';
import { BLOCK } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import type { Numbered } from './numbering.ts';

/** So many features are named for a cluster, each with at least a small effect (Cohen 1988), or a tenth of the rows. */
const NAMED = 8;
const LEAST_EFFECT = 0.2;
const LEAST_SHARE = 0.1;
/** What is the same in every row of a cluster, and otherwise outside of it, has no deviation to be measured in. */
const LARGEST = 99;

/**
 * What separates each cluster from all other rows, the strongest first: the difference of the means over the pooled standard deviation (Cohen's
 * d); for a flag the difference of the shares. Sums are float64 in the order of the rows.
 * @throws FlowcaseError CANCELLED
 */
export async function separations(
  { matrix, used }: Pick<FeatureMatrix, 'matrix' | 'used'>,
  { labels, sizes, k }: Pick<Numbered, 'labels' | 'sizes' | 'k'>,
  pace: Pace,
): Promise<readonly ClusterSummary['separates'][]> {
  const { columns, values } = { columns: matrix.columns, values: matrix.values };
  const sums = new Float64Array(k * columns);
  const squares = new Float64Array(k * columns);
  for (let row = 0; row < matrix.rows; row++) {
    for (let c = 0, at = matrix.offset(row, 0), to = labels[row] * columns; c < columns; c++, at += BLOCK, to++) {
      sums[to] += values[at];
      squares[to] += values[at] * values[at];
    }
    if ((row & 0xfff) === 0 && pace.due) await pace.breathe();
  }
  const all = { sums: total(sums, columns), squares: total(squares, columns) };
  return sizes.map((size, cluster) => {
    const rest = matrix.rows - size;
    if (rest === 0) return [];
    return used
      .map(({ spec, scale }, c) => {
        const [sum, square] = [sums[cluster * columns + c], squares[cluster * columns + c]];
        const difference = sum / size - (all.sums[c] - sum) / rest;
        if (spec.kind === 'flag') return { feature: spec.name, effect: (difference * scale) / spec.weight, least: LEAST_SHARE };
        // sums of squared deviations within the cluster and within the rest; differences of rounding must not become negative
        const within = Math.max(0, square - (sum * sum) / size) + Math.max(0, all.squares[c] - square - (all.sums[c] - sum) ** 2 / rest);
        const pooled = Math.sqrt(within / Math.max(1, matrix.rows - 2));
        const effect = difference === 0 ? 0 : difference / pooled;
        return { feature: spec.name, effect: Math.min(LARGEST, Math.max(-LARGEST, effect)), least: LEAST_EFFECT };
      })
      .filter(({ effect, least }) => Math.abs(effect) >= least)
      .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
      .slice(0, NAMED)
      .map(({ feature, effect }) => ({ feature, effect }));
  });
}

function total(values: Float64Array, columns: number): Float64Array {
  const sum = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) sum[i % columns] += values[i];
  return sum;
}

/**
 * The most frequent class of each cluster, where the records have a column of labels (the first that tells classes apart); null where they have
 * none, or no row of the cluster has a class. @throws FlowcaseError CANCELLED
 */
export async function purities(
  selection: Selection,
  { labels, k }: Pick<Numbered, 'labels' | 'k'>,
  pace: Pace,
): Promise<readonly ClusterSummary['purity'][]> {
  const none = Array.from({ length: k }, () => null);
  for (const { name } of selection.table.columns) {
    if (!isLabelName(name)) continue;
    const truth = await labelsOf(selection, name, pace).catch((error: unknown) => {
      // one class only, or a thousand of them: no labels
      if (error instanceof FlowcaseError && error.code === 'PARAMETER') return null;
      throw error;
    });
    if (truth === null) continue;
    const classes = truth.classes.length;
    const counts = new Float64Array(k * classes);
    truth.codes.forEach((code, row) => {
      if (code !== NO_CLASS) counts[labels[row] * classes + code]++;
    });
    return none.map((_, cluster) => {
      const own = counts.subarray(cluster * classes, (cluster + 1) * classes);
      const labelled = own.reduce((sum, count) => sum + count, 0);
      const most = own.indexOf(Math.max(...own));
      return labelled === 0 ? null : { label: truth.classes[most], share: own[most] / labelled };
    });
  }
  return none;
}
