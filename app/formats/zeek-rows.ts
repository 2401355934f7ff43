import type { RecordKind } from '../contract/case.ts';
import { Cells } from './cells.ts';
import { MAX_TEXT, type ColumnSlots, type Slot } from './column-slots.ts';
import type { TextSlot } from './text-slot.ts';
import { FastRows } from './fast-rows.ts';
import { LineBlocks } from './kernels/line-blocks.ts';
import type { Problem } from './line-outcome.ts';
import { ByteScratch, quoted, unescapeInto } from './texts.ts';
import { LINE_LIMIT, type RecordSink } from './types.ts';
import * as values from './values.ts';
import type { ZeekHeader } from './zeek-header.ts';
import { zeekBlocks } from './zeek-blocks.ts';
import { BAD_PORTS, FINER, NO_NUMBERS, isNoNumber, losesDigits, mayLackPort, numberProblem } from './zeek-problems.ts';
import { READ, layoutOf, type Layout, type LayoutField } from './zeek-layout.ts';

/** One field of the layout with the slot it fills. */
export interface Binding {
  readonly field: LayoutField;
  readonly slot: Slot;
  readonly read: number;
}

/** Turns the fields of a line, found by a FieldScanner, into a row of the slots. */
export class ZeekRows {
  /** Time of the row that was filled last. */
  ts = NaN;
  /** Values above 2^53, which are the nearest number now. */
  rounded = 0;
  /** Numbers above 65,535 where ports stand. */
  badPorts = 0;
  /** Doubles that say nan or inf. */
  noNumbers = 0;
  /** Times that lost digits beyond the microsecond. */
  finer = 0;
  readonly #kind: RecordKind;
  readonly #slots: ColumnSlots;
  readonly #cells: Cells;
  readonly #fast: FastRows;
  readonly #blocks = new LineBlocks();
  readonly #clean = new ByteScratch();
  #header: ZeekHeader | null = null;
  #layout: Layout = { width: 0, joined: 1, fields: [] };
  #bindings: readonly Binding[] = [];
  #times: Float64Array | null = null;
  #texts: readonly TextSlot[] = [];

  constructor(sink: RecordSink, slots: ColumnSlots, kind: RecordKind) {
    this.#kind = kind;
    this.#slots = slots;
    this.#cells = new Cells(sink, slots);
    this.#fast = new FastRows(this.#cells.addresses, this.#cells.terms);
  }

  get width(): number {
    return this.#layout.width;
  }
  get joined(): number {
    return this.#layout.joined;
  }

  /** Rows from here on are laid out as this header says. */
  use(header: ZeekHeader): void {
    this.#header = header;
    this.#layout = layoutOf(header, this.#kind);
    this.#cells.use(this.#layout.fields.toSorted((a, b) => a.index - b.index));
    this.bind();
  }

  /** Looks the slots up again: after a flush, an undecided text may have become a dictionary. */
  bind(): void {
    this.#cells.bind();
    this.#bindings = this.#layout.fields.map((field) => ({ field, slot: this.#cells.slot(field.index), read: field.read }));
    this.#texts = this.#bindings.flatMap(({ slot }) => (slot.storage === 'text' ? [slot] : []));
    this.#times =
      this.#bindings.flatMap(({ slot, field }) => (field.column === 'ts' && slot.storage === 'number' ? [slot.values] : []))[0] ?? null;
    if (this.#header === null) return;
    this.#fast.bind(this.#bindings, this.#header, this.#layout.joined);
    this.#blocks.bind(zeekBlocks(this.#bindings, this.#header, this.#layout.joined, this.#cells));
  }

  /** Fills rows from the plain lines that bytes[from..to) begins with; null where there are none. */
  block(bytes: Uint8Array, from: number, to: number, newline: number): LineBlocks | null {
    return this.#blocks.take(bytes, from, to, newline, this.#slots) ? this.#blocks : null;
  }

  /** Takes the line at `start` if it is a plain one. Returns where its newline is, or -1: then it is a matter for `row`. */
  plain(bytes: Uint8Array, start: number, newline: number): number {
    const row = this.#slots.rows;
    if (!this.#fast.row(bytes, start, newline, row)) return -1;
    const end = this.#fast.end;
    if (end - start > LINE_LIMIT + 1) {
      this.#fast.takeBack(row);
      return -1;
    }
    for (const text of this.#texts) if (text.length > MAX_TEXT) this.#slots.heavy = true;
    this.ts = this.#times === null ? NaN : this.#times[row];
    return end;
  }

  /**
   * Field i of the line is bytes[starts[i]..ends[i]). `odd`: the line holds a backslash or a control byte. Returns null and has filled
   * row `slots.rows`, or what is wrong with the line.
   */
  row(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, odd: boolean): Problem | null {
    const row = this.#slots.rows;
    const header = this.#header;
    if (header === null) return { reason: 'NO_HEADER', what: 'no #fields line before it' };
    const unset = header.unset;
    const unsetLength = unset.length;
    const unsetByte = unset[0];
    this.ts = NaN;
    for (const binding of this.#bindings) {
      const field = binding.field;
      const start = starts[field.index];
      const end = ends[field.index];
      if (end - start === unsetLength && bytes[start] === unsetByte && (unsetLength === 1 || same(bytes, start, unset))) {
        if (field.needed) return { reason: 'MISSING', what: `${field.name} is unset` };
        if (binding.slot.storage === 'number') binding.slot.values[row] = NaN;
        else if (binding.slot.storage === 'dictionary') binding.slot.values[row] = 0;
        continue;
      }
      const problem = this.#value(binding, bytes, start, end, odd, row);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** What the row that was filled last is counted for. */
  eachTally(tally: (key: string, count: number) => void): void {
    if (this.rounded > 0) tally('rounded', this.rounded);
    if (this.badPorts > 0) tally(BAD_PORTS, this.badPorts);
    if (this.noNumbers > 0) tally(NO_NUMBERS, this.noNumbers);
    if (this.finer > 0) tally(FINER, this.finer);
  }

  forgetTallies(): void {
    this.rounded = 0;
    this.badPorts = 0;
    this.noNumbers = 0;
    this.finer = 0;
  }

  #value(binding: Binding, bytes: Uint8Array, start: number, end: number, odd: boolean, row: number): Problem | null {
    const { slot, field } = binding;
    if (slot.storage === 'number') {
      if (start === end && !field.needed) {
        slot.values[row] = NaN;
        return null;
      }
      const value = readNumber(binding.read, bytes, start, end);
      if (!Number.isFinite(value) || (value < 0 && field.unsigned)) {
        if (mayLackPort(field, bytes, start, end)) this.badPorts++;
        else if (isNoNumber(field, bytes, start, end)) this.noNumbers++;
        else return numberProblem(field, value, bytes, start, end);
        slot.values[row] = NaN;
        return null;
      }
      if (value > Number.MAX_SAFE_INTEGER && field.read !== READ.double) this.rounded++;
      if (losesDigits(field, bytes, start, end)) this.finer++;
      slot.values[row] = value;
      if (field.column === 'ts') this.ts = value;
      return null;
    }
    if (binding.read === READ.address) return this.#address(field, bytes, start, end);
    if (odd || isEmpty(this.#header, bytes, start, end)) this.#careful(field, bytes, start, end);
    else this.#cells.plain(field.index, bytes, start, end);
    return null;
  }

  #address(field: LayoutField, bytes: Uint8Array, start: number, end: number): Problem | null {
    if (this.#cells.address(field.index, bytes, start, end)) return null;
    if (start === end && field.needed) return { reason: 'MISSING', what: `${field.name} is empty` };
    if (start !== end) return { reason: 'BAD_ADDRESS', what: `${field.name} is ${quoted(bytes, start, end)}` };
    this.#cells.absent(field.index);
    return null;
  }

  /** A text with escapes, with bytes that would not show, or the mark for empty. */
  #careful(field: LayoutField, bytes: Uint8Array, start: number, end: number): void {
    const clean = this.#clean;
    clean.clear();
    // within a set an escaped comma belongs to a member and stays escaped
    if (!isEmpty(this.#header, bytes, start, end))
      unescapeInto(clean, bytes, start, end, field.isSet ? (this.#header?.setSeparator[0] ?? -1) : -1);
    this.#cells.plain(field.index, clean.bytes, 0, clean.length);
  }
}

function readNumber(read: number, bytes: Uint8Array, start: number, end: number): number {
  switch (read) {
    case READ.time:
      return values.parseTime(bytes, start, end);
    case READ.moment:
      return values.parseMoment(bytes, start, end);
    case READ.interval:
      return values.parseInterval(bytes, start, end);
    case READ.port:
      return values.parsePort(bytes, start, end);
    case READ.bool:
      return values.parseBool(bytes, start, end);
    case READ.integer:
      return values.parseInteger(bytes, start, end);
    case READ.double:
      return values.parseDouble(bytes, start, end);
    default:
      return values.parseCount(bytes, start, end);
  }
}

function isEmpty(header: ZeekHeader | null, bytes: Uint8Array, start: number, end: number): boolean {
  if (header === null) return false;
  const { empty } = header;
  return end - start === empty.length && bytes[start] === empty[0] && same(bytes, start, empty);
}

function same(bytes: Uint8Array, start: number, what: Uint8Array): boolean {
  for (let i = 0; i < what.length; i++) if (bytes[start + i] !== what[i]) return false;
  return true;
}
