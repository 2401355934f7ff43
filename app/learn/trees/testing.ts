import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';
import { DecisionTree, type DecisionTreeParameters } from './decision-tree.ts';
import type { TreeDrawing } from './describe.ts';

export interface Labelled {
  /** NaN where a value is absent. */
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
 * The same with absent values in all columns but the last two: in each column a class of its own lacks them three times as often as others do.
 * `share`: of the others' values.
 */
export function lacking({ values, y, classes }: Labelled, share: number, seed: number): Labelled {
  const random = new Random(seed);
  const columns = values.length / y.length;
  const fewer = values.map((value, at) => {
    const [row, c] = [Math.floor(at / columns), at % columns];
    return random.float() < (c >= columns - 2 ? 0 : y[row] === c % classes ? 3 * share : share) ? Number.NaN : value;
  });
  return { matrix: Matrix.fromRows(fewer, columns), values: fewer, y, classes };
}

/**
 * Trees over 240 rows of `blobs`, `absent` of them lacking (see there), so that every distinct value has a code, in which no two questions are equally good: seeds and settings
 * were tried until scikit-learn gave the same tree in whatever order it looked at the columns.
 */
export const untied: readonly {
  readonly seed: number;
  readonly absent?: number;
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
  { seed: 4, absent: 0.1, ours: { minSamplesLeaf: 9 }, theirs: { min_samples_leaf: 9 } },
  { seed: 5, absent: 0.1, ours: { minSamplesLeaf: 6, maxDepth: 4 }, theirs: { min_samples_leaf: 6, max_depth: 4 } },
  { seed: 1, absent: 0.1, ours: { minSamplesLeaf: 9, criterion: 'entropy' }, theirs: { min_samples_leaf: 9, criterion: 'entropy' } },
  // so many are absent that trees ask whether there is a value
  { seed: 2, absent: 0.32, ours: { minSamplesLeaf: 9, maxDepth: 3 }, theirs: { min_samples_leaf: 9, max_depth: 3 } },
  {
    seed: 1,
    absent: 0.32,
    ours: { minSamplesLeaf: 9, maxDepth: 3, classWeight: 'balanced' },
    theirs: { min_samples_leaf: 9, max_depth: 3, class_weight: 'balanced' },
  },
];

export function untiedRows({ seed, absent = 0 }: { readonly seed: number; readonly absent?: number }): Labelled {
  const whole = blobs(240, 6, 3, seed);
  return absent === 0 ? whole : lacking(whole, absent, seed);
}

/** Rows to ask about: many values are absent, in every column. */
export function holedRows(seed: number): Labelled {
  const { values, ...others } = blobs(200, 6, 3, seed + 1000);
  const random = new Random(seed);
  const holed = values.map((value) => (random.float() < 0.3 ? Number.NaN : value));
  return { ...others, matrix: Matrix.fromRows(holed, 6), values: holed };
}

/** What bench/learn/jobs/trees.py finds. */
export interface PeerTree {
  readonly stable: boolean;
  readonly feature: readonly number[];
  /** 0 in leaves, and where "is it absent?" is asked. */
  readonly threshold: readonly number[];
  /** Where absent values go: 'left', 'right', in leaves ''. */
  readonly absent: readonly string[];
  readonly impurity: readonly number[];
  readonly rows: readonly number[];
  readonly importances: readonly number[];
  readonly shares: readonly number[];
  /** Of `holedRows`. */
  readonly holedShares: readonly number[];
  readonly alphas: readonly number[];
  readonly impurities: readonly number[];
  readonly leaves: readonly number[];
}

/** Ours in the peer's shape; always stable. */
export async function inPeerShape({
  ours: parameters,
  ...rows
}: {
  readonly seed: number;
  readonly absent?: number;
  readonly ours: DecisionTreeParameters;
}): Promise<PeerTree> {
  const { matrix, y, classes } = untiedRows(rows);
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
    absent: nodes.map(({ split }) => split?.absent ?? ''),
    impurity: nodes.map(({ impurity }) => impurity),
    rows: nodes.map(({ rows }) => rows),
    importances: [...model.featureImportances_],
    shares: [...(await model.predictProba(matrix))],
    holedShares: [...(await model.predictProba(holedRows(rows.seed).matrix))],
    alphas: path.ccpAlphas,
    impurities: path.impurities,
    leaves,
  };
}

/**
 * What has to be the same, and what nearly so. Where none was absent absent values go to the heavier side, which the peer finds by counting rows:
 * where classes weigh differently it is another one here.
 */
export function comparedFigures({ ours: { classWeight } }: (typeof untied)[number]): {
  readonly same: readonly ('feature' | 'threshold' | 'absent' | 'rows' | 'leaves')[];
  readonly near: readonly ('shares' | 'holedShares')[];
} {
  const weighted = classWeight !== undefined;
  return {
    same: ['feature', 'threshold', 'rows', 'leaves', ...(weighted ? [] : (['absent'] as const))],
    near: ['shares', ...(weighted ? [] : (['holedShares'] as const))],
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
  readonly split: (NaiveQuestion & { readonly left: NaiveNode; readonly right: NaiveNode }) | null;
}

interface NaiveQuestion {
  readonly feature: number;
  readonly threshold: number;
  readonly absent: 'left' | 'right';
}

/** CART as the textbook has it, every question tried in float64, with absent values (NaN) on either side; of equals the first question wins. */
export function naiveTree(rows: readonly (readonly number[])[], y: readonly number[], classes: number, minLeaf: number): NaiveNode {
  const counts = countsOf(y, classes);
  let best: (NaiveQuestion & { score: number }) | null = null;
  const sidesOf = (question: NaiveQuestion): number[][] =>
    [false, true].map((right) =>
      countsOf(
        y.filter((_, r) => goesRight(rows[r], question) === right),
        classes,
      ),
    );
  if (counts.filter((count) => count > 0).length > 1) {
    for (let feature = 0; feature < rows[0].length; feature++) {
      for (const asked of naiveQuestions(rows, feature)) {
        const sides = sidesOf(asked);
        if (sides.some((side) => total(side) < minLeaf)) continue;
        const score = sides.reduce((sum, side) => sum + side.reduce((squares, n) => squares + n * n, 0) / total(side), 0);
        const heavier = total(sides[0]) > total(sides[1]) ? 'left' : 'right';
        const seen = rows.some((row) => Number.isNaN(row[feature]));
        if (best === null || score > best.score + 1e-9) best = { ...asked, absent: seen ? asked.absent : heavier, score };
      }
    }
  }
  if (best === null) return { counts, split: null };
  const { feature, threshold, absent } = best;
  const side = (right: boolean): NaiveNode => {
    const mine = rows.map((row) => goesRight(row, { feature, threshold, absent }) === right);
    return naiveTree(
      rows.filter((_, r) => mine[r]),
      y.filter((_, r) => mine[r]),
      classes,
      minLeaf,
    );
  };
  return { counts, split: { feature, threshold, absent, left: side(false), right: side(true) } };
}

/** Of a column with absent values: thresholds with them on the right, whether there is a value, thresholds with them on the left. */
function naiveQuestions(rows: readonly (readonly number[])[], feature: number): readonly NaiveQuestion[] {
  const there = [...new Set(rows.map((row) => row[feature]).filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
  const thresholds = there.slice(1).map((value, i) => (there[i] + value) / 2);
  const asked = (absent: 'left' | 'right'): NaiveQuestion[] => thresholds.map((threshold) => ({ feature, threshold, absent }));
  if (there.length === 0 || !rows.some((row) => Number.isNaN(row[feature]))) return asked('left');
  return [...asked('right'), { feature, threshold: Number.NEGATIVE_INFINITY, absent: 'left' }, ...asked('left')];
}

function goesRight(row: readonly number[], { feature, threshold, absent }: NaiveQuestion): boolean {
  return Number.isNaN(row[feature]) ? absent === 'right' : row[feature] > threshold;
}

/** A drawing as `naiveTree` has it. */
export function asNaive({ counts, split }: TreeDrawing): NaiveNode {
  if (split === null) return { counts: [...counts], split: null };
  const { feature, threshold, absent, left, right } = split;
  return {
    counts: [...counts],
    split: { feature, threshold: threshold ?? Number.NEGATIVE_INFINITY, absent, left: asNaive(left), right: asNaive(right) },
  };
}

function countsOf(y: readonly number[], classes: number): number[] {
  return Array.from({ length: classes }, (_, k) => y.filter((of) => of === k).length);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
