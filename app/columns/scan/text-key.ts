import type { TextColumn } from '../types.ts';
import type { Rows } from './rows.ts';
import { ABSENT, type CoarseKeys, type SortKey } from './sort-key.ts';
import { sortedOrder } from './sorted-order.ts';

/** Bytes of a text that make a coarse key. */
const COARSE = 4;
/** Bytes that fit a double as a whole number. */
const STEP = 6;
/** So few texts are compared with each other; more are parted by their next bytes first. */
const FEW = 32;

/** Sorts a text column by its bytes, which is the order of the characters too; a text comes before what it begins. */
export class TextKey implements SortKey {
  readonly #column: string;

  constructor(column: string) {
    this.#column = column;
  }

  isOrdered(): boolean {
    return false;
  }

  coarse({ slices, length }: Rows, descending: boolean): CoarseKeys {
    const keys = new Uint32Array(length);
    const range = ABSENT - 1;
    let to = 0;
    for (const { chunk, rows, count } of slices) {
      const text = chunk.text(this.#column);
      for (let k = 0; k < count; k++) {
        const i = rows === null ? k : rows[k];
        const key = Math.min(numberAt(text, i, 0, COARSE), range);
        keys[to++] = text.absent?.[i] === 1 ? ABSENT : descending ? range - key : key;
      }
    }
    return { keys, range, exact: false };
  }

  refine(rows: Rows, ks: Uint32Array, descending: boolean): Uint32Array {
    const texts = new Texts(rows, ks, this.#column);
    const order = Uint32Array.from(ks.keys());
    texts.sort(order, 0, descending);
    return order.map((n) => ks[n]);
  }
}

/** Texts of some rows, numbered from 0. */
class Texts {
  readonly #columns: TextColumn[] = [];
  readonly #columnOf: Uint32Array;
  readonly #rowOf: Uint32Array;

  constructor(rows: Rows, ks: Uint32Array, column: string) {
    this.#columnOf = new Uint32Array(ks.length);
    this.#rowOf = new Uint32Array(ks.length);
    rows.eachSlice(ks, (slice, start, from, to) => {
      this.#columns.push(slice.chunk.text(column));
      this.#columnOf.fill(this.#columns.length - 1, from, to);
      for (let n = from; n < to; n++) this.#rowOf[n] = slice.rows === null ? ks[n] - start : slice.rows[ks[n] - start];
    });
  }

  /** Sorts `order` by the bytes from `depth` on; those before are the same. Equal texts keep their order. */
  sort(order: Uint32Array, depth: number, descending: boolean): void {
    if (order.length <= FEW || !order.some((n) => this.#lengthOf(n) > depth)) {
      order.sort((a, b) => (descending ? this.#compare(b, a) : this.#compare(a, b)));
      return;
    }
    const keys = Float64Array.from(order, (n) => numberAt(this.#columns[this.#columnOf[n]], this.#rowOf[n], depth, STEP));
    const sorted = sortedOrder(keys, descending);
    const before = order.slice();
    for (const [to, from] of sorted.entries()) order[to] = before[from];
    for (let from = 0; from < order.length;) {
      let to = from + 1;
      while (to < order.length && keys[sorted[to]] === keys[sorted[from]]) to++;
      if (to - from > 1) this.sort(order.subarray(from, to), depth + STEP, descending);
      from = to;
    }
  }

  #lengthOf(n: number): number {
    const { offsets } = this.#columns[this.#columnOf[n]];
    return offsets[this.#rowOf[n] + 1] - offsets[this.#rowOf[n]];
  }

  #compare(a: number, b: number): number {
    const one = this.#columns[this.#columnOf[a]];
    const other = this.#columns[this.#columnOf[b]];
    const fromOne = one.offsets[this.#rowOf[a]];
    const fromOther = other.offsets[this.#rowOf[b]];
    const lengthOne = this.#lengthOf(a);
    const lengthOther = this.#lengthOf(b);
    for (let i = 0; i < lengthOne && i < lengthOther; i++) {
      const difference = one.bytes[fromOne + i] - other.bytes[fromOther + i];
      if (difference !== 0) return difference;
    }
    return lengthOne - lengthOther;
  }
}

/** The bytes of row i from `depth` on as one number, the first byte the highest; what is beyond the end counts as 0. */
function numberAt({ offsets, bytes }: TextColumn, i: number, depth: number, width: number): number {
  const end = offsets[i + 1];
  let key = 0;
  for (let n = 0, at = offsets[i] + depth; n < width; n++, at++) key = key * 256 + (at < end ? bytes[at] : 0);
  return key;
}
