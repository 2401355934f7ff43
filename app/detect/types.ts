import type { Subject } from '../contract/runs.ts';
import type { Selection } from '../features/types.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import type { KnownMeans } from './known-means.ts';

/** A finished grouping as detectors see it. Clusters count from 0 here; `clusters[c].cluster` is the number a person sees. */
export interface Grouping extends FeatureMatrix {
  /** What the rows are. */
  readonly of: Subject;
  /** The records that are the rows; of hosts, those that they were looked at in (connections first). */
  readonly selection: Selection;
  readonly k: number;
  /** Mean of the members of each cluster as they stand in the matrix: k × columns, row by row. */
  readonly centres: Float64Array;
  /** Row → cluster from 0. */
  readonly labels: Uint16Array;
  /** Row → distance to its centre. */
  readonly distance: Float32Array;
  /** Row → that distance standardised within the cluster. */
  readonly z: Float32Array;
  readonly clusters: RunOutcome['clusters'];
  /** What is said of features in which some rows have no value: those that have one alone. */
  readonly known: KnownMeans;
}

/** "connection", "request", "host". */
export const nouns: Readonly<Record<Subject, string>> = { connections: 'connection', requests: 'request', hosts: 'host' };

export type { NewFinding } from '../shared/run-outcome.ts';
