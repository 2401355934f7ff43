import { BLOCK } from '../matrix.ts';
import { isolationAnswersModule, ROWS_TOGETHER } from './isolation-answers-module.ts';
import { BLOCK_ROWS, finiteRows, isolationSegments, matrixValues, segmentKernel, type IsolationShape } from './isolation-kernel.ts';
import type { Kernel } from './kernel.ts';

/** Where a tree's questions and lengths lie, and how many of its questions are ends. */
export interface PackedTree {
  readonly questions: number;
  readonly ends: number;
  readonly others: number;
  readonly lengths: number;
}

/** Which column is ranked, and where what is said of it lies. */
export interface PackedRanking {
  readonly column: number;
  readonly scale: number;
}

/** A forest as isolation-answers-module.ts reads it. */
export interface PackedForest {
  readonly bytes: Uint8Array;
  /** Where everything lies in `bytes`. */
  readonly rankings: readonly PackedRanking[];
  readonly trees: readonly PackedTree[];
  /** The most lengths that a tree knows, and the most questions that it asks. */
  readonly lengths: number;
  readonly questions: number;
}

/** Where everything of one scoring lies behind the matrix, in bytes. The same for every number of threads. */
export interface AnswersLayout extends IsolationShape {
  /** As packForest gives it; its places count from here. */
  readonly forest: number;
  /** Lengths, answers, ranks and sums of BLOCK_ROWS rows, for each segment. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** The most lengths of a tree: answers lie behind them. */
  readonly lengths: number;
  readonly rankings: readonly PackedRanking[];
  readonly packed: readonly PackedTree[];
  readonly bytes: number;
}

export function answersLayout(shape: Omit<IsolationShape, 'scores'>, forest: PackedForest, start: number): AnswersLayout {
  const { lengths, questions, rankings, trees: packed } = forest;
  const results = ROWS_TOGETHER * (lengths + questions);
  const scratchBytes = results + BLOCK_ROWS * (rankings.length + Float64Array.BYTES_PER_ELEMENT);
  const scratch = start + Math.ceil(forest.bytes.length / 64) * 64;
  const scores = scratch + isolationSegments(shape.rows) * scratchBytes;
  // The last rows are read to the end of their group: what lies there is room of our own, and large enough (ranks, and more).
  const bytes = scores + shape.rows * Float32Array.BYTES_PER_ELEMENT - start;
  return { ...shape, forest: start, scratch, scratchBytes, lengths, rankings, packed, scores, bytes };
}

type Rank = (x: number, ranks: number, groups: number, stride: number, ranksStride: number, column: number) => number;
type Answer = (
  ranks: number,
  questions: number,
  ends: number,
  others: number,
  results: number,
  first: number,
  lengths: number,
  sums: number,
  groups: number,
  stride: number,
) => void;

let compiled: WebAssembly.Module | null = null;

/** Scores rows as isolationKernel does, to the same bit, in trees of few questions. */
export function isolationAnswersKernel({
  layout,
  memory,
}: {
  readonly layout: AnswersLayout;
  readonly memory: WebAssembly.Memory;
}): Kernel<null, true | undefined> {
  compiled ??= new WebAssembly.Module(isolationAnswersModule());
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const rank = exports['rank'] as Rank;
  const answer = exports['answer'] as Answer;
  const { rows, columns, forest, lengths, rankings, packed } = layout;
  const values = matrixValues(memory, rows, columns);
  const stride = columns * BLOCK * Float32Array.BYTES_PER_ELEMENT;
  const ranksStride = rankings.length * ROWS_TOGETHER;
  const numbered = new Uint8Array(ROWS_TOGETHER * lengths).map((_, at) => Math.floor(at / ROWS_TOGETHER));
  return segmentKernel(layout, memory, (segment) => {
    const results = layout.scratch + segment * layout.scratchBytes;
    const first = results + numbered.length;
    const sums = results + layout.scratchBytes - BLOCK_ROWS * Float64Array.BYTES_PER_ELEMENT;
    const ranks = sums - BLOCK_ROWS * rankings.length;
    new Uint8Array(memory.buffer, results, numbered.length).set(numbered);
    return {
      sums,
      add(row, count) {
        // Behind the last rows lies what nobody needs to be finite.
        let finite = count === BLOCK_ROWS || finiteRows(values, row, count, columns);
        const groups = Math.ceil(count / ROWS_TOGETHER);
        rankings.forEach(({ column, scale }, number) => {
          const x = (row / BLOCK) * stride + column * BLOCK * Float32Array.BYTES_PER_ELEMENT;
          const all = rank(x, ranks + number * ROWS_TOGETHER, groups, stride, ranksStride, forest + scale);
          if (all === 0 && count === BLOCK_ROWS) finite = false;
        });
        if (!finite) return false;
        for (const tree of packed) {
          const questions = forest + tree.questions;
          answer(ranks, questions, tree.ends, tree.others, results, first, forest + tree.lengths, sums, groups, ranksStride);
        }
        return true;
      },
    };
  });
}
