import type { Random } from '../../shared/random.ts';
import { thresholdBetween } from './bins.ts';
import { SplitFinder } from './split-finder.ts';
import type { GrowthLimits, TrainingSet } from './training-set.ts';
import { ABSENT_RIGHT, GrowingNodes, type TreeNodes } from './tree-nodes.ts';

/** Nodes between two looks at whether the work was stopped; one look where a node has so many rows. */
const WATCH_NODES = 64;
const WATCH_ROWS = 4096;

interface Pending {
  readonly node: number;
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
}

/** Grows trees on rows that it is given, in one thread: depth first, left before right. */
export class TreeGrower {
  readonly #set: TrainingSet;
  readonly #limits: GrowthLimits;
  readonly #finder: SplitFinder;
  readonly #columns: Uint32Array;
  #keptRows = new Uint32Array();
  #keptTags = new Uint32Array();

  constructor(set: TrainingSet, limits: GrowthLimits) {
    this.#set = set;
    this.#limits = limits;
    this.#finder = new SplitFinder(set.bins, set.weights, limits);
    this.#columns = new Uint32Array(set.bins.columns);
  }

  /** A tree on `rows[begin..end)`, which it puts in another order, their `tags` (see code-order) with them. `depth`: of its root. Once stopped, what it gives is of no use. */
  grow(rows: Uint32Array, tags: Uint32Array, begin: number, end: number, depth: number, random: Random, stopped: () => boolean): TreeNodes {
    this.#makeRoom(end - begin);
    // Every tree begins with the columns in their order, whatever this thread has grown before.
    for (let c = 0; c < this.#columns.length; c++) this.#columns[c] = c;
    const nodes = new GrowingNodes();
    const pending: Pending[] = [{ node: 0, begin, end, depth }];
    let watch = 0;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if ((watch++ % WATCH_NODES === 0 || at.end - at.begin > WATCH_ROWS) && stopped()) break;
      const finder = this.#finder;
      finder.begin(tags, at.begin, at.end);
      if (mayDivide(finder, this.#limits, at.depth)) this.#find(rows, tags, at, random, stopped);
      if (finder.column < 0) {
        nodes.leaf(at.node, finder.totals);
        continue;
      }
      const { column, code, next, absent } = finder;
      const left = nodes.split(at.node, column, thresholdBetween(this.#set.bins, column, code, next), absent);
      const middle = this.#part(rows, tags, at, column, code, absent);
      pending.push({ node: left + 1, begin: middle, end: at.end, depth: at.depth + 1 });
      pending.push({ node: left, begin: at.begin, end: middle, depth: at.depth + 1 });
    }
    return nodes.finish();
  }

  /** Looks at as many columns as the limits say, and at more only where none of them differs within the node (as scikit-learn does). */
  #find(rows: Uint32Array, tags: Uint32Array, { begin, end }: Pending, random: Random, stopped: () => boolean): void {
    const finder = this.#finder;
    const columns = this.#columns;
    const wanted = this.#limits.maxFeatures;
    let drawn = 0;
    let differs = false;
    if (wanted < columns.length) {
      for (; drawn < wanted; drawn++) swap(columns, drawn, drawn + random.below(columns.length - drawn));
      columns.subarray(0, drawn).sort();
    } else drawn = columns.length;
    const large = end - begin > WATCH_ROWS;
    for (let i = 0; i < drawn; i++) {
      if (large && stopped()) return;
      differs = finder.look(columns[i], rows, tags, begin, end) || differs;
    }
    for (; !differs && drawn < columns.length; drawn++) {
      swap(columns, drawn, drawn + random.below(columns.length - drawn));
      differs = finder.look(columns[drawn], rows, tags, begin, end);
    }
  }

  #part(rows: Uint32Array, tags: Uint32Array, { begin, end }: Pending, column: number, code: number, absent: number): number {
    return partRows(this.#set, column, code, absent, rows, tags, begin, end, this.#keptRows, this.#keptTags, 0);
  }

  #makeRoom(rows: number): void {
    if (this.#keptRows.length >= rows) return;
    this.#keptRows = new Uint32Array(rows);
    this.#keptTags = new Uint32Array(rows);
  }
}

/** Whether a node, as the finder has counted it, is to be divided if it can be. */
export function mayDivide(finder: SplitFinder, limits: GrowthLimits, depth: number): boolean {
  return finder.present > 1 && depth < limits.maxDepth && finder.rows >= limits.minSamplesSplit && finder.rows >= 2 * limits.minSamplesLeaf;
}

/**
 * Puts rows whose code is at most `code` first, and absent ones where `absent` says (see TreeNodes), each side in its order; returns where the
 * right side begins. `kept` is scratch from `scratch` on, as long as the node.
 */
export function partRows(
  { bins }: TrainingSet,
  column: number,
  code: number,
  absent: number,
  rows: Uint32Array,
  tags: Uint32Array,
  begin: number,
  end: number,
  keptRows: Uint32Array,
  keptTags: Uint32Array,
  scratch: number,
): number {
  const { codes } = bins;
  const base = column * bins.rows;
  // One less, the code of absent values is the greatest byte, and the order of the others stays.
  const less = absent & ABSENT_RIGHT;
  const last = code - less;
  let left = begin;
  let kept = scratch;
  for (let i = begin; i < end; i++) {
    const row = rows[i];
    const tag = tags[i];
    // Both sides are written and one of them counts: cheaper than a branch that nothing predicts.
    rows[left] = row;
    tags[left] = tag;
    keptRows[kept] = row;
    keptTags[kept] = tag;
    const right = (last - ((codes[base + row] - less) & 0xff)) >>> 31;
    kept += right;
    left += 1 - right;
  }
  rows.set(keptRows.subarray(scratch, kept), left);
  tags.set(keptTags.subarray(scratch, kept), left);
  return left;
}

function swap(of: Uint32Array, i: number, j: number): void {
  const kept = of[i];
  of[i] = of[j];
  of[j] = kept;
}
