import { RANK_OFFSET } from '../kernels/isolation-answers-module.ts';
import { averagePathLength, NO_QUESTION, type IsolationTrees } from './isolation-tree.ts';

/** What can be told apart by a byte: lengths of a tree, and places among the thresholds of a column, which are one more than thresholds. */
const BYTE = 256;
/** Where trees ask more than this on average, a row is sooner at its end by going down on its own (measured: at 75 both take the same time). */
const MOST_QUESTIONS = 70;

/** No value is above it. */
const NEVER = Number.POSITIVE_INFINITY;

/** One tree as a list of the questions that make a difference: where both answers lead to paths of one length, nobody has to ask. */
export interface TreeQuestions {
  /** Those whose answers are both lengths stand first: so many. Each question stands behind those it needs, the tree's first at the end. */
  readonly ends: number;
  readonly questions: readonly Question[];
  /** The lengths that paths can have, each once. */
  readonly lengths: readonly number[];
}

export interface Question {
  readonly column: number;
  readonly threshold: number;
  /** Where values up to the threshold lead, and those above it: the number of a question, or -1 - the number of a length. */
  readonly below: number;
  readonly above: number;
}

/** So few thresholds of a column that a byte says between which of them a value lies. A column of many has several of these. */
export interface Ranking {
  readonly column: number;
  /** In ascending order, each once. */
  readonly thresholds: Float32Array;
}

export interface ForestQuestions {
  /** Every column has one, that every value is looked at. */
  readonly rankings: readonly Ranking[];
  readonly trees: readonly RankedTree[];
}

export interface RankedTree extends TreeQuestions {
  /** Column → number of the ranking that has the tree's thresholds; of columns that it asks for. */
  readonly rankings: ReadonlyMap<number, number>;
}

/** All questions of a forest; null where its trees are too large for bytes (isolation-answers-module.ts), or to ask everything would not pay. */
export function forestQuestions(forest: IsolationTrees, columns: number): ForestQuestions | null {
  const rankings: OpenRanking[] = [];
  const current = new Map<number, number>();
  const trees: RankedTree[] = [];
  let asked = 0;
  for (let number = 0; number < forest.trees; number++) {
    const tree = treeQuestions(forest, number);
    asked += tree.questions.length;
    if (tree.lengths.length > BYTE || asked > MOST_QUESTIONS * forest.trees) return null;
    const own = thresholdsOf(tree);
    for (const [column, thresholds] of own) {
      if (thresholds.size >= BYTE) return null;
      const at = current.get(column);
      if (at !== undefined && takesAll(rankings[at].thresholds, thresholds)) continue;
      current.set(column, rankings.push({ column, thresholds }) - 1);
    }
    trees.push({ ...tree, rankings: new Map([...own.keys()].map((column) => [column, current.get(column) ?? 0])) });
  }
  for (let column = 0; column < columns; column++) if (!current.has(column)) rankings.push({ column, thresholds: new Set() });
  return { rankings: rankings.map(({ column, thresholds }) => ({ column, thresholds: Float32Array.from(thresholds).sort() })), trees };
}

interface OpenRanking {
  readonly column: number;
  readonly thresholds: Set<number>;
}

/** Adds the thresholds to those that a ranking has; false, and adds none, where it would have too many. */
function takesAll(known: Set<number>, thresholds: ReadonlySet<number>): boolean {
  let more = 0;
  for (const threshold of thresholds) if (!known.has(threshold)) more++;
  if (known.size + more >= BYTE) return false;
  for (const threshold of thresholds) known.add(threshold);
  return true;
}

function thresholdsOf({ questions }: TreeQuestions): Map<number, Set<number>> {
  const thresholds = new Map<number, Set<number>>();
  for (const { column, threshold } of questions) {
    const own = thresholds.get(column) ?? new Set();
    if (threshold !== NEVER) own.add(threshold);
    thresholds.set(column, own);
  }
  return thresholds;
}

/** A question that is still a tree. */
interface Asked {
  readonly column: number;
  readonly threshold: number;
  readonly below: Asked | number;
  readonly above: Asked | number;
}

function treeQuestions(trees: IsolationTrees, tree: number): TreeQuestions {
  const root = whatMatters(trees, tree, 0, 0);
  const lengths = new Map<number, number>();
  const lengthOf = (length: number): number => {
    const known = lengths.get(length) ?? lengths.size;
    lengths.set(length, known);
    return -1 - known;
  };
  // Where every path has the same length, one question that nobody answers with yes holds the place of the tree.
  const first: Asked = typeof root === 'number' ? { column: 0, threshold: NEVER, below: root, above: root } : root;
  const behind: Asked[] = [];
  const collect = (asked: Asked | number): void => {
    if (typeof asked === 'number') return;
    collect(asked.below);
    collect(asked.above);
    behind.push(asked);
  };
  collect(first);
  const isEnd = ({ below, above }: Asked): boolean => typeof below === 'number' && typeof above === 'number';
  const ends = behind.filter(isEnd);
  const order = [...ends, ...behind.filter((asked) => !isEnd(asked))];
  const numbers = new Map(order.map((asked, number) => [asked, number]));
  const leads = (to: Asked | number): number => (typeof to === 'number' ? lengthOf(to) : (numbers.get(to) ?? 0));
  const questions = order.map(({ column, threshold, below, above }) => ({ column, threshold, below: leads(below), above: leads(above) }));
  return { ends: ends.length, questions, lengths: [...lengths.keys()] };
}

/** The tree from `place` down, or the length of the paths where all that end there have one. */
function whatMatters(trees: IsolationTrees, tree: number, place: number, level: number): Asked | number {
  const { depth, features, thresholds, samples } = trees;
  const at = tree * (2 ** depth - 1) + place;
  const column = level === depth ? NO_QUESTION : features[at];
  if (column === NO_QUESTION) return level + averagePathLength(samples[tree * (2 ** (depth + 1) - 1) + place]);
  const below = whatMatters(trees, tree, 2 * place + 1, level + 1);
  const above = whatMatters(trees, tree, 2 * place + 2, level + 1);
  if (typeof below === 'number' && below === above) return below;
  return { column, threshold: thresholds[at], below, above };
}

/** The rank of a threshold as the kernel has it; of one above all, the rank that no value is above. */
export function rankOf(threshold: number, thresholds: Float32Array): number {
  let [low, high] = [0, thresholds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (thresholds[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return (low === thresholds.length ? BYTE - 1 : low) - RANK_OFFSET;
}
