import { Cells } from './cells.ts';
import { MAX_TEXT, type ColumnSlots } from './column-slots.ts';
import { TextSlot } from './text-slot.ts';
import type { Problem } from './line-outcome.ts';
import { LineBlocks } from './kernels/line-blocks.ts';
import { MAX_SPAN, YEAR_2200, labelPrefix, tstatBlocks } from './tstat-blocks.ts';
import { TstatDerived } from './tstat-derived.ts';
import { READ, type TstatLayout } from './tstat-layout.ts';
import { TstatValues } from './tstat-values.ts';
import { LINE_LIMIT, type RecordSink } from './types.ts';

const BLANK = 32;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const DELETE = 127;
const LOWER_N = 110;

/** Longer texts take the slow way. */
const LONG_TEXT = 4096;

const powers = Float64Array.from({ length: 16 }, (_, i) => 10 ** i);
const noNumbers = new Float64Array(0);
const noIds = new Uint32Array(0);
const noText = new TextSlot('', 'string', null, 0);

/**
 * Turns lines into rows of the slots. Plain lines are read in one pass over their bytes; whatever is unusual or wrong takes the slow way
 * (TstatValues), which says what it is. Both agree on every line that the quick way takes.
 */
export class TstatRows {
  /** Time of the row that was filled last. */
  ts = NaN;
  readonly #slots: ColumnSlots;
  readonly #cells: Cells;
  readonly #values: TstatValues;
  #layout: TstatLayout | null = null;
  #width = 0;
  #reads = new Uint8Array(0);
  #needed = new Uint8Array(0);
  #none = new Float64Array(0);
  #numbers: Float64Array[] = [];
  #ids: Uint32Array[] = [];
  #texts: TextSlot[] = [];
  #allTexts: readonly TextSlot[] = [];
  readonly #derived: TstatDerived;
  readonly #blocks = new LineBlocks();

  constructor(sink: RecordSink, slots: ColumnSlots, tally: (key: string) => void) {
    this.#slots = slots;
    this.#cells = new Cells(sink, slots);
    this.#values = new TstatValues(this.#cells, tally);
    this.#derived = new TstatDerived(this.#cells.terms);
  }

  get width(): number {
    return this.#width;
  }

  use(layout: TstatLayout): void {
    this.#layout = layout;
    this.#cells.use(layout.plans);
    this.#values.use(layout.fields);
    this.#reads = Uint8Array.from(layout.fields, ({ read }) => read);
    this.#needed = Uint8Array.from(layout.fields, (field) => (field.needed ? 1 : 0));
    this.#none = Float64Array.from(layout.fields, ({ none }) => none);
    this.#width = layout.fields.length;
    this.bind();
  }

  /** Looks the slots up again: after a flush an undecided text may have become a dictionary. */
  bind(): void {
    const layout = this.#layout;
    if (layout === null) return;
    this.#cells.bind();
    const slots = layout.plans.map((_, place) => this.#cells.slot(place));
    this.#numbers = slots.map((slot) => (slot.storage === 'number' ? slot.values : noNumbers));
    this.#ids = slots.map((slot) => (slot.storage === 'dictionary' ? slot.values : noIds));
    this.#texts = slots.map((slot) => (slot.storage === 'text' ? slot : noText));
    this.#allTexts = this.#texts.filter((text) => text !== noText);
    this.#derived.bind(layout, slots);
    this.#blocks.bind(tstatBlocks(layout, slots, this.#cells, this.#derived.servicesOf(layout)));
  }

  /** Fills rows from the plain lines that bytes[from..to) begins with; null where there are none. */
  block(bytes: Uint8Array, from: number, to: number, newline: number): LineBlocks | null {
    const blocks = this.#blocks;
    if (!blocks.take(bytes, from, to, newline, this.#slots)) return null;
    this.#derived.rows(this.#slots.rows, blocks.rows);
    return blocks;
  }

  /** Takes the line at `start` if it is a plain one. Returns where its newline is, or -1 and has left nothing: then it is a matter for `row`. */
  plain(bytes: Uint8Array, start: number, newline: number): number {
    const row = this.#slots.rows;
    const last = this.#width - 1;
    const reads = this.#reads;
    const numbers = this.#numbers;
    let at = start;
    for (let field = 0; field <= last; field++) {
      const terminator = field === last ? newline : BLANK;
      const read = reads[field];
      if (read === READ.count) {
        // most fields are counts of a few digits; longer ones are a matter for #number
        const from = at;
        let value = 0;
        let digit = bytes[at] - ZERO;
        for (; digit >>> 0 <= 9; digit = bytes[++at] - ZERO) value = (value * 10 + digit) | 0;
        const digits = at - from;
        if (digit === terminator - ZERO && digits > 0 && digits < 10) {
          numbers[field][row] = value;
          at++;
          continue;
        }
        at = from;
      }
      const end =
        read <= READ.port ? this.#number(field, read, bytes, at, terminator, row) : this.#word(field, read, bytes, at, terminator, row);
      if (end < 0) return this.#takeBack(row);
      at = end + 1;
    }
    if (at - 1 - start > LINE_LIMIT + 1) return this.#takeBack(row);
    for (const text of this.#allTexts) if (text.length > MAX_TEXT) this.#slots.heavy = true;
    this.ts = this.#derived.row(row);
    return at - 1;
  }

  /** Fills row `slots.rows` from a line's fields, bytes[starts[i]..ends[i]); or says what is wrong and has left nothing. */
  row(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): Problem | null {
    const problem = this.#values.row(bytes, starts, ends);
    if (problem === null) this.ts = this.#derived.row(this.#slots.rows);
    else this.#cells.clearRow();
    return problem;
  }

  #takeBack(row: number): -1 {
    for (const text of this.#allTexts) text.takeBack(row);
    return -1;
  }

  /** Where the field's terminator stands, or -1. */
  #number(field: number, read: number, bytes: Uint8Array, start: number, terminator: number, row: number): number {
    let at = start;
    let value = 0;
    let digit = bytes[at] - ZERO;
    for (; digit >>> 0 <= 9; digit = bytes[++at] - ZERO) value = value * 10 + digit;
    if (at === start) return this.#noDigit(field, read, bytes, start, terminator, row);
    const digits = at - start;
    if (digits > 15) return -1;
    if (digit !== DOT - ZERO) {
      if (bytes[at] !== terminator || (read === READ.port && value > 65_535)) return -1;
      if (read >= READ.moment && read < READ.port) return this.#micros(field, read, value, 0, at, row);
      this.#numbers[field][row] = value === this.#none[field] ? NaN : value;
      return at;
    }
    const dot = at;
    let fraction = 0;
    digit = bytes[++at] - ZERO;
    for (; digit >>> 0 <= 9; digit = bytes[++at] - ZERO) fraction = fraction * 10 + digit;
    const decimals = at - dot - 1;
    if (bytes[at] !== terminator || decimals === 0 || decimals > 6) return -1;
    if (read === READ.decimal) {
      if (digits + decimals > 15) return -1;
      const power = powers[decimals];
      this.#numbers[field][row] = fraction === 0 ? value : (value * power + fraction) / power;
      return at;
    }
    if (read !== READ.moment && read !== READ.span) return -1;
    return this.#micros(field, read, value, fraction * powers[6 - decimals], at, row);
  }

  /** Milliseconds and millionths of one, as microseconds. */
  #micros(field: number, read: number, value: number, millionths: number, end: number, row: number): number {
    if (value >= (read === READ.moment ? YEAR_2200 : MAX_SPAN)) return -1;
    const whole = Math.floor(millionths / 1000);
    const micros = value * 1000 + whole + (millionths - whole * 1000 >= 500 ? 1 : 0);
    this.#numbers[field][row] = micros === 0 && this.#none[field] === 0 ? NaN : micros;
    return end;
  }

  /** `-`, `---`, `nan`, and decimals below zero. */
  #noDigit(field: number, read: number, bytes: Uint8Array, start: number, terminator: number, row: number): number {
    const sign = bytes[start] === DASH ? 1 : 0;
    let at = start + sign;
    if (bytes[at] === LOWER_N && bytes[at + 1] === 97 && bytes[at + 2] === LOWER_N) at += 3;
    else if (sign === 0) return -1;
    else if (bytes[at] === DASH && bytes[at + 1] === DASH) at += 2;
    else if (bytes[at] !== terminator) return read === READ.decimal ? this.#negative(field, bytes, start, terminator, row) : -1;
    if (bytes[at] !== terminator || this.#needed[field] !== 0) return -1;
    this.#numbers[field][row] = NaN;
    return at;
  }

  #negative(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): number {
    const digit = bytes[start + 1] - ZERO;
    if (digit >>> 0 > 9) return -1;
    const none = this.#none[field];
    const end = this.#number(field, READ.decimal, bytes, start + 1, terminator, row);
    if (end < 0) return -1;
    const value = -this.#numbers[field][row];
    this.#numbers[field][row] = value === none ? NaN : value === 0 ? 0 : value;
    return end;
  }

  #word(field: number, read: number, bytes: Uint8Array, start: number, terminator: number, row: number): number {
    if (read === READ.address) return this.#address(field, bytes, start, terminator, row);
    let from = start;
    if (read === READ.label && begins(bytes, start)) from += labelPrefix.length;
    if (bytes[from] === terminator || (bytes[from] === DASH && bytes[from + 1] === terminator))
      return this.#noWord(field, bytes[from] === DASH ? from + 1 : from, row);
    let low = 0;
    let high = 0;
    let at = from;
    for (; ; at++) {
      const byte = bytes[at];
      if (byte <= BLANK || byte === DELETE) break;
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | byte;
    }
    const length = at - from;
    if (bytes[at] !== terminator || length > LONG_TEXT) return -1;
    const text = this.#texts[field];
    if (text !== noText) text.set(row, bytes, from, at);
    else this.#ids[field][row] = length > 8 ? this.#cells.terms.long(bytes, from, at) : this.#cells.terms.short(low, high, bytes, from, at);
    return at;
  }

  #noWord(field: number, end: number, row: number): number {
    // a text without a value is absent until one is set
    if (this.#texts[field] === noText) this.#ids[field][row] = 0;
    return end;
  }

  #address(field: number, bytes: Uint8Array, start: number, terminator: number, row: number): number {
    let address = 0;
    let at = start;
    for (let octets = 0; octets < 4; octets++) {
      const from = at;
      let octet = 0;
      let digit = bytes[at] - ZERO;
      for (; digit >>> 0 <= 9; digit = bytes[++at] - ZERO) octet = octet * 10 + digit;
      const digits = at - from;
      const after = octets === 3 ? terminator : DOT;
      if (digits === 0 || digits > 3 || octet > 255 || bytes[at] !== after || (digits > 1 && bytes[from] === ZERO)) {
        return this.#longAddress(field, bytes, start, terminator);
      }
      address = (address << 8) | octet;
      at++;
    }
    this.#ids[field][row] = this.#cells.addresses.id(address >>> 0, bytes, start, at - 1);
    return at - 1;
  }

  #longAddress(field: number, bytes: Uint8Array, start: number, terminator: number): number {
    let at = start;
    while (bytes[at] > BLANK) at++;
    return bytes[at] === terminator && this.#cells.address(field, bytes, start, at) ? at : -1;
  }
}

function begins(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < labelPrefix.length; i++) if (bytes[start + i] !== labelPrefix[i]) return false;
  return true;
}
