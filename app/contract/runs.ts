/** Runs of the learning machine: what was asked, what came out, and what it takes to repeat it. */

/** What can be grouped, classified and looked at for anomalies. */
export const subjects = ['connections', 'requests', 'hosts'] as const;
export type Subject = (typeof subjects)[number];

/** The kind of record that the ids of a run over this name; findings about hosts rest on connections. */
export function recordKindOf(of: Subject): 'connection' | 'request' {
  return of === 'requests' ? 'request' : 'connection';
}

export const clusterMethods = ['kmeans', 'gmm'] as const;
export type ClusterMethod = (typeof clusterMethods)[number];

export const covarianceTypes = ['full', 'tied', 'diag', 'spherical'] as const;
export type CovarianceType = (typeof covarianceTypes)[number];

export const scalings = ['standard', 'robust', 'log', 'none'] as const;
export type Scaling = (typeof scalings)[number];

/** A named, versioned way from columns to features. */
export interface RecipeInfo {
  readonly name: string;
  /** What is in it, in one line. */
  readonly about: string;
  /** What its rows are; `records`: connections, requests, and records of any other kind. */
  readonly of: Subject | 'records';
  /** What is done where nobody asks for another. */
  readonly scaling: Scaling;
}

/** What settings of a clustering can be judged by; a likelihood, and so a BIC, has only a mixture. */
export const clusterScorings = ['silhouette', 'daviesBouldin', 'calinskiHarabasz', 'bic'] as const;
export type ClusterScoring = (typeof clusterScorings)[number];

/** A search over settings before rows are grouped. `iterations`: of a random search; a grid tries everything. */
export interface ClusterTuneRequest {
  readonly search: 'grid' | 'random';
  /** What is not named stays as the request has it. */
  readonly values: {
    readonly k?: readonly number[] | undefined;
    readonly covariance?: readonly CovarianceType[] | undefined;
    readonly starts?: readonly number[] | undefined;
  };
  readonly iterations: number;
  readonly scoring: ClusterScoring;
}

/** One setting that was tried. */
export interface ClusterTrial {
  readonly k: number;
  readonly covariance: CovarianceType | null;
  readonly starts: number;
  /** null where it is not defined, or where the rows cannot be grouped so. */
  readonly score: number | null;
  /** From 1, the best; equal scores have the same. */
  readonly rank: number;
  readonly seconds: number;
  /** Why the rows could not be grouped so; null where they could. */
  readonly failed: string | null;
}

export interface ClusterTuning {
  readonly scoring: ClusterScoring;
  /** Rows that each was tried on: all, or a seeded sample. */
  readonly rows: number;
  readonly trials: readonly ClusterTrial[];
}

/** Runs from before a field was there have its default (`runRequest` fills it in). */
export interface ClusterRequest {
  readonly of: Subject;
  readonly method: ClusterMethod;
  readonly k: number | 'auto';
  readonly seed: number;
  readonly recipe: string;
  readonly where: string;
  /** Of a Gaussian mixture; default full. */
  readonly covariance: CovarianceType;
  /** null: the recipe's own. */
  readonly scaling: Scaling | null;
  /** Only these features of the recipe, or columns by name; all where it is empty. */
  readonly features: readonly string[];
  /** For hosts: rows are a host's windows of so many microseconds; null: the whole case. */
  readonly window: number | null;
  /** How often to start anew, the best is kept; null: 4 times by k-means, once by a mixture. */
  readonly starts: number | null;
  /** Tries settings first, and groups by the best; null: by those above. */
  readonly tune: ClusterTuneRequest | null;
  /** Of runs whose k was tried with seeds and starts of its own, before what is kept was what was tried; nobody asks for it. */
  readonly trials?: 'apart';
}

/** Groups against the labels of the log, on the rows that have one. */
export interface LabelAgreement {
  /** That has the labels; of hosts, a host has the class that most of the records it began have. */
  readonly column: string;
  readonly rows: number;
  /** Adjusted Rand index: 1 for the same groups, about 0 for chance. */
  readonly ari: number;
  /** Normalised mutual information, 0..1. */
  readonly nmi: number;
}

export interface RunSummary {
  readonly task: 'cluster';
  readonly id: number;
  readonly created: number;
  readonly by: string;
  readonly program: string;
  readonly of: Subject;
  readonly method: ClusterMethod;
  readonly recipe: string;
  readonly requestedK: number | 'auto';
  readonly k: number;
  /**
   * Where k = auto: each k was fitted from the run's seed with so many starts, as the run is, on so many rows (all, or a seeded sample). Not there in runs
   * from before, whose trials had seeds and starts of their own.
   */
  readonly kTrials?: { readonly rows: number; readonly starts: number };
  readonly seed: number;
  readonly where: string;
  readonly rows: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly seconds: number;
  /** Sum of squared distances to the centres; null for a mixture. */
  readonly inertia: number | null;
  /** Of a mixture, else null: mean log-likelihood of a row, and the information criteria (smaller is better). */
  readonly logLikelihood: number | null;
  readonly bic: number | null;
  readonly aic: number | null;
  readonly covariance: CovarianceType | null;
  /** Other measures of how well the groups stand apart; null where they are not defined, and in runs from before they were computed. */
  readonly daviesBouldin: number | null;
  readonly calinskiHarabasz: number | null;
  /** Of runs over hosts: length of a window in microseconds; null: the whole case. */
  readonly window: number | null;
  /** What was tried before, where that was asked for; else null. */
  readonly tuning: ClusterTuning | null;
  /** Mean silhouette over a seeded sample of `silhouetteSample` rows; null where it is not defined (fewer than two clusters). */
  readonly silhouette: number | null;
  readonly silhouetteSample: number;
  /** null where the rows have no column of labels; not there in runs from before it was computed. No part of the fingerprint. */
  readonly labelAgreement?: LabelAgreement | null;
  /** SHA-256 over centres and labels: the same input, recipe, parameters and seed give the same. */
  readonly fingerprint: string;
  /** SHA-256 over the input matrix. */
  readonly input: string;
  readonly remarks: readonly string[];
}

export interface ClusterSummary {
  /** 1-based, largest first: the number a person sees. */
  readonly cluster: number;
  readonly name: string;
  /** Words drawn from the profile, where the person gave no name. */
  readonly autoName: string;
  readonly suspect: boolean;
  readonly size: number;
  readonly share: number;
  /**
   * Mean of every feature among the rows that have a value, in standard deviations from that of all (from the feature's neutral value where it has one,
   * as the spread of intervals has); same order as `features`. 0 for features that were left out; null where no row has a value.
   */
  readonly profile: readonly (number | null)[];
  /** How many of its rows have a value of each feature, null for those that were left out; not there where all have, and in what older programs kept. */
  readonly known?: readonly (number | null)[];
  /** What makes it different, in a sentence. */
  readonly words: string;
  readonly originators: number;
  readonly responders: number;
  /** Mean distance to the centre. */
  readonly spread: number;
  readonly bytes: number;
  readonly first: number | null;
  readonly last: number | null;
  /** The record nearest to the centre; null for hosts, whose nearest is `typicalHost`. */
  readonly typical: number | null;
  readonly typicalHost: string | null;
  /**
   * What separates it from all others: difference of means over pooled deviation (Cohen's d); for a flag, of shares (-1..1). Of rows that have a value
   * (`known`), and the strongest first, where what some rows have alone counts as much less.
   */
  readonly separates: readonly SeparatingFeature[];
  /** The most frequent class among its members, where the records have a label column, and its share of them. */
  readonly purity: { readonly label: string; readonly share: number } | null;
  readonly tags: readonly number[];
}

export interface SeparatingFeature {
  /** A name of `features`. */
  readonly feature: string;
  readonly effect: number;
}

export interface FeatureInfo {
  readonly name: string;
  readonly title: string;
  readonly how: string;
  readonly absent: number;
  readonly mean: number;
  readonly scale: number;
  /** Left out of the matrix, and why (constant); null where it is used. */
  readonly dropped: string | null;
}

export interface RunDetail {
  readonly run: RunSummary;
  readonly features: readonly FeatureInfo[];
  readonly clusters: readonly ClusterSummary[];
  /** Which cluster to look at first, and why. */
  readonly odd: { readonly cluster: number; readonly why: string } | null;
  /** The curve behind k = auto: one entry per k tried; of a mixture with its BIC, and the inertia about the components' means. */
  readonly curve: readonly { readonly k: number; readonly inertia: number; readonly silhouette: number | null; readonly bic?: number }[];
}

export const pictures = ['pca', 'umap'] as const;
/** Principal components; or UMAP (McInnes 2018), which keeps neighbours together and no distances. */
export type PictureKind = (typeof pictures)[number];

/** Points of the two-dimensional picture: the same index in every array is the same record, or host. */
export interface Scatter {
  readonly run: number;
  readonly picture: PictureKind;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly cluster: Uint16Array;
  /** Ids of records; of hosts, ids in the dictionary of hosts. */
  readonly id: Float64Array;
  /** Their addresses, where the points are hosts. */
  readonly hosts: readonly string[] | null;
  /** Share of the variance that the two components keep, 0..1; null for UMAP, which keeps none. */
  readonly variance: number | null;
  readonly drawn: number;
  readonly total: number;
}

export interface ClusterResult {
  readonly run: RunSummary;
  readonly sizes: readonly number[];
}

export interface RepeatResult {
  readonly same: boolean;
  /**
   * Why nothing can be said: evidence came or went since the run, and it is over other rows now. null where the fingerprints are the same, and where
   * they differ over rows that nobody changed.
   */
  readonly changed: string | null;
  readonly fingerprint: string;
  readonly expected: string;
  readonly seconds: number;
}
