import type { ClassifierFigures, LearningRun } from './models.ts';
import type { Subject } from './runs.ts';

/** What a model says about records that it did not learn from. */

export interface ClassifyRequest {
  /** A model of this case by its run, or a model file. */
  readonly model: number | string;
  readonly where: string;
  /** Predicts although the log lacks most of what the model looks at. */
  readonly force?: boolean;
}

export interface PredictionSummary extends LearningRun {
  readonly task: 'classify';
  /** The run of the model where it is of this case. */
  readonly model: number | null;
  readonly modelName: string;
  readonly modelSha256: string;
  readonly predicted: readonly { readonly name: string; readonly count: number }[];
  /** Records that were left out, and are not among `rows`: they lack most of what the model looks at. Absent where there are none. */
  readonly unanswered?: number;
  /** Of which kinds they are, the most frequent first. Absent where there are none, or an older program left them out. */
  readonly unansweredKinds?: readonly UnansweredKind[];
  /** Rows by confidence, ten equal bins from 0 to 1. */
  readonly confidence: readonly number[];
  /** Where the records have the label that was learned: how it compares; null where none has. */
  readonly figures: ClassifierFigures | null;
}

/** Records that a model does not answer, because they lack the same. */
export interface UnansweredKind {
  readonly evidence: number;
  readonly records: number;
  /** Features of the model that none of them has a value for, what it goes by most first. */
  readonly absent: readonly string[];
  /** How many features the model has, and how much of what it goes by the absent ones are, 0 to 1. */
  readonly features: number;
  readonly share: number;
}

/** One row of a prediction. */
export interface PredictedRow {
  /** Record id, or the host. */
  readonly id: number | string;
  readonly predicted: string;
  /** Share of the votes for it. */
  readonly confidence: number;
  /** The second choice. */
  readonly second: string | null;
  readonly label: string | null;
}

export interface PredictionExplained {
  readonly row: PredictedRow;
  readonly votes: readonly { readonly name: string; readonly share: number }[];
  /** The way through the tree (of a forest: of the tree that agrees best), question by question. */
  readonly path: readonly { readonly feature: string; readonly title: string; readonly words: string; readonly value: number | null }[];
}

/** A page of what was predicted. */
export interface PredictedPage {
  readonly run: number;
  readonly of: Subject;
  readonly rows: readonly PredictedRow[];
  /** Rows there are of those that were asked for. */
  readonly total: number;
}
