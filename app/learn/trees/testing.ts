import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';
import { DecisionTree, type DecisionTreeParameters } from './decision-tree.ts';
import type { TreeDrawing } from './describe.ts';

export interface Labelled {
  readonly matrix: Matrix;
  /** The same, row after row. */
  readonly values: Float32Array;
  readonly y: Uint16Array;
  readonly classes: number;
}

/** Overlapping heaps, two a class, with continuous values. */
export function blobs(rows: number, columns: number, classes: number, seed: number): Labelled {
  const random = new Random(seed);
  const centres = Array.from({ length: 2 * classes * columns }, () => random.normal() * 2);
  const values = new Float32Array(rows * columns);
  const y = new Uint16Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    const heap = random.below(2 * classes);
    y[row] = heap % classes;
    for (let c = 0; c < columns; c++) values[at++] = centres[heap * columns + c] + 1.5 * random.normal();
  }
  return { matrix: Matrix.fromRows(values, columns), values, y, classes };
}

/**
 * Trees over 240 rows of `blobs`, so that every distinct value has a code, in which no two questions are equally good: seeds and settings
 * were tried until scikit-learn gave the same tree in whatever order it looked at the columns.
 */
export const untied: readonly {
  readonly seed: number;
  readonly ours: DecisionTreeParameters;
  readonly theirs: Readonly<Record<string, unknown>>;
}[] = [
  { seed: 31, ours: { minSamplesLeaf: 9 }, theirs: { min_samples_leaf: 9 } },
  { seed: 2, ours: { minSamplesLeaf: 7, maxDepth: 3 }, theirs: { min_samples_leaf: 7, max_depth: 3 } },
  { seed: 2, ours: { minSamplesLeaf: 9, criterion: 'entropy' }, theirs: { min_samples_leaf: 9, criterion: 'entropy' } },
  {
    seed: 4,
    ours: { maxDepth: 4, minSamplesLeaf: 5, minSamplesSplit: 40, classWeight: 'balanced' },
    theirs: { max_depth: 4, min_samples_leaf: 5, min_samples_split: 40, class_weight: 'balanced' },
  },
  {
    seed: 28,
    ours: { minSamplesLeaf: 9, criterion: 'entropy', classWeight: [1, 5, 0.25] },
    theirs: { min_samples_leaf: 9, criterion: 'entropy', class_weight: { 0: 1, 1: 5, 2: 0.25 } },
  },
];

export function untiedRows(seed: number): Labelled {
  return blobs(240, 6, 3, seed);
}

/** What bench/learn/jobs/trees.py finds. */
export interface PeerTree {
  readonly stable: boolean;
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly impurity: readonly number[];
  readonly rows: readonly number[];
  readonly importances: readonly number[];
  readonly shares: readonly number[];
  readonly alphas: readonly number[];
  readonly impurities: readonly number[];
  readonly leaves: readonly number[];
}

/** Ours in the peer's shape; always stable. */
export async function inPeerShape({ matrix, y, classes }: Labelled, parameters: DecisionTreeParameters): Promise<PeerTree> {
  const model = await new DecisionTree(parameters).fit(matrix, y, classes);
  const nodes = flattened(model.draw());
  const path = await model.costComplexityPruningPath(matrix, y, classes);
  const leaves: number[] = [];
  for (let i = 1; i < path.ccpAlphas.length; i++) {
    const ccpAlpha = (path.ccpAlphas[i - 1] + path.ccpAlphas[i]) / 2;
    leaves.push((await new DecisionTree({ ...parameters, ccpAlpha }).fit(matrix, y, classes)).nLeaves_);
  }
  return {
    stable: true,
    feature: nodes.map(({ split }) => split?.feature ?? -1),
    threshold: nodes.map(({ split }) => split?.threshold ?? 0),
    impurity: nodes.map(({ impurity }) => impurity),
    rows: nodes.map(({ rows }) => rows),
    importances: [...model.featureImportances_],
    shares: [...(await model.predictProba(matrix))],
    alphas: path.ccpAlphas,
    impurities: path.impurities,
    leaves,
  };
}

/** Root first, left before right. */
export function flattened(drawing: TreeDrawing): TreeDrawing[] {
  const { split } = drawing;
  return split === null ? [drawing] : [drawing, ...flattened(split.left), ...flattened(split.right)];
}

/** The largest difference of two lists, NaN where their lengths differ. */
export function furthest(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) : Number.NaN;
}

/** A node of `naiveTree`: leaves have counts alone. */
export interface NaiveNode {
  readonly counts: number[];
  readonly split: { readonly feature: number; readonly threshold: number; readonly left: NaiveNode; readonly right: NaiveNode } | null;
}

/** CART as the textbook has it, every question tried in float64; NaN stands below all numbers, of equals the first question wins. */
export function naiveTree(rows: readonly (readonly number[])[], y: readonly number[], classes: number, minLeaf: number): NaiveNode {
  const counts = countsOf(y, classes);
  let best: { score: number; feature: number; threshold: number } | null = null;
  if (counts.filter((count) => count > 0).length > 1) {
    for (let feature = 0; feature < rows[0].length; feature++) {
      const values = [...new Set(rows.map((row) => (Number.isNaN(row[feature]) ? Number.NEGATIVE_INFINITY : row[feature])))].sort(
        (a, b) => a - b,
      );
      for (let i = 1; i < values.length; i++) {
        const threshold = (values[i - 1] + values[i]) / 2;
        const sides = [false, true].map((right) =>
          countsOf(
            y.filter((_, r) => rows[r][feature] > threshold === right),
            classes,
          ),
        );
        if (sides.some((side) => total(side) < minLeaf)) continue;
        const score = sides.reduce((sum, side) => sum + side.reduce((squares, n) => squares + n * n, 0) / total(side), 0);
        if (best === null || score > best.score + 1e-9) best = { score, feature, threshold };
      }
    }
  }
  if (best === null) return { counts, split: null };
  const { feature, threshold } = best;
  const side = (right: boolean): NaiveNode => {
    const mine = rows.map((row) => row[feature] > threshold === right);
    return naiveTree(
      rows.filter((_, r) => mine[r]),
      y.filter((_, r) => mine[r]),
      classes,
      minLeaf,
    );
  };
  return { counts, split: { feature, threshold, left: side(false), right: side(true) } };
}

/** A drawing as `naiveTree` has it. */
export function asNaive({ counts, split }: TreeDrawing): NaiveNode {
  if (split === null) return { counts: [...counts], split: null };
  const { feature, threshold, left, right } = split;
  return {
    counts: [...counts],
    split: { feature, threshold: threshold ?? Number.NEGATIVE_INFINITY, left: asNaive(left), right: asNaive(right) },
  };
}

function countsOf(y: readonly number[], classes: number): number[] {
  return Array.from({ length: classes }, (_, k) => y.filter((of) => of === k).length);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
