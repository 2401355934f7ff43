import { Random } from '../../shared/random.ts';
import { CODES } from '../trees/bins.ts';
import { countCodes } from '../trees/code-order.ts';
import { SplitFinder } from '../trees/split-finder.ts';
import type { GrowthLimits, TrainingSet } from '../trees/training-set.ts';
import { partRows, TreeGrower } from '../trees/tree-grower.ts';
import type { TreeNodes } from '../trees/tree-nodes.ts';
import type { Kernel } from './kernel.ts';

export interface TreeSetup {
  readonly set: TrainingSet;
  readonly limits: GrowthLimits;
  /** The rows of the tree and their tags (see code-order); nodes are ranges of them. All shared. */
  readonly rows: Uint32Array;
  readonly tags: Uint32Array;
  /** As long, for what is being moved. */
  readonly keptRows: Uint32Array;
  readonly keptTags: Uint32Array;
  /** Slot × column × code × class. */
  readonly histograms: Int32Array;
  /** Slot × column: the best split's score (-Infinity: none), its last code to the left, the code next to it, and where absent values go. */
  readonly scores: Float64Array;
  readonly codes: Uint8Array;
  readonly nexts: Uint8Array;
  readonly absents: Uint8Array;
}

/** A large node whose histograms are wanted. */
export interface WideNode {
  readonly begin: number;
  readonly end: number;
  readonly slot: number;
  /** Slot of the sibling, counted before, that is to be taken from what its parent left in this slot; -1: the rows are counted. */
  readonly subtract: number;
  /** Class → rows. Null: only counted, for the sibling's sake. */
  readonly counts: Float64Array | null;
}

export interface NodeToPart {
  readonly begin: number;
  readonly end: number;
  readonly column: number;
  readonly code: number;
  /** Where absent values go, see TreeNodes. */
  readonly absent: number;
}

export interface NodeToGrow {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  readonly seed: number;
}

/** What a round does; its segments are columns, nodes, nodes. */
export type TreeRound =
  | { readonly type: 'look'; readonly nodes: readonly WideNode[] }
  | { readonly type: 'part'; readonly nodes: readonly NodeToPart[] }
  | { readonly type: 'grow'; readonly nodes: readonly NodeToGrow[] };

/** Int32 values of one slot. */
export function slotLength(columns: number, classes: number): number {
  return columns * CODES * classes;
}

/**
 * One tree by many threads: large nodes level by level, the columns over the threads, then their rows divided; small ones as whole subtrees.
 * 'part' gives where the right side begins, 'grow' the subtree.
 */
export function treeKernel(setup: TreeSetup): Kernel<TreeRound, number | TreeNodes | undefined> {
  const { set, limits, rows, tags, keptRows, keptTags } = setup;
  const finder = new SplitFinder(set.bins, set.weights, limits);
  const grower = new TreeGrower(set, limits);
  return {
    run(segment, round, stopped) {
      if (round.type === 'look') {
        look(setup, finder, segment, round.nodes, stopped);
        return undefined;
      }
      if (round.type === 'part') {
        const { begin, end, column, code, absent } = round.nodes[segment];
        return partRows(set, column, code, absent, rows, tags, begin, end, keptRows, keptTags, begin);
      }
      const { begin, end, depth, seed } = round.nodes[segment];
      return grower.grow(rows, tags, begin, end, depth, new Random(seed), stopped);
    },
  };
}

function look(setup: TreeSetup, finder: SplitFinder, column: number, nodes: readonly WideNode[], stopped: () => boolean): void {
  const { set, rows, tags, histograms, scores, codes, nexts, absents } = setup;
  const { bins, weights } = set;
  const classes = weights.length;
  const place = (slot: number): number => slot * slotLength(bins.columns, classes) + column * CODES * classes;
  const length = bins.counts[column] * classes;
  for (const { begin, end, slot, subtract, counts } of nodes) {
    if (stopped()) return;
    const at = place(slot);
    if (subtract >= 0) {
      const from = place(subtract);
      for (let i = 0; i < length; i++) histograms[at + i] -= histograms[from + i];
    } else {
      histograms.fill(0, at, at + length);
      countCodes(bins, column, classes, rows, tags, begin, end, histograms, at);
    }
    if (counts === null) continue;
    finder.beginWith(counts);
    finder.lookAt(column, histograms, at);
    const result = slot * bins.columns + column;
    scores[result] = finder.score;
    codes[result] = finder.code;
    nexts[result] = finder.next;
    absents[result] = finder.absent;
  }
}
