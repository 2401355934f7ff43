import type { Codes } from './codes.ts';
import { foldInto, startOf, type Folding } from './measures.ts';
import { IdRoom } from './room.ts';
import type { Slice } from './slices.ts';

/** Groups of pairs: row k of every array is group k. */
export interface PairGroups {
  readonly firsts: Uint32Array;
  readonly seconds: Uint32Array;
  readonly counts: Float64Array;
  readonly figures: readonly Float64Array[];
}

/** Rows that are put in order at a time: 4 bytes each, and 8 for every measure. */
const MOST_ROWS = 8_000_000;

/**
 * Groups rows by two keys of which there are many pairs. The rows are first brought together by the first key, and then the second keys of one
 * first key need a table that fits the processor's nearest memory; looking every pair up in one large table waits for memory at every row.
 * Groups come by the first code, those of one first code as they are met. The rows of a group are folded in their order. Null where a key
 * turned out to need other codes.
 */
export function pairGroups(
  slices: readonly Slice[],
  first: Codes,
  second: Codes,
  foldings: readonly Folding[],
  mostRows = MOST_ROWS,
): PairGroups | null {
  const rowsOf = countRowsOf(slices, first);
  if (rowsOf === null) return null;
  const groups = new Groups(second.size, foldings);
  for (let from = 0; from < rowsOf.length;) {
    const [to, rows] = stretchFrom(rowsOf, from, mostRows);
    const part = new Part(from, to, rows, rowsOf, foldings);
    for (const slice of slices) if (!part.take(slice, first, second)) return null;
    groups.addPart(part);
    from = to;
  }
  return groups.done();
}

function countRowsOf(slices: readonly Slice[], codes: Codes): Uint32Array | null {
  const rowsOf = new Uint32Array(codes.size);
  const scratch = new IdRoom();
  for (const slice of slices) {
    const filled = codes.fill(slice, scratch.atLeast(slice.count));
    if (filled === null) return null;
    for (let k = 0; k < slice.count; k++) rowsOf[filled[k]]++;
  }
  return rowsOf;
}

/** As many first codes, from this one on, as have `mostRows` rows together; one at least. */
function stretchFrom(rowsOf: Uint32Array, from: number, mostRows: number): readonly [to: number, rows: number] {
  let rows = rowsOf[from];
  let to = from + 1;
  while (to < rowsOf.length && rows + rowsOf[to] <= mostRows) rows += rowsOf[to++];
  return [to, rows];
}

/** The rows of some first codes, brought together by first code. */
class Part {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Where the next row of first code c goes: of from + c. Once all are taken, where its rows end. */
  readonly ends: Uint32Array;
  readonly seconds: Uint32Array;
  readonly numbers: readonly Float64Array[];
  readonly #foldings: readonly Folding[];
  readonly #firsts = new IdRoom();
  readonly #others = new IdRoom();
  readonly #rows = new IdRoom();
  readonly #places = new IdRoom();

  constructor(from: number, to: number, rows: number, rowsOf: Uint32Array, foldings: readonly Folding[]) {
    this.from = from;
    this.to = to;
    this.rows = rows;
    this.#foldings = foldings;
    this.seconds = new Uint32Array(rows);
    this.numbers = foldings.map(() => new Float64Array(rows));
    this.ends = new Uint32Array(to - from);
    for (let c = 1; c < this.ends.length; c++) this.ends[c] = this.ends[c - 1] + rowsOf[from + c - 1];
  }

  take(slice: Slice, first: Codes, second: Codes): boolean {
    const firsts = first.fill(slice, this.#firsts.atLeast(slice.count));
    const seconds = second.fill(slice, this.#others.atLeast(slice.count));
    if (firsts === null || seconds === null) return false;
    const mine = this.#place(firsts, slice.count);
    moveIds(seconds, this.#rows.atLeast(mine), this.#places.atLeast(mine), mine, this.seconds);
    for (const [m, folding] of this.#foldings.entries())
      moveNumbers(folding.numbers(slice), this.#rows.atLeast(mine), this.#places.atLeast(mine), mine, this.numbers[m]);
    return true;
  }

  /** Which rows of the slice belong here, and where each goes. */
  #place(firsts: Uint32Array, count: number): number {
    const { from, ends } = this;
    const rows = this.#rows.atLeast(count);
    const places = this.#places.atLeast(count);
    let mine = 0;
    for (let k = 0; k < count; k++) {
      const c = firsts[k] - from;
      if (c < 0 || c >= ends.length) continue;
      rows[mine] = k;
      places[mine++] = ends[c]++;
    }
    return mine;
  }
}

function moveIds(from: Uint32Array, rows: Uint32Array, places: Uint32Array, count: number, to: Uint32Array): void {
  for (let n = 0; n < count; n++) to[places[n]] = from[rows[n]];
}

function moveNumbers(from: Float64Array, rows: Uint32Array, places: Uint32Array, count: number, to: Float64Array): void {
  for (let n = 0; n < count; n++) to[places[n]] = from[rows[n]];
}

/** The groups met so far. */
class Groups {
  #size = 0;
  #firsts = new Uint32Array(1 << 10);
  #seconds = new Uint32Array(1 << 10);
  #counts = new Float64Array(1 << 10);
  #figures: Float64Array[];
  readonly #foldings: readonly Folding[];
  /** Group + 1 of every second code; of the first code at hand where it is above that code's first group. */
  readonly #seen: Uint32Array;

  constructor(seconds: number, foldings: readonly Folding[]) {
    this.#seen = new Uint32Array(seconds);
    this.#foldings = foldings;
    this.#figures = foldings.map((folding) => new Float64Array(1 << 10).fill(startOf(folding)));
  }

  addPart({ from, to, ends, seconds, numbers, rows }: Part): void {
    let start = 0;
    for (let first = from; first < to; first++) {
      const end = ends[first - from];
      if (end > start) this.#number(first, seconds, start, end);
      start = end;
    }
    for (const [m, { fold }] of this.#foldings.entries()) foldInto(this.#figures[m], seconds, numbers[m], rows, fold);
  }

  /** Puts the group of every row of one first code in the place of its second code. */
  #number(first: number, seconds: Uint32Array, start: number, end: number): void {
    const seen = this.#seen;
    const before = this.#size;
    for (let n = start; n < end; n++) {
      const second = seconds[n];
      let group = seen[second];
      if (group <= before) {
        seen[second] = group = this.#add(first, second);
      }
      this.#counts[group - 1]++;
      seconds[n] = group - 1;
    }
  }

  /** Group + 1. */
  #add(first: number, second: number): number {
    if (this.#size === this.#firsts.length) this.#grow();
    this.#firsts[this.#size] = first;
    this.#seconds[this.#size] = second;
    return ++this.#size;
  }

  #grow(): void {
    const length = this.#size * 2;
    this.#firsts = copied(this.#firsts, new Uint32Array(length));
    this.#seconds = copied(this.#seconds, new Uint32Array(length));
    this.#counts = copied(this.#counts, new Float64Array(length));
    this.#figures = this.#figures.map((figures, m) => copied(figures, new Float64Array(length).fill(startOf(this.#foldings[m]))));
  }

  done(): PairGroups {
    const size = this.#size;
    return {
      firsts: this.#firsts.slice(0, size),
      seconds: this.#seconds.slice(0, size),
      counts: this.#counts.slice(0, size),
      figures: this.#figures.map((figures) => figures.slice(0, size)),
    };
  }
}

function copied<A extends Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
