import { bitmapBytes } from '../bytes.ts';
import { scaled } from '../number-blocks.ts';
import { CHUNK_ROWS } from '../types.ts';
import { FIGURES, OUT, VALUES, exportsOf, overNumberMemory, type NumberMemory } from './number-memory.ts';
import { numberBytes } from './number-bytes.ts';

type Pack = (at: number, rows: number, out: number, min: number) => void;

interface Exports {
  figures(at: number, pairs: number): void;
  steps(at: number, pairs: number): void;
  sequence(at: number, rows: number, base: number, step: number): number;
  bitmap(at: number, rows: number, out: number): void;
  scaled(at: number, pairs: number, out: number, scale: number): number;
  readonly offset8: Pack;
  readonly offset16: Pack;
  readonly offset32: Pack;
  readonly offset48: Pack;
  readonly delta8: Pack;
  readonly delta16: Pack;
}

export type Packing = 'offset8' | 'offset16' | 'offset32' | 'offset48' | 'delta8' | 'delta16';
const widths = { offset8: 1, offset16: 2, offset32: 4, offset48: 6, delta8: 1, delta16: 2 } as const;

/** With fewer rows it takes longer to begin. */
export const FEWEST_ROWS = 512;

/** The encoder's loops in WebAssembly, over one column. */
export class NumberKernels {
  readonly #run: Exports;
  readonly #buffer: ArrayBuffer;
  readonly #figures: Float64Array<ArrayBuffer>;
  readonly #counts: BigInt64Array<ArrayBuffer>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #values: Float64Array = new Float64Array(0);
  /** Where they lie. */
  #at = VALUES;
  #rows = 0;

  constructor(memory: NumberMemory) {
    const { buffer } = memory;
    this.#run = exportsOf(numberBytes, memory) as Exports;
    this.#buffer = buffer;
    this.#figures = new Float64Array(buffer, FIGURES, 8);
    this.#counts = new BigInt64Array(buffer, FIGURES, 8);
    this.#bytes = new Uint8Array(buffer);
  }

  /** The column that is spoken of from now on: FEWEST_ROWS to CHUNK_ROWS rows. It is copied where it does not lie in this memory. */
  load(values: Float64Array, rows: number): void {
    this.#rows = rows;
    this.#values = values;
    this.#at = values.byteOffset;
    if (values.buffer === this.#buffer) return;
    this.#at = VALUES;
    new Float64Array(this.#buffer, VALUES, CHUNK_ROWS).set(values.subarray(0, rows));
  }

  /** See Figures. */
  figures(): { readonly absent: number; readonly min: number; readonly max: number; readonly whole: boolean } {
    const rows = this.#rows;
    this.#run.figures(this.#at, rows >> 1);
    const [low, otherLow, high, otherHigh] = this.#figures;
    const found = {
      min: Math.min(low, otherLow),
      max: Math.max(high, otherHigh),
      absent: Number(this.#counts[4] + this.#counts[5]),
      whole: this.#counts[6] === 0n && this.#counts[7] === 0n,
    };
    if (rows % 2 === 0) return found;
    const last = this.#values[rows - 1];
    if (Number.isNaN(last)) return { ...found, absent: found.absent + 1 };
    const whole = found.whole && !(last - Math.floor(last) > 0) && !Object.is(last, -0);
    return { min: Math.min(found.min, last), max: Math.max(found.max, last), absent: found.absent, whole };
  }

  /** Smallest and largest difference of a row to the row before. */
  steps(): { readonly min: number; readonly max: number } {
    const rows = this.#rows;
    this.#run.steps(this.#at, (rows - 1) >> 1);
    const [low, otherLow, high, otherHigh] = this.#figures;
    const last = rows % 2 === 0 ? this.#values[rows - 1] - this.#values[rows - 2] : low;
    return { min: Math.min(low, otherLow, last), max: Math.max(high, otherHigh, last) };
  }

  isSequence(base: number, step: number): boolean {
    return this.#run.sequence(this.#at, this.#rows, base, step) === 1;
  }

  /** The column times `scale`, which is spoken of from now on; null where these are no whole numbers that give every value back bit by bit. */
  scale(scale: number): Float64Array | null {
    const rows = this.#rows;
    const values = this.#values;
    const out = new Float64Array(this.#buffer, VALUES, rows);
    const most = this.#run.scaled(this.#at, rows >> 1, VALUES, scale) === 0;
    if (!scaled(values, rows - 1, rows, scale, out) || !most) {
      this.load(values, rows);
      return null;
    }
    this.#values = out;
    this.#at = VALUES;
    return out;
  }

  /** The column as a segment's data: a bitmap where any row is absent, then its numbers. Used again by the next call. */
  packed(how: Packing, min: number, absent: number): Uint8Array<ArrayBuffer> {
    const rows = this.#rows;
    const at = absent === 0 ? 0 : this.#bitmap();
    const width = widths[how];
    const delta = how === 'delta8' || how === 'delta16';
    this.#run[how](delta ? this.#at - 8 : this.#at, rows, OUT + at, min);
    if (delta) this.#bytes.fill(0, OUT + at, OUT + at + width);
    return this.#bytes.subarray(OUT, OUT + at + rows * width);
  }

  #bitmap(): number {
    const rows = this.#rows;
    const length = bitmapBytes(rows);
    this.#run.bitmap(this.#at, rows, OUT);
    if (rows % 8 !== 0) this.#bytes[OUT + (rows >> 3)] &= (1 << (rows % 8)) - 1;
    this.#bytes.fill(0, OUT + Math.ceil(rows / 8), OUT + length);
    return length;
  }
}

/** Those of this thread, made when they are first needed; null where there cannot be any. */
export const numberKernels = overNumberMemory((memory) => new NumberKernels(memory));
