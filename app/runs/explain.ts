import type { ClusterSummary, LabelAgreement } from '../contract/runs.ts';
import type { KnownMeans, KnownSums } from '../detect/known-means.ts';
import type { FeatureMatrix, UsedFeature } from '../features/build-matrix.ts';
import { isLabelName } from '../features/label-names.ts';
import { labelsOf, NO_CLASS } from '../features/labels.ts';
import type { HostRows, Labels, Selection } from '../features/types.ts';
import { FlowcaseError } from '../errors.ts';
import { agreement } from '../learn/metrics/agreement.ts';
import type { Pace } from '../learn/pace.ts';
import type { Numbered } from './numbering.ts';
import { labelsForHosts, type TagSource } from './train-labels.ts';

/** So many features are named for a cluster, each with at least a small effect (Cohen 1988), or a tenth of the rows. */
const NAMED = 8;
const LEAST_EFFECT = 0.2;
const LEAST_SHARE = 0.1;
/** What is the same in every row of a cluster, and otherwise outside of it, has no deviation to be measured in. */
const LARGEST = 99;

/**
 * What separates each cluster from all other rows: the difference of the means over the pooled standard deviation (Cohen's d); for a flag the
 * difference of the shares. Rows that have a value count alone; what some of the cluster have alone weighs as much less. The heaviest first.
 */
export function separations(
  used: FeatureMatrix['used'],
  sizes: readonly number[],
  known: Pick<KnownMeans, 'sums'>,
): readonly ClusterSummary['separates'][] {
  const all = used.map((_, column) => sizes.map((_size, cluster) => known.sums(cluster, column)).reduce(together, NONE));
  return sizes.map((size, cluster) =>
    used
      .flatMap((feature, column) => {
        const effect = effectOf(feature, known.sums(cluster, column), all[column]);
        if (effect === null) return [];
        const weight = (Math.abs(effect) * known.sums(cluster, column).rows) / size;
        return weight < (feature.spec.kind === 'flag' ? LEAST_SHARE : LEAST_EFFECT) ? [] : [{ feature: feature.spec.name, effect, weight }];
      })
      .sort((a, b) => b.weight - a.weight)
      .slice(0, NAMED)
      .map(({ feature, effect }) => ({ feature, effect })),
  );
}

const NONE: KnownSums = { rows: 0, sum: 0, squares: 0 };

function together(a: KnownSums, b: KnownSums): KnownSums {
  return { rows: a.rows + b.rows, sum: a.sum + b.sum, squares: a.squares + b.squares };
}

/** null where no row of the cluster, or none of the rest, has a value. */
function effectOf({ spec, scale }: UsedFeature, own: KnownSums, all: KnownSums): number | null {
  const rest = { rows: all.rows - own.rows, sum: all.sum - own.sum, squares: all.squares - own.squares };
  if (own.rows === 0 || rest.rows === 0) return null;
  const difference = own.sum / own.rows - rest.sum / rest.rows;
  if (spec.kind === 'flag') return (difference * scale) / spec.weight;
  const pooled = Math.sqrt((within(own) + within(rest)) / Math.max(1, all.rows - 2));
  const effect = difference === 0 ? 0 : difference / pooled;
  return Math.min(LARGEST, Math.max(-LARGEST, effect));
}

/** Sum of squared deviations from the mean; what rounding leaves of none must not become negative. */
function within({ rows, sum, squares }: KnownSums): number {
  return Math.max(0, squares - (sum * sum) / rows);
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
  const found = await firstLabels([selection], (name) => labelsOf(selection, name, pace));
  if (found === null) return none;
  const { codes, classes: names } = found.of;
  const classes = names.length;
  const counts = new Float64Array(k * classes);
  codes.forEach((code, row) => {
    if (code !== NO_CLASS) counts[labels[row] * classes + code]++;
  });
  return none.map((_, cluster) => {
    const own = counts.subarray(cluster * classes, (cluster + 1) * classes);
    const labelled = own.reduce((sum, count) => sum + count, 0);
    const most = own.indexOf(Math.max(...own));
    return labelled === 0 ? null : { label: names[most], share: own[most] / labelled };
  });
}

/**
 * How groups agree with the labels of the log, on the rows that have one: records by the first column of labels that tells classes apart, hosts by the
 * class that most of the records they began have. null where there is no such column. @throws FlowcaseError CANCELLED
 */
export async function labelAgreement(
  selections: readonly Selection[],
  hosts: HostRows | null,
  labels: Uint16Array,
  pace: Pace,
): Promise<LabelAgreement | null> {
  const found = await firstLabels(selections, (column) => {
    if (hosts === null) return labelsOf(selections[0], column, pace);
    return labelsForHosts(selections, hosts, { type: 'column', column }, NO_TAGS, pace);
  });
  if (found === null) return null;
  const { rows, adjustedRandIndex, normalisedMutualInformation } = agreement(found.of.codes, labels);
  return { column: found.column, rows, ari: adjustedRandIndex, nmi: normalisedMutualInformation };
}

const NO_TAGS: TagSource = { names: [], mask: () => null, ofHost: () => [] };

async function firstLabels(
  selections: readonly Selection[],
  read: (column: string) => Promise<Labels>,
): Promise<{ readonly column: string; readonly of: Labels } | null> {
  const names = new Set(selections.flatMap(({ table }) => table.columns.map(({ name }) => name)).filter(isLabelName));
  for (const column of names) {
    const of = await read(column).catch((error: unknown) => {
      // one class only, or a thousand of them: no labels
      if (error instanceof FlowcaseError && error.code === 'PARAMETER') return null;
      throw error;
    });
    if (of !== null) return { column, of };
  }
  return null;
}
