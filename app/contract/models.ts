import type { PredictionSummary } from './predictions.ts';
import type { RunSummary, Subject } from './runs.ts';

export type { Crosscheck, RunComparison } from './comparisons.ts';
export type * from './predictions.ts';

/** What the machine learns from labels, says about new records, and finds strange: models, predictions, anomalies, and second opinions. */

export const learningTasks = ['cluster', 'train', 'classify', 'anomalies'] as const;
export type LearningTask = (typeof learningTasks)[number];

/** A run of any task; `task` says which. */
export type AnyRun = RunSummary | ModelSummary | PredictionSummary | AnomalySummary;

/** What every application of an algorithm has, whatever its task: enough to repeat it. */
export interface LearningRun {
  readonly id: number;
  readonly created: number;
  readonly by: string;
  readonly program: string;
  readonly of: Subject;
  readonly recipe: string;
  readonly where: string;
  readonly seed: number;
  /** Rows of the matrix: records, hosts, or hosts by windows. */
  readonly rows: number;
  readonly seconds: number;
  /** SHA-256 over what came out; the same input, recipe, parameters and seed give the same. */
  readonly fingerprint: string;
  /** SHA-256 over the input matrix. */
  readonly input: string;
  readonly remarks: readonly string[];
}

export const modelKinds = ['tree', 'forest'] as const;
export type ModelKind = (typeof modelKinds)[number];

/** Where classes come from: a column, or what the analyst tagged (all tags where the list is empty; a record with several has none). */
export type LabelSource =
  { readonly type: 'column'; readonly column: string } | { readonly type: 'tags'; readonly tags: readonly string[] };

export const splitKinds = ['random', 'host', 'time'] as const;
export type SplitKind = (typeof splitKinds)[number];

/** An estimator's parameters by name (scikit-learn's words in camelCase: maxDepth, nEstimators); what is not named has its default. */
export type Parameters = Readonly<Record<string, number | string | boolean | null>>;

export const scorings = ['accuracy', 'balancedAccuracy', 'macroF1', 'logLoss'] as const;
export type Scoring = (typeof scorings)[number];

/** A search over parameters by cross-validation on the training part. `iterations`: of a random search; a grid tries everything. */
export interface TuneRequest {
  readonly search: 'grid' | 'random';
  readonly values: Readonly<Record<string, readonly (number | string | boolean | null)[]>>;
  readonly iterations: number;
  readonly folds: number;
  readonly scoring: Scoring;
}

export interface TrainRequest {
  readonly of: Subject;
  readonly model: ModelKind;
  readonly label: LabelSource;
  readonly recipe: string;
  /** Only these features of the recipe, or columns by name; all where it is empty. */
  readonly features: readonly string[];
  readonly where: string;
  readonly seed: number;
  /** `random`: stratified by class; `host`: no originator on both sides; `time`: trained on what came before. */
  readonly split: SplitKind;
  /** Share of the rows kept for the test, 0 to 0.9; 0: none. */
  readonly test: number;
  /** Folds of a cross-validation beside the split, of the same kind; 0: none. */
  readonly folds: number;
  readonly parameters: Parameters;
  readonly tune: TuneRequest | null;
  /** Takes columns in that give the label away. */
  readonly keepLeaks: boolean;
}

export interface ClassFigures {
  readonly name: string;
  /** null where nothing was answered so; runs from before it was told apart have 0 there (`definedFigures`). */
  readonly precision: number | null;
  /** null where no row is of it. */
  readonly recall: number | null;
  /** null where neither an answer nor a row is of it. */
  readonly f1: number | null;
  /** Rows of this class. */
  readonly support: number;
}

/** How good predictions were, on rows that the model had not seen (or had: `on`). `labelled`: all that a prediction was made of and that have a label, those it learned from among them. */
export interface ClassifierFigures {
  readonly on: 'train' | 'test' | 'cross-validation' | 'out-of-bag' | 'labelled';
  readonly rows: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  /** One class against the rest, mean over classes; null where it is not defined. */
  readonly rocAuc: number | null;
  readonly prAuc: number | null;
  readonly logLoss: number | null;
  /** Expected calibration error, 0..1. */
  readonly calibrationError: number | null;
  readonly classes: readonly ClassFigures[];
  /** Row: true class, column: predicted class; in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
}

export interface FeatureImportance {
  readonly feature: string;
  readonly title: string;
  /** Mean decrease of impurity, all sum to 1. */
  readonly impurity: number;
  /** Loss of accuracy where the feature is shuffled, on test rows; null where it was not measured (no test, or not among the 20 most important). */
  readonly permutation: number | null;
}

export interface TuneTrial {
  readonly parameters: Parameters;
  readonly mean: number;
  readonly deviation: number;
  /** From 1, the best; equal means have the same. */
  readonly rank: number;
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
}

export interface ModelSummary extends LearningRun {
  readonly task: 'train';
  readonly model: ModelKind;
  readonly label: LabelSource;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly split: SplitKind;
  readonly testShare: number;
  /** With every parameter's value, the defaults too. */
  readonly parameters: Parameters;
  readonly accuracy: number;
  readonly macroF1: number;
  /** SHA-256 of the model file. */
  readonly sha256: string;
}

/** Whose rows a model learned from and was tested on; hosts are those that began the connections or made the requests. */
export interface SplitHosts {
  readonly learned: number;
  readonly tested: number;
  /** The host with most rows of the test (null: rows that name none), and which share of the test these are. */
  readonly largest: { readonly host: string | null; readonly share: number };
  /**
   * Accuracy on the test of always answering with the class that most rows of the host have among those learned from, or the most frequent class
   * of all where the host has none there.
   */
  readonly alone: number;
}

export interface ModelDetail {
  readonly run: ModelSummary;
  /** null without a test, and where the rows are hosts. Not there in what older programs kept. */
  readonly hosts?: SplitHosts | null;
  /** On test rows first where there are any. */
  readonly figures: readonly ClassifierFigures[];
  readonly importance: readonly FeatureImportance[];
  readonly features: readonly { readonly name: string; readonly title: string; readonly how: string; readonly dropped: string | null }[];
  /** Mean of the figures of each fold, and their standard deviation (divided by the number of folds); null without cross-validation. */
  readonly crossValidation: {
    readonly folds: number;
    readonly accuracy: readonly [mean: number, deviation: number];
    readonly macroF1: readonly [mean: number, deviation: number];
    /** How many folds tested rows of one class alone. Not there in what older programs kept. */
    readonly oneClass?: number;
  } | null;
  readonly tuning: {
    readonly scoring: Scoring;
    readonly trials: readonly TuneTrial[];
    /** Where a tree was pruned and the best lies at an end of what was tried, in words; not there in what older programs kept, which did not try the root. */
    readonly edge?: string | null;
    /** Classes that no fold could ask about, because they have too few rows: the scores are over the others. Not there in what older programs kept. */
    readonly unscored?: readonly string[];
  } | null;
  /** The tree (of a forest: its first), cut at some depth. */
  readonly tree: TreeNode | null;
  /** The tree as rules, one per leaf, the largest first. */
  readonly rules: readonly string[];
  readonly size: { readonly trees: number; readonly nodes: number; readonly depth: number };
}

/** A node with its rows; a leaf has no question. */
export interface TreeNode {
  readonly rows: number;
  /** Share of each class, in the order of the classes. */
  readonly shares: readonly number[];
  readonly predicted: string;
  readonly impurity: number;
  readonly question: {
    readonly feature: string;
    readonly title: string;
    /**
     * Rows with less or as much go to `less`; null: absent ones alone do. In the unit that the model works in, which the feature's `how` says: of
     * conn-v1's amounts log(1 + x).
     */
    readonly threshold: number | null;
    /** The threshold in the unit of the log, logarithms undone. Not there in what older programs kept. */
    readonly value?: number | null;
    /** Where rows without a value go. Not there in what was kept before that was learned: to `less`. */
    readonly absent?: 'less' | 'more';
    /** Whether some row without a value came by when this was learned; else their side follows from the others. Not there in what older programs kept. */
    readonly absentSeen?: boolean;
    /** What holds of the rows that go to `less`, in words and in the unit of the log. */
    readonly words: string;
    readonly less: TreeNode;
    readonly more: TreeNode;
  } | null;
  /** Leaves below that are not shown. */
  readonly hidden: number;
}

/** A model as a file of its own. */
export interface ModelFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface AnomalyRequest {
  readonly of: Subject;
  readonly recipe: string;
  readonly features: readonly string[];
  readonly where: string;
  readonly seed: number;
  readonly trees: number;
  /** Rows that each tree is grown on. */
  readonly sample: number;
  /** How many findings at most. */
  readonly limit: number;
}

export interface AnomalySummary extends LearningRun {
  readonly task: 'anomalies';
  readonly method: 'isolation';
  readonly trees: number;
  readonly sample: number;
  /** Scores above this are findings. */
  readonly threshold: number;
  readonly flagged: number;
  /** Rows by score, fifty equal bins from 0 to 1. */
  readonly scores: readonly number[];
}

export interface AnomalyResult {
  readonly run: AnomalySummary;
  readonly findings: number;
}

/** What a labelled log holds, before anything is learned. */
export interface LabelOverview {
  readonly rows: number;
  readonly columns: number;
  readonly label: string;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly unlabelled: number;
  readonly clients: number;
  /** Mean number of records a client. */
  readonly perClient: number;
  readonly topClients: readonly { readonly host: string; readonly count: number }[];
}
