import { isAscii, isUtf8 } from 'node:buffer';
import { isContinuation, visibleUtf8 } from '../columns/visible-utf8.ts';
import type { ColumnSpec, TextBuffer } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';

/** So many rows tell whether a text repeats: more than half of those that hardly do are different, and there are more than a few. */
const SAMPLE = 4096;
const FEW = 64;
const HALF = 0.5;
/** Longer ones (bytes, on average) are kept as text in any case. */
const LONG = 200;
/** The same of texts that repeat as a rule: it takes all those rows to tell otherwise. */
const NEARLY_ALL = 0.9;

/** Texts of the chunk being filled. `spec` is null while it is not known whether the text repeats (then it becomes a dictionary). */
export class TextSlot implements TextBuffer {
  readonly storage = 'text';
  readonly spec: ColumnSpec | null;
  readonly name: string;
  readonly type: ColumnType;
  /** It repeats as a rule. */
  readonly repeats: boolean;
  readonly ends: Uint32Array;
  readonly absent: Uint8Array;
  bytes = new Uint8Array(0);
  length = 0;
  /** What it will be from the next chunk on, where that had to be said before. */
  promised: ColumnSpec | null = null;
  /** Rows up to here have their end. */
  #filled = 0;

  constructor(name: string, type: ColumnType, spec: ColumnSpec | null, capacity: number, repeats = false) {
    this.repeats = repeats;
    this.name = name;
    this.type = type;
    this.spec = spec;
    this.ends = new Uint32Array(capacity);
    this.absent = new Uint8Array(capacity);
  }

  /** Where the text of a row begins that has one; it goes up to `ends[row]`. */
  startOf(row: number): number {
    return row === 0 ? 0 : this.ends[row - 1];
  }

  /** Writes bytes[start..end) as the text of `row`; the rows since the last one have none. */
  set(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const out = this.bytes;
    let to = this.length;
    for (let from = start; from < end; from++) out[to++] = bytes[from];
    this.put(row, to);
  }

  /** The text of `row` was written to bytes[length..to). */
  put(row: number, to: number): void {
    if (this.#filled < row) this.fillTo(row);
    this.length = to;
    this.ends[row] = to;
    this.absent[row] = 0;
    this.#filled = row + 1;
  }

  /** The texts of many rows from `row` on: `bytes`, one after the other; where each ends, counted as this slot counts; 1 in `absent` where there is none. */
  putRows(row: number, ends: Uint32Array, absent: Uint8Array, bytes: Uint8Array): void {
    this.fillTo(row);
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.ends.set(ends, row);
    this.absent.set(absent, row);
    this.length += bytes.length;
    this.#filled = row + ends.length;
  }

  /** Undoes `put` for a row that came to nothing. */
  takeBack(row: number): void {
    if (this.#filled <= row) return;
    this.#filled = row;
    this.length = this.startOf(row);
  }

  /** Room for so many bytes more. */
  reserve(more: number): void {
    if (this.length + more > this.bytes.length) this.#grow(this.length + more);
  }

  fillTo(row: number): void {
    for (let i = this.#filled; i < row; i++) {
      this.ends[i] = this.length;
      this.absent[i] = 1;
    }
    if (this.#filled < row) this.#filled = row;
  }

  /** Makes visible what is no UTF-8 in the texts of the rows so far, so that a text is kept alike in every kind of column. */
  makeVisible(): void {
    const { ends, bytes } = this;
    if (isAscii(bytes.subarray(0, this.length)) || this.#isUtf8()) return;
    const texts = Array.from({ length: this.#filled }, (_, row) => {
      const start = this.startOf(row);
      return visibleUtf8(bytes, start, ends[row]) ?? bytes.slice(start, ends[row]);
    });
    this.length = 0;
    for (const [row, text] of texts.entries()) {
      this.reserve(text.length);
      this.bytes.set(text, this.length);
      this.length += text.length;
      ends[row] = this.length;
    }
  }

  /** Whether each text is, and not just all of them together. */
  #isUtf8(): boolean {
    const { ends, bytes } = this;
    for (let row = 0; row < this.#filled; row++) if (ends[row] < this.length && isContinuation(bytes[ends[row]])) return false;
    return isUtf8(bytes.subarray(0, this.length));
  }

  clear(): void {
    this.length = 0;
    this.#filled = 0;
  }

  #grow(atLeast: number): void {
    const larger = new Uint8Array(Math.max(atLeast, this.bytes.length * 2, 1024));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** The texts so far with what was decided about them. */
export function withSpec(slot: TextSlot, spec: ColumnSpec): TextSlot {
  const decided = new TextSlot(slot.name, slot.type, spec, slot.ends.length);
  decided.ends.set(slot.ends);
  decided.absent.set(slot.absent);
  decided.bytes = slot.bytes;
  decided.length = slot.length;
  return decided;
}

/** Whether a column is to be kept as text, by its first texts: those that hardly repeat are, and long ones. null: it has none. */
export function isTextLike(slot: TextSlot, rows: number): boolean | null {
  const seen = new Set<string>();
  let present = 0;
  let bytes = 0;
  for (let i = 0; i < rows && present < SAMPLE; i++) {
    if (slot.absent[i] !== 0) continue;
    const start = slot.startOf(i);
    seen.add(Buffer.from(slot.bytes.buffer, start, slot.ends[i] - start).toString('latin1'));
    bytes += slot.ends[i] - start;
    present++;
  }
  if (present === 0) return null;
  if (slot.repeats) return present >= SAMPLE && seen.size > present * NEARLY_ALL;
  return (present >= FEW && seen.size > present * HALF) || bytes > present * LONG;
}
