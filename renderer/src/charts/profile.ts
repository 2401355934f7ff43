/** Profiles of clusters: which features say most, and how a standard deviation is written. */
import type { ClusterSummary, FeatureInfo } from '../../../app/contract.ts';
import { formatCount } from '../../../app/contract/format.ts';

/** +1.3, −0.4, 0.0: standard deviations with one decimal and a true minus; no sign on what rounds to nothing. */
export function sigma(value: number, signed = false): string {
  if (!Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(1);
  if (Number(text) === 0) return '0.0';
  return value < 0 ? `−${text}` : signed ? `+${text}` : text;
}

export interface ProfileColumn {
  readonly index: number;
  readonly feature: FeatureInfo;
}

/** Features that are in the matrix, in its order. */
export function usedFeatures(features: readonly FeatureInfo[]): readonly ProfileColumn[] {
  return features.map((feature, index) => ({ index, feature })).filter((column) => column.feature.dropped === null);
}

/** The colour scale ends here: the strongest deviation, but at least 1 and at most 4. */
export function profileMost(clusters: readonly ClusterSummary[]): number {
  const sizes = clusters.flatMap(({ profile }) => profile.map((value) => Math.abs(value ?? 0)).filter(Number.isFinite));
  const strongest = sizes.reduce((most, size) => Math.max(most, size), 0);
  return Math.min(4, Math.max(1, strongest));
}

/** The features a cluster differs in most, the strongest first; equal ones in their order. */
export function mostDifferent(
  cluster: ClusterSummary,
  features: readonly FeatureInfo[],
  limit: number,
): readonly { readonly feature: FeatureInfo; readonly value: number; readonly index: number }[] {
  return usedFeatures(features)
    .map(({ index, feature }) => ({ index, feature, value: cluster.profile[index] ?? Number.NaN }))
    .filter((entry) => Number.isFinite(entry.value) && Math.abs(entry.value) >= 0.05)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, limit);
}

/** " in the 120 that have it", where some rows of the cluster have no value of a feature; else nothing. */
export function inThoseThatHaveIt({ known, size }: Pick<ClusterSummary, 'known' | 'size'>, index: number): string {
  const having = known?.[index] ?? size;
  return having === size ? '' : having === 1 ? ' in the one that has it' : ` in the ${formatCount(having)} that have it`;
}

/** The name a person gave, else the machine's. */
export function clusterName(cluster: ClusterSummary): string {
  return cluster.name === '' ? cluster.autoName : cluster.name;
}
