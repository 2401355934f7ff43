import { formatCount, formatShare, plural } from '../contract/format.ts';
import { rowsWords } from '../contract/row-words.ts';
import type { RunDetail } from '../contract/runs.ts';
import type { UsedFeature } from '../features/build-matrix.ts';
import { RANDOM_SPREAD } from '../features/groups.ts';
import { clusterWords, deviations, middles, type Deviation } from '../features/words.ts';
import { amongKnown } from './known-means.ts';
import { nouns, type Grouping } from './types.ts';

/** One reason to look at a cluster: 0 (none) to 1 (fully), how much it counts, and its words. */
interface Sign {
  readonly strength: number;
  readonly weight: number;
  readonly words: string;
}

export interface OddCluster {
  /** From 0. */
  readonly cluster: number;
  readonly score: number;
  readonly why: string;
}

/** Below this nothing about a cluster is worth pointing at. */
const LEAST_SCORE = 1.2;
/** A cluster with more than this share of all is the normal case. */
const LARGEST_SHARE = 0.25;
const LEAST_SIZE = 5;

/**
 * How odd each cluster is, the oddest first. The score is a sum of signs that an analyst would look for, each from 0 to 1 times its weight:
 * - regular (1.5): how much more regular its intervals are than random calls: fully where they have no spread at all
 * - upload (1.2): it sends up to 3 σ more than usual, and more than it receives; of the rows that have these values
 * - failed (1): up to all of its connections failed (requests were answered with an error), more than elsewhere
 * - few originators (0.7): a thousand connections per originator count fully, one not at all
 * - apart (1; requests and hosts): the mean of its strongest feature lies up to 4 σ from that of all
 * - small (0.6): one connection of a thousand counts fully
 * - tight (0.4): its spread, against the mean of all clusters
 * It orders attention; it proves nothing. Clusters under 5 rows or over a quarter of all are left out, and so is what scores under 1.2.
 */
export function oddClusters(grouping: Grouping): readonly OddCluster[] {
  const { clusters } = grouping;
  const spread = clusters.reduce((sum, cluster) => sum + cluster.spread * cluster.share, 0);
  return clusters
    .map((_, cluster) => judge(grouping, cluster, spread))
    .filter((odd): odd is OddCluster => odd !== null && odd.score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score || a.cluster - b.cluster);
}

/** The cluster to look at first, as a run keeps it. */
export function firstToLookAt(odd: readonly OddCluster[], { clusters }: Grouping): RunDetail['odd'] {
  const first = odd.at(0);
  return first === undefined ? null : { cluster: clusters[first.cluster].cluster, why: first.why };
}

function judge(grouping: Grouping, cluster: number, spread: number): OddCluster | null {
  const { size, share, originators } = grouping.clusters[cluster];
  if (grouping.k < 2 || size < LEAST_SIZE || share > LARGEST_SHARE) return null;
  const signs = [...signsOf(grouping, cluster), ...shapeSigns(grouping, cluster, spread)];
  const score = signs.reduce((sum, { strength, weight }) => sum + strength * weight, 0);
  const said = signs
    .filter(({ strength, weight }) => strength * weight >= 0.25)
    .sort((a, b) => b.strength * b.weight - a.strength * a.weight)
    .map(({ words }) => words);
  const who = grouping.of === 'hosts' ? '' : ` of ${originators === 1 ? 'one originator' : plural(originators, 'originator')}`;
  const own = grouping.centres.subarray(cluster * grouping.matrix.columns, (cluster + 1) * grouping.matrix.columns);
  const differs = amongKnown(deviations(grouping.used, own, middles(grouping.used)), grouping.used, { cluster, size }, grouping.known);
  const why = `${said.join(', ')}: ${rowsWords({ of: grouping.of, window: grouping.fitted.window }, size)} (${formatShare(share)})${who}. ${clusterWords(differs)}`;
  return { cluster, score, why: why.charAt(0).toUpperCase() + why.slice(1) };
}

function signsOf(grouping: Grouping, cluster: number): Sign[] {
  if (grouping.of === 'connections') return trafficSigns(grouping, cluster);
  return grouping.of === 'requests' ? [...errorSigns(grouping, cluster), apart(grouping, cluster)] : [apart(grouping, cluster)];
}

/** How far the mean of the feature that says most about it lies from that of all. */
function apart({ used, centres, matrix }: Grouping, cluster: number): Sign {
  const own = centres.subarray(cluster * matrix.columns, (cluster + 1) * matrix.columns);
  const strongest = deviations(used, own, middles(used)).at(0);
  const words = strongest === undefined ? '' : `lies apart in ${strongest.feature.spec.title.toLowerCase()}`;
  return { strength: clamp(Math.abs(strongest?.sigma ?? 0) / 4), weight: 1, words };
}

/** Requests that were answered with an error. */
function errorSigns({ clusters, used, centres, matrix, known }: Grouping, cluster: number): Sign[] {
  const flags = used.flatMap((feature, column) => {
    if (feature.spec.name !== 'status_4xx' && feature.spec.name !== 'status_5xx') return [];
    return [exact(feature, centres[cluster * matrix.columns + column])];
  });
  const { size } = clusters[cluster];
  const shares = amongKnown(flags, used, { cluster, size }, known);
  const share = shares.reduce((sum, one) => sum + one.share, 0);
  const usual = shares.reduce((sum, one) => sum + one.referenceShare, 0);
  // both flags come from the status: it is known of as many for either
  const words = `${allOrShare(share)}${ofKnown(shares.at(0), size)} were answered with an error`;
  return [{ strength: share <= usual ? 0 : clamp(share), weight: 1, words }];
}

/** Of how many rows a share is, where some of the cluster have no value. */
function ofKnown(one: Deviation | undefined, size: number): string {
  return one?.known === undefined || one.known === size ? '' : ` of the ${formatCount(one.known)} of which it is known`;
}

function allOrShare(share: number): string {
  return share > 1 - 1e-6 ? 'all' : formatShare(share);
}

function trafficSigns({ clusters, used, centres, matrix, known }: Grouping, cluster: number): Sign[] {
  const { size } = clusters[cluster];
  const own = centres.subarray(cluster * matrix.columns, (cluster + 1) * matrix.columns);
  const find = (name: string): Deviation | undefined => {
    const column = used.findIndex(({ spec }) => spec.name === name);
    return column < 0 ? undefined : amongKnown([exact(used[column], own[column])], used, { cluster, size }, known).at(0);
  };
  const failed = find('failed');
  const interval = used.findIndex(({ spec }) => spec.name === 'interval_spread');
  const regular = interval < 0 ? 0 : clamp(1 - meanOf(used[interval], own[interval]) / RANDOM_SPREAD);
  const [balance, sent] = [find('balance'), find('orig_bytes')];
  // what lies to one side of the usual balance may still receive more than it sends
  const sender = balance !== undefined && balance.sigma < 0 && meanOf(balance.feature, balance.own) < 0;
  const upload = sender ? clamp((sent?.sigma ?? 0) / 3) : 0;
  return [
    { strength: regular, weight: 1.5, words: 'comes at regular intervals' },
    { strength: upload, weight: 1.2, words: `sends more than others, and more than it receives${ofKnown(sent, size)}` },
    {
      strength: failed === undefined || failed.share <= failed.referenceShare ? 0 : clamp(failed.share),
      weight: 1,
      words: failed === undefined ? '' : `${allOrShare(failed.share)}${ofKnown(failed, size)} failed`,
    },
  ];
}

function exact(feature: UsedFeature, value: number): Deviation {
  return {
    feature,
    own: value,
    reference: feature.middle,
    sigma: (value - feature.middle) / feature.unit,
    share: clamp(meanOf(feature, value)),
    referenceShare: clamp(meanOf(feature, feature.middle)),
  };
}

/** The feature's own mean from its mean in the matrix. */
function meanOf({ mean, scale, spec }: UsedFeature, value: number): number {
  return mean + (value * scale) / spec.weight;
}

function shapeSigns({ clusters, of }: Grouping, cluster: number, spread: number): Sign[] {
  const { size, share, originators } = clusters[cluster];
  const each = size / Math.max(1, originators);
  const per = {
    strength: clamp(Math.log10(each) / 3),
    weight: 0.7,
    words: `${formatCount(Math.round(each))} ${nouns[of]}s per originator`,
  };
  return [
    ...(of === 'hosts' ? [] : [per]),
    { strength: clamp(-Math.log10(share) / 3), weight: 0.6, words: 'is small' },
    { strength: spread === 0 ? 0 : clamp(1 - clusters[cluster].spread / spread), weight: 0.4, words: 'is tight' },
  ];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
