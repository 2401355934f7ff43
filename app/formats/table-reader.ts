import { plural } from '../contract/format.ts';
import { beforeReturn } from './field-scanner.ts';
import { COMMENT, type HeldPlace, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { TableFields } from './table-fields.ts';
import { HeldLines } from './table-held.ts';
import { OTHER_HEADERS, isOtherHeader } from './table-other-header.ts';
import type { TablePlan } from './table-plan.ts';
import { HEADERS, JOINED, MORE_LINES } from './table-remarks.ts';
import { TableRows } from './table-rows.ts';
import type { RecordSink } from './types.ts';

/** What a line is that is no row: blank lines apart. */
export type Aside = (line: AsideLine) => typeof COMMENT | Problem | null;

/** A line that is asked about, and what the lines before it left behind. */
export interface AsideLine {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The header or a row came before it. */
  readonly recognised: boolean;
  /** It says what line headers are, byte by byte. */
  readonly isHeader: boolean;
  /** Set by an earlier call; stays until it is changed. */
  state: string;
  tally(key: string): void;
}

interface Saved {
  readonly recognised: boolean;
  readonly held: readonly string[];
  readonly aside: string;
  readonly others: readonly number[];
}

/**
 * Reads a delimited table by its plan. A header that comes again (files put together) is a comment. A value that does not fit its column is kept as a
 * text in a column beside it. A record may go on over line ends within quotes (RFC 4180), for as many lines as HeldLines keeps; where no record comes
 * of that, its first line is rejected (QUOTED_NEWLINE), and the others are lines of their own.
 */
export class TableReader extends LineReader {
  readonly #plan: TablePlan;
  readonly #aside: Aside | null;
  readonly #fields: TableFields;
  readonly #rows: TableRows;
  #recognised = false;
  /** Lines of a record that has not ended; they count as comments until it is known what they are. */
  readonly #held = new HeldLines();
  /** Place of the first of them in the stream. */
  #heldAt = 0;
  #state = '';

  constructor(sink: RecordSink, plan: TablePlan, aside: Aside | null = null) {
    super(sink);
    this.#plan = plan;
    this.#aside = aside;
    this.#fields = new TableFields(plan.delimiter, plan.width + 1);
    this.#rows = new TableRows(sink, this.slots, plan, (key) => this.tally(key));
  }

  protected get recognised(): boolean {
    return this.#recognised;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    return JSON.stringify({
      recognised: this.#recognised,
      held: this.#held.save(),
      aside: this.#state,
      others: this.#rows.others,
    } satisfies Saved);
  }

  protected override restore(saved: string): void {
    const { recognised, held, aside, others } = JSON.parse(saved) as Saved;
    this.#recognised = recognised;
    this.#held.restore(held);
    this.#state = aside;
    this.#rows.use(others);
  }

  protected override get within(): boolean {
    return this.#held.count > 0;
  }

  override resume(state: string): void {
    super.resume(state);
    // the lines held back end where this reader begins
    this.#heldAt = -this.#held.length;
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const place = { start, end, at: start, back: 0 };
    if (this.#held.count === 0) return this.#line(bytes, place, last, true);
    const wrong = this.#fields.scan(bytes, start, beforeReturn(bytes, start, end), true);
    if (wrong === 'OPEN' && !last && this.#held.hasRoom(end - start)) {
      this.#held.add(bytes, start, end);
      return COMMENT;
    }
    if (wrong === null && this.#joined(bytes, start, end, last)) return null;
    this.settleHeld(1);
    return this.#line(bytes, place, last, true);
  }

  /** A record that began with the lines held back and ends with this one; false where they are none. */
  #joined(bytes: Uint8Array, start: number, end: number, last: boolean): boolean {
    const held = this.#held;
    const back = held.count;
    held.add(bytes, start, end);
    const whole = { start: 0, end: held.length - 1, at: this.#heldAt - this.offsetOf(0), back };
    const wrong = this.#fields.scan(held.bytes, 0, beforeReturn(held.bytes, 0, whole.end));
    if (wrong !== null || this.#fit(held.bytes, last) !== null) {
      held.dropLast();
      return false;
    }
    this.tally(JOINED);
    this.tally(MORE_LINES, back);
    this.settle(this.#row(held.bytes, whole), held.bytes, whole);
    held.clear();
    return true;
  }

  /** What was held back is no record: the first of its lines is rejected, so that a quote too many takes no other with it. */
  protected override settleHeld(behind: number): void {
    const held = this.#held;
    const { count } = held;
    this.uncount(count);
    for (let i = 0; i < count; i++) {
      const { start, end } = held.line(i);
      const place = { start, end, at: this.#heldAt + start - this.offsetOf(0), back: count - 1 - i + behind };
      const blank = beforeReturn(held.bytes, start, end) === start;
      this.settle(i === 0 ? openQuote : blank ? COMMENT : this.#line(held.bytes, place, false, false), held.bytes, place);
    }
    held.clear();
  }

  /** A line that begins no field of the one before. `mayHold`: it may be the beginning of a record of several lines. */
  #line(bytes: Uint8Array, place: HeldPlace, last: boolean, mayHold: boolean): Problem | typeof COMMENT | null {
    const { start, end } = place;
    const stop = beforeReturn(bytes, start, end);
    const aside = this.#isAside(bytes, start, stop);
    if (aside !== null) return aside;
    const wrong = this.#fields.scan(bytes, start, stop);
    if (wrong === 'OPEN' && last) return this.#cutOff('the file ends within a quoted field');
    if (wrong === 'OPEN') {
      if (!mayHold || !this.#held.hasRoom(end - start)) return openQuote;
      this.#heldAt = this.offsetOf(start);
      this.#held.add(bytes, start, end);
      return COMMENT;
    }
    if (wrong === 'BEHIND') return { reason: 'BAD_QUOTES', what: `text stands behind the quote that ends field ${this.#fields.count}` };
    const problem = this.#fit(bytes, last) ?? this.#row(bytes, place);
    if (problem === null || problem.reason === 'TRUNCATED' || !isOtherHeader(this.#plan.delimiter, bytes, start, stop)) return problem;
    this.tally(OTHER_HEADERS);
    return { ...problem, what: `${problem.what}; it names columns: another table begins here` };
  }

  #isAside(bytes: Uint8Array, start: number, stop: number): Problem | typeof COMMENT | null {
    const isHeader = this.#isHeader(bytes, start, stop);
    if (this.#aside !== null) {
      const line: AsideLine = {
        bytes,
        start,
        end: stop,
        isHeader,
        recognised: this.#recognised,
        state: this.#state,
        tally: (key) => this.tally(key),
      };
      const aside = this.#aside(line);
      this.#state = line.state;
      if (aside !== null) return aside;
    }
    if (isHeader) {
      this.#recognised = true;
      this.tally(HEADERS);
      return COMMENT;
    }
    // before the header of a table there may be notes
    return !this.#recognised && bytes[start] === 35 ? COMMENT : null;
  }

  #fit(bytes: Uint8Array, last: boolean): Problem | null {
    const fields = this.#fields;
    const { width, joined } = this.#plan;
    if (joined > 1) {
      if (fields.count === width - joined + 2) fields.dropEmptyLast();
      if (fields.count === width - joined + 1) fields.splitLast(bytes, joined);
    }
    if (fields.count === width + 1) fields.dropEmptyLast();
    const { count } = fields;
    if (last && (this.broken || count < width))
      return this.#cutOff(`the file ends within this line: ${plural(count, 'field')} of ${width}`);
    if (count === width) return null;
    const named = this.#plan.header === null ? 'the table has' : 'the header names';
    return { reason: count < width ? 'TOO_FEW_FIELDS' : 'TOO_MANY_FIELDS', what: `${plural(count, 'field')} where ${named} ${width}` };
  }

  #row(bytes: Uint8Array, { at, back }: HeldPlace): Problem | null {
    const problem = this.#rows.row(bytes, this.#fields);
    if (problem !== null) return problem;
    this.#recognised = true;
    this.commit(at, this.#rows.ts, false, back);
    return null;
  }

  #cutOff(what: string): Problem {
    this.cut();
    return { reason: 'TRUNCATED', what };
  }

  #isHeader(bytes: Uint8Array, start: number, stop: number): boolean {
    const { header } = this.#plan;
    if (header === null || header.length !== stop - start) return false;
    for (let i = 0; i < header.length; i++) if (bytes[start + i] !== header[i]) return false;
    return true;
  }
}

const openQuote: Problem = {
  reason: 'QUOTED_NEWLINE',
  what: 'a quoted field goes on over the end of the line, and no record comes of it',
};
