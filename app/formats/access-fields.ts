import { noEscapes, undoEscapes } from './access-escapes.ts';
import { RequestReader, type Taken } from './access-reader.ts';
import type { RequestColumn } from './request-columns.ts';
import { AccessTime } from './access-time.ts';
import { putValue, readerOf, type Target } from './access-values.ts';
import type { Problem } from './line-outcome.ts';
import type { TimeReader } from './table-times.ts';
import { quoted, type ByteScratch } from './texts.ts';
import type { RecordSink } from './types.ts';

const QUOTE = 34;
const OPEN = 91;
const CLOSE = 93;
/** Fields of a line that are kept; no access log has as many. */
const MOST = 1000;

/**
 * How a log quotes. `escaped`: a quote within quotes has a backslash before it, and brackets wrap too. `doubled`: a quote within quotes is doubled, as the
 * W3C extended format has it; backslashes and brackets are letters as any other.
 */
export type Quoting = 'escaped' | 'doubled';

/** Finds the fields of a line: parted by one byte; where blanks part, some are wrapped. */
export class QuotedFields {
  readonly #quoting: Quoting;
  readonly starts = new Int32Array(MOST);
  readonly ends = new Int32Array(MOST);
  count = 0;
  /** A quote was not closed. */
  open = false;

  constructor(quoting: Quoting = 'escaped') {
    this.#quoting = quoting;
  }

  scan(bytes: Uint8Array, start: number, end: number, delimiter: number): void {
    this.count = 0;
    this.open = false;
    const doubled = this.#quoting === 'doubled';
    for (let at = start; at <= end && this.count < MOST;) {
      const wrapped = delimiter === 32 && (bytes[at] === QUOTE || (bytes[at] === OPEN && !doubled)) && at < end;
      const close = !wrapped ? -1 : doubled ? closeOfDoubled(bytes, at, end, delimiter) : closeOf(bytes, at, end, delimiter);
      // where quotes are doubled, a lone one is a letter: IIS writes what it was sent
      if (wrapped && close < 0 && bytes[at] === QUOTE && !doubled) this.open = true;
      let stop = close < 0 ? bytes.indexOf(delimiter, at) : close + 1;
      if (stop < 0 || stop > end) stop = end;
      this.starts[this.count] = close < 0 ? at : at + 1;
      this.ends[this.count++] = close < 0 ? stop : close;
      at = stop + 1;
    }
  }
}

/** The byte that ends a wrapped field: one with the delimiter or the end behind it. */
function closeOf(bytes: Uint8Array, start: number, end: number, delimiter: number): number {
  const closing = bytes[start] === QUOTE ? QUOTE : CLOSE;
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === 92) at++;
    else if (bytes[at] === closing && (at + 1 === end || bytes[at + 1] === delimiter)) return at;
  }
  return -1;
}

/** The quote that ends the field which begins with one: the first that is not doubled; -1 where none is, or anything but the field's end is behind it. */
function closeOfDoubled(bytes: Uint8Array, start: number, end: number, delimiter: number): number {
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] !== QUOTE) continue;
    if (at + 1 === end || bytes[at + 1] === delimiter) return at;
    if (bytes[at + 1] !== QUOTE) return -1;
    at++;
  }
  return -1;
}

/** What the fields of a line are, from the first on. */
export interface FieldLayout {
  readonly delimiter: number;
  readonly fields: readonly { readonly name: string; readonly target: Target }[];
  /** Lines may have fewer fields: those were added over the years. */
  readonly least: number;
}

/** Reads lines of fields that stand in a known order. */
export abstract class FieldsReader extends RequestReader {
  protected readonly fields: QuotedFields;
  readonly #time: AccessTime;
  #times: readonly (TimeReader | null)[] = [];
  #layout: FieldLayout | null = null;
  #date = -1;
  #clock = -1;

  constructor(sink: RecordSink, columns: readonly RequestColumn[], zone: string | undefined, quoting: Quoting = 'escaped') {
    super(sink, columns, quoting === 'escaped' ? undoEscapes : noEscapes);
    this.fields = new QuotedFields(quoting);
    this.#time = new AccessTime(zone);
    this.doubts = this.#time.zone.doubts;
    this.row.begin();
  }

  protected get layout(): FieldLayout | null {
    return this.#layout;
  }

  /** Lines from here on are laid out so. */
  protected use(layout: FieldLayout | null): void {
    this.#layout = layout;
    const fields = layout?.fields ?? [];
    this.#times = fields.map(({ target }) => (target.how === 'time' ? readerOf(target.written, this.#time, this.#time.zone) : null));
    this.#date = fields.findIndex(({ target }) => target.how === 'date');
    this.#clock = fields.findIndex(({ target }) => target.how === 'clock');
  }

  /** Puts the field into the row; formats that write some fields in a way of their own do that here. */
  protected put(target: Target, bytes: Uint8Array, start: number, end: number): Problem | null {
    return putValue(this.row, target, bytes, start, end);
  }

  /** The day of a record that has a time of day and no date, as ISO 8601 has it; null where nothing says one. */
  protected dayOf?(clock: Uint8Array): Uint8Array | null;

  protected record(bytes: Uint8Array, start: number, end: number): Taken {
    const layout = this.#layout;
    if (layout === null) return { reason: 'NO_HEADER', what: 'no #Fields line comes before it', cut: false };
    const { fields } = this;
    fields.scan(bytes, start, end, layout.delimiter);
    if (fields.count < layout.least || fields.open) {
      return { reason: 'TOO_FEW_FIELDS', what: `${fields.count} fields where there should be ${layout.fields.length}` };
    }
    const problem = this.#moment(bytes);
    if (problem !== null) return problem;
    for (let i = 0; i < fields.count; i++) {
      const target =
        i < layout.fields.length ? layout.fields[i].target : { how: 'text' as const, column: `extra_${i - layout.fields.length + 1}` };
      const wrong = this.put(target, bytes, fields.starts[i], fields.ends[i]);
      if (wrong !== null) return wrong;
    }
    return 'row';
  }

  #moment(bytes: Uint8Array): Problem | null {
    const { starts, ends, count } = this.fields;
    let ts = NaN;
    let [start, end] = [0, 0];
    for (const [i, read] of this.#times.entries()) {
      if (read === null || i >= count) continue;
      [start, end] = [starts[i], ends[i]];
      ts = read(bytes, start, end);
    }
    if (this.#clock >= 0 && this.#clock < count && this.#date < count) {
      const clock = bytes.subarray(starts[this.#clock], ends[this.#clock]);
      const day = this.#date < 0 ? (this.dayOf?.(clock) ?? null) : bytes.subarray(starts[this.#date], ends[this.#date]);
      if (day === null) return { reason: 'NO_DATE', what: 'it has a time of day and no date, and nothing before it says one' };
      [start, end] = [starts[this.#date < 0 ? this.#clock : this.#date], ends[this.#clock]];
      const both = Buffer.concat([day, blank, clock]);
      ts = this.#time.read(both, 0, both.length);
    }
    if (Number.isNaN(ts)) return { reason: 'BAD_TIME', what: `its time is ${quoted(bytes, start, Math.max(start, end))}` };
    this.row.time(ts);
    return null;
  }
}

const blank = Buffer.from(' ');

/** Appends an agent as it was sent: IIS writes a plus for each blank of it, CloudFront `%20`. One that has blanks is written as it is. */
export function putPlainAgent(out: ByteScratch, bytes: Uint8Array, start: number, end: number): void {
  const agent = bytes.subarray(start, end);
  const percent = agent.includes(37);
  const asSent = agent.includes(32);
  for (let at = start; at < end; at++) {
    const byte = percent && !asSent ? percentByte(bytes, at, end) : -1;
    if (byte >= 32) {
      out.put(byte);
      at += 2;
    } else if (bytes[at] === 43 && !percent && !asSent) {
      // a plus behind a blank was one before
      out.put(32);
      if (bytes[at + 1] === 43 && at + 1 < end) out.put(bytes[++at]);
    } else out.put(bytes[at]);
  }
}

/** What `%HH` stands for, or -1. */
function percentByte(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 37 || at + 2 >= end) return -1;
  const value = Number.parseInt(String.fromCharCode(bytes[at + 1], bytes[at + 2]), 16);
  return Number.isNaN(value) ? -1 : value;
}
