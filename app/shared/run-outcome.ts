import type { Finding } from '../contract/records.ts';
import type { ClusterSummary, FeatureInfo, RunDetail, RunSummary } from '../contract/runs.ts';

/** What the training process hands back and the case keeps. Cluster numbers are 1-based, largest first; 0 means "not in this run". */
export interface RunOutcome {
  readonly summary: Omit<RunSummary, 'id' | 'created' | 'by' | 'program'>;
  readonly features: readonly FeatureInfo[];
  readonly clusters: readonly Omit<ClusterSummary, 'name' | 'suspect' | 'tags'>[];
  readonly odd: RunDetail['odd'];
  readonly curve: RunDetail['curve'];
  /** k × used features, row by row, in standardised units. */
  readonly centres: Float64Array;
  /** One entry per chunk that took part, rows in chunk order. */
  readonly assignments: readonly ChunkAssignment[];
  readonly scatter: ScatterSample;
  readonly findings: readonly NewFinding[];
}

/** A finding before the case knows it. `ids`: every record that it rests on, ascending; `records` are examples of them. */
export interface NewFinding extends Omit<Finding, 'id' | 'created' | 'run' | 'count'> {
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

/** A seeded sample in two principal components, shuffled so that every prefix is a sample too. */
export interface ScatterSample {
  readonly id: Float64Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly cluster: Uint16Array;
  readonly variance: number;
}
