import { classifierFigures } from './train-figures.ts';
import type { ClassifierFigures, FeatureImportance, ModelKind, Parameters, TrainRequest, TreeNode } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import type { FittedRecipe } from '../features/fitted.ts';
import type { Labels } from '../features/types.ts';
import type { Matrix } from '../learn/matrix.ts';
import { estimators } from '../learn/estimators.ts';
import { DecisionTree } from '../learn/trees/decision-tree.ts';
import { permutationImportance } from '../learn/trees/permutation-importance.ts';
import type { RandomForest } from '../learn/trees/random-forest.ts';
import { depthOf } from '../learn/trees/tree-nodes.ts';
import type { Means } from '../learn/types.ts';
import { rulesOf, treeNode } from './tree-words.ts';

/** What learns from labels here. */
export type TreeModel = DecisionTree | RandomForest;

/** Levels of the tree that are kept to be drawn; the rules and the model file have it all. */
const DRAWN = 6;

/** Features that are shuffled, the most important by impurity, and how often each: with hundreds of features this is what takes longest. */
const SHUFFLED = 20;
const REPEATS = 3;
const ASKED = 1000;

/** Parameters that people choose; whether a forest measures itself out of bag is not one of them. */
function namesOf(model: ModelKind): readonly string[] {
  return Object.keys(estimators[model].parameters).filter((name) => name !== 'oobScore');
}

/** An unfitted tree or forest. A forest that draws rows also tells how it does on those it did not draw. @throws FlowcaseError PARAMETER */
export function newClassifier({ model, parameters, seed }: Pick<TrainRequest, 'model' | 'parameters' | 'seed'>): TreeModel {
  checkNames(model, parameters);
  // the estimators check the values themselves, and say what is wrong with them
  return estimators[model].make(withOutOfBag(model, parameters), seed);
}

/** The parameters with that which lets a forest tell how it does on rows that its trees did not draw, where they draw some. */
export function withOutOfBag(model: ModelKind, parameters: Parameters): Parameters {
  return model === 'tree' ? parameters : { ...parameters, oobScore: parameters['bootstrap'] !== false };
}

/** @throws FlowcaseError PARAMETER where the model has no such parameters */
export function checkNames(model: ModelKind, parameters: Readonly<Record<string, unknown>>): void {
  const allowed = namesOf(model);
  const unknown = Object.keys(parameters).find((name) => !allowed.includes(name));
  if (unknown !== undefined) {
    throw new FlowcaseError('PARAMETER', `A ${model} has no parameter “${unknown}”. It has: ${allowed.join(', ')}.`, {
      name: unknown,
      value: parameters[unknown],
      allowed,
    });
  }
}

/** With every parameter's value, the defaults too. */
export function parametersOf(model: TreeModel): Parameters {
  const allowed = namesOf(model instanceof DecisionTree ? 'tree' : 'forest');
  const all: Readonly<Record<string, unknown>> = { ...model.parameters };
  return Object.fromEntries(allowed.map((name) => [name, plain(all[name])]));
}

function plain(value: unknown): Parameters[string] {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** Figures on rows that the trees did not draw; null for a tree, and where every tree drew every row. `y`: of the rows it learned from. */
export function outOfBag(model: TreeModel, y: Uint16Array, classes: readonly string[]): ClassifierFigures | null {
  if (model instanceof DecisionTree || model.outOfBag_ === null) return null;
  return classifierFigures('out-of-bag', y, model.outOfBag_.decision, classes);
}

export interface ModelDescription {
  readonly parameters: Parameters;
  readonly importance: readonly FeatureImportance[];
  readonly tree: TreeNode;
  readonly rules: readonly string[];
  readonly size: { readonly trees: number; readonly nodes: number; readonly depth: number };
}

/**
 * What can be said of a fitted model. `asked`: rows to shuffle features on, best those that it has not learned from; null: permutation is not
 * measured. @throws FlowcaseError OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function describeModel(
  model: TreeModel,
  { fitted, labels }: { readonly fitted: FittedRecipe; readonly labels: Pick<Labels, 'classes'> },
  asked: { readonly matrix: Matrix; readonly y: Uint16Array } | null,
  seed: number,
  means: Means,
): Promise<ModelDescription> {
  const { features } = fitted;
  const impurity = model.featureImportances_;
  const columns = Array.from(impurity.keys())
    .filter((c) => impurity[c] > 0)
    .sort((a, b) => impurity[b] - impurity[a] || a - b)
    .slice(0, SHUFFLED);
  const shuffled =
    asked === null
      ? null
      : await permutationImportance(model, asked.matrix, asked.y, { seed, sample: ASKED, nRepeats: REPEATS, columns }, means);
  const importance = features
    .map(({ name, title }, c): FeatureImportance => ({
      feature: name,
      title,
      impurity: impurity[c],
      permutation: shuffled === null || Number.isNaN(shuffled.mean[c]) ? null : shuffled.mean[c],
    }))
    .sort((a, b) => b.impurity - a.impurity);
  const trees = model instanceof DecisionTree ? [model.tree_] : model.trees_;
  const told = { features, classes: labels.classes };
  const draw = (depth?: number): ReturnType<DecisionTree['draw']> =>
    model instanceof DecisionTree ? model.draw(depth) : model.draw(0, depth);
  return {
    parameters: parametersOf(model),
    importance,
    tree: treeNode(draw(DRAWN), told),
    rules: rulesOf(draw(), told),
    size: {
      trees: trees.length,
      nodes: trees.reduce((sum, { feature }) => sum + feature.length, 0),
      depth: trees.reduce((most, tree) => Math.max(most, depthOf(tree)), 0),
    },
  };
}
