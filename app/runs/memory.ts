import { formatBytes, formatCount, plural } from '../contract/format.ts';
import type { TrainRequest } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import type { Recipe } from '../features/types.ts';
import { depthOf } from '../learn/isolation/isolation-tree.ts';
import { isolationLayout } from '../learn/kernels/isolation-kernel.ts';
import { matrixBytes as valueBytes, MAX_BYTES } from '../learn/matrix.ts';
import { decisionTreeBytes, forestBytes } from '../learn/trees/memory.ts';
import type { LearningInput } from './sources.ts';

/*
 * How much memory runs need, estimated before it is asked for: what cannot fit is refused in words, and not found out by the machine grinding.
 * All are upper estimates, in bytes.
 */

/** A matrix that is to be made. */
export interface Shape {
  readonly rows: number;
  /** At most. */
  readonly columns: number;
}

/** What a clustering will work on. */
export interface Workload extends Shape {
  readonly method: 'kmeans' | 'gmm';
  readonly k: number;
  readonly threads: number;
}

/** Beside the matrix: ends, groups, times, bytes, a column as it is computed, labels, distances; of every row. */
const BYTES_BESIDE = 96;
/** A mixture keeps of every row its score, and whitened columns of what is under way. */
const BYTES_OF_MIXTURE = 16;
/** The program itself, and what a run hands over. */
const BYTES_OF_PROGRAM = 96 * 2 ** 20;

/** The matrix, and what it takes to make it. */
export function matrixBytes({ rows, columns }: Shape): number {
  return 4 * rows * columns + rows * BYTES_BESIDE + BYTES_OF_PROGRAM;
}

/** Bytes that a clustering needs at its largest. */
export function memoryNeeded({ rows, columns, method, k, threads }: Workload): number {
  // sums of every thread: k centres, or k triangles of scatter
  const sums = 8 * threads * k * (method === 'gmm' ? columns * columns : columns);
  return matrixBytes({ rows, columns }) + (method === 'gmm' ? rows * BYTES_OF_MIXTURE : 0) + sums;
}

/** What a training will work on. */
export interface TrainingWork extends Shape {
  readonly classes: number;
  readonly threads: number;
  readonly request: Pick<TrainRequest, 'model' | 'parameters' | 'folds' | 'tune'>;
}

/** Bytes that a training needs at its largest: matrix, its parts to learn from and to test with, the fit, and what is said of every row. */
export function trainingMemory({ rows, columns, classes, threads, request }: TrainingWork): number {
  const { model, folds, tune } = request;
  const largest = (name: string, usual: number | null): number | null => largestOf(request, name, usual);
  const maxDepth = largest('maxDepth', null);
  const part = 4 * rows * columns;
  const folded = folds > 0 || tune !== null ? part : 0;
  const answers = rows * classes * (4 + (folds > 0 ? 12 : 0));
  const fit =
    model === 'tree'
      ? decisionTreeBytes(rows, columns, classes, { maxDepth, threads })
      : forestBytes(rows, columns, classes, { nEstimators: largest('nEstimators', 100) ?? 100, maxDepth, threads, oobScore: true });
  return matrixBytes({ rows, columns }) + part + folded + answers + fit;
}

/** The most that a parameter can be, over everything that a search tries; null: as much as it likes. */
function largestOf({ parameters, tune }: TrainingWork['request'], name: string, usual: number | null): number | null {
  const tried = tune?.values[name] ?? [name in parameters ? parameters[name] : usual];
  const numbers = tried.filter((value) => typeof value === 'number');
  return numbers.length < tried.length ? null : Math.max(...numbers);
}

/** Bytes that putting rows through a model takes. `model`: bytes of its file; its trees are also laid out to be walked. */
export function predictionMemory({ rows, columns, classes, model }: Shape & { readonly classes: number; readonly model: number }): number {
  return matrixBytes({ rows, columns }) + rows * classes * 4 + 2 * model;
}

/** Bytes that a search for anomalies needs: a tree of depth d has 2^d questions and twice as many places. */
export function anomalyMemory({ rows, columns, trees, sample }: Shape & { readonly trees: number; readonly sample: number }): number {
  const places = 2 ** depthOf(Math.max(1, Math.min(sample, rows)));
  // a bit for every value that the log does not have; trees as they grow, and as threads walk them or ask their questions
  const known = Math.ceil(rows / 8) * columns;
  const forest = 2 * trees * places * 16 + 4 * sample * columns;
  // places among the thresholds, of one block of rows in eight; a tree may begin one more list of thresholds in every other column it asks
  const ranks = (rows / 8) * (columns + trees / 2 + 40);
  return matrixBytes({ rows, columns }) + known + rows * 16 + forest + Math.ceil(ranks);
}

/**
 * Trees as they are walked lie behind the matrix, in the 4 GiB that its memory can address: that they fit, before one is grown. `columns`: 0
 * where they are not known yet.
 * @throws FlowcaseError OUT_OF_MEMORY; details: needed, available (bytes), rows, columns
 */
export function checkTrees({ rows, columns }: Shape, { trees, sample }: { readonly trees: number; readonly sample: number }): void {
  const sampled = Math.max(1, Math.min(sample, rows));
  const values = valueBytes(rows, columns);
  const needed = values + isolationLayout({ rows, columns, trees, average: 0, depth: depthOf(sampled) }, 0).bytes;
  if (needed <= MAX_BYTES) return;
  throw new FlowcaseError(
    'OUT_OF_MEMORY',
    `${plural(trees, 'tree')}, each over ${plural(sampled, 'row')}, and the figures of ${plural(rows, 'row')} need ${formatBytes(needed)} of memory in one piece, which can have ${formatBytes(MAX_BYTES)}. Take fewer trees or a smaller sample.`,
    { needed, available: MAX_BYTES, rows, columns },
  );
}

/** Columns that a recipe can have over a table of so many, and no more than were asked for. */
export function columnsAtMost(recipe: Recipe, tableColumns: number, asked: readonly string[]): number {
  const open = 'families' in recipe && recipe.families.length > 0;
  const own = recipe.features.length + (open ? tableColumns : 0);
  return asked.length > 0 ? Math.min(own, asked.length) : own;
}

/** Bytes that may be used: the system's own figure where none is given. */
export function memoryFor({ availableMemory }: Pick<LearningInput<unknown>, 'availableMemory'>): number {
  return availableMemory ?? process.availableMemory();
}

/** Refuses what cannot fit, before it begins. @throws FlowcaseError OUT_OF_MEMORY */
export function checkMemory(work: Workload, available: number, noun: string): void {
  refuseBeyond(memoryNeeded(work), available, work, `Grouping ${plural(work.rows, noun)} by ${formatCount(work.columns)} features`);
}

/** As `checkMemory`, of a training. @throws FlowcaseError OUT_OF_MEMORY */
export function checkTraining(work: TrainingWork, available: number, noun: string): void {
  const doing = `Training a ${work.request.model} on ${plural(work.rows, noun)} by ${formatCount(work.columns)} features`;
  const smaller = work.request.model === 'tree' ? 'limit its depth' : 'limit the depth of its trees or take fewer';
  refuseBeyond(trainingMemory(work), available, work, doing, smaller);
}

/**
 * `doing`: what needs the memory, as the beginning of a sentence; `smaller`: what else would help.
 * @throws FlowcaseError OUT_OF_MEMORY; details: needed, available (bytes), rows, columns
 */
export function refuseBeyond(needed: number, available: number, { rows, columns }: Shape, doing: string, smaller?: string): void {
  if (needed <= available) return;
  const help = ['Narrow the filter', 'choose fewer features', ...(smaller === undefined ? [] : [smaller])].join(', ');
  throw new FlowcaseError(
    'OUT_OF_MEMORY',
    `${doing} can need up to ${formatBytes(needed)} of memory, and ${formatBytes(available)} are free. ${help}, or close other programs.`,
    { needed, available, rows, columns },
  );
}
