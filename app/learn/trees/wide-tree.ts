import { Random } from '../../shared/random.ts';
import { slotLength, type NodeToGrow, type TreeSetup, type WideNode } from '../kernels/tree-kernel.ts';
import type { Pace } from '../pace.ts';
import type { ThreadPool } from '../thread-pool.ts';
import { Work } from '../work.ts';
import { CODES, thresholdBetween } from './bins.ts';
import { CLASS_BITS } from './code-order.ts';
import { SplitFinder } from './split-finder.ts';
import type { GrowthLimits, TrainingSet } from './training-set.ts';
import { mayDivide } from './tree-grower.ts';
import { ABSENT_RIGHT, GrowingNodes, type TreeNodes } from './tree-nodes.ts';

/** Nodes of fewer rows are given to one thread with all that is below them. */
const WIDE_ROWS = 2048;
/** Bytes that histograms of large nodes may take together. */
const HISTOGRAM_BYTES = 256 * 2 ** 20;

interface Open {
  readonly node: number;
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  /** Class → rows. */
  readonly counts: Float64Array;
  readonly slot: number;
}

/** As SplitFinder has it. */
interface WideSplit {
  readonly column: number;
  readonly code: number;
  readonly next: number;
  readonly absent: number;
}

/**
 * Grows one tree with all threads. Large nodes are done level by level: of two siblings the one with fewer rows is counted, the other one is
 * what is left of their parent. What lies below small nodes is grown by one thread each. Where not all columns are looked at in every node
 * there is nothing to share, and one thread grows it all.
 */
export class WideTree {
  readonly #set: TrainingSet;
  readonly #limits: GrowthLimits;
  readonly #setup: TreeSetup;
  readonly #work: Work<'tree'>;
  readonly #finder: SplitFinder;
  readonly #nodes: GrowingNodes;
  readonly #random: Random;
  readonly #pace: Pace;
  readonly #wideRows: number;
  readonly #freeSlots: number[];
  readonly #small: (NodeToGrow & { readonly node: number })[] = [];
  #decided = 0;

  constructor(set: TrainingSet, limits: GrowthLimits, seed: number, pace: Pace, pool: ThreadPool | null) {
    const { rows, columns } = set.bins;
    const { slots, wideRows } = wideLimits(rows, columns, set.weights.length, limits.maxFeatures);
    this.#set = set;
    this.#limits = limits;
    this.#wideRows = wideRows;
    this.#freeSlots = Array.from({ length: slots }, (_, i) => slots - 1 - i);
    this.#setup = treeSetup(set, limits, slots);
    this.#work = new Work('tree', this.#setup, pace, pool);
    this.#finder = new SplitFinder(set.bins, set.weights, limits);
    this.#nodes = new GrowingNodes();
    this.#random = new Random(seed);
    this.#pace = pace;
  }

  /** @throws FlowcaseError CANCELLED, PROCESS_DIED */
  async grow(): Promise<TreeNodes> {
    const { rows, tags } = this.#setup;
    this.#finder.begin(tags, 0, rows.length);
    const counts = this.#finder.totals.slice();
    const slot = this.#slotFor(rows.length, counts, 0);
    const root: Open = { node: 0, begin: 0, end: rows.length, depth: 0, counts, slot };
    let level: Open[] = [];
    if (slot < 0) this.#close(root);
    else {
      level = [root];
      await this.#look([this.#wide(root, -1)]);
    }
    while (level.length > 0) level = await this.#divide(level);
    await this.#growSmall();
    return this.#nodes.finish();
  }

  close(): void {
    this.#work.close();
  }

  /** Divides the nodes of a level, which have been looked at; returns those of the next one, looked at. */
  async #divide(level: readonly Open[]): Promise<Open[]> {
    const splits = level.map((open) => this.#best(open));
    const parted = level.flatMap((open, i) => (splits[i] === null ? [] : [{ open, split: splits[i] }]));
    for (const [i, open] of level.entries()) {
      if (splits[i] !== null) continue;
      this.#leaf(open);
      this.#freeSlots.push(open.slot);
    }
    const nodes = parted.map(({ open: { begin, end }, split: { column, code, absent } }) => ({ begin, end, column, code, absent }));
    const middles = (await this.#work.round(nodes.length, { type: 'part', nodes })) as number[];
    const next: Open[] = [];
    const wanted: WideNode[] = [];
    parted.forEach(({ open, split }, i) => this.#family(open, split, middles[i], next, wanted));
    await this.#look(wanted);
    return next;
  }

  /** The two children of a node: which of them go on, and how their histograms come about. */
  #family(open: Open, split: WideSplit, middle: number, next: Open[], wanted: WideNode[]): void {
    const threshold = thresholdBetween(this.#set.bins, split.column, split.code, split.next);
    const node = this.#nodes.split(open.node, split.column, threshold, split.absent);
    const leftCounts = this.#countsLeft(open, split);
    const depth = open.depth + 1;
    const left = { node, begin: open.begin, end: middle, depth, counts: leftCounts, slot: -1 };
    const right = { node: node + 1, begin: middle, end: open.end, depth, counts: open.counts.map((n, k) => n - leftCounts[k]), slot: -1 };
    const [few, many] = middle - open.begin <= open.end - middle ? [left, right] : [right, left];
    const fewWide = this.#isWide(few);
    const manyWide = this.#isWide(many);
    const slot = fewWide || manyWide ? (this.#freeSlots.pop() ?? -1) : -1;
    const fewOpen = { ...few, slot };
    const manyOpen = { ...many, slot: open.slot };
    if (slot >= 0) wanted.push(fewWide ? this.#wide(fewOpen, -1) : { ...this.#wide(fewOpen, -1), counts: null });
    if (fewWide) next.push(fewOpen);
    else this.#close(few);
    if (manyWide) {
      wanted.push(this.#wide(manyOpen, slot));
      next.push(manyOpen);
    } else {
      this.#close(many);
      this.#freeSlots.push(open.slot);
    }
    // What was counted for the sibling's sake alone is read in the coming round; the slot is nobody's before the one after it.
    if (slot >= 0 && !fewWide) this.#freeSlots.unshift(slot);
  }

  #wide({ begin, end, slot, counts }: Open, subtract: number): WideNode {
    return { begin, end, slot, subtract, counts };
  }

  #isWide({ begin, end, depth, counts }: Omit<Open, 'slot' | 'node'>): boolean {
    if (end - begin < this.#wideRows) return false;
    this.#finder.beginWith(counts);
    return mayDivide(this.#finder, this.#limits, depth);
  }

  #slotFor(rows: number, counts: Float64Array, depth: number): number {
    return this.#isWide({ begin: 0, end: rows, depth, counts }) ? (this.#freeSlots.pop() ?? -1) : -1;
  }

  /** A node that is not looked at by all threads: a leaf, or left to one of them. */
  #close(open: Open): void {
    this.#finder.beginWith(open.counts);
    if (!mayDivide(this.#finder, this.#limits, open.depth)) this.#leaf(open);
    else this.#small.push({ node: open.node, begin: open.begin, end: open.end, depth: open.depth, seed: this.#random.uint32() });
  }

  #leaf(open: Open): void {
    this.#nodes.leaf(open.node, open.counts);
    this.#decided += open.end - open.begin;
    this.#report();
  }

  async #look(nodes: readonly WideNode[]): Promise<void> {
    if (nodes.length > 0) await this.#work.round(this.#set.bins.columns, { type: 'look', nodes });
  }

  #best({ counts, slot }: Open): WideSplit | null {
    const { scores, codes, nexts, absents } = this.#setup;
    const { columns } = this.#set.bins;
    const finder = this.#finder;
    finder.beginWith(counts);
    for (let column = 0; column < columns; column++) {
      const at = slot * columns + column;
      finder.take(column, codes[at], nexts[at], scores[at], absents[at]);
    }
    return finder.column < 0 ? null : { column: finder.column, code: finder.code, next: finder.next, absent: finder.absent };
  }

  /** Class → rows that go left. */
  #countsLeft({ slot }: Open, { column, code, absent }: WideSplit): Float64Array {
    const classes = this.#set.weights.length;
    const from = slot * slotLength(this.#set.bins.columns, classes) + column * CODES * classes;
    const counts = new Float64Array(classes);
    // absent values are the first code
    const first = (absent & ABSENT_RIGHT) * classes;
    for (let i = first; i < (code + 1) * classes; i++) counts[i % classes] += this.#setup.histograms[from + i];
    return counts;
  }

  async #growSmall(): Promise<void> {
    const nodes = this.#small.toSorted((a, b) => b.end - b.begin - (a.end - a.begin));
    if (nodes.length === 0) return;
    const trees = (await this.#work.round(nodes.length, { type: 'grow', nodes }, (done) => {
      const rows = this.#set.bins.rows;
      this.#pace.progress.report(
        this.#decided + Math.floor(((rows - this.#decided) * done) / nodes.length),
        rows,
        'records',
        'decision tree',
      );
    })) as TreeNodes[];
    nodes.forEach(({ node }, i) => this.#nodes.graft(node, trees[i]));
  }

  #report(): void {
    this.#pace.progress.report(this.#decided, this.#set.bins.rows, 'records', 'decision tree');
  }
}

/** How many large nodes there can be at once, and what is large. */
export function wideLimits(rows: number, columns: number, classes: number, maxFeatures: number): { slots: number; wideRows: number } {
  const none = { slots: 0, wideRows: rows + 1 };
  if (maxFeatures < columns || rows < WIDE_ROWS) return none;
  const affordable = Math.floor(HISTOGRAM_BYTES / (slotLength(columns, classes) * 4));
  if (affordable < 8) return none;
  // A level has at most rows / wideRows large nodes, each perhaps with a small sibling that is counted for its sake.
  const wideRows = Math.max(WIDE_ROWS, Math.ceil((2 * rows) / (affordable - 2)));
  return { slots: Math.min(affordable, Math.floor((2 * rows) / wideRows) + 2), wideRows };
}

function treeSetup(set: TrainingSet, limits: GrowthLimits, slots: number): TreeSetup {
  const { rows: height, columns } = set.bins;
  const words = (length: number): Uint32Array<SharedArrayBuffer> => new Uint32Array(new SharedArrayBuffer(length * 4));
  const rows = words(height);
  const tags = words(height);
  for (let row = 0; row < height; row++) {
    rows[row] = row;
    tags[row] = set.y[row] | (1 << CLASS_BITS);
  }
  return {
    set,
    limits,
    rows,
    tags,
    keptRows: words(height),
    keptTags: words(height),
    histograms: new Int32Array(new SharedArrayBuffer(slots * slotLength(columns, set.weights.length) * 4)),
    scores: new Float64Array(new SharedArrayBuffer(slots * columns * 8)),
    codes: new Uint8Array(new SharedArrayBuffer(slots * columns)),
    nexts: new Uint8Array(new SharedArrayBuffer(slots * columns)),
    absents: new Uint8Array(new SharedArrayBuffer(slots * columns)),
  };
}
