import type { AnomalySummary, Crosscheck, ModelSummary, PredictionSummary } from '../contract/models.ts';
import type { Finding } from '../contract/records.ts';
import type { ClusterSummary, FeatureInfo, RunDetail, RunSummary } from '../contract/runs.ts';

/** What the case adds to a summary when it keeps it. */
export type Unkept = 'id' | 'created' | 'by' | 'program';

/** What the training process hands back and the case keeps. Cluster numbers are 1-based, largest first; 0 means "not in this run". */
export interface RunOutcome {
  readonly summary: Omit<RunSummary, Unkept>;
  readonly features: readonly FeatureInfo[];
  readonly clusters: readonly Omit<ClusterSummary, 'name' | 'suspect' | 'tags'>[];
  readonly odd: RunDetail['odd'];
  readonly curve: RunDetail['curve'];
  /** k × used features, row by row, in standardised units. */
  readonly centres: Float64Array;
  /** One entry per chunk that took part, rows in chunk order; none where the rows are hosts. */
  readonly assignments: readonly ChunkAssignment[];
  /** Where the rows are hosts, else null. */
  readonly hostAssignment: HostAssignment | null;
  readonly scatter: ScatterSample;
  readonly findings: readonly NewFinding[];
}

/** Summaries of the other tasks, by their name. */
export interface LearnedSummaries {
  readonly train: ModelSummary;
  readonly classify: PredictionSummary;
  readonly anomalies: AnomalySummary;
}
export type LearnedTask = keyof LearnedSummaries;

/** What a run of another task hands back and the case keeps. */
export interface LearningOutcome<T extends LearnedTask = LearnedTask> {
  readonly summary: Omit<LearnedSummaries[T], Unkept>;
  /** For the custody log, a sentence without its full stop: "Trained a forest of 100 trees on 8,123 connections". */
  readonly words: string;
  /** What the task tells beside its summary, as JSON. */
  readonly detail: unknown;
  readonly features: readonly FeatureInfo[];
  /** `labels`: place of the class + 1, 0 for rows that took no part; `distance`: confidence, or score; `z` as the task says. */
  readonly assignments: readonly ChunkAssignment[];
  readonly hostAssignment: HostAssignment | null;
  readonly findings: readonly NewFinding[];
  readonly model: NewModel | null;
}

/** A model as the file that it is outside of a case. */
export interface NewModel {
  readonly name: string;
  readonly file: Uint8Array;
}

/** A finding before the case knows it. `ids`: every record that it rests on, ascending; `records` are examples of them. */
export interface NewFinding extends Omit<Finding, 'id' | 'created' | 'run' | 'count' | 'of'> {
  readonly ids: Float64Array;
}

export interface ChunkAssignment {
  /** Id of the chunk in the column store. */
  readonly chunk: number;
  readonly labels: Uint16Array;
  /** Distance to the own centre, in standardised units; NaN where not in the run. */
  readonly distance: Float32Array;
  /** That distance standardised within the cluster: (distance - mean) / standard deviation. */
  readonly z: Float32Array;
}

/** What a run said of hosts, row by row: a host once, or once per window in which it did anything. Labels, distances and z as above. */
export interface HostAssignment {
  /** Ids in the dictionary of hosts. */
  readonly hosts: Uint32Array;
  /** Starts of the windows, in microseconds; null: the whole case. */
  readonly windows: Float64Array | null;
  readonly labels: Uint16Array;
  readonly distance: Float32Array;
  readonly z: Float32Array;
}

/** A seeded sample in two dimensions, shuffled so that every prefix is a sample too. */
export interface ScatterSample {
  /** Ids of records; of hosts, ids in the dictionary of hosts. */
  readonly id: Float64Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly cluster: Uint16Array;
  readonly variance: number;
}

/** A picture of a run that was made after it. */
export type NewPicture = Omit<ScatterSample, 'variance'>;

/** A second opinion before the case knows it. */
export type NewCrosscheck = Omit<Crosscheck, Unkept>;
