import { isUtf8 } from 'node:buffer';
import { ColumnSlots } from './column-slots.ts';
import { lineField, offsetField, specOf, type FieldDescription } from './fields.ts';
import { beforeReturn } from './field-scanner.ts';
import { behindMark, tooLongHeader } from './line-beginning.ts';
import { COMMENT, type BlockOfRows, type HeldPlace, type Problem } from './line-outcome.ts';
import { behindNuls, CUT, linesOfNoUtf8, NO_UTF8, NULS } from './line-remarks.ts';
import { LineSplitter, type LineConsumer } from './lines.ts';
import { safeText } from './texts.ts';
import { LINE_LIMIT, REJECT_TEXT, type LogReader, type ReaderFigures, type RecordSink } from './types.ts';

interface SavedState {
  readonly begun: boolean;
  readonly newline: number;
  readonly columns: ReturnType<ColumnSlots['save']>;
  readonly own: string;
}

/**
 * What every reader of a log of lines shares: line ends, the ledger, the place of each record, rejects, chunks, and going on in the middle.
 * A format says what a line is.
 */
export abstract class LineReader implements LogReader, LineConsumer {
  protected readonly sink: RecordSink;
  protected readonly slots: ColumnSlots;
  /** Anything of the file was read, by this reader or the one before it: the next line is not its first. */
  protected begun = false;
  /** The stream broke off: what its last line says is not known. */
  protected broken = false;
  readonly #splitter = new LineSplitter(this);
  readonly #tallies = new Map<string, number>();
  #line: Float64Array | null = null;
  #offset: Float64Array | null = null;
  #first = Infinity;
  #last = -Infinity;
  #appended = 0;
  #rejected = 0;
  #comments = 0;
  #lines = 0;

  constructor(sink: RecordSink) {
    this.sink = sink;
    this.slots = new ColumnSlots(sink);
  }

  /**
   * Takes bytes[start..end), a line without its newline (a carriage return may be left), that is at most LINE_LIMIT long. Either fills
   * row `slots.rows` and calls `commit`, and returns null; or says why not. `last`: the line has no end, because the file ends in it.
   */
  protected abstract take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null;

  /** A header, or a first record, was seen. */
  protected abstract get recognised(): boolean;

  /** The quick way for a plain line: fills a row, calls `commit` and returns where the line's newline is, or -1 and has left nothing. */
  protected quick?(bytes: Uint8Array, start: number, newline: number): number;

  /** Fills rows from the plain lines that the whole lines bytes[at..to) begin with, many at a time; null where the first is none. */
  protected block?(bytes: Uint8Array, at: number, to: number, newline: number): BlockOfRows | null;

  /** Chunks began anew, or columns were decided: slots have to be looked up again. */
  protected abstract bind(): void;

  /** Blank lines are no comments but a part of what is being read. */
  protected get within(): boolean {
    return false;
  }

  /** What was held back of earlier lines has to be settled: nothing follows that could belong to it. `behind`: lines counted since the last of them. */
  protected settleHeld?(behind: number): void;

  /** What reading later lines depends on, beside columns and line ends. */
  protected saved(): string {
    return '';
  }
  /** Everything as `saved` said; the slots are as they were then. Ends with `bind`, which is all that is done where it is not there. */
  protected restore?(saved: string): void;

  get figures(): ReaderFigures {
    const rows = this.#appended + this.slots.rows;
    return {
      rows,
      rejected: this.#rejected,
      comments: this.#comments,
      lines: this.#lines,
      first: this.#first === Infinity ? null : this.#first,
      last: this.#last === -Infinity ? null : this.#last,
      recognised: this.recognised,
      cut: this.#tallies.has(CUT),
      tallies: this.#tallies,
    };
  }

  feed(block: Uint8Array): void {
    this.#splitter.feed(block);
  }

  end(cut: boolean): void {
    this.broken = cut;
    this.#splitter.end();
    this.settleHeld?.(0);
    this.flush();
    this.slots.finish();
  }

  flush(): void {
    this.#splitter.flush();
    const rows = this.slots.rows;
    if (rows === 0) return;
    // counted before the sink sees them: should it throw, nothing of this import counts anyway
    this.#appended += rows;
    if (!this.slots.flush()) return;
    this.#line = null;
    this.#offset = null;
    this.bind();
  }

  state(): string {
    const state: SavedState = { begun: this.begun, newline: this.#splitter.newline, columns: this.slots.save(), own: this.saved() };
    return JSON.stringify(state);
  }

  resume(state: string): void {
    if (state !== this.state()) {
      const { begun, newline, columns, own } = JSON.parse(state) as SavedState;
      this.begun = begun;
      this.slots.restore(columns);
      this.#line = null;
      this.#offset = null;
      if (this.restore === undefined) this.bind();
      else this.restore(own);
      this.#splitter.newline = newline;
    }
    this.#splitter.restart();
    this.#tallies.clear();
    this.#first = Infinity;
    this.#last = -Infinity;
    this.#appended = 0;
    this.#rejected = 0;
    this.#comments = 0;
    this.#lines = 0;
  }

  lines(bytes: Uint8Array, from: number, to: number, offset: number, newline: number): void {
    let at = from;
    this.#base = offset;
    const odd = linesOfNoUtf8(bytes, from, to, newline);
    if (odd > 0) this.tally(NO_UTF8, odd);
    while (at < to) {
      const block = this.begun ? (this.block?.(bytes, at, to, newline) ?? null) : null;
      if (block !== null) {
        this.#commitBlock(at, block);
        at += block.length;
        continue;
      }
      this.slots.prepare();
      let end = this.begun ? (this.quick?.(bytes, at, newline) ?? -1) : -1;
      if (end < 0) {
        end = bytes.indexOf(newline, at);
        this.#slow(bytes, at, end, false);
      }
      at = end + 1;
    }
  }

  longLine(head: Uint8Array, offset: number): void {
    this.#base = offset;
    this.#lines++;
    this.#tooLong(head, 0, head.length);
  }

  lastLine(bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#base = offset;
    if (to - from <= LINE_LIMIT + 1 && !isUtf8(bytes.subarray(from, to))) this.tally(NO_UTF8);
    this.#slow(bytes, from, to, true);
  }

  /** Place of the bytes at hand in the stream. */
  #base = 0;

  /**
   * Row `slots.rows` is filled: a record that began at bytes[start]. `ts`: its time in microseconds, NaN where it has none. `back`: it began so many
   * lines before the line at hand.
   */
  protected commit(start: number, ts: number, quick: boolean, back = 0): void {
    const row = this.slots.rows;
    this.#line ??= this.#placeOf(lineField);
    this.#offset ??= this.#placeOf(offsetField);
    if (quick) this.#lines++;
    this.#line[row] = this.#lines - back;
    this.#offset[row] = this.#base + start;
    if (ts < this.#first) this.#first = ts;
    if (ts > this.#last) this.#last = ts;
    this.slots.rows = row + 1;
    if (this.slots.full) this.flush();
  }

  /** Rows from `slots.rows` on are filled: records of a line each, the first of which began at bytes[start]. */
  #commitBlock(start: number, block: BlockOfRows): void {
    const { rows, first, last } = block;
    const row = this.slots.rows;
    this.#line ??= this.#placeOf(lineField);
    this.#offset ??= this.#placeOf(offsetField);
    const { lines, offsets } = block.places(this.#lines + 1, this.#base + start);
    this.#line.set(lines, row);
    this.#offset.set(offsets, row);
    this.#lines += rows;
    if (first < this.#first) this.#first = first;
    if (last > this.#last) this.#last = last;
    this.slots.rowsPut(row + rows);
    if (this.slots.full) this.flush();
  }

  protected tally(key: string, count = 1): void {
    this.#tallies.set(key, (this.#tallies.get(key) ?? 0) + count);
  }

  protected cut(): void {
    this.#tallies.set(CUT, 1);
  }

  /** Of the line at hand and those before it, `count` that were called comments are none. */
  protected uncount(count: number): void {
    this.#comments -= count;
  }

  /** As if `take` had said so of bytes[start..end), which stood `back` lines before the line at hand, and in the stream where bytes[at] would. */
  protected settle(outcome: Problem | typeof COMMENT | null, bytes: Uint8Array, place: HeldPlace): void {
    if (outcome === null) return;
    if (outcome === COMMENT) {
      this.#comments++;
      return;
    }
    this.#rejected++;
    const text = safeText(bytes, place.start, beforeReturn(bytes, place.start, place.end), REJECT_TEXT);
    this.sink.reject({ line: this.#lines - place.back, offset: this.#base + place.at, ...outcome, text });
  }

  /** Place in the stream of bytes[start] of the line at hand. */
  protected offsetOf(start: number): number {
    return this.#base + start;
  }

  #slow(bytes: Uint8Array, from: number, end: number, last: boolean): void {
    this.slots.prepare();
    const marked = this.begun ? from : behindMark(bytes, from, end);
    const start = this.within ? marked : behindNuls(bytes, marked, beforeReturn(bytes, marked, end));
    if (start > marked) this.tally(NULS);
    this.#lines++;
    if (end - from > LINE_LIMIT + 1) {
      this.#tooLong(bytes, from, end);
      return;
    }
    const outcome = !this.within && beforeReturn(bytes, start, end) === start ? COMMENT : this.take(bytes, start, end, last);
    this.begun = true;
    if (outcome === null) return;
    if (outcome === COMMENT) this.#comments++;
    else this.settle(outcome, bytes, { start, end, at: start, back: 0 });
  }

  #tooLong(bytes: Uint8Array, start: number, end: number): void {
    if (!this.recognised && this.sink.isLog !== true) throw tooLongHeader(this.#lines);
    this.settleHeld?.(1);
    const what = `longer than ${LINE_LIMIT / 2 ** 20} MiB`;
    this.#rejected++;
    const text = safeText(bytes, start, end, REJECT_TEXT);
    this.sink.reject({ line: this.#lines, offset: this.#base + start, reason: 'LINE_TOO_LONG', what, text });
  }

  #placeOf(field: FieldDescription): Float64Array {
    const slot = this.slots.slot(field.name, field.type, specOf(field));
    if (slot.storage !== 'number') throw new TypeError(`'${field.name}' is not kept as a number`);
    return slot.values;
  }
}
