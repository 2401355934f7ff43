import { FlowcaseError } from '../../errors.ts';
import { checkWhole, outside } from '../parameters.ts';
import type { Criterion } from './impurity.ts';
import type { GrowthLimits } from './training-set.ts';

/** Columns looked at in each node: their root or logarithm, so many (from 1 on), a share of them (below 1), or null: all. */
export type MaxFeatures = 'sqrt' | 'log2' | number | null;

/** 'balanced': rows / (classes that occur × rows of the class). A list: class → weight. */
export type ClassWeight = null | 'balanced' | readonly number[];

/** 'learned': each question has a side for them (see DecisionTree). 'left': they go left always, as in what was trained before sides were learned. */
export type AbsentValues = 'learned' | 'left';

/** What trees and forests have in common; names and meaning as in scikit-learn. */
export interface TreeParameters {
  readonly criterion?: Criterion;
  /** Steps from the root to the deepest leaf; null: as many as it takes. */
  readonly maxDepth?: number | null;
  /** A node of fewer rows stays a leaf. Rows that were drawn twice count twice. */
  readonly minSamplesSplit?: number;
  /** Rows that a leaf has at least. */
  readonly minSamplesLeaf?: number;
  readonly maxFeatures?: MaxFeatures;
  readonly classWeight?: ClassWeight;
  /** Where rows go that have no value (NaN) in the column that is asked. */
  readonly absentValues?: AbsentValues;
  readonly seed?: number;
}

const MOST_DEPTH = 100_000;
const MOST_ROWS = 2 ** 31;

/** @throws FlowcaseError PARAMETER */
export function checkTreeParameters(of: string, parameters: Required<TreeParameters>): void {
  const { criterion, maxDepth, minSamplesSplit, minSamplesLeaf, maxFeatures, classWeight, absentValues, seed } = parameters;
  if (criterion !== 'gini' && criterion !== 'entropy') throw outside(of, 'criterion', String(criterion), 'gini or entropy');
  if (absentValues !== 'learned' && absentValues !== 'left') throw outside(of, 'absentValues', String(absentValues), 'learned or left');
  if (maxDepth !== null) checkWhole(of, 'maxDepth', maxDepth, 1, MOST_DEPTH);
  checkWhole(of, 'minSamplesSplit', minSamplesSplit, 2, MOST_ROWS);
  checkWhole(of, 'minSamplesLeaf', minSamplesLeaf, 1, MOST_ROWS);
  checkWhole(of, 'seed', seed, 0, 2 ** 32 - 1);
  if (typeof maxFeatures === 'number' && !(maxFeatures > 0 && (maxFeatures < 1 || Number.isInteger(maxFeatures)))) {
    throw outside(of, 'maxFeatures', maxFeatures, 'a whole number from 1, a share below 1, sqrt, log2 or nothing');
  }
  if (typeof maxFeatures === 'string' && maxFeatures !== 'sqrt' && maxFeatures !== 'log2') {
    throw outside(of, 'maxFeatures', String(maxFeatures), 'a whole number from 1, a share below 1, sqrt, log2 or nothing');
  }
  if (classWeight === null || classWeight === 'balanced') return;
  for (const weight of classWeight) {
    if (!(weight > 0 && Number.isFinite(weight))) throw outside(of, 'classWeight', weight, 'numbers above zero');
  }
}

/** Columns looked at in each node, at least one. */
export function featuresPerNode(maxFeatures: MaxFeatures, columns: number): number {
  if (maxFeatures === null) return columns;
  if (maxFeatures === 'sqrt') return Math.max(1, Math.floor(Math.sqrt(columns)));
  if (maxFeatures === 'log2') return Math.max(1, Math.floor(Math.log2(columns)));
  return Math.min(columns, Math.max(1, Math.floor(maxFeatures < 1 ? maxFeatures * columns : maxFeatures)));
}

export function growthLimits(parameters: Required<TreeParameters>, columns: number): GrowthLimits {
  return {
    criterion: parameters.criterion,
    maxDepth: parameters.maxDepth ?? Number.POSITIVE_INFINITY,
    minSamplesSplit: parameters.minSamplesSplit,
    minSamplesLeaf: parameters.minSamplesLeaf,
    maxFeatures: featuresPerNode(parameters.maxFeatures, columns),
    learnsAbsent: parameters.absentValues === 'learned',
  };
}

/** Class → weight. Classes that do not occur weigh 1. @throws FlowcaseError PARAMETER */
export function classWeights(of: string, classWeight: ClassWeight, y: Uint16Array, classes: number): Float64Array {
  if (classWeight === null) return new Float64Array(classes).fill(1);
  if (classWeight !== 'balanced') {
    if (classWeight.length !== classes) throw outside(of, 'classWeight', classWeight.length, `${classes} weights, one a class`);
    return Float64Array.from(classWeight);
  }
  const counts = new Float64Array(classes);
  for (const k of y) counts[k]++;
  const present = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return counts.map((count) => (count > 0 ? y.length / (present * count) : 1));
}

/** @throws FlowcaseError PARAMETER where the matrix of a prediction has another width than that of the fit. */
export function checkWidth(of: string, columns: number, expected: number): void {
  if (columns !== expected) throw outside(of, 'columns', columns, String(expected));
}

/** For memory that the machine does not give. */
export function notEnough(what: string, cause: unknown): FlowcaseError {
  return new FlowcaseError(
    'OUT_OF_MEMORY',
    `The machine has not enough memory for ${what}. Choose fewer records with a filter.`,
    {},
    cause,
  );
}
