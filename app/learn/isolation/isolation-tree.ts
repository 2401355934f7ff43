import type { Random } from '../../shared/random.ts';

/** Euler's constant. */
const GAMMA = 0.577_215_664_901_532_9;

/**
 * c(n) of the paper: the average path length of an unsuccessful search in a binary search tree of n entries, which is how many more questions
 * n rows that were not told apart would have taken.
 */
export function averagePathLength(rows: number): number {
  if (rows <= 1) return 0;
  if (rows === 2) return 1;
  return 2 * (Math.log(rows - 1) + GAMMA) - (2 * (rows - 1)) / rows;
}

/** Levels of questions of a tree over a sample: the height at which it is cut. */
export function depthOf(sample: number): number {
  return Math.ceil(Math.log2(Math.max(2, sample)));
}

/** Of a node without a question: a leaf, or a place below one. */
export const NO_QUESTION = -1;

/**
 * Isolation trees as flat arrays, one after the other. A tree of depth d has 2^(d + 1) - 1 places, the root first, those of the next level
 * behind; the children of place i are 2i + 1 (values up to the threshold) and 2i + 2. Places below a leaf are empty.
 */
export interface IsolationTrees {
  readonly trees: number;
  readonly depth: number;
  /** 2^d - 1 a tree: column, or NO_QUESTION. */
  readonly features: Int32Array;
  /** 2^d - 1 a tree; 0 without a question. */
  readonly thresholds: Float32Array;
  /** 2^(d + 1) - 1 a tree: rows of the sample that came here. */
  readonly samples: Uint32Array;
}

export function emptyTrees(trees: number, depth: number): IsolationTrees {
  const questions = trees * (2 ** depth - 1);
  return {
    trees,
    depth,
    features: new Int32Array(questions).fill(NO_QUESTION),
    thresholds: new Float32Array(questions),
    samples: new Uint32Array(trees * (2 ** (depth + 1) - 1)),
  };
}

/**
 * Grows one tree (iForest's iTree): a random column among those in which the rows differ, a random threshold between their least and their
 * greatest value, until a row is alone, all are alike, or the depth is reached.
 * @param sample the sampled rows, row by row, `columns` wide
 */
export function growTree(into: IsolationTrees, tree: number, sample: Float32Array, columns: number, random: Random): void {
  const { depth, features, thresholds, samples } = into;
  const questionsFrom = tree * (2 ** depth - 1);
  const samplesFrom = tree * (2 ** (depth + 1) - 1);
  const rows = Uint32Array.from({ length: sample.length / columns }, (_, row) => row);
  const order = Uint32Array.from({ length: columns }, (_, column) => column);
  const grow = (place: number, level: number, from: number, to: number): void => {
    samples[samplesFrom + place] = to - from;
    if (level === depth || to - from <= 1) return;
    const split = drawSplit(sample, columns, rows.subarray(from, to), order, random);
    if (split === null) return;
    features[questionsFrom + place] = split.column;
    thresholds[questionsFrom + place] = split.threshold;
    let middle = from;
    for (let i = from; i < to; i++) {
      if (sample[rows[i] * columns + split.column] > split.threshold) continue;
      const row = rows[i];
      rows[i] = rows[middle];
      rows[middle++] = row;
    }
    grow(2 * place + 1, level + 1, from, middle);
    grow(2 * place + 2, level + 1, middle, to);
  };
  grow(0, 0, 0, rows.length);
}

/** Columns are drawn without repetition until one is not constant; null where all are. `order`: every column, in any order. */
function drawSplit(
  sample: Float32Array,
  columns: number,
  rows: Uint32Array,
  order: Uint32Array,
  random: Random,
): { readonly column: number; readonly threshold: number } | null {
  for (let left = columns; left > 0; left--) {
    const drawn = random.below(left);
    const column = order[drawn];
    order[drawn] = order[left - 1];
    order[left - 1] = column;
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of rows) {
      const value = sample[row * columns + column];
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    if (least === greatest) continue;
    const threshold = Math.fround(least + random.float() * (greatest - least));
    // Rounding may reach the greatest value, and then nobody would go right.
    return { column, threshold: threshold < greatest ? threshold : least };
  }
  return null;
}
