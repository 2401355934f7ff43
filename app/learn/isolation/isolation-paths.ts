import { treeBytes } from '../kernels/isolation-kernel.ts';
import { BLOCK } from '../matrix.ts';
import { averagePathLength, NO_QUESTION, type IsolationTrees } from './isolation-tree.ts';

/** Told of every question on a row's path: which column, and how many rows of the sample were there before and after it. */
export type OnQuestion = (column: number, before: number, after: number) => void;

/**
 * How long a row's path down one tree is: the questions it was asked, and c(n) for the n rows of the sample that it was not told apart from.
 * This is the plain twin of the kernel.
 * @param row the row's values, by column
 */
export function pathLength(
  { depth, features, thresholds, samples }: IsolationTrees,
  tree: number,
  row: Float32Array,
  onQuestion?: OnQuestion,
): number {
  const questionsFrom = tree * (2 ** depth - 1);
  const samplesFrom = tree * (2 ** (depth + 1) - 1);
  let place = 0;
  for (let level = 0; ; level++) {
    const rows = samples[samplesFrom + place];
    const column = level === depth ? NO_QUESTION : features[questionsFrom + place];
    if (column === NO_QUESTION) return level + averagePathLength(rows);
    place = 2 * place + (row[column] > thresholds[questionsFrom + place] ? 2 : 1);
    onQuestion?.(column, rows, samples[samplesFrom + place]);
  }
}

/**
 * Adds to `gains` (by column) what each column did to isolate a row in one tree: for every question on its path, c(before) - 1 - c(after), the
 * questions that were expected to be needed before it, less the one asked, less those expected after it. Columns that lead a row into small
 * company early gain; those that keep it in the crowd lose. Their sum is c(sample) - path length, exactly.
 *
 * The idea of following a prediction down its path and giving each step's change to its column is Saabas' (2014, "Interpreting random
 * forests"); here what changes is Liu, Ting and Zhou's expected path length.
 */
export function addGains(trees: IsolationTrees, tree: number, row: Float32Array, gains: Float64Array): void {
  pathLength(trees, tree, row, (column, before, after) => {
    gains[column] += averagePathLength(before) - 1 - averagePathLength(after);
  });
}

/** Writes trees to where the kernel reads them (isolation-module.ts has the layout). */
export function packTrees({ trees, depth, features, thresholds, samples }: IsolationTrees, buffer: ArrayBufferLike, start: number): void {
  const bytes = treeBytes(depth);
  const width = 2 ** depth;
  for (let tree = 0; tree < trees; tree++) {
    const questionsFrom = tree * (width - 1);
    const samplesFrom = tree * (2 * width - 1);
    const columns = new Uint32Array(buffer, start + tree * bytes, 2 * width);
    const bounds = new Float32Array(buffer, start + tree * bytes, 2 * width);
    const paths = new Float64Array(buffer, start + tree * bytes + 8 * width, width);
    /** Entry k is place k - 1. `end`: the path's length where it has ended above. */
    const pack = (entry: number, level: number, ended: number | null): void => {
      const place = entry - 1;
      const question = level === depth ? NO_QUESTION : features[questionsFrom + place];
      const end = ended ?? (question === NO_QUESTION ? level + averagePathLength(samples[samplesFrom + place]) : null);
      if (level === depth) {
        paths[entry - width] = end ?? 0;
        return;
      }
      columns[2 * entry] = Math.max(0, question) * BLOCK * Float32Array.BYTES_PER_ELEMENT;
      bounds[2 * entry + 1] = end === null ? thresholds[questionsFrom + place] : Number.POSITIVE_INFINITY;
      pack(2 * entry, level + 1, end);
      pack(2 * entry + 1, level + 1, end);
    };
    pack(1, 0, null);
  }
}
