import type { Reject } from '../contract/case.ts';
import { beforeReturn } from './field-scanner.ts';
import { behindMark, tooLongHeader } from './line-beginning.ts';
import { LineSplitter, type LineConsumer } from './lines.ts';
import { PlacedSink, type Place } from './placed-sink.ts';
import { ByteScratch, safeText } from './texts.ts';
import { LINE_LIMIT, REJECT_TEXT, type LogReader, type OpenedLog, type ReaderFigures, type RecordSink } from './types.ts';
import type { WrappedLine } from './wrapped-lines.ts';

/** Tallied for each line that was a piece of a longer one. */
export const PIECES = 'pieces of wrapped lines';

/** How a wrapper's time is given to lines that have none: as a member of their object, or before them with who printed them, as syslog messages begin. */
export type Timing = 'own' | 'member' | 'header';

/** Appends what the wrapped line holds. */
export function putTimed(
  out: ByteScratch,
  bytes: Uint8Array,
  { time, sender }: { readonly time: string; readonly sender: string },
  timing: Timing,
): void {
  const { length } = bytes;
  let end = length;
  while (end > 0 && bytes[end - 1] === 32) end--;
  const isObject = timing === 'member' && bytes[0] === OPEN && end > 1 && bytes[end - 1] === CLOSE;
  if (timing === 'header' && length > 0) out.putAll(Buffer.from(`${time} ${sender} `, 'latin1'));
  out.putAll(bytes.subarray(0, isObject ? end - 1 : length));
  // behind all others: of two members that are the time, the first counts
  if (isObject) out.putAll(Buffer.from(`${bytes[end - 2] === OPEN ? '' : ','}"time":"${time}"}`, 'latin1'));
}

const [LF, OPEN, CLOSE] = [10, 123, 125];

/** A line of which a piece has come. */
interface Pending {
  text: Uint8Array;
  time: string;
  sender: string;
  /** Where its first piece stands. */
  line: number;
  offset: number;
  tooLong: boolean;
}

interface SavedState {
  readonly begun: boolean;
  readonly newline: number;
  readonly inner: string;
  /** By stream; texts in base64, places counted back from here. */
  readonly pending: readonly (Pick<Pending, 'time' | 'sender' | 'line' | 'offset' | 'tooLong'> & { readonly text: string })[];
  readonly streams: readonly number[];
}

/**
 * Reads a log whose lines are wrapped one by one: what they hold goes to the reader of the log inside, and what that one says of a line is said of where its
 * wrapper stands. A line in pieces stands where its first one does; the others are counted as comments.
 */
export class WrappedReader implements LogReader, LineConsumer {
  readonly #sink: RecordSink;
  readonly #line: WrappedLine;
  readonly #name: string;
  readonly #timing: Timing;
  readonly #inner: LogReader;
  readonly #splitter = new LineSplitter(this);
  readonly #pending = new Map<number, Pending>();
  /** What the reader inside has not been fed yet. */
  readonly #text = new ByteScratch();
  /** Where each line of the log inside stands, from the first that is kept on. */
  #lines: number[] = [];
  #offsets: number[] = [];
  #from = 0;
  #begun = false;
  #fed = 0;
  #own = { lines: 0, rejected: 0, comments: 0, pieces: 0, cut: false };

  constructor(sink: RecordSink, log: OpenedLog, line: WrappedLine, { name, timing }: { readonly name: string; readonly timing: Timing }) {
    this.#sink = sink;
    this.#line = line;
    this.#name = name;
    this.#timing = timing;
    this.#inner = log.read(new PlacedSink(sink, (inner) => this.#place(inner)));
  }

  get figures(): ReaderFigures {
    const inner = this.#inner.figures;
    const { lines, rejected, comments, pieces, cut } = this.#own;
    const tallies = new Map(inner.tallies);
    if (pieces > 0) tallies.set(PIECES, pieces);
    if (cut) tallies.set('cut', 1);
    return {
      ...inner,
      rejected: inner.rejected + rejected,
      comments: inner.comments + comments,
      lines,
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
    this.#hand();
    this.#inner.flush();
    this.#from += this.#lines.length;
    this.#lines = [];
    this.#offsets = [];
  }

  end(cut: boolean): void {
    this.#splitter.end();
    const pending = [...this.#pending.values()].sort((a, b) => a.offset - b.offset);
    this.#pending.clear();
    for (const [i, one] of pending.entries()) {
      // its pieces were counted, and it is a line
      this.#own.comments--;
      this.#give(one, i === pending.length - 1);
    }
    this.#hand();
    this.#inner.end(cut && this.#open);
  }

  /** The last line of the log inside has no end. */
  #open = false;

  state(): string {
    const { lines } = this.#own;
    const pending = [...this.#pending.values()].map(({ text, line, offset, ...rest }) => ({
      ...rest,
      text: Buffer.from(text).toString('base64'),
      line: lines - line,
      offset: this.#fed - offset,
    }));
    const state: SavedState = {
      begun: this.#begun,
      newline: this.#splitter.newline,
      inner: this.#inner.state(),
      pending,
      streams: [...this.#pending.keys()],
    };
    return JSON.stringify(state);
  }

  resume(saved: string): void {
    const { begun, newline, inner, pending, streams } = JSON.parse(saved) as SavedState;
    this.#begun = begun;
    this.#splitter.newline = newline;
    this.#splitter.restart();
    this.#inner.resume(inner);
    this.#pending.clear();
    for (const [i, { text, line, offset, ...rest }] of pending.entries()) {
      this.#pending.set(streams[i], { ...rest, text: Buffer.from(text, 'base64'), line: -line, offset: -offset });
    }
    this.#lines = [];
    this.#offsets = [];
    this.#from = 0;
    this.#fed = 0;
    this.#own = { lines: 0, rejected: 0, comments: 0, pieces: 0, cut: false };
  }

  lines(bytes: Uint8Array, from: number, to: number, offset: number, newline: number): void {
    for (let at = from; at < to;) {
      const end = bytes.indexOf(newline, at);
      this.#take(bytes, at, end, offset + at, false);
      at = end + 1;
    }
    this.#hand();
  }

  longLine(head: Uint8Array, offset: number): void {
    this.#own.lines++;
    this.#tooLong(head, offset);
  }

  lastLine(bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.#take(bytes, from, to, offset + from, true);
  }

  #take(bytes: Uint8Array, from: number, end: number, place: number, last: boolean): void {
    const own = this.#own;
    own.lines++;
    if (end - from > LINE_LIMIT + 1) {
      this.#tooLong(bytes.subarray(from, end), place);
      return;
    }
    const start = this.#begun ? from : behindMark(bytes, from, end);
    const stop = beforeReturn(bytes, start, end);
    this.#begun = true;
    if (start === stop) own.comments++;
    else if (this.#line.read(bytes, start, stop)) this.#piece(place + start - from, last);
    else {
      const cut = last && this.#line.cut;
      if (cut) own.cut = true;
      const text = safeText(bytes, start, stop, REJECT_TEXT);
      const what = cut ? 'the file ends within this line' : `it is not as ${this.#name} has its lines`;
      this.#reject({ line: own.lines, offset: place + start - from, reason: cut ? 'TRUNCATED' : 'NO_WRAPPER', what, text });
    }
  }

  /** What the wrapper holds is a line, or a piece of one. `last`: the file ends with its wrapper. */
  #piece(offset: number, last: boolean): void {
    const { stream, whole, time, sender, text } = this.#line;
    const bytes = text.bytes.subarray(0, text.length);
    const there = this.#pending.get(stream);
    const open = last && this.#line.openEnded;
    if (there === undefined && whole) {
      this.#give({ text: bytes, time, sender, line: this.#own.lines, offset, tooLong: false }, open);
      return;
    }
    const line = there ?? { text: noBytes, time, sender, line: this.#own.lines, offset, tooLong: false };
    if (!line.tooLong) line.text = Buffer.concat([line.text, bytes]);
    if (line.text.length > LINE_LIMIT) {
      line.tooLong = true;
      line.text = line.text.slice(0, REJECT_TEXT + 1);
    }
    if (whole) {
      this.#pending.delete(stream);
      this.#give(line, open);
      return;
    }
    this.#pending.set(stream, line);
    this.#own.comments++;
    this.#own.pieces++;
  }

  /** `open`: no line end follows, because the file ends there. */
  #give(line: Pending, open: boolean): void {
    if (line.tooLong) {
      const text = safeText(line.text, 0, line.text.length, REJECT_TEXT);
      const what = `longer than ${LINE_LIMIT / 2 ** 20} MiB`;
      this.#reject({ line: line.line, offset: line.offset, reason: 'LINE_TOO_LONG', what, text });
      return;
    }
    this.#lines.push(line.line);
    this.#offsets.push(line.offset);
    putTimed(this.#text, line.text, line, this.#timing);
    this.#open = open && line.text.length > 0;
    if (!this.#open) this.#text.put(LF);
  }

  #tooLong(bytes: Uint8Array, offset: number): void {
    if (!this.#begun && this.#sink.isLog !== true) throw tooLongHeader(this.#own.lines);
    const text = safeText(bytes, 0, bytes.length, REJECT_TEXT);
    this.#reject({ line: this.#own.lines, offset, reason: 'LINE_TOO_LONG', what: `longer than ${LINE_LIMIT / 2 ** 20} MiB`, text });
  }

  #reject(reject: Omit<Reject, 'evidence'>): void {
    // what stands before it comes first
    this.#hand();
    this.#own.rejected++;
    this.#sink.reject(reject);
  }

  #hand(): void {
    if (this.#text.length === 0) return;
    this.#inner.feed(this.#text.bytes.subarray(0, this.#text.length));
    this.#text.clear();
  }

  /** Where a line of the log inside stands. */
  #place(inner: number): Place {
    const at = inner - 1 - this.#from;
    return { line: this.#lines[at], offset: this.#offsets[at] };
  }
}

const noBytes = new Uint8Array(0);
