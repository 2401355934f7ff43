import { allFinite, BLOCK } from '../matrix.ts';
import { BLOCKS_AT_ONCE, isolationModule, ROWS_AT_ONCE } from './isolation-module.ts';
import type { Kernel } from './kernel.ts';

/** Rows of a block: their values stay in the cache while one tree after the other is walked, and there are enough of them for a tree's first levels, which are loaded anew for each block, to cost little. */
export const BLOCK_ROWS = 1024;
const SEGMENT_BLOCKS = 8;
const SEGMENT_ROWS = BLOCK_ROWS * SEGMENT_BLOCKS;

export function isolationSegments(rows: number): number {
  return Math.ceil(rows / SEGMENT_ROWS);
}

/** What is scored, and where the scores go. */
export interface IsolationShape {
  readonly rows: number;
  readonly columns: number;
  readonly trees: number;
  /** The average path length of a tree's sample, c(n): what path lengths are measured with; 0 where one row was sampled. */
  readonly average: number;
  /** Float32 a row. */
  readonly scores: number;
}

/** Where everything of one scoring lies behind the matrix, in bytes. The same for every number of threads. */
export interface IsolationLayout extends IsolationShape {
  readonly depth: number;
  /** Trees one after the other, as isolation-module.ts reads them. */
  readonly forest: number;
  /** Float64, BLOCK_ROWS a segment. */
  readonly sums: number;
  /** Bytes from the start of the reserved room to its end. */
  readonly bytes: number;
}

export function isolationLayout(shape: Omit<IsolationShape, 'scores'> & { readonly depth: number }, start: number): IsolationLayout {
  // The last group of rows may be read beyond the values: what lies there is room of our own.
  const forest = start;
  const sums =
    forest + shape.trees * treeBytes(shape.depth) + shape.columns * (BLOCKS_AT_ONCE - 1) * BLOCK * Float32Array.BYTES_PER_ELEMENT;
  const scores = sums + isolationSegments(shape.rows) * BLOCK_ROWS * Float64Array.BYTES_PER_ELEMENT;
  return { ...shape, forest, sums, scores, bytes: scores + shape.rows * Float32Array.BYTES_PER_ELEMENT - start };
}

export function treeBytes(depth: number): number {
  return 8 * 2 ** (depth + 1);
}

type Walk = (x: number, tree: number, sums: number, groups: number, stride: number) => void;

const modules = new Map<number, WebAssembly.Module>();

export interface IsolationSetup {
  readonly layout: IsolationLayout;
  readonly memory: WebAssembly.Memory;
}

/** Scores rows, each of which goes down every tree on its own. */
export function isolationKernel({ layout, memory }: IsolationSetup): Kernel<null, true | undefined> {
  const module = modules.get(layout.depth) ?? new WebAssembly.Module(isolationModule(layout.depth));
  modules.set(layout.depth, module);
  const walk = new WebAssembly.Instance(module, { env: { memory } }).exports['walk'] as Walk;
  const { rows, columns, trees, depth } = layout;
  const values = matrixValues(memory, rows, columns);
  const stride = columns * BLOCK * Float32Array.BYTES_PER_ELEMENT;
  return segmentKernel(layout, memory, (segment) => {
    const sums = layout.sums + segment * BLOCK_ROWS * Float64Array.BYTES_PER_ELEMENT;
    return {
      sums,
      add(row, count) {
        if (!finiteRows(values, row, count, columns)) return false;
        const groups = Math.ceil(count / ROWS_AT_ONCE);
        for (let tree = 0; tree < trees; tree++) {
          walk((row / BLOCK) * stride, layout.forest + tree * treeBytes(depth), sums, groups, stride);
        }
        return true;
      },
    };
  });
}

export function matrixValues(memory: WebAssembly.Memory, rows: number, columns: number): Float32Array {
  return new Float32Array(memory.buffer, 0, Math.ceil(rows / BLOCK) * BLOCK * columns);
}

/** Whether `count` rows from `row` on, a multiple of BLOCK, are finite. */
export function finiteRows(values: Float32Array, row: number, count: number, columns: number): boolean {
  return allFinite(values, row * columns, Math.ceil(count / BLOCK) * BLOCK * columns);
}

/** How a kernel takes the blocks of one segment. */
interface Adding {
  /** Float64, BLOCK_ROWS: where sums are. */
  readonly sums: number;
  /** Adds to them the lengths of the paths of `count` rows from `row` on, in the order of the trees; false where a value is not finite. */
  add(row: number, count: number): boolean;
}

/**
 * Scores rows: segment by segment, block by block, every row down every tree, in the order of the trees. Gives true of a segment that holds NaN
 * or infinity (and leaves off there): looked for here, where the values are about to be read anyway, that costs next to nothing.
 */
export function segmentKernel(
  { rows, trees, average, scores: scoresAt }: IsolationShape,
  memory: WebAssembly.Memory,
  adding: (segment: number) => Adding,
): Kernel<null, true | undefined> {
  const scores = new Float32Array(memory.buffer, scoresAt, rows);
  return {
    run(segment, _, stopped) {
      const { sums: at, add } = adding(segment);
      const sums = new Float64Array(memory.buffer, at, BLOCK_ROWS);
      const end = Math.min(rows, (segment + 1) * SEGMENT_ROWS);
      for (let first = segment * SEGMENT_ROWS; first < end && !stopped(); first += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, end - first);
        sums.fill(0);
        if (!add(first, count)) return true;
        for (let i = 0; i < count; i++) scores[first + i] = isolationScore(sums[i], trees, average);
      }
      return undefined;
    },
  };
}

/** The paper's score of a row: 2^(-E[h] / c(n)). Where one row alone was sampled nothing is to be isolated: 0.5, as in scikit-learn. */
export function isolationScore(sum: number, trees: number, average: number): number {
  return average === 0 ? 0.5 : 2 ** (-sum / (trees * average));
}
