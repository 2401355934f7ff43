import { answersLayout } from '../kernels/isolation-answers-kernel.ts';
import { isolationLayout, isolationSegments, type IsolationShape } from '../kernels/isolation-kernel.ts';
import type { Matrix } from '../matrix.ts';
import { unwatched, type Pace } from '../pace.ts';
import type { Means } from '../types.ts';
import { Work } from '../work.ts';
import { packTrees } from './isolation-paths.ts';
import { forestQuestions, type ForestQuestions } from './isolation-questions.ts';
import { averagePathLength, type IsolationTrees } from './isolation-tree.ts';
import { packForest } from './pack-questions.ts';

/** Fewer rows are scored sooner than the questions are listed. */
const ENOUGH_ROWS = 16_384;

export interface ScoredRows {
  readonly scores: Float32Array;
  /** False where the matrix holds NaN or infinity: then the scores are of nothing. */
  readonly finite: boolean;
}

/**
 * Row → score, in the way that is the shorter for these trees and so many rows; the same to the last bit in both. `sampled`: rows that a tree
 * was grown from. @throws FlowcaseError OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function scoreRows(trees: IsolationTrees, sampled: number, matrix: Matrix, means: Means): Promise<ScoredRows> {
  const questions = matrix.rows < ENOUGH_ROWS ? null : forestQuestions(trees, matrix.columns);
  return questions === null ? scoreByWalking(trees, sampled, matrix, means) : scoreByAnswers(questions, sampled, matrix, means);
}

/** Every row goes down every tree on its own: whatever the trees are like. */
export async function scoreByWalking(
  trees: IsolationTrees,
  sampled: number,
  matrix: Matrix,
  { pace = unwatched(), pool = null }: Means = {},
): Promise<ScoredRows> {
  const shape = { ...shapeOf(matrix, trees.trees, sampled), depth: trees.depth };
  const layout = isolationLayout(shape, matrix.reserve(isolationLayout(shape, 0).bytes));
  packTrees(trees, matrix.memory.buffer, layout.forest);
  return scored(new Work('isolation', { layout, memory: matrix.memory }, pace, pool), layout, matrix, pace);
}

/** All questions are asked of all rows together (isolation-answers-module.ts). */
export async function scoreByAnswers(
  questions: ForestQuestions,
  sampled: number,
  matrix: Matrix,
  { pace = unwatched(), pool = null }: Means = {},
): Promise<ScoredRows> {
  const shape = shapeOf(matrix, questions.trees.length, sampled);
  const forest = packForest(questions, matrix.rows);
  const layout = answersLayout(shape, forest, matrix.reserve(answersLayout(shape, forest, 0).bytes));
  new Uint8Array(matrix.memory.buffer).set(forest.bytes, layout.forest);
  return scored(new Work('isolationAnswers', { layout, memory: matrix.memory }, pace, pool), layout, matrix, pace);
}

function shapeOf({ rows, columns }: Matrix, trees: number, sampled: number): Omit<IsolationShape, 'scores'> {
  return { rows, columns, trees, average: averagePathLength(sampled) };
}

async function scored(
  work: Work<'isolation' | 'isolationAnswers'>,
  { scores, rows }: IsolationShape,
  matrix: Matrix,
  pace: Pace,
): Promise<ScoredRows> {
  const segments = isolationSegments(rows);
  try {
    const found = await work.round(segments, null, (done) => pace.progress.report(done, segments, 'parts', 'scoring'));
    return { scores: new Float32Array(matrix.memory.buffer, scores, rows).slice(), finite: !found.includes(true) };
  } finally {
    work.close();
  }
}
