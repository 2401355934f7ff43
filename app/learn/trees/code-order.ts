import { CODES, type Bins } from './bins.ts';

/** Rows as a tree learns from them: the class in the lower 16 bits, how often the row was drawn in the upper. */
export const CLASS_BITS = 16;
export const CLASS_MASK = 0xffff;

/** Nodes of at most so many rows are sorted by insertion. */
export const SORTED = 24;

/** The rows of a node in the order of their codes in one column; of equal codes as they stood. One in each thread; made once for many nodes. */
export class CodeOrder {
  /** Places of the rows among the node's, in order, and their codes. */
  places = new Uint32Array(SORTED);
  codes = new Uint8Array(SORTED);
  readonly #keys = new Int32Array(SORTED);
  readonly #starts = new Uint32Array(CODES + 1);

  /** Puts the rows in order. Says whether more than one code occurs. */
  put(bins: Bins, column: number, rows: Uint32Array, begin: number, end: number): boolean {
    return end - begin <= SORTED ? this.#sort(bins, column, rows, begin, end) : this.#count(bins, column, rows, begin, end);
  }

  /** Few rows, by insertion. */
  #sort({ codes, rows: height }: Bins, column: number, rows: Uint32Array, begin: number, end: number): boolean {
    const base = column * height;
    const keys = this.#keys;
    const length = end - begin;
    for (let i = 0; i < length; i++) {
      const key = (codes[base + rows[begin + i]] << 8) | i;
      let at = i;
      while (at > 0 && keys[at - 1] > key) {
        keys[at] = keys[at - 1];
        at--;
      }
      keys[at] = key;
    }
    if (keys[0] >> 8 === keys[length - 1] >> 8) return false;
    for (let i = 0; i < length; i++) {
      this.places[i] = begin + (keys[i] & 0xff);
      this.codes[i] = keys[i] >> 8;
    }
    return true;
  }

  /** Any number of rows: a counting sort. */
  #count({ codes, rows: height }: Bins, column: number, rows: Uint32Array, begin: number, end: number): boolean {
    const base = column * height;
    const starts = this.#starts.fill(0);
    if (this.places.length < end - begin) {
      this.places = new Uint32Array(end - begin);
      this.codes = new Uint8Array(end - begin);
    }
    for (let i = begin; i < end; i++) starts[codes[base + rows[i]] + 1]++;
    if (starts[codes[base + rows[begin]] + 1] === end - begin) return false;
    for (let code = 0; code < CODES; code++) starts[code + 1] += starts[code];
    for (let i = begin; i < end; i++) {
      const code = codes[base + rows[i]];
      const at = starts[code]++;
      this.places[at] = i;
      this.codes[at] = code;
    }
    return true;
  }
}

/** Adds the rows of a node to a histogram, code × class, that stands at `to`. */
export function countCodes(
  { codes, rows: height }: Bins,
  column: number,
  classes: number,
  rows: Uint32Array,
  tags: Uint32Array,
  begin: number,
  end: number,
  histogram: Int32Array,
  to: number,
): void {
  const base = column * height;
  for (let i = begin; i < end; i++) {
    const tag = tags[i];
    histogram[to + codes[base + rows[i]] * classes + (tag & CLASS_MASK)] += tag >>> CLASS_BITS;
  }
}

/** Whether one code has rows: its part of a histogram stands at `at`. */
export function hasRows(histogram: Int32Array, at: number, classes: number): boolean {
  for (let k = 0; k < classes; k++) if (histogram[at + k] !== 0) return true;
  return false;
}

/** Writes the codes whose bits are set to `list`, ascending; returns how many there are. */
export function listCodes(bits: Uint32Array, list: Uint16Array): number {
  let length = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word]; left !== 0; left &= left - 1) list[length++] = word * 32 + 31 - Math.clz32(left & -left);
  }
  return length;
}
