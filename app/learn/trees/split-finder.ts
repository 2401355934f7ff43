import { ABSENT, CODES, type Bins } from './bins.ts';
import { CLASS_BITS, CLASS_MASK, CodeOrder, countCodes, hasRows, listCodes, SORTED } from './code-order.ts';
import type { GrowthLimits } from './training-set.ts';
import { ABSENT_RIGHT, ABSENT_SEEN } from './tree-nodes.ts';

/**
 * Two splits whose scores differ by less than this share of the node's weight are equally good: the one of the lower column wins, then
 * the one of the lower threshold. Sums of weights differ in their last digits where arithmetic would have them equal.
 */
const TIE = 1e-11;
/** From so many rows on a look at every code costs less than to keep a list of those that occur. */
const LISTED = 256;
/**
 * From so many classes on rows are put in the order of their codes, and not counted by code and class: that takes as long as there are rows,
 * however many classes there are. Below it counting is faster, and sums as it always did.
 */
export const MANY_CLASSES = 64;
/** Logarithms of whole numbers that are kept. */
const LOGARITHMS = 4096;
/** No row of the node lacks its value: absent ones go to the heavier side. */
const UNSEEN = -1;

/** Finds the best question to ask of the rows of one node. One in each thread; made once for many nodes. */
export class SplitFinder {
  readonly #bins: Bins;
  readonly #classes: number;
  readonly #weights: Float64Array;
  readonly #entropy: boolean;
  readonly #minLeaf: number;
  readonly #learnsAbsent: boolean;
  readonly #unseen: number;

  /** Class → rows of the node, as often as they were drawn. */
  readonly totals: Float64Array;
  /** Rows of the node, as often as they were drawn. */
  rows = 0;
  /** Classes among them. */
  present = 0;
  /** Sum of the rows' weights; score of the node undivided. */
  #weight = 0;
  #undivided = 0;

  /** The best split so far: column (-1: none), last code that goes left, the code next to it, and where absent values go (see TreeNodes). */
  column = -1;
  code = 0;
  next = 0;
  absent = 0;
  score = 0;
  #needed = 0;
  /** Where absent values go in the splits that are looked at now; see TreeNodes. */
  #side = UNSEEN;

  readonly #histogram: Int32Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #occurring = new Uint32Array(CODES / 32);
  readonly #list = new Uint16Array(CODES);
  readonly #order = new CodeOrder();
  readonly #many: boolean;
  /** Classes of the node. */
  readonly #here: Uint16Array;
  readonly #logarithms: Float64Array;

  /** `weights`: class → weight. */
  constructor(
    bins: Bins,
    weights: Float64Array,
    { criterion, minSamplesLeaf, learnsAbsent }: Pick<GrowthLimits, 'criterion' | 'minSamplesLeaf' | 'learnsAbsent'>,
  ) {
    this.#bins = bins;
    this.#classes = weights.length;
    this.#weights = weights;
    this.#entropy = criterion === 'entropy';
    this.#minLeaf = minSamplesLeaf;
    this.#learnsAbsent = learnsAbsent;
    this.#unseen = learnsAbsent ? UNSEEN : 0;
    this.totals = new Float64Array(weights.length);
    this.#left = new Float64Array(weights.length);
    this.#right = new Float64Array(weights.length);
    this.#histogram = new Int32Array(CODES * weights.length);
    this.#many = weights.length >= MANY_CLASSES;
    this.#here = new Uint16Array(weights.length);
    this.#logarithms = Float64Array.from({ length: LOGARITHMS }, (_, i) => (i === 0 ? 0 : i * Math.log(i)));
  }

  /** Begins a node whose rows are `tags[begin..end)`. */
  begin(tags: Uint32Array, begin: number, end: number): void {
    const { totals } = this;
    totals.fill(0);
    for (let i = begin; i < end; i++) totals[tags[i] & CLASS_MASK] += tags[i] >>> CLASS_BITS;
    this.beginWith(totals);
  }

  /** Begins a node of these counts by class. */
  beginWith(counts: ArrayLike<number>): void {
    this.rows = this.present = this.#weight = this.column = 0;
    let sum = 0;
    for (let k = 0; k < this.#classes; k++) {
      const count = counts[k];
      const weight = count * this.#weights[k];
      this.totals[k] = count;
      this.rows += count;
      this.#weight += weight;
      sum += this.#entropy ? this.#xlogx(weight) : weight * weight;
      if (count > 0) this.#here[this.present++] = k;
    }
    this.#undivided = sum;
    this.column = -1;
    this.score = this.#needed = Number.NEGATIVE_INFINITY;
  }

  /** Looks at one column of the node's rows; says whether more than one code occurs there. Columns must come in ascending order. */
  look(column: number, rows: Uint32Array, tags: Uint32Array, begin: number, end: number): boolean {
    if (this.#bins.counts[column] < 2) return false;
    const count = end - begin;
    if (count <= SORTED || this.#many) {
      const differs = this.#order.put(this.#bins, column, rows, begin, end);
      if (differs) this.#walk(column, tags, count);
      return differs;
    }
    if (count <= LISTED) return this.#lookListed(column, rows, tags, begin, end);
    countCodes(this.#bins, column, this.#classes, rows, tags, begin, end, this.#histogram, 0);
    const differs = this.lookAt(column, this.#histogram, 0);
    this.#histogram.fill(0, 0, this.#bins.counts[column] * this.#classes);
    return differs;
  }

  /** The same from a histogram, code × class, that stands at `from`. */
  lookAt(column: number, histogram: Int32Array, from: number): boolean {
    const list = this.#list;
    const codes = this.#bins.counts[column];
    for (let code = 0; code < codes; code++) list[code] = code;
    return this.#scan(column, histogram, from, codes, false);
  }

  #lookListed(column: number, rows: Uint32Array, tags: Uint32Array, begin: number, end: number): boolean {
    const { codes, rows: height } = this.#bins;
    const base = column * height;
    const classes = this.#classes;
    const histogram = this.#histogram;
    const occurring = this.#occurring.fill(0);
    for (let i = begin; i < end; i++) {
      const code = codes[base + rows[i]];
      const tag = tags[i];
      occurring[code >>> 5] |= 1 << (code & 31);
      histogram[code * classes + (tag & CLASS_MASK)] += tag >>> CLASS_BITS;
    }
    return this.#scan(column, histogram, 0, listCodes(occurring, this.#list), true);
  }

  /** Over the codes of the list, ascending. `clear`: leaves zeros behind. */
  #scan(column: number, histogram: Int32Array, from: number, length: number, clear: boolean): boolean {
    const seen = this.#list[0] === ABSENT && hasRows(histogram, from, this.#classes);
    if (seen && this.#learnsAbsent) {
      // Those without a value stay on the right while the others pass over to the left; then they pass over first.
      this.#side = ABSENT_SEEN | ABSENT_RIGHT;
      this.#scanFrom(1, column, histogram, from, length, false);
    }
    this.#side = seen ? ABSENT_SEEN : this.#unseen;
    return this.#scanFrom(0, column, histogram, from, length, clear);
  }

  /** From the code at place `first` of the list on. */
  #scanFrom(first: number, column: number, histogram: Int32Array, from: number, length: number, clear: boolean): boolean {
    const classes = this.#classes;
    const list = this.#list;
    const left = this.#left.fill(0);
    const right = this.#right;
    const weights = this.#weights;
    const entropy = this.#entropy;
    for (let k = 0; k < classes; k++) right[k] = this.totals[k] * weights[k];
    let leftRows = 0;
    let leftWeight = 0;
    let leftSum = 0;
    let rightSum = this.#undivided;
    let previous = -1;
    let occurring = 0;
    for (let i = first; i < length; i++) {
      const code = list[i];
      const at = from + code * classes;
      let met = false;
      for (let k = 0; k < classes; k++) {
        const count = histogram[at + k];
        if (count === 0) continue;
        if (clear) histogram[at + k] = 0;
        if (!met) {
          met = true;
          occurring++;
          if (previous >= 0) this.#offer(column, previous, code, leftRows, leftWeight, leftSum, rightSum);
        }
        const weight = count * weights[k];
        if (entropy) {
          leftSum += this.#xlogx(left[k] + weight) - this.#xlogx(left[k]);
          rightSum += this.#xlogx(right[k] - weight) - this.#xlogx(right[k]);
        } else {
          leftSum += weight * (2 * left[k] + weight);
          rightSum -= weight * (2 * right[k] - weight);
        }
        left[k] += weight;
        right[k] -= weight;
        leftRows += count;
        leftWeight += weight;
      }
      if (met) previous = code;
    }
    return occurring > 1;
  }

  /** In the order of their codes, row by row; as `#scan`. */
  #walk(column: number, tags: Uint32Array, length: number): void {
    const { codes } = this.#order;
    const seen = codes[0] === ABSENT;
    if (seen && this.#learnsAbsent) {
      let first = 1;
      while (codes[first] === ABSENT) first++;
      this.#side = ABSENT_SEEN | ABSENT_RIGHT;
      this.#walkFrom(first, column, tags, length);
    }
    this.#side = seen ? ABSENT_SEEN : this.#unseen;
    this.#walkFrom(0, column, tags, length);
  }

  #walkFrom(first: number, column: number, tags: Uint32Array, length: number): void {
    const { places, codes } = this.#order;
    const [left, right, weights] = [this.#left, this.#right, this.#weights];
    this.#sides();
    let leftRows = 0;
    let leftWeight = 0;
    let leftSum = 0;
    let rightSum = this.#undivided;
    let previous = codes[first];
    for (let i = first; i < length; i++) {
      const code = codes[i];
      if (code !== previous) {
        this.#offer(column, previous, code, leftRows, leftWeight, leftSum, rightSum);
        previous = code;
      }
      const tag = tags[places[i]];
      const k = tag & CLASS_MASK;
      const weight = (tag >>> CLASS_BITS) * weights[k];
      if (this.#entropy) {
        leftSum += this.#xlogx(left[k] + weight) - this.#xlogx(left[k]);
        rightSum += this.#xlogx(right[k] - weight) - this.#xlogx(right[k]);
      } else {
        leftSum += weight * (2 * left[k] + weight);
        rightSum -= weight * (2 * right[k] - weight);
      }
      left[k] += weight;
      right[k] -= weight;
      leftRows += tag >>> CLASS_BITS;
      leftWeight += weight;
    }
  }

  /** Nothing is on the left yet, all on the right; of classes that are not here nobody asks. */
  #sides(): void {
    for (let i = 0; i < this.present; i++) {
      const k = this.#here[i];
      this.#left[k] = 0;
      this.#right[k] = this.totals[k] * this.#weights[k];
    }
  }

  /** Keeps a split where it is better than what was found before. */
  #offer(column: number, code: number, next: number, leftRows: number, leftWeight: number, leftSum: number, rightSum: number): void {
    if (leftRows < this.#minLeaf || this.rows - leftRows < this.#minLeaf) return;
    const rightWeight = this.#weight - leftWeight;
    const score = this.#entropy
      ? leftSum + rightSum - this.#xlogx(leftWeight) - this.#xlogx(rightWeight)
      : leftSum / leftWeight + rightSum / rightWeight;
    if (!(score > this.#needed)) return;
    const heavier = leftWeight - rightWeight > TIE * this.#weight ? 0 : ABSENT_RIGHT;
    this.keep(column, code, next, score, this.#side === UNSEEN ? heavier : this.#side);
  }

  /** Takes a split that was found for the same node elsewhere, if it is better; columns must come in ascending order. */
  take(column: number, code: number, next: number, score: number, absent: number): void {
    if (score > this.#needed) this.keep(column, code, next, score, absent);
  }

  keep(column: number, code: number, next: number, score: number, absent: number): void {
    this.column = column;
    this.code = code;
    this.next = next;
    this.absent = absent;
    this.score = score;
    this.#needed = score + TIE * this.#weight;
  }

  /** x log x; weights can be a trifle below zero where they should be none. */
  #xlogx(x: number): number {
    if (x <= 0) return 0;
    return x < LOGARITHMS && x === Math.floor(x) ? this.#logarithms[x] : x * Math.log(x);
  }
}
