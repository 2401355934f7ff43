import { Random } from '../../shared/random.ts';
import { impurityImportance } from '../trees/impurity.ts';
import { CLASS_BITS } from '../trees/code-order.ts';
import type { GrowthLimits, TrainingSet } from '../trees/training-set.ts';
import { TreeGrower } from '../trees/tree-grower.ts';
import type { TreeNodes } from '../trees/tree-nodes.ts';
import type { Kernel } from './kernel.ts';

export interface ForestSetup {
  readonly set: TrainingSet;
  readonly limits: GrowthLimits;
  /** Tree → seed. */
  readonly seeds: Uint32Array;
  /** Whether every tree draws as many rows as there are, with putting back; else it takes each once. */
  readonly bootstrap: boolean;
  /** Tree × ⌈rows / 32⌉ words, shared: bits of the rows that a tree did not draw are set; null: nobody asks. */
  readonly outOfBag: Uint32Array | null;
}

export interface GrownTree {
  readonly tree: TreeNodes;
  /** Column → share of the impurity taken away. */
  readonly importance: Float64Array;
}

/** Rows that one tree draws may be drawn so often at most; nobody ever will be. */
const MOST = 0xffff;

/** The trees of a forest; a segment is a tree. */
export function forestKernel({ set, limits, seeds, bootstrap, outOfBag }: ForestSetup): Kernel<null, GrownTree> {
  const { bins, y, weights } = set;
  const { rows: height, columns } = bins;
  const grower = new TreeGrower(set, limits);
  const drawn = new Uint16Array(height);
  const rows = new Uint32Array(height);
  const tags = new Uint32Array(height);
  const words = Math.ceil(height / 32);
  return {
    run(segment, _argument, stopped) {
      const random = new Random(seeds[segment]);
      if (bootstrap) drawRows(drawn, random);
      else drawn.fill(1);
      let count = 0;
      for (let row = 0; row < height; row++) {
        const times = drawn[row];
        if (times === 0) {
          if (outOfBag !== null) outOfBag[segment * words + (row >>> 5)] |= 1 << (row & 31);
          continue;
        }
        rows[count] = row;
        tags[count++] = y[row] | (times << CLASS_BITS);
      }
      const tree = grower.grow(rows, tags, 0, count, 0, random, stopped);
      // A tree that was left half grown is no tree.
      if (stopped()) return { tree, importance: new Float64Array(columns) };
      return { tree, importance: impurityImportance(tree, weights, limits.criterion, columns) };
    },
  };
}

/** As many draws as there are rows. The multiplication favours no row by more than rows / 2^32, which no forest can tell. */
function drawRows(drawn: Uint16Array, random: Random): void {
  drawn.fill(0);
  const rows = drawn.length;
  for (let i = 0; i < rows; i++) {
    const row = Math.floor((random.uint32() * rows) / 4_294_967_296);
    if (drawn[row] < MOST) drawn[row]++;
  }
}
