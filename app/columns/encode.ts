import { bitmapBytes, Scratch } from './bytes.ts';
import { encodeText } from './encode-text.ts';
import { FEWEST_ROWS, numberKernels, type NumberKernels } from './kernels/number-kernels.ts';
import {
  BLOCK,
  Figures,
  Steps,
  delta16,
  delta8,
  fillAbsent,
  isSequence,
  isScaled,
  scaled,
  subtract16,
  subtract32,
  subtract48,
  subtract8,
  words,
  writeBitmap,
} from './number-blocks.ts';
import type { Segment } from './segment.ts';
import { CHUNK_ROWS, type ColumnBuffer } from './types.ts';

/** Below this, sums and differences of two whole numbers are exact. */
const exact = 2 ** 51;

const nothing = new Uint8Array(0);

/** Turns column buffers into segments. The data of a segment lies in memory that the next call uses again. */
export class ColumnEncoder {
  readonly #scratch = new Scratch();
  readonly #room = new Scratch();

  encode(buffer: ColumnBuffer, rows: number): Segment {
    switch (buffer.storage) {
      case 'number':
        return this.numbers(buffer.values, rows);
      case 'dictionary':
        return this.ids(buffer.values, rows);
      case 'text':
        return encodeText(this.#scratch, buffer.ends, 0, rows, buffer.absent, buffer.bytes);
    }
  }

  /** Numbers, absent = NaN; picks the narrowest encoding that gives every value back bit by bit. */
  numbers(values: Float64Array, rows: number): Segment {
    const kernels = rows < FEWEST_ROWS || rows > CHUNK_ROWS ? null : numberKernels();
    kernels?.load(values, rows);
    return this.#numbers(values, rows, kernels);
  }

  /** The same without the kernels. */
  plainNumbers(values: Float64Array, rows: number): Segment {
    return this.#numbers(values, rows, null);
  }

  #numbers(values: Float64Array, rows: number, kernels: NumberKernels | null): Segment {
    const { absent, min, max, whole } = kernels?.figures() ?? figuresOf(values, rows);
    const figures = { codec: 'none' as const, rows, absent, min, max };
    if (absent === rows) return { ...figures, encoding: 'absent', min: null, max: null, base: null, step: null, data: nothing };
    if (min === max && (whole || min !== 0)) {
      return { ...figures, encoding: 'constant', base: min, step: null, data: this.#withBitmap(values, rows, absent, 0).bytes };
    }
    if (whole) {
      const step = absent === 0 ? sequenceStep(values, rows, kernels) : null;
      if (step !== null) return { ...figures, encoding: 'sequence', base: values[0], step, data: nothing };
      const delta =
        absent === 0 && max - min > 0xffff && max <= exact && min >= -exact ? this.#delta(values, rows, max - min, kernels) : null;
      if (delta !== null) return { ...figures, ...delta };
      const offset = this.#offset(values, rows, { absent, min, range: max - min }, kernels);
      if (offset !== null) return { ...figures, encoding: offsets[offset.width], base: min, step: null, data: offset.data };
    }
    const decimal = whole ? null : this.#decimal(values, rows, absent, kernels);
    if (decimal !== null) return { ...figures, ...decimal };
    const { bytes, at } = this.#withBitmap(values, rows, absent, rows * 8);
    new Float64Array(bytes.buffer, at, rows).set(values.subarray(0, rows));
    return { ...figures, encoding: 'float64', base: null, step: null, data: bytes };
  }

  /** Dictionary ids, absent = 0, which is stored as itself. */
  ids(values: Uint32Array, rows: number): Segment {
    let low = 0xffff_ffff;
    let high = 0;
    let min = 0xffff_ffff;
    let absent = 0;
    for (let i = 0; i < rows; i++) {
      const id = values[i];
      if (id > high) high = id;
      if (id < low) low = id;
      if (id === 0) absent++;
      else if (id < min) min = id;
    }
    const figures = { codec: 'none' as const, rows, absent, min, max: high };
    if (absent === rows) return { ...figures, encoding: 'absent', min: null, max: null, base: null, step: null, data: nothing };
    if (low === high) return { ...figures, encoding: 'constant', base: low, step: null, data: nothing };
    const range = high - low;
    const width = range <= 0xff ? 1 : range <= 0xffff ? 2 : 4;
    const buffer = this.#scratch.reserve(rows * width);
    const out =
      width === 1 ? new Uint8Array(buffer, 0, rows) : width === 2 ? new Uint16Array(buffer, 0, rows) : new Uint32Array(buffer, 0, rows);
    for (let i = 0; i < rows; i++) out[i] = values[i] - low;
    const encoding = width === 1 ? 'offset8' : width === 2 ? 'offset16' : 'offset32';
    return { ...figures, encoding, base: low, step: null, data: new Uint8Array(buffer, 0, rows * width) };
  }

  /** Room for the bitmap of absent rows (filled; none where no row is absent) and `bytes` behind it, starting at `at`. */
  #withBitmap(
    values: Float64Array,
    rows: number,
    absent: number,
    bytes: number,
  ): { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number } {
    const at = absent === 0 ? 0 : bitmapBytes(rows);
    const whole = new Uint8Array(this.#scratch.reserve(at + bytes), 0, at + bytes);
    if (absent > 0) {
      const bits = words(values, rows);
      whole.fill(0, rows >> 3, at);
      for (let from = 0; from < rows; from += BLOCK) writeBitmap(bits, from, Math.min(rows, from + BLOCK), whole);
    }
    return { bytes: whole, at };
  }

  #offset(
    values: Float64Array,
    rows: number,
    { absent, min, range }: { readonly absent: number; readonly min: number; readonly range: number },
    kernels: NumberKernels | null,
  ): { readonly width: Width; readonly data: Uint8Array } | null {
    if (range > 0xffff_ffff && (range >= 2 ** 48 || Math.abs(min) > exact)) return null;
    const width = range <= 0xff ? 1 : range <= 0xffff ? 2 : range <= 0xffff_ffff ? 4 : 6;
    if (kernels !== null) return { width, data: kernels.packed(offsets[width], min, absent) };
    const there = absent === 0 ? values : this.#filled(values, rows, min);
    const { bytes, at } = this.#withBitmap(values, rows, absent, rows * width);
    const low = narrow(bytes.buffer, at, rows, width);
    const high = width === 6 ? new Uint16Array(bytes.buffer, at + rows * 4, rows) : null;
    for (let from = 0; from < rows; from += BLOCK) {
      const to = Math.min(rows, from + BLOCK);
      if (low instanceof Uint8Array) subtract8(there, from, to, min, low);
      else if (low instanceof Uint16Array) subtract16(there, from, to, min, low);
      else if (high === null) subtract32(there, from, to, min, low);
      else subtract48(there, from, to, min, low, high);
    }
    return { width, data: bytes };
  }

  /** As whole numbers over a power of ten, where that gives every value back bit by bit: what a log wrote with so many decimals. */
  #decimal(
    values: Float64Array,
    rows: number,
    absent: number,
    kernels: NumberKernels | null,
  ): Pick<Segment, 'encoding' | 'base' | 'step' | 'data'> | null {
    const likely = scaleOf(values, rows);
    // numbers that were not looked at may have more decimals than those that were; hardly a program writes more than six
    for (const scale of likely === null ? [] : new Set([likely, Math.max(likely, 1e6)])) {
      const wholes = kernels === null ? scaledRows(values, rows, scale) : kernels.scale(scale);
      if (wholes === null) continue;
      const { min, max } = kernels?.figures() ?? figuresOf(wholes, rows);
      if (max > exact || min < -exact) return null;
      const offset = this.#offset(wholes, rows, { absent, min, range: max - min }, kernels);
      return offset === null ? null : { encoding: decimals[offset.width], base: min, step: scale, data: offset.data };
    }
    return null;
  }

  /** The values with `by` where they are absent. */
  #filled(values: Float64Array, rows: number, by: number): Float64Array {
    const filled = new Float64Array(this.#room.reserve(rows * 8), 0, rows);
    const [low, high] = words(Float64Array.of(by), 1);
    const source = words(values, rows);
    const out = words(filled, rows);
    for (let from = 0; from < rows; from += BLOCK) fillAbsent(source, from, Math.min(rows, from + BLOCK), low, high, out);
    return filled;
  }

  /** Differences to the row before, where they need fewer bytes than differences to the minimum: times and places in a file. */
  #delta(
    values: Float64Array,
    rows: number,
    range: number,
    kernels: NumberKernels | null,
  ): Pick<Segment, 'encoding' | 'base' | 'step' | 'data'> | null {
    const { min, max } = kernels?.steps() ?? stepsOf(values, rows);
    const width = max - min <= 0xff ? 1 : max - min <= 0xffff ? 2 : 4;
    if (width === 4 || range <= 0xffff) return null;
    const encoding = width === 1 ? 'delta8' : 'delta16';
    if (kernels !== null) return { encoding, base: values[0], step: min, data: kernels.packed(encoding, min, 0) };
    const buffer = this.#scratch.reserve(rows * width);
    const out = width === 1 ? new Uint8Array(buffer, 0, rows) : new Uint16Array(buffer, 0, rows);
    out[0] = 0;
    for (let from = 1; from < rows; from += BLOCK) {
      const to = Math.min(rows, from + BLOCK);
      if (out instanceof Uint8Array) delta8(values, from, to, min, out);
      else delta16(values, from, to, min, out);
    }
    return { encoding, base: values[0], step: min, data: new Uint8Array(buffer, 0, rows * width) };
  }
}

/** Bytes of an offset. */
type Width = 1 | 2 | 4 | 6;
const offsets = { 1: 'offset8', 2: 'offset16', 4: 'offset32', 6: 'offset48' } as const;
const decimals = { 1: 'decimal8', 2: 'decimal16', 4: 'decimal32', 6: 'decimal48' } as const;

/** So many values are looked at for how many decimals they have. */
const LOOKED_AT = 64;
const MOST_DECIMALS = 9;

/** The smallest power of ten of which some of the values, spread over all rows, are whole multiples of a part; null: there is none. */
function scaleOf(values: Float64Array, rows: number): number | null {
  const every = Math.max(1, Math.floor(rows / LOOKED_AT));
  let places = 1;
  for (let row = 0; row < rows; row += every) {
    while (!Number.isNaN(values[row]) && !isScaled(values[row], 10 ** places)) {
      if (++places > MOST_DECIMALS) return null;
    }
  }
  return 10 ** places;
}

function scaledRows(values: Float64Array, rows: number, scale: number): Float64Array | null {
  const wholes = new Float64Array(rows);
  for (let from = 0; from < rows; from += BLOCK) if (!scaled(values, from, Math.min(rows, from + BLOCK), scale, wholes)) return null;
  return wholes;
}

/** Room for `rows` numbers of so many bytes; of 6 bytes, for the lower four. */
function narrow(buffer: ArrayBuffer, at: number, rows: number, width: Width): Uint8Array | Uint16Array | Uint32Array {
  if (width === 1) return new Uint8Array(buffer, at, rows);
  return width === 2 ? new Uint16Array(buffer, at, rows) : new Uint32Array(buffer, at, rows);
}

function figuresOf(values: Float64Array, rows: number): Figures {
  const figures = new Figures();
  const bits = words(values, rows);
  for (let from = 0; from < rows; from += BLOCK) figures.add(values, bits, from, Math.min(rows, from + BLOCK));
  return figures;
}

function stepsOf(values: Float64Array, rows: number): Steps {
  const steps = new Steps();
  for (let from = 1; from < rows; from += BLOCK) steps.add(values, from, Math.min(rows, from + BLOCK));
  return steps;
}

/** The step of base, base + step, base + 2 step, ..., or null where the rows are none. */
function sequenceStep(values: Float64Array, rows: number, kernels: NumberKernels | null): number | null {
  const base = values[0];
  const step = values[1] - base;
  if (!Number.isFinite(step)) return null;
  if (kernels !== null) return kernels.isSequence(base, step) ? step : null;
  for (let from = 1; from < rows; from += BLOCK) if (!isSequence(values, from, Math.min(rows, from + BLOCK), base, step)) return null;
  return step;
}
