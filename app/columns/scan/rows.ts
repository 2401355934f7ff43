import type { ChunkView, PackedNumbers } from '../types.ts';
import { numberIn } from './packed-rows.ts';
import type { Slice } from './slices.ts';

/** Chosen rows numbered 0, 1, 2, ... through all slices, and the way back from such a number to the record. */
export class Rows {
  readonly length: number;
  readonly slices: readonly Slice[];
  /** starts[s] is the number of the first row of slice s; one longer than the slices. */
  readonly #starts: Uint32Array;

  constructor(slices: readonly Slice[]) {
    this.slices = slices;
    this.#starts = new Uint32Array(slices.length + 1);
    for (const [s, { count }] of slices.entries()) this.#starts[s + 1] = this.#starts[s] + count;
    this.length = this.#starts[slices.length];
  }

  /** The record id of row k. */
  idOf(k: number): number {
    const s = this.#sliceOf(k);
    return idWithin(this.slices[s], k - this.#starts[s]);
  }

  /** Record ids of the rows from..to, as they lie. */
  idsBetween(from: number, to: number): Float64Array {
    const ids = new Float64Array(to - from);
    for (let k = from, s = to > from ? this.#sliceOf(from) : 0; k < to; s++) {
      const slice = this.slices[s];
      const start = this.#starts[s];
      const end = Math.min(to, this.#starts[s + 1]);
      for (; k < end; k++) ids[k - from] = idWithin(slice, k - start);
    }
    return ids;
  }

  /** Calls `work` for every slice that holds some of the ascending row numbers: ks[from..to), whose rows begin at number `start`. */
  eachSlice(ks: Uint32Array, work: (slice: Slice, start: number, from: number, to: number) => void): void {
    for (let from = 0; from < ks.length;) {
      const s = this.#sliceOf(ks[from]);
      const end = this.#starts[s + 1];
      let to = from + 1;
      while (to < ks.length && ks[to] < end) to++;
      work(this.slices[s], this.#starts[s], from, to);
      from = to;
    }
  }

  /** The numbers that `valuesOf` gives for the rows, NaN where absent; `ks` ascending. */
  gather(ks: Uint32Array, valuesOf: (chunk: ChunkView) => PackedNumbers): Float64Array {
    const numbers = new Float64Array(ks.length);
    this.eachSlice(ks, ({ chunk, rows }, start, from, to) => {
      const packed = valuesOf(chunk);
      for (let n = from; n < to; n++) numbers[n] = numberIn(packed, rows === null ? ks[n] - start : rows[ks[n] - start]);
    });
    return numbers;
  }

  #sliceOf(k: number): number {
    let low = 0;
    let high = this.slices.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= k) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function idWithin({ chunk, rows }: Slice, at: number): number {
  return chunk.firstRow + (rows === null ? at : rows[at]);
}
