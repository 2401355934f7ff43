/** The words of the clusters view. */
import type {
  ClusterScoring,
  ClusterSummary,
  ClusterTrial,
  CovarianceType,
  FeatureInfo,
  RunComparison,
  RunDetail,
  RunSummary,
  Scaling,
} from '../../../../app/contract.ts';
import { likenessWords } from '../../../../app/contract/likeness.ts';
import { rowsWords } from '../../../../app/contract/row-words.ts';
import { settledShort } from '../../../../app/contract/settled-words.ts';
import { clusterName, inThoseThatHaveIt } from '../../charts/profile.ts';
import type { TableColumn } from '../../components/table.ts';
import type { ChartTable } from '../../charts/table.ts';
import { readWhole } from '../parts/numbers.ts';
import { formatBytes, formatCount, formatDuration, formatShare, formatTime, plural, visible } from '../../lib/format.ts';

export const methodWords: Readonly<Record<RunSummary['method'], string>> = { kmeans: 'k-means', gmm: 'Gaussian mixture' };

export const autoWords: typeof methodWords = { kmeans: 'Automatic (silhouette and bend)', gmm: 'Automatic (lowest BIC)' };

export const covarianceWords: Readonly<Record<CovarianceType, string>> = {
  full: 'any ellipsoid (full)',
  tied: 'one ellipsoid for all (tied)',
  diag: 'along the axes (diag)',
  spherical: 'a ball (spherical)',
};

export const scalingWords: Readonly<Record<Scaling, string>> = {
  standard: 'Standard: mean and deviation',
  robust: 'Robust: median and quartiles',
  log: 'Logarithms where tails are heavy',
  none: 'None: as they are',
};

export const scoringWords: Readonly<Record<ClusterScoring, string>> = {
  silhouette: 'silhouette',
  daviesBouldin: 'Davies-Bouldin (less is better)',
  calinskiHarabasz: 'Calinski-Harabasz',
  bic: 'BIC (less is better)',
};

export const trialColumns: readonly TableColumn<ClusterTrial>[] = [
  { id: 'rank', title: 'rank', width: 56, align: 'right', text: (row) => formatCount(row.rank) },
  { id: 'k', title: 'k', width: 56, align: 'right', text: (row) => formatCount(row.k) },
  { id: 'covariance', title: 'covariance', width: 96, text: (row) => row.covariance ?? '–' },
  { id: 'starts', title: 'starts', width: 64, align: 'right', text: (row) => formatCount(row.starts) },
  { id: 'score', title: 'score', width: 110, align: 'right', text: (row) => row.score?.toFixed(4) ?? '–' },
  { id: 'seconds', title: 'time', width: 84, align: 'right', text: (row) => formatDuration(row.seconds * 1e6) },
  { id: 'failed', title: 'why not', width: 220, text: (row) => visible(row.failed ?? '') },
];

const HOUR = 3_600_000_000;
/** What a row of a run over hosts is: the whole case of a host (0), or a window of so many microseconds. */
export const windows = [
  { value: 0, label: 'whole case' },
  { value: HOUR, label: 'hours' },
  { value: 6 * HOUR, label: 'quarters of a day' },
  { value: 24 * HOUR, label: 'days' },
] as const;

/** What separates a cluster from all others, the strongest first: the feature, how it differs, by how much, and in how many rows where some lack it. */
export function separatingWords(
  cluster: ClusterSummary,
  features: readonly FeatureInfo[],
): readonly { readonly title: string; readonly how: string; readonly words: string }[] {
  return cluster.separates.flatMap(({ feature, effect }) => {
    const index = features.findIndex(({ name }) => name === feature);
    if (index < 0) return [];
    const { title, how } = features[index];
    return [{ title, how, words: `${effect < 0 ? '−' : '+'}${Math.abs(effect).toFixed(2)}${inThoseThatHaveIt(cluster, index)}` }];
  });
}

/** How alike two runs are. */
export function comparisonWords({ rows, onlyA, onlyB, ari, nmi }: RunComparison): string {
  const only = [onlyA > 0 ? `${formatCount(onlyA)} only in the first` : '', onlyB > 0 ? `${formatCount(onlyB)} only in the second` : ''];
  const rest = only.filter((words) => words !== '').join(', ');
  return `${plural(rows, 'member')} in both${rest === '' ? '' : `, ${rest}`}: adjusted Rand index ${ari.toFixed(3)} (1: the same groups, 0: as if by chance), normalised mutual information ${nmi.toFixed(3)}. They are ${likenessWords(ari)}.`;
}

/** "Run 2 · k-means, k = 7" */
export function runTitle(run: RunSummary): string {
  return `Run ${run.id} · ${methodWords[run.method]}, k = ${run.k}`;
}

/** "connections · recipe conn-v1 · seed 1" and "18 iterations · silhouette 0.61 on 20,000": two short lines, and a third where there are labels. */
export function runFacts(run: RunSummary): readonly string[] {
  const silhouette =
    run.silhouette === null ? 'silhouette not defined' : `silhouette ${run.silhouette.toFixed(2)} on ${formatCount(run.silhouetteSample)}`;
  const asked = run.requestedK === 'auto' ? ' · k automatic' : '';
  const fit = run.bic === null ? '' : ` · BIC ${formatCount(Math.round(run.bic)).replace('-', '−')}`;
  return [
    `${rowsWords(run, run.rows)}${run.covariance === null ? '' : ` · ${run.covariance} covariance`} · recipe ${run.recipe} · seed ${run.seed}${asked}`,
    `${plural(run.iterations, 'iteration')}, ${settledShort(run)} · ${silhouette}${fit} · ${formatDuration(run.seconds * 1e6)}`,
    ...labelFacts(run),
  ];
}

/** How the groups agree with the labels of the log, where it has any. */
function labelFacts({ labelAgreement, rows }: RunSummary): readonly string[] {
  if (!labelAgreement) return [];
  const { column, ari, nmi, rows: labelled } = labelAgreement;
  const on = labelled < rows ? ` on ${formatCount(labelled)} with one` : '';
  return [`against ${visible(column)}${on}: adjusted Rand index ${ari.toFixed(3)}, mutual information ${nmi.toFixed(3)}`];
}

/** What is said first: how many, how different, which one is odd. */
export function clustersSentence(detail: RunDetail): string {
  const first = detail.clusters.at(0);
  const count = plural(detail.clusters.length, 'cluster');
  if (detail.clusters.length === 0) return 'This run has no cluster.';
  const over = `${count} over ${rowsWords(detail.run, detail.run.rows)}`;
  return detail.clusters.length === 1 ? `${over}.` : `${over}; the largest holds ${formatShare(first?.share ?? 0)}.`;
}

/** 12 records, one originator, 3 responders; of requests, clients and servers. */
export function membersFacts(cluster: ClusterSummary, of: RunSummary['of'] = 'connections'): string {
  if (of === 'requests') return `${plural(cluster.size, 'request')} of ${plural(cluster.originators, 'client')}`;
  const one = (count: number, word: string): string => (count === 1 ? `one ${word}` : plural(count, word));
  return `${plural(cluster.size, 'record')}, ${one(cluster.originators, 'originator')}, ${one(cluster.responders, 'responder')}`;
}

/** Every figure of every cluster. */
export function clustersTable(clusters: readonly ClusterSummary[], what = 'records'): ChartTable {
  const right = true;
  const time = (value: number | null): string => (value === null ? '-' : formatTime(value, 0));
  return {
    head: [
      { title: 'cluster', right },
      { title: 'name' },
      { title: what, right },
      { title: 'share', right },
      { title: 'originators', right },
      { title: 'responders', right },
      { title: 'bytes', right },
      { title: 'spread', right },
      { title: 'first (UTC)' },
      { title: 'last (UTC)' },
    ],
    rows: clusters.map((cluster) => [
      String(cluster.cluster),
      `${visible(clusterName(cluster))}${cluster.suspect ? ' (suspect)' : ''}`,
      formatCount(cluster.size),
      formatShare(cluster.share),
      formatCount(cluster.originators),
      formatCount(cluster.responders),
      formatBytes(cluster.bytes),
      cluster.spread.toFixed(2),
      time(cluster.first),
      time(cluster.last),
    ]),
  };
}

/** The k of the form: "auto", a whole number from 1 to 1000, or why not. */
export function readK(text: string): { readonly k: number | null; readonly error: string } {
  const { value, error } = readWhole(text, 1, 1000, 'k');
  return { k: value, error };
}

export function readSeed(text: string): { readonly seed: number | null; readonly error: string } {
  const { value, error } = readWhole(text, 0, 0xffff_ffff, 'The seed');
  return { seed: value, error };
}
