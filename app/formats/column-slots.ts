import type { ColumnRoom } from '../columns/kernels/number-memory.ts';
import { CHUNK_ROWS, type ColumnSpec, type DictionaryWriter } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';
import { cleared, family, roomOf, sayAbsent, type SavedSlot, type SavedSlots, type WantedSlot } from './slot-kinds.ts';
import { TextSlot, isTextLike, withSpec } from './text-slot.ts';
import type { RecordSink } from './types.ts';

/** What a column of the chunk being filled holds. Absent is written beforehand: a row sets only what it has. */
export interface NumberSlot {
  readonly storage: 'number';
  readonly spec: ColumnSpec;
  readonly values: Float64Array;
}
export interface DictionarySlot {
  readonly storage: 'dictionary';
  readonly spec: ColumnSpec;
  readonly values: Uint32Array;
  readonly dictionary: DictionaryWriter;
}
export type Slot = NumberSlot | DictionarySlot | TextSlot;

/** Cells of all columns together that are kept in memory: wide logs get shorter chunks. */
const MAX_CELLS = 2 ** 23;
/** The same of logs that have no header, from so many columns on: nearly all of their cells are empty. */
const SPARSE_CELLS = 2 ** 21;
const SPARSE_FROM = 100;
/** Columns that came when there were few have more room than they need once there are many; together they may have so much more. */
const SPARE_ROOM = 1.25;
/** A text column of one chunk is not longer than about this. */
export const MAX_TEXT = 2 ** 25;
/** So much of it (bytes, all columns) serves again: what one piece had in one column the next may have in another. */
const SPARE_TEXT = 2 ** 24;
/** So many rows more are made to say absent when the row to be filled does not: memory that no row reaches is never touched. */
const AHEAD = 256;

export const MAX_COLUMNS = 10_000;
/**
 * Of logs that have no header every line may bring columns, nearly all of them empty: so many keep the memory that they take within bounds. What comes
 * beyond them is kept as JSON in one text column (json-more.ts).
 */
export const MAX_KEYS = 300;

/** The columns of the chunk that is being filled, over all headers of a file. */
export class ColumnSlots {
  readonly #sink: RecordSink;
  /** Where numbers are kept as far as there is room; null: anywhere. */
  readonly #shared: ColumnRoom | null;
  readonly #slots = new Map<string, Slot>();
  /** Slots of a reader that is gone. */
  #left: ReadonlyMap<string, Slot> | null = null;
  /** Rows that fit. */
  capacity = CHUNK_ROWS;
  /** A text column has grown beyond MAX_TEXT (whoever fills it says so), or all have too much room: the chunk ends early. */
  heavy = false;
  /** Every line may bring columns that the others have not. */
  sparse = false;
  /** Cells for which there is memory. */
  #room = 0;
  #rows = 0;
  /** Rows below this are filled, or say absent. */
  #ready = AHEAD;

  constructor(sink: RecordSink) {
    this.#sink = sink;
    this.#shared = sink.room?.claim(this) === true ? sink.room : null;
    const before = this.#shared?.takeBefore();
    if (before instanceof ColumnSlots) this.#left = before.#slots;
  }

  /** Rows that are filled. The one behind them says absent in every column, unless it was counted by `rowsPut`. */
  get rows(): number {
    return this.#rows;
  }
  set rows(rows: number) {
    this.#rows = rows;
    this.prepare();
  }

  /** Makes the row to be filled say absent in every column. */
  prepare(): void {
    if (this.#rows < this.#ready) return;
    const to = this.#rows + AHEAD;
    for (const slot of this.#slots.values()) sayAbsent(slot, this.#ready, to);
    this.#ready = to;
  }

  /**
   * Rows up to `to` are put into these columns, all at once: the others say absent there. More rows than these may have been written to columns that
   * lie in shared memory.
   */
  makeWay(to: number, columns: ReadonlySet<Slot>): void {
    if (to > this.#ready) for (const slot of this.#slots.values()) if (!columns.has(slot)) sayAbsent(slot, this.#ready, to);
    if (to > this.#ready || this.#shared !== null) this.#ready = to;
  }

  /** Rows may have been written to columns that lie in shared memory, and none of them came. */
  noneCame(): void {
    if (this.#shared === null) return;
    this.#ready = this.#rows;
    this.prepare();
  }

  /** Rows up to `to` were put (see `makeWay`). Whoever fills a row of its own next has to `prepare` it. */
  rowsPut(to: number): void {
    this.#rows = to;
  }

  get columns(): number {
    return this.#slots.size;
  }

  /** Rows a new slot holds: those that are there already too, should its coming make the chunk shorter. */
  get #size(): number {
    return Math.max(this.capacity, this.rows + 1);
  }

  /** The slot for a column, made if need be. */
  slot(name: string, type: ColumnType, spec: ColumnSpec | null, repeats?: boolean): Slot {
    const key = `${family(spec)} ${name}`;
    const there = this.#slots.get(key);
    if (there !== undefined) return there;
    this.#promise(name);
    const slot = this.#put(key, this.#made({ name, type, spec, repeats }));
    if (this.#room > this.#maxCells(0) * SPARE_ROOM) this.heavy = true;
    return slot;
  }

  /** Columns that are about to be asked for: the more there are, the shorter the chunks. */
  expect(columns: readonly { readonly column: string; readonly spec: ColumnSpec | null }[]): void {
    this.foresee(columns.filter(({ column, spec }) => !this.#slots.has(`${family(spec)} ${column}`)).length);
  }

  /** The same of so many columns more, of which nothing else is known. */
  foresee(more: number): void {
    this.capacity = Math.max(1, Math.min(this.capacity, Math.floor(this.#maxCells(more) / (this.#slots.size + more + 2))));
  }

  #maxCells(more: number): number {
    return this.sparse && this.#slots.size + more > SPARSE_FROM ? SPARSE_CELLS : MAX_CELLS;
  }

  /** No room for another row. */
  get full(): boolean {
    return this.rows >= this.capacity || this.heavy;
  }

  /** Undoes what a refused row left behind, for fields that the next row may not have. */
  clearRow(): void {
    for (const slot of this.#slots.values()) {
      if (slot.storage === 'number') slot.values[this.rows] = NaN;
      else if (slot.storage === 'dictionary') slot.values[this.rows] = 0;
    }
  }

  /** Hands the chunk on and begins the next. Texts that were undecided may be dictionaries afterwards: true where one was. */
  flush(): boolean {
    if (this.rows === 0) return false;
    let changed = false;
    for (const [key, slot] of this.#slots) {
      if (slot.storage !== 'text') continue;
      slot.fillTo(this.rows);
      slot.makeVisible();
      const decided = slot.spec === null ? this.#decide(slot) : slot;
      if (decided === slot) continue;
      this.#slots.set(key, decided);
      changed = true;
    }
    const columns = [...this.#slots.values()].flatMap((slot) => (slot.spec === null ? [] : [{ spec: slot.spec, buffer: slot }]));
    this.#sink.append(this.rows, columns);
    for (const slot of this.#slots.values()) if (slot.storage === 'text') slot.clear();
    this.heavy = false;
    this.#ready = 0;
    this.rows = 0;
    return this.#shrink() || changed;
  }

  /** Takes back room that chunks are too short for by now. True where slots are others afterwards. */
  #shrink(): boolean {
    if (this.#room <= this.#maxCells(0) * SPARE_ROOM) return false;
    this.#room = 0;
    this.#shared?.clear();
    for (const [key, slot] of this.#slots) {
      this.#put(key, roomOf(slot) > this.#size || this.#shared !== null ? this.#emptied(slot) : slot);
    }
    return true;
  }

  /** The columns there are, what was decided about each, and how many rows fit: after a flush, between lines. */
  save(): SavedSlots {
    const columns = [...this.#slots].map(([key, slot]): SavedSlot => {
      const spec = slot.spec;
      return slot.storage === 'text'
        ? { key, name: slot.name, type: slot.type, spec, repeats: slot.repeats }
        : { key, name: slot.spec.name, type: slot.spec.type, spec };
    });
    return { capacity: this.capacity, columns };
  }

  /** The columns as `save` gave them, empty, and no others. Memory of those that it had serves again. */
  restore({ capacity, columns }: SavedSlots): void {
    const before = this.#left ?? new Map(this.#slots);
    this.#left = null;
    this.#slots.clear();
    this.#shared?.clear();
    this.#room = 0;
    this.#ready = AHEAD;
    this.rows = 0;
    this.heavy = false;
    this.capacity = capacity;
    // evidence that a log goes on from may have decided what was undecided where it ended
    for (const column of columns) this.#put(column.key, this.#made(column, before.get(column.key)));
    const texts = [...this.#slots.values()].filter((slot) => slot.storage === 'text');
    if (texts.reduce((sum, { bytes }) => sum + bytes.length, 0) > SPARE_TEXT) for (const slot of texts) slot.bytes = new Uint8Array(0);
  }

  #put(key: string, slot: Slot): Slot {
    this.#slots.set(key, slot);
    this.#room += roomOf(slot);
    return slot;
  }

  /** Columns that never had a value are made known all the same. */
  finish(): void {
    for (const slot of this.#slots.values())
      if (slot.storage === 'text' && slot.spec === null && slot.promised === null) this.#register(slot, false);
  }

  /** `before`: a slot that nobody fills any more. */
  #made({ name, type, spec, repeats }: WantedSlot, before?: Slot): Slot {
    if (spec !== null) return this.#decided(name, spec, before);
    const there = this.#sink.known(name);
    return there !== undefined && family(there) === 'text'
      ? this.#decided(name, there, before)
      : new TextSlot(name, type, null, this.#size, repeats);
  }

  #decided(name: string, spec: ColumnSpec, before?: Slot): Slot {
    // text that is there already stays as it is kept there, whatever its log thought best
    const there = this.#sink.known(name);
    const registered = this.#sink.column(there !== undefined && family(there) === 'text' && family(spec) === 'text' ? there : spec);
    if (before?.spec === registered && before.storage !== 'number' && roomOf(before) === this.#size) return cleared(before, this.#ready);
    if (registered.storage === 'number') return { storage: 'number', spec: registered, values: this.#numbers() };
    if (registered.dictionary === null) return new TextSlot(name, spec.type, registered, this.#size);
    return {
      storage: 'dictionary',
      spec: registered,
      values: new Uint32Array(this.#size),
      dictionary: this.#sink.dictionary(registered.dictionary),
    };
  }

  /** Room for numbers that say absent as far as rows go. */
  #numbers = (): Float64Array => (this.#shared?.numbers(this.#size) ?? new Float64Array(this.#size)).fill(NaN, 0, this.#ready);

  /** The same column with room for as many rows as fit, and none in it. */
  #emptied(slot: Slot): Slot {
    if (slot.storage === 'number') return { ...slot, values: this.#numbers() };
    if (slot.storage === 'dictionary') return { ...slot, values: new Uint32Array(this.#size) };
    return new TextSlot(slot.name, slot.type, slot.spec, this.#size, slot.repeats);
  }

  /** A text that hardly repeats stays text; another becomes a dictionary. Without a value it stays undecided. */
  #decide(slot: TextSlot): Slot {
    const spec = slot.promised ?? this.#chosen(slot);
    if (spec === null) return slot;
    if (spec.dictionary === null) return withSpec(slot, spec);
    const dictionary = this.#sink.dictionary(spec.dictionary);
    const values = new Uint32Array(slot.ends.length);
    for (let i = 0; i < this.rows; i++) {
      if (slot.absent[i] === 0) values[i] = dictionary.intern(slot.bytes, slot.startOf(i), slot.ends[i]);
    }
    return { storage: 'dictionary', spec, values, dictionary };
  }

  /** null: it has no value yet. */
  #chosen(slot: TextSlot): ColumnSpec | null {
    const text = isTextLike(slot, this.rows);
    return text === null ? null : this.#register(slot, text);
  }

  /**
   * Another column of this name comes. An undecided text that has values came before it, and keeps the name: which of them is called `name_2` must not
   * depend on where chunks end.
   */
  #promise(name: string): void {
    const text = this.#slots.get(`text ${name}`);
    if (text?.storage !== 'text' || text.spec !== null) return;
    text.fillTo(this.rows);
    text.promised ??= this.#chosen(text);
  }

  #register({ name, type }: TextSlot, text: boolean): ColumnSpec {
    const about = { name, type, title: `${name}, as the log has it` };
    return this.#sink.column(
      text ? { ...about, storage: 'text', dictionary: null } : { ...about, storage: 'dictionary', dictionary: 'term' },
    );
  }
}
