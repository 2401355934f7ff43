import { Rows } from './rows.ts';
import type { Slice } from './slices.ts';
import { ABSENT, type SortKey } from './sort-key.ts';

/** Bits by which a stretch is parted at a time. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
/** Stretches up to this are sorted at once. */
const SMALL = 4096;

/** A stretch of the order whose rows belong there, in an order that is not settled yet unless `settled`. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Lower bits of the coarse keys in which the rows may differ. */
  readonly bits: number;
  settled: boolean;
  parts: readonly Stretch[] | null;
}

/**
 * Rows in an order of which only as much is worked out as is asked for: rows are parted by the upper bits of their keys, and a part is
 * sorted when a page touches it. So a page in the middle of millions of rows costs two passes over the keys, the pages beside it next to
 * nothing. Equal values keep the order in which the rows lie, absent ones come last. Memory: 8 bytes a row, none where the rows lie in
 * order already.
 */
export class Ordering {
  /** How many rows there are. */
  readonly length: number;
  readonly #rows: Rows;
  readonly #key: SortKey | null;
  readonly #descending: boolean;
  /** Numbers of rows in order; null where they are in order as they lie. */
  #order: Uint32Array | null = null;
  #coarse: Uint32Array = new Uint32Array(0);
  #exact = true;
  #whole: Stretch | null = null;

  /** Without a key the rows stay as they lie. */
  constructor(slices: readonly Slice[], key: SortKey | null, descending = false) {
    this.#rows = new Rows(slices);
    this.length = this.#rows.length;
    this.#key = key;
    this.#descending = descending;
    if (key !== null && !key.isOrdered(this.#rows, descending)) this.#part(key);
  }

  /** Record ids of the rows offset, offset + 1, ... (at most `limit`) of the order. */
  ids(offset = 0, limit = this.length): Float64Array {
    const from = Math.min(Math.max(offset, 0), this.length);
    const to = Math.min(from + Math.max(limit, 0), this.length);
    if (this.#order === null || this.#whole === null) return this.#rows.idsBetween(from, to);
    this.#settle(this.#whole, from, to);
    const ids = new Float64Array(to - from);
    for (let k = from; k < to; k++) ids[k - from] = this.#rows.idOf(this.#order[k]);
    return ids;
  }

  #part(key: SortKey): void {
    const { keys, range, exact } = key.coarse(this.#rows, this.#descending);
    this.#coarse = keys;
    this.#exact = exact;
    this.#order = new Uint32Array(this.length);
    const present = moveAbsent(keys, this.#order);
    const bits = 32 - Math.clz32(range);
    const values: Stretch = { from: 0, to: present, bits, settled: false, parts: null };
    const absent: Stretch = { from: present, to: this.length, bits: 0, settled: true, parts: null };
    this.#whole = { from: 0, to: this.length, bits, settled: false, parts: [values, absent] };
  }

  /** Settles what of from..to lies in the stretch. */
  #settle(stretch: Stretch, from: number, to: number): void {
    if (stretch.settled || to <= stretch.from || from >= stretch.to) return;
    if (stretch.to - stretch.from <= SMALL || stretch.bits === 0) {
      this.#sort(stretch.from, stretch.to);
      stretch.settled = true;
      stretch.parts = null;
      return;
    }
    stretch.parts ??= this.#partsOf(stretch);
    for (const part of stretch.parts) {
      if (part.from >= to) break;
      this.#settle(part, from, to);
    }
  }

  /** Counting sort by the next bits, stable. */
  #partsOf({ from, to, bits }: Stretch): Stretch[] {
    const coarse = this.#coarse;
    const order = this.#order?.subarray(from, to) ?? new Uint32Array(0);
    const shift = Math.max(0, bits - DIGIT_BITS);
    const before = order.slice();
    const starts = new Uint32Array(DIGITS + 1);
    for (let n = 0; n < before.length; n++) starts[((coarse[before[n]] >>> shift) & (DIGITS - 1)) + 1]++;
    const parts: Stretch[] = [];
    for (let digit = 0; digit < DIGITS; digit++) {
      const rows = starts[digit + 1];
      const start = from + starts[digit];
      if (rows > 0) parts.push({ from: start, to: start + rows, bits: shift, settled: rows === 1, parts: null });
      starts[digit + 1] += starts[digit];
    }
    if (parts.length > 1) {
      for (let n = 0; n < before.length; n++) order[starts[(coarse[before[n]] >>> shift) & (DIGITS - 1)]++] = before[n];
    }
    return parts;
  }

  /** Sorts a stretch that is small, or whose coarse keys are all the same. */
  #sort(from: number, to: number): void {
    const order = this.#order?.subarray(from, to) ?? new Uint32Array(0);
    const coarse = this.#coarse;
    if (order.length <= SMALL) {
      // Both in one double sort without a call per comparison; places keep equal keys in their order.
      const packed = Float64Array.from(order, (k, n) => coarse[k] * SMALL * 2 + n).sort();
      const before = order.slice();
      for (let n = 0; n < order.length; n++) order[n] = before[packed[n] % (SMALL * 2)];
    }
    if (this.#exact) return;
    for (let start = 0; start < order.length;) {
      let end = start + 1;
      while (end < order.length && coarse[order[end]] === coarse[order[start]]) end++;
      if (end - start > 1 && this.#key !== null) order.set(this.#key.refine(this.#rows, order.slice(start, end), this.#descending), start);
      start = end;
    }
  }
}

/** Numbers the rows with a value first, then those without; returns how many have one. */
function moveAbsent(keys: Uint32Array, order: Uint32Array): number {
  let present = 0;
  for (let k = 0; k < keys.length; k++) {
    order[present] = k;
    present += keys[k] === ABSENT ? 0 : 1;
  }
  let absent = present;
  for (let k = 0; absent < keys.length; k++) if (keys[k] === ABSENT) order[absent++] = k;
  return present;
}
