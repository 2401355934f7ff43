import { StringPool } from '../string-pool.ts';
import type { DictionaryReader, RecordTable } from '../types.ts';
import { NumberCodes } from './number-codes.ts';
import { fillGaps, wideIds, wideNumbers } from './packed-rows.ts';
import { NumberRoom } from './room.ts';
import { boundsOf, type Slice } from './slices.ts';

/**
 * What rows are grouped by: the value of a column, or, with a step, the multiple of the step at or below it (`ts` by 3.6e9 is the hour).
 * `step` > 0, for number columns alone.
 */
export interface Key {
  readonly column: string;
  readonly step?: number | undefined;
}

/** Turns the rows of slices into small whole numbers, the same for the same key. Slices come in the order of the table, each once. */
export interface Codes {
  /** Codes given so far are below this. */
  readonly size: number;
  /** True where `size` will not change. */
  readonly settled: boolean;
  /** One code per chosen row: in `out`, or in an array of the chunk's own. Null where the key turned out to need another kind of codes. */
  fill(slice: Slice, out: Uint32Array): Uint32Array | null;
  /** What the codes stand for, one column per key. */
  keys(codes: Uint32Array): readonly GroupKey[];
}

/** One key of every group. `values` are entry ids of the column's dictionary (0 absent) or numbers (NaN absent). */
export interface GroupKey {
  readonly values: Float64Array;
  /** Is the key of this group absent? */
  isAbsent(group: number): boolean;
  /** The text of a group's key; null where it is absent or a number. */
  textOf(group: number): string | null;
}

/** More codes than this do not lie side by side in a table of their own: they are looked up. */
const DENSE = 1 << 20;

/** Numbers that turned out not to be whole are looked up; everything else finds its code by arithmetic. */
export function codesFor(table: RecordTable, slices: readonly Slice[], key: Key, looksUp: boolean): Codes {
  const { column, step } = key;
  const spec = table.column(column);
  if (spec === undefined) return new NoColumn();
  if (spec.storage === 'dictionary') return new EntryCodes(column, table.dictionary(spec.dictionary ?? 'term'));
  if (spec.storage === 'text') return new TextCodes(column);
  const bounds = boundsOf(slices, column);
  if (bounds === null) return new NoColumn();
  const width = step ?? 1;
  const low = Math.floor(bounds.min / width);
  const size = Math.floor(bounds.max / width) - low + 2;
  const exact = Number.isSafeInteger(low) && Number.isSafeInteger(low + size);
  if (exact && size <= DENSE && (step !== undefined || !looksUp)) return new NearCodes(column, step, low, size);
  return new FarCodes(column, step);
}

/** A column that none of the records has: absent throughout. */
class NoColumn implements Codes {
  readonly size = 1;
  readonly settled = true;
  fill(slice: Slice, out: Uint32Array): Uint32Array {
    return out.fill(0, 0, slice.count);
  }
  keys(codes: Uint32Array): readonly GroupKey[] {
    return [numberKey(new Float64Array(codes.length).fill(NaN))];
  }
}

/** Ids of a dictionary are codes already. */
class EntryCodes implements Codes {
  readonly size: number;
  readonly settled = true;
  readonly #column: string;
  readonly #dictionary: DictionaryReader;

  constructor(column: string, dictionary: DictionaryReader) {
    this.#column = column;
    this.#dictionary = dictionary;
    this.size = dictionary.size + 1;
  }

  fill({ chunk, rows, count }: Slice, out: Uint32Array): Uint32Array {
    return wideIds(chunk.packedIds(this.#column), rows, count, out);
  }

  keys(codes: Uint32Array): readonly GroupKey[] {
    return [textKey(codes, this.#dictionary)];
  }
}

/** Whole numbers that lie near each other (ports, hours): 0 is absent, the least has code 1. */
class NearCodes implements Codes {
  readonly size: number;
  readonly settled = true;
  readonly #column: string;
  readonly #step: number | undefined;
  readonly #low: number;
  readonly #scratch = new NumberRoom();

  constructor(column: string, step: number | undefined, low: number, size: number) {
    this.#column = column;
    this.#step = step;
    this.#low = low;
    this.size = size;
  }

  fill({ chunk, rows, count }: Slice, out: Uint32Array): Uint32Array | null {
    const packed = chunk.packedNumbers(this.#column);
    const { values, base, absent } = packed;
    const before = this.#low - 1;
    if (this.#step === undefined && !(values instanceof Float64Array)) {
      if (!Number.isInteger(base)) return null;
      wideIds({ values, base }, rows, count, out, -before);
      if (absent !== null) fillGaps(absent, rows, count, out, 0);
      return out;
    }
    const numbers = wideNumbers(packed, rows, count, this.#scratch.atLeast(count), NaN);
    if (this.#step !== undefined) stepCodes(numbers, this.#step, before, count, out);
    else if (!wholeCodes(numbers, before, count, out)) return null;
    return out;
  }

  keys(codes: Uint32Array): readonly GroupKey[] {
    return [numberKey(Float64Array.from(codes, (code) => (code === 0 ? NaN : (code - 1 + this.#low) * (this.#step ?? 1))))];
  }
}

/** How many steps each number lies above `before` steps; 0 for NaN. */
function stepCodes(numbers: Float64Array, step: number, before: number, count: number, out: Uint32Array): void {
  for (let k = 0; k < count; k++) {
    const value = numbers[k];
    out[k] = value === value ? Math.floor(value / step) - before : 0;
  }
}

/** How far each number lies above `before`; 0 for NaN. False where one is not whole. */
function wholeCodes(numbers: Float64Array, before: number, count: number, out: Uint32Array): boolean {
  let whole = true;
  for (let k = 0; k < count; k++) {
    const value = numbers[k];
    out[k] = value === value ? value - before : 0;
    whole &&= Math.floor(value) === value || value !== value;
  }
  return whole;
}

/** Any numbers: every new one gets the next code; 0 is absent. */
class FarCodes implements Codes {
  readonly settled = false;
  readonly #column: string;
  readonly #step: number | undefined;
  readonly #numbers = new NumberCodes();
  readonly #scratch = new NumberRoom();

  constructor(column: string, step: number | undefined) {
    this.#column = column;
    this.#step = step;
  }

  get size(): number {
    return this.#numbers.size;
  }

  fill({ chunk, rows, count }: Slice, out: Uint32Array): Uint32Array {
    const values = wideNumbers(chunk.packedNumbers(this.#column), rows, count, this.#scratch.atLeast(count), NaN);
    const numbers = this.#numbers;
    const step = this.#step;
    for (let k = 0; k < count; k++) out[k] = numbers.codeOf(step === undefined ? values[k] : Math.floor(values[k] / step) * step);
    return out;
  }

  keys(codes: Uint32Array): readonly GroupKey[] {
    return [numberKey(Float64Array.from(codes, (code) => this.#numbers.valueOf(code)))];
  }
}

/** Texts by their bytes; ids count from 1, 0 is absent. */
class TextCodes implements Codes {
  readonly settled = false;
  readonly #column: string;
  readonly #pool = new StringPool('term');

  constructor(column: string) {
    this.#column = column;
  }

  get size(): number {
    return this.#pool.size + 1;
  }

  fill({ chunk, rows, count }: Slice, out: Uint32Array): Uint32Array {
    const { offsets, bytes, absent } = chunk.text(this.#column);
    for (let k = 0; k < count; k++) {
      const i = rows === null ? k : rows[k];
      out[k] = absent?.[i] === 1 ? 0 : this.#pool.intern(bytes, offsets[i], offsets[i + 1]);
    }
    return out;
  }

  keys(codes: Uint32Array): readonly GroupKey[] {
    return [textKey(codes, this.#pool)];
  }
}

function numberKey(values: Float64Array): GroupKey {
  return { values, isAbsent: (group) => Number.isNaN(values[group]), textOf: () => null };
}

function textKey(ids: Uint32Array, texts: DictionaryReader): GroupKey {
  return {
    values: Float64Array.from(ids),
    isAbsent: (group) => ids[group] === 0,
    textOf: (group) => (ids[group] === 0 ? null : texts.textOf(ids[group])),
  };
}
