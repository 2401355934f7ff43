import { beforeReturn } from './field-scanner.ts';
import type { Problem } from './line-outcome.ts';
import { OuterReader, TOO_LONG, type SavedState } from './outer-reader.ts';
import type { Place } from './placed-sink.ts';
import type { ByteScratch } from './texts.ts';
import { LINE_LIMIT, REJECT_TEXT, type OpenedLog, type RecordSink } from './types.ts';
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
const BETWEEN: Problem = { reason: 'TRUNCATED', what: 'the file ends between two pieces of this line' };

/** A line of which a piece has come: where its first piece stands, and what there is of it. */
interface Pending extends Place {
  readonly text: Uint8Array;
  readonly time: string;
  readonly sender: string;
  readonly tooLong: boolean;
}

/** By stream; texts in base64, places counted back from here. */
type Saved = readonly (readonly [stream: number, line: Omit<Pending, 'text'> & { readonly text: string }])[];

/**
 * Reads a log whose lines are wrapped one by one: what they hold goes to the reader of the log inside. A line in pieces stands where its first one does; the others
 * are counted as comments. A line of which the last piece is not there is a reject that is cut: whoever reads on behind it has its first pieces, so that it is one
 * record when the log has grown.
 */
export class WrappedReader extends OuterReader {
  readonly #line: WrappedLine;
  readonly #name: string;
  readonly #timing: Timing;
  readonly #pending = new Map<number, Pending>();

  constructor(sink: RecordSink, log: OpenedLog, line: WrappedLine, { name, timing }: { readonly name: string; readonly timing: Timing }) {
    super(sink, log);
    this.#line = line;
    this.#name = name;
    this.#timing = timing;
  }

  protected saved(): string {
    const pending: Saved = [...this.#pending].map(([stream, { text, line, offset, ...rest }]) => [
      stream,
      { ...rest, text: Buffer.from(text).toString('base64'), line: this.own.lines - line, offset: this.fed - offset },
    ]);
    return JSON.stringify(pending);
  }

  protected restore(saved: string): void {
    this.#pending.clear();
    for (const [stream, { text, line, offset, ...rest }] of JSON.parse(saved) as Saved) {
      // not by a sign: places are whole numbers, and -0 is none that a column keeps as one
      this.#pending.set(stream, { ...rest, text: Buffer.from(text, 'base64'), line: 0 - line, offset: 0 - offset });
    }
  }

  protected override ending(): void {
    const pending = [...this.#pending.values()].sort((a, b) => a.offset - b.offset);
    this.#pending.clear();
    for (const one of pending) {
      // its pieces were counted, and it is a line
      this.own.comments--;
      this.own.cut = true;
      const { text, tooLong } = one;
      this.reject(tooLong ? TOO_LONG : BETWEEN, one, text, 0, text.length);
    }
  }

  protected line(bytes: Uint8Array, start: number, end: number, offset: number, last: boolean): void {
    const place = { line: this.own.lines, offset };
    if (this.#line.read(bytes, start, end)) {
      this.#piece(place, last);
      return;
    }
    const cut = last && this.#line.cut;
    if (cut) this.own.cut = true;
    const what = cut ? 'the file ends within this line' : `it is not as ${this.#name} has its lines`;
    this.reject({ reason: cut ? 'TRUNCATED' : 'NO_WRAPPER', what }, place, bytes, start, end);
  }

  /** What the wrapper holds is a line, or a piece of one. `last`: the file ends with it, and without a line end. */
  #piece(place: Place, last: boolean): void {
    const { stream, whole, time, sender, text, openEnded } = this.#line;
    const bytes = text.bytes.subarray(0, text.length);
    const there = this.#pending.get(stream);
    if (there === undefined && whole) {
      this.#give({ ...place, text: bytes, time, sender, tooLong: false }, last && openEnded);
      return;
    }
    const line = joinedWith(there ?? { ...place, text: noBytes, time, sender, tooLong: false }, bytes);
    if (whole) {
      this.#pending.delete(stream);
      this.#give(line, last && openEnded);
      return;
    }
    this.#pending.set(stream, line);
    this.own.comments++;
    this.tally(PIECES);
  }

  /** `open`: no line end follows, because the file ends there. */
  #give({ text, time, sender, tooLong, line, offset }: Pending, open: boolean): void {
    if (tooLong) {
      this.reject(TOO_LONG, { line, offset }, text, 0, text.length);
      return;
    }
    putTimed(this.text, text, { time, sender }, this.#timing);
    this.give({ line, offset }, open && text.length > 0);
  }
}

/** The state behind a line that was read without its end, told by the one before it: `line` has its end by now. Its pieces are no longer waited for. */
export function stateBehind(state: string, wrapped: WrappedLine, line: Uint8Array): string {
  const saved = JSON.parse(state) as SavedState;
  const end = line.at(-1) === LF ? beforeReturn(line, 0, line.length - 1) : line.length;
  const ended = wrapped.read(line, 0, end) && wrapped.whole ? wrapped.stream : null;
  const open = (JSON.parse(saved.own) as Saved).filter(([stream]) => stream !== ended);
  const own = open.map(([stream, one]) => [stream, { ...one, line: one.line + 1, offset: one.offset + line.length }]);
  return JSON.stringify({ ...saved, own: JSON.stringify(own) } satisfies SavedState);
}

/** Of what grows too long the beginning is kept. */
function joinedWith(line: Pending, piece: Uint8Array): Pending {
  if (line.tooLong) return line;
  const text = Buffer.concat([line.text, piece]);
  return text.length > LINE_LIMIT ? { ...line, text: text.subarray(0, REJECT_TEXT + 1), tooLong: true } : { ...line, text };
}

const noBytes = new Uint8Array(0);
