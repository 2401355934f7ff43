import type { Reject } from '../contract/case.ts';
import { beforeReturn } from './field-scanner.ts';
import { behindMark, tooLongHeader } from './line-beginning.ts';
import type { Problem } from './line-outcome.ts';
import { behindNuls, CUT, NULS } from './line-remarks.ts';
import { LineSplitter, type LineConsumer } from './lines.ts';
import { PlacedSink, type Place } from './placed-sink.ts';
import { ByteScratch, safeText } from './texts.ts';
import { LINE_LIMIT, REJECT_TEXT, type LogReader, type OpenedLog, type ReaderFigures, type RecordSink } from './types.ts';

/** Of a reader and the one inside; `own`: what the reader itself keeps. */
export interface SavedState {
  readonly begun: boolean;
  readonly newline: number;
  readonly inner: string;
  readonly own: string;
}

const LF = 10;

export const TOO_LONG: Problem = { reason: 'LINE_TOO_LONG', what: `longer than ${LINE_LIMIT / 2 ** 20} MiB` };

/**
 * Reads a log whose lines are made those of another: what it gives for a line goes to the reader of the log inside, and what that one says of its line is said of
 * the line it was made of.
 */
export abstract class OuterReader implements LogReader, LineConsumer {
  /** Of the lines themselves. */
  protected readonly own = { lines: 0, rejected: 0, comments: 0, cut: false };
  /** The last line that was given to the log inside has no end. */
  protected open = false;
  /** The stream broke off: what its last line says is not known. */
  protected broken = false;
  readonly #sink: RecordSink;
  readonly #inner: LogReader;
  readonly #splitter = new LineSplitter(this);
  readonly #tallies = new Map<string, number>();
  /** What the reader inside has not been fed yet. */
  readonly #text = new ByteScratch();
  /** Where each line of the log inside stands, from the first that is kept on. */
  #places: Place[] = [];
  #from = 0;
  #begun = false;
  #fed = 0;

  /** `textOf`: what is kept of a line that the log inside refuses, instead of the line that it was given. */
  constructor(sink: RecordSink, log: OpenedLog, textOf: (() => string) | null = null) {
    this.#sink = sink;
    this.#inner = log.read(new PlacedSink(sink, (line) => this.#places[line - 1 - this.#from], textOf));
  }

  /** Takes bytes[start..end), a line without its end that is not blank and begins at `offset`; the text lasts until it returns. */
  protected abstract line(bytes: Uint8Array, start: number, end: number, offset: number, last: boolean): void;

  /** No line follows. */
  protected ending?(): void;
  protected abstract saved(): string;
  /** Everything as `saved` said. */
  protected abstract restore(saved: string): void;

  get figures(): ReaderFigures {
    const inner = this.#inner.figures;
    const { lines, rejected, comments, cut } = this.own;
    const tallies = new Map(inner.tallies);
    for (const [key, count] of this.#tallies) tallies.set(key, (tallies.get(key) ?? 0) + count);
    if (cut) tallies.set(CUT, 1);
    return {
      ...inner,
      rejected: inner.rejected + rejected,
      comments: inner.comments + comments,
      lines,
      recognised: inner.recognised || this.#begun,
      cut: inner.cut || cut,
      tallies,
    };
  }

  feed(block: Uint8Array): void {
    this.#fed += block.length;
    this.#splitter.feed(block);
  }

  flush(): void {
    this.#splitter.flush();
    this.hand();
    this.#inner.flush();
    this.#from += this.#places.length;
    this.#places = [];
  }

  end(cut: boolean): void {
    this.broken = cut;
    this.#splitter.end();
    this.ending?.();
    this.hand();
    this.#inner.end(cut && this.open);
  }

  state(): string {
    const state: SavedState = { begun: this.#begun, newline: this.#splitter.newline, inner: this.#inner.state(), own: this.saved() };
    return JSON.stringify(state);
  }

  resume(saved: string): void {
    const { begun, newline, inner, own } = JSON.parse(saved) as SavedState;
    this.#begun = begun;
    this.#splitter.newline = newline;
    this.#splitter.restart();
    this.#inner.resume(inner);
    this.restore(own);
    this.#tallies.clear();
    this.#places = [];
    this.#from = 0;
    this.#fed = 0;
    Object.assign(this.own, { lines: 0, rejected: 0, comments: 0, cut: false });
  }

  lines(bytes: Uint8Array, from: number, to: number, offset: number, newline: number): void {
    for (let at = from; at < to;) {
      const end = bytes.indexOf(newline, at);
      this.#take(bytes, at, end, offset + at, false);
      at = end + 1;
    }
    this.hand();
  }

  longLine(head: Uint8Array, offset: number): void {
    this.own.lines++;
    this.#tooLong(head, offset);
  }

  lastLine(bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#take(bytes, from, to, offset + from, true);
  }

  /** Bytes of the log that were fed since it was resumed, for places relative to here. */
  protected get fed(): number {
    return this.#fed;
  }

  protected tally(key: string, count = 1): void {
    this.#tallies.set(key, (this.#tallies.get(key) ?? 0) + count);
  }

  /** A line for the log inside, written into what it returns; `give` ends it. */
  protected get text(): ByteScratch {
    return this.#text;
  }

  /** The line that was written into `text` ends; it was made of the one at `place`. `open`: the file ends within it. */
  protected give(place: Place, open: boolean): void {
    this.#places.push(place);
    this.open = open;
    if (!open) this.#text.put(LF);
  }

  /** Of the line at hand, or the one that stands at `place`. */
  protected reject(problem: Problem, { line, offset }: Place, bytes: Uint8Array, start: number, end: number): void {
    // what stands before it comes first
    this.hand();
    this.own.rejected++;
    this.#sink.reject({ line, offset, ...problem, text: safeText(bytes, start, end, REJECT_TEXT) } satisfies Omit<Reject, 'evidence'>);
  }

  /** The reader inside reads what it was given. */
  protected hand(): void {
    if (this.#text.length === 0) return;
    this.#inner.feed(this.#text.bytes.subarray(0, this.#text.length));
    this.#text.clear();
  }

  #take(bytes: Uint8Array, from: number, end: number, offset: number, last: boolean): void {
    this.own.lines++;
    if (end - from > LINE_LIMIT + 1) {
      this.#tooLong(bytes.subarray(from, end), offset);
      return;
    }
    const marked = this.#begun ? from : behindMark(bytes, from, end);
    const stop = beforeReturn(bytes, marked, end);
    const start = behindNuls(bytes, marked, stop);
    if (start > marked) this.tally(NULS);
    this.#begun = true;
    if (start === stop) this.own.comments++;
    else this.line(bytes, start, stop, offset + start - from, last);
  }

  #tooLong(bytes: Uint8Array, offset: number): void {
    if (!this.#begun && this.#sink.isLog !== true) throw tooLongHeader(this.own.lines);
    this.reject(TOO_LONG, { line: this.own.lines, offset }, bytes, 0, bytes.length);
  }
}
