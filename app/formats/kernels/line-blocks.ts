import { MAX_TEXT, type ColumnSlots, type Slot } from '../column-slots.ts';
import type { TextSlot } from '../text-slot.ts';
import { copyBytes } from '../../columns/bytes.ts';
import { lineKernels, type LineKernels } from './line-kernels.ts';
import { BLOCK_BYTES, BLOCK_FIELDS, BLOCK_ROWS, ENDS, LINES, TEXTS, VALUES } from './map.ts';

/** How a field is read: a kernel for numbers, words that have ids, or texts. */
export type BlockRead = 'counts' | 'micros' | 'bools' | 'decimals' | 'millis' | 'words' | 'texts';

export interface BlockField {
  readonly read: BlockRead;
  readonly slot: Slot;
  /** See FLAG. */
  readonly flags: number;
  /** A number that is larger (of times: at least so large) is none of these. */
  readonly limit: number;
  /** This number stands for absent; NaN where every number is one. */
  readonly none: number;
  /** Of words: the same spelling may have another id among those of another kind (0 to 7). */
  readonly kind: number;
}

/** How lines are read that are plain. */
export interface BlockLayout {
  readonly fields: readonly BlockField[];
  readonly separator: number;
  /** Beside those below 32, a byte that no plain line has. */
  readonly odd: number;
  /** Lines that begin with this byte are none of these; -1: all may be. */
  readonly prefix: number;
  /** The word for a text that is empty; at most eight bytes. */
  readonly empty: Uint8Array | null;
  /** The field that is the record's time, or -1. */
  readonly time: number;
  /** The id of a word, 0 where it says that there is none, or -1 where the line is not plain. */
  resolve(field: number, bytes: Uint8Array, start: number, end: number): number;
  /** Words that follow from a field that is a number and come behind the words of their row. */
  readonly derived?: DerivedWords;
}

export interface DerivedWords {
  readonly field: number;
  /** The rows of the numbers whose word would have to be made, to `out`, which has room for all; returns how many. */
  newOnes(values: Float64Array, rows: number, out: Uint32Array): number;
  make(value: number): void;
}

/** With fewer bytes it takes longer to begin than to read them line by line. */
const LEAST_BYTES = 1024;
const LEAST_REACH = 4096;
/** A block that ends after fewer rows was not worth its beginning. */
const FEW_ROWS = 16;
const MOST_PAUSE = 4096;

/**
 * Reads plain lines, many at a time, column by column, in WebAssembly: into memory of its own first, from where those rows that all columns took
 * go into the slots. It leaves whatever is not plain to who reads line by line; both give the same, down to the ids.
 */
export class LineBlocks {
  /** Of the block that was taken last: its rows, their earliest and latest time, and how many bytes they have. */
  rows = 0;
  first = Infinity;
  last = -Infinity;
  length = 0;
  #kernels: LineKernels | null = null;
  #layout: BlockLayout | null = null;
  /** Where the texts of each field lie. */
  #textsAt: number[] = [];
  /** The fields that are words. */
  #wordFields: readonly number[] = [];
  /** The columns that blocks fill; whoever derives more of them fills those too, for every row. */
  #filled: ReadonlySet<Slot> = new Set();
  /** Where the numbers of each field lie in the kernels' memory, -1 where they lie elsewhere; null: it was not looked up. */
  #homes: readonly number[] | null = null;
  /** Of the block: where the kernels write each field. */
  #outs: number[] = [];
  #most = 0;
  #stride = 0;
  /** Between the places of two rows' missing words: one for each field, one for what is derived. */
  #step = 0;
  #reach = BLOCK_BYTES;
  /** So many lines are left to others before it is tried again. */
  #pause = 0;
  #nextPause = FEW_ROWS;

  /** Lines from here on are like this; null: it takes none. */
  bind(layout: BlockLayout | null): void {
    const usable =
      layout !== null && layout.fields.length > 1 && layout.fields.length <= BLOCK_FIELDS / FEW_ROWS && (layout.empty?.length ?? 0) <= 8;
    this.#layout = usable ? layout : null;
    this.#wordFields = layout?.fields.flatMap(({ read }, i) => (read === 'words' ? [i] : [])) ?? [];
    this.#filled = new Set(usable ? layout.fields.map(({ slot }) => slot) : []);
    const width = layout?.fields.length ?? 1;
    this.#most = Math.min(BLOCK_ROWS, Math.floor(BLOCK_FIELDS / width));
    this.#stride = width * 4;
    this.#step = width + 1;
    this.#homes = null;
  }

  /** Fills rows of the slots, from `slots.rows` on (which stays as it is), from the plain lines that the whole lines bytes[from..to) begin with; false where they are none. */
  take(bytes: Uint8Array, from: number, to: number, newline: number, slots: ColumnSlots): boolean {
    const layout = this.#layout;
    if (layout === null || to - from < LEAST_BYTES) return false;
    if (this.#pause > 0) {
      this.#pause--;
      return false;
    }
    const kernels = lineKernels();
    if (kernels === null) return false;
    this.#kernels = kernels;
    kernels.claim(this);
    const length = this.#load(kernels, bytes, from, to, newline);
    const most = Math.min(this.#most, slots.capacity - slots.rows);
    this.#aim(kernels, layout, slots.rows);
    const rows = length === 0 || most < 1 || this.#tooHeavy(layout) ? 0 : this.#read(kernels, layout, most, newline, slots.rows);
    this.rows = rows;
    this.length = rows === 0 ? 0 : kernels.ends[rows * layout.fields.length] - LINES + 1;
    this.#adapt(rows, rows === most, length);
    if (rows === 0) {
      slots.noneCame();
      return false;
    }
    slots.makeWay(slots.rows + rows, this.#filled);
    this.#put(kernels, layout, slots.rows, rows);
    return true;
  }

  /** Of the block that was taken last: line numbers from `line` on, and where they begin where the first one does at `offset`. */
  places(line: number, offset: number): { readonly lines: Float64Array; readonly offsets: Float64Array } {
    const kernels = this.#kernels;
    if (kernels === null) throw new Error('no block was taken');
    const { rows } = this;
    kernels.run.sequence(rows, VALUES, line);
    kernels.run.starts(ENDS, this.#stride, rows, VALUES + BLOCK_ROWS * 8, offset - LINES);
    return { lines: kernels.numbers(VALUES, rows), offsets: kernels.numbers(VALUES + BLOCK_ROWS * 8, rows) };
  }

  /** Numbers are written where they stay, if that is in the kernels' memory; everything else to VALUES. */
  #aim(kernels: LineKernels, { fields }: BlockLayout, row: number): void {
    this.#homes ??= fields.map(({ slot }) =>
      slot.storage === 'number' && slot.values.buffer === kernels.buffer ? slot.values.byteOffset : -1,
    );
    this.#outs = this.#homes.map((home, field) => (home < 0 ? VALUES + 8 * this.#most * field : home + 8 * row));
  }

  /** Copies as many whole lines as are to be looked at; returns their length. */
  #load(kernels: LineKernels, bytes: Uint8Array, from: number, to: number, newline: number): number {
    let end = Math.min(to, from + this.#reach);
    if (end < to) end = bytes.lastIndexOf(newline, end - 1) + 1;
    if (end <= from) {
      this.#reach = BLOCK_BYTES;
      return 0;
    }
    copyBytes(bytes.subarray(from, end), kernels.bytes, LINES);
    kernels.bytes[LINES + end - from] = 0;
    kernels.ends[0] = LINES - 1;
    return end - from;
  }

  /** The chunk might have to end within the block. */
  #tooHeavy({ fields }: BlockLayout): boolean {
    return fields.some(({ slot }) => slot.storage === 'text' && slot.length > MAX_TEXT - BLOCK_BYTES);
  }

  /** Every column of the block, into the kernels' memory; returns how many rows are plain. */
  #read(kernels: LineKernels, layout: BlockLayout, most: number, newline: number, row: number): number {
    const { run } = kernels;
    const { fields, separator, odd, prefix } = layout;
    let rows = run.scan(LINES, ENDS + 4, ENDS + 4 * (BLOCK_FIELDS - 16), fields.length, most, separator, newline, odd);
    if (rows > 0 && prefix >= 0) rows = run.unlike(ENDS, this.#stride, rows, prefix);
    for (let i = 0; i < fields.length && rows > 0; i++) {
      const { read, flags, limit, none } = fields[i];
      if (read !== 'words' && read !== 'texts') rows = run[read](ENDS + 4 + 4 * i, this.#stride, rows, this.#column(i), flags, limit, none);
    }
    if (rows > 0) rows = this.#texts(kernels, layout, rows, row);
    return rows === 0 ? 0 : this.#words(kernels, layout, rows);
  }

  #texts(kernels: LineKernels, { fields, empty }: BlockLayout, all: number, row: number): number {
    const emptyWord = empty === null ? 0n : new BigUint64Array(Uint8Array.from({ length: 8 }, (_, i) => empty[i] ?? 0).buffer)[0];
    let rows = all;
    let to = TEXTS;
    for (let i = 0; i < fields.length && rows > 0; i++) {
      const { read, slot, flags } = fields[i];
      if (read !== 'texts' || slot.storage !== 'text') continue;
      slot.fillTo(row);
      this.#textsAt[i] = to;
      const out = this.#column(i);
      const absents = out + 4 * this.#most;
      rows = kernels.run.texts(ENDS + 4 + 4 * i, this.#stride, rows, to, out, absents, slot.length, emptyWord, empty?.length ?? -1, flags);
      if (rows > 0) to += kernels.ids(out, rows)[rows - 1] - slot.length;
    }
    return rows;
  }

  #words(kernels: LineKernels, layout: BlockLayout, all: number): number {
    const { fields, derived } = layout;
    let missing = 0;
    for (const i of this.#wordFields) {
      missing = kernels.words(ENDS + 4 + 4 * i, this.#stride, all, this.#column(i), fields[i].kind, missing, i);
    }
    if (derived !== undefined) missing += this.#derived(kernels, derived, all, missing);
    if (missing === 0) return all;
    // by rows and, within a row, by fields: as they would have come one by one
    const places = kernels.missing.slice(0, missing).sort();
    for (const place of places) {
      const field = place % this.#step;
      const row = (place - field) / this.#step;
      if (field === fields.length) derived?.make(kernels.numbers(this.#column(derived.field), all)[row]);
      else if (!this.#resolve(kernels, layout, row, field, missing)) return row;
    }
    return all;
  }

  /** Adds the rows whose derived word is new to those that are missing; returns how many. */
  #derived(kernels: LineKernels, derived: DerivedWords, all: number, missing: number): number {
    const out = kernels.missing.subarray(missing);
    const count = derived.newOnes(kernels.numbers(this.#column(derived.field), all), all, out);
    for (let i = 0; i < count; i++) out[i] = (out[i] + 1) * this.#step - 1;
    return count;
  }

  /** Gives a word that was missing its id; false where its line is not plain. `missing`: a free place in the list of those. */
  #resolve(kernels: LineKernels, { fields, resolve }: BlockLayout, row: number, field: number, missing: number): boolean {
    const end = row * fields.length + field;
    const { kind } = fields[field];
    const out = this.#column(field) + 4 * row;
    // the same word may have come before it
    if (kernels.words(ENDS + 4 + 4 * end, this.#stride, 1, out, kind, missing, 0) === missing) return true;
    const [start, stop] = [kernels.ends[end] + 1, kernels.ends[end + 1]];
    const id = resolve(field, kernels.bytes, start, stop);
    if (id < 0) return false;
    kernels.ids(out, 1)[0] = id;
    kernels.keep(start, stop - start, kind, id);
    return true;
  }

  #put(kernels: LineKernels, { fields, time }: BlockLayout, row: number, rows: number): void {
    for (const [i, { slot }] of fields.entries()) {
      const at = this.#column(i);
      if (this.#homes?.[i] !== -1) continue;
      if (slot.storage === 'number') slot.values.set(kernels.numbers(at, rows), row);
      else if (slot.storage === 'dictionary') slot.values.set(kernels.ids(at, rows), row);
      else this.#putTexts(kernels, slot, i, row, rows);
    }
    this.first = time < 0 ? Infinity : kernels.run.least(rows, this.#column(time), 1);
    this.last = time < 0 ? -Infinity : -kernels.run.least(rows, this.#column(time), -1);
  }

  #putTexts(kernels: LineKernels, slot: TextSlot, field: number, row: number, rows: number): void {
    const at = this.#column(field);
    const ends = kernels.ids(at, rows);
    slot.putRows(row, ends, kernels.part(at + 4 * this.#most, rows), kernels.part(this.#textsAt[field], ends[rows - 1] - slot.length));
  }

  #column(field: number): number {
    return this.#outs[field];
  }

  #adapt(rows: number, all: boolean, length: number): void {
    if (rows >= FEW_ROWS || all) this.#nextPause = FEW_ROWS;
    else {
      this.#pause = this.#nextPause;
      this.#nextPause = Math.min(MOST_PAUSE, this.#nextPause * 2);
    }
    if (all) this.#reach = Math.min(BLOCK_BYTES, Math.max(LEAST_REACH, Math.ceil(this.length * 1.25)));
    else this.#reach = Math.min(BLOCK_BYTES, this.length === length ? this.#reach * 2 : Math.max(LEAST_REACH, this.length * 2));
  }
}
