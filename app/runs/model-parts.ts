import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  modelKinds,
  type ClassifierFigures,
  type LabelSource,
  type ModelKind,
  type ModelSummary,
  type SplitKind,
} from '../contract/models.ts';
import { scalings, subjects, type Subject } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import type { FittedRecipe } from '../features/fitted.ts';
import { decodeModel, encodeModel } from '../learn/model-file.ts';
import { recipeNamed } from '../features/recipes.ts';
import { loadDecisionTree } from '../learn/trees/decision-tree.ts';
import { loadRandomForest } from '../learn/trees/random-forest.ts';
import type { SavedEstimator } from '../learn/types.ts';
import type { TreeModel } from './train-trees.ts';

/** What a model says of itself, as JSON in its file: what it learned from, how good it is, and what it cannot do. */
export interface ModelCard {
  readonly program: string;
  readonly model: ModelKind;
  readonly of: Subject;
  readonly label: LabelSource;
  readonly recipe: string;
  readonly where: string;
  readonly seed: number;
  readonly split: SplitKind;
  readonly testShare: number;
  readonly parameters: ModelSummary['parameters'];
  /** Rows of the matrix, and of each class. */
  readonly data: {
    readonly rows: number;
    readonly classes: ModelSummary['classes'];
    readonly input: string;
    /** Features that some record it learned from had no value of; not there in models of hosts and of older programs. */
    readonly lacking?: readonly string[];
  };
  readonly figures: readonly ClassifierFigures[];
  readonly fingerprint: string;
  readonly limits: readonly string[];
  readonly remarks: readonly string[];
}

/** A model that can say something. */
export interface LoadedModel {
  readonly kind: ModelKind;
  readonly card: ModelCard;
  readonly classes: readonly string[];
  readonly fitted: FittedRecipe;
  readonly classifier: TreeModel;
  readonly file: Uint8Array;
  readonly sha256: string;
}

const UNCALIBRATED = 'Its confidence is a share of votes, not a probability that holds on another network.';

function calibratedWords(method: string): string {
  return `Its confidence is a share of votes that was calibrated (${method}, on rows that its trees did not draw): a probability where rows are like those, and not on another network.`;
}

const limits = (parameters: ModelSummary['parameters']): readonly string[] => [
  'It knows the classes that it learned and no other: what is new gets the class that it resembles most.',
  typeof parameters['calibration'] === 'string' ? calibratedWords(parameters['calibration']) : UNCALIBRATED,
  'Features that look at other records (how often two hosts talk) look at those that are put through it together.',
  'Other networks, other times and other tools that wrote the log can make it worse than its figures say.',
];

interface Written {
  readonly summary: Omit<ModelSummary, 'id' | 'created' | 'by' | 'program' | 'sha256'>;
  readonly figures: readonly ClassifierFigures[];
  readonly fitted: FittedRecipe;
  readonly classes: readonly string[];
  readonly saved: SavedEstimator;
  readonly program: string;
  /** Features that some record it learned from had no value of; null of hosts. */
  readonly lacking: readonly string[] | null;
}

/** A model as a file. The same model gives the same bytes: no time is in it. */
export function writeModel({ summary, figures, fitted, classes, saved, program, lacking }: Written): {
  readonly file: Uint8Array;
  readonly sha256: string;
} {
  const { model, of, label, recipe, where, seed, split, testShare, parameters, rows, input, fingerprint, remarks } = summary;
  const data = { rows, classes: summary.classes, input, ...(lacking === null ? {} : { lacking }) };
  const card: ModelCard = {
    ...{
      program,
      model,
      of,
      label,
      recipe,
      where,
      seed,
      split,
      testShare,
      parameters,
      data,
      figures,
      fingerprint,
      limits: limits(parameters),
      remarks,
    },
  };
  const content: Content = { card, classes, recipe: fitted };
  const file = encodeModel({ estimator: saved, card: content });
  return { file, sha256: sha256Of(file) };
}

/** What stands in the file beside the estimator. */
interface Content {
  readonly card: ModelCard;
  readonly classes: readonly string[];
  readonly recipe: FittedRecipe;
}

/** What must be so for the file to be used; it comes from anywhere. Its figures are shown to nobody but who opens it. */
const content = z.object({
  card: z.object({
    model: z.enum(modelKinds),
    of: z.enum(subjects),
    label: z.union([
      z.object({ type: z.literal('column'), column: z.string() }),
      z.object({ type: z.literal('tags'), tags: z.array(z.string()) }),
    ]),
    seed: z.number(),
    data: z.object({ lacking: z.array(z.string()).optional() }),
  }),
  classes: z.array(z.string()).min(2).max(65_534),
  recipe: z.object({
    recipe: z.string(),
    scaling: z.enum(scalings),
    absent: z.enum(['neutral', 'nan']),
    window: z.number().positive().nullable(),
    features: z.array(
      z.object({
        ...{ name: z.string(), title: z.string(), how: z.string(), kind: z.enum(['measure', 'flag', 'cycle']), made: z.unknown() },
        ...{ log: z.boolean(), shift: z.number(), divisor: z.number(), weight: z.number(), fill: z.number().nullable() },
      }),
    ),
    dropped: z.array(z.unknown()),
  }),
});

/** `name`: what an error calls it. @throws FlowcaseError FILE_DAMAGED where it is no whole model, or not of this kind; PARAMETER for an unknown recipe */
export function readModel(file: Uint8Array, name: string): LoadedModel {
  const { estimator, card: found } = decodeModel(file, name);
  const refuse = (how: string): FlowcaseError =>
    new FlowcaseError('FILE_DAMAGED', `${name} cannot tell classes apart: ${how}. Choose a file that "train --out" wrote.`, { path: name });
  if (!content.safeParse(found).success) throw refuse('it is a model of another kind, or its description is not whole');
  const { card, classes, recipe } = found as Content;
  recipeNamed(recipe.recipe);
  const classifier = card.model === 'tree' ? loadDecisionTree(estimator) : loadRandomForest(estimator);
  if (classifier.nClasses_ !== classes.length) throw refuse('it knows other classes than it names');
  // a matrix has one column at least
  if (classifier.nFeatures_ !== Math.max(1, recipe.features.length)) throw refuse('it looks at other features than it names');
  return { kind: card.model, card, classes, fitted: recipe, classifier, file, sha256: sha256Of(file) };
}

function sha256Of(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}
