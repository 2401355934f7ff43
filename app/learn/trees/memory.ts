import { CODES } from './bins.ts';
import { MANY_CLASSES, NODE_WORDS } from './packed-trees.ts';
import { wideLimits } from './wide-tree.ts';
import { slotLength } from '../kernels/tree-kernel.ts';

/** How large what is learned gets. */
export interface TreeSize {
  readonly nEstimators?: number;
  readonly maxDepth?: number | null;
  /** Threads that learn. */
  readonly threads?: number;
  readonly oobScore?: boolean;
}

/** Column, threshold, side of absent values and child of a node, and the packed node. */
const NODE_BYTES = 4 + 8 + 1 + 4 + NODE_WORDS * 4;
/** Trees that were grown until nothing is left to divide have about a leaf for so many rows where classes are mere chance; else far fewer. */
const ROWS_A_LEAF = 4;

/**
 * Bytes that fitting a forest takes beside the matrix, at its peak: bins, what each thread works with, and the trees, estimated for classes
 * that the features hardly tell. `rows`: those with a class; where others have none, the rows with one are copied first (not included).
 */
export function forestBytes(
  rows: number,
  columns: number,
  classes: number,
  { nEstimators = 100, maxDepth = null, threads = 1, oobScore = false }: TreeSize = {},
): number {
  const thread = rows * (4 * 4 + 2) + CODES * classes * 4;
  const outOfBag = oobScore ? nEstimators * Math.ceil(rows / 32) * 4 + rows * (classes * 4 + 2) : 0;
  return binBytes(rows, columns) + threads * thread + nEstimators * treeBytes(rows, classes, maxDepth) + outOfBag;
}

/** The same of a decision tree. */
export function decisionTreeBytes(rows: number, columns: number, classes: number, { maxDepth = null, threads = 1 }: TreeSize = {}): number {
  const { slots } = wideLimits(rows, columns, classes, columns);
  const histograms = slots * slotLength(columns, classes) * 4;
  return binBytes(rows, columns) + rows * 4 * 4 + histograms + threads * CODES * classes * 4 + 2 * treeBytes(rows, classes, maxDepth);
}

function binBytes(rows: number, columns: number): number {
  return rows * (columns + 2) + columns * CODES * 8;
}

function treeBytes(rows: number, classes: number, maxDepth: number | null): number {
  const leaves = Math.min(2 ** (maxDepth ?? Number.POSITIVE_INFINITY), Math.ceil(rows / ROWS_A_LEAF));
  // a leaf has no more classes than rows
  const entries = Math.min(leaves * classes, rows);
  const shares = classes < MANY_CLASSES ? leaves * classes * 4 : entries * 6 + leaves * 4;
  return 2 * leaves * NODE_BYTES + leaves * 4 + entries * 6 + shares;
}
