import { allFinite, BLOCK } from '../matrix.ts';
import { BLOCKS_AT_ONCE, isolationModule, ROWS_AT_ONCE } from './isolation-module.ts';
import type { Kernel } from './kernel.ts';

/** Rows of a block: their values stay in the cache while one tree after the other is walked, and there are enough of them for a tree's first levels, which are loaded anew for each block, to cost little. */
export const BLOCK_ROWS = 1024;
const SEGMENT_BLOCKS = 8;
const SEGMENT_ROWS = BLOCK_ROWS * SEGMENT_BLOCKS;

/** Where everything of one scoring lies behind the matrix, in bytes. The same for every number of threads. */
export interface IsolationLayout {
  readonly rows: number;
  readonly columns: number;
  readonly trees: number;
  readonly depth: number;
  /** The average path length of a tree's sample, c(n): what path lengths are measured with; 0 where one row was sampled. */
  readonly average: number;
  readonly segments: number;
  /** Trees one after the other, as isolation-module.ts reads them. */
  readonly forest: number;
  /** Float64, BLOCK_ROWS a segment. */
  readonly sums: number;
  /** Float32 a row. */
  readonly scores: number;
  /** Bytes from the start of the reserved room to its end. */
  readonly bytes: number;
}

export function isolationLayout(
  shape: Pick<IsolationLayout, 'rows' | 'columns' | 'trees' | 'depth' | 'average'>,
  start: number,
): IsolationLayout {
  const segments = Math.ceil(shape.rows / SEGMENT_ROWS);
  // The last group of rows may be read beyond the values: what lies there is room of our own.
  const forest = start;
  const sums =
    forest + shape.trees * treeBytes(shape.depth) + shape.columns * (BLOCKS_AT_ONCE - 1) * BLOCK * Float32Array.BYTES_PER_ELEMENT;
  const scores = sums + segments * BLOCK_ROWS * Float64Array.BYTES_PER_ELEMENT;
  return { ...shape, segments, forest, sums, scores, bytes: scores + shape.rows * Float32Array.BYTES_PER_ELEMENT - start };
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

/**
 * Scores rows: segment by segment, every row down every tree, in the order of the trees. Gives true of a segment that holds NaN or infinity
 * (and leaves off there): looked for here, where the values are about to be read anyway, that costs next to nothing.
 */
export function isolationKernel({ layout, memory }: IsolationSetup): Kernel<null, true | undefined> {
  const module = modules.get(layout.depth) ?? new WebAssembly.Module(isolationModule(layout.depth));
  modules.set(layout.depth, module);
  const walk = new WebAssembly.Instance(module, { env: { memory } }).exports['walk'] as Walk;
  const { rows, columns, trees, depth, average } = layout;
  const stride = columns * BLOCK * Float32Array.BYTES_PER_ELEMENT;
  const scores = new Float32Array(memory.buffer, layout.scores, rows);
  const values = new Float32Array(memory.buffer, 0, Math.ceil(rows / BLOCK) * BLOCK * columns);
  return {
    run(segment, _, stopped) {
      const at = layout.sums + segment * BLOCK_ROWS * Float64Array.BYTES_PER_ELEMENT;
      const sums = new Float64Array(memory.buffer, at, BLOCK_ROWS);
      const end = Math.min(rows, (segment + 1) * SEGMENT_ROWS);
      for (let first = segment * SEGMENT_ROWS; first < end && !stopped(); first += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, end - first);
        const groups = Math.ceil(count / ROWS_AT_ONCE);
        if (!allFinite(values, first * columns, Math.ceil(count / BLOCK) * BLOCK * columns)) return true;
        sums.fill(0);
        for (let tree = 0; tree < trees; tree++) {
          walk((first / BLOCK) * stride, layout.forest + tree * treeBytes(depth), at, groups, stride);
        }
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
