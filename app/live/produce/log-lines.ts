import { OwnColumns } from '../../columns/own-columns.ts';
import type { ColumnBuffer, ColumnSpec } from '../../columns/types.ts';
import type { Reject } from '../../contract/case.ts';
import type { FormatOptions } from '../../contract/formats.ts';
import { FlowcaseError } from '../../errors.ts';
import { endsLine, shapeOf, type LineShape } from '../../formats/line-shapes.ts';
import { newlineOf } from '../../formats/lines.ts';
import { detectFormat, formatById, HEAD_BYTES } from '../../formats/registry.ts';
import { LINE_LIMIT, type LogReader, type RecordSink } from '../../formats/types.ts';

const LF = 10;
const HASH = 35;

/** One line of a log as it stands there, ended by a line feed. */
export interface LogLine {
  readonly bytes: Uint8Array;
  /** `head`: header, comment or blank line; `reject`: one that cannot be read, which is replayed like the others. */
  readonly kind: 'record' | 'head' | 'reject';
  /** Of a record, microseconds since 1970 UTC; NaN where there is none. */
  readonly ts: number;
}

/** What is asked for of a log: its format where it is not to be recognised, and the options it is read with. */
export interface LogOptions {
  readonly format?: string | undefined;
  readonly options?: FormatOptions | undefined;
}

/**
 * The lines of a log in their order, each with the time that Flowcase's reader of its format finds in it. `name` is for messages.
 * @throws FlowcaseError FORMAT_UNKNOWN and others where it is no log
 */
export async function* logLines(
  blocks: AsyncIterable<Uint8Array>,
  name: string,
  asked: LogOptions = {},
): AsyncGenerator<readonly LogLine[]> {
  let log: TimedLog | null = null;
  let held = new Uint8Array(0);
  for await (const block of blocks) {
    if (log === null) {
      held = joined(held, block);
      if (held.length <= HEAD_BYTES || !(endsLine(held) || held.length > LINE_LIMIT + 2)) continue;
      log = new TimedLog(held, name, asked);
      yield log.lines(held);
      held = new Uint8Array(0);
    } else yield log.lines(block);
  }
  if (log === null) {
    if (held.length === 0)
      throw new FlowcaseError(
        'FILE_EMPTY',
        `${name} is empty: it has no bytes at all, so there is nothing to play. Name a log with lines.`,
        { path: name },
      );
    log = new TimedLog(held, name, asked);
    yield log.lines(held);
  }
  yield log.end();
}

/** A log that was recognised. */
class TimedLog {
  readonly #shape: LineShape | null;
  readonly #reader: LogReader;
  readonly #times = new TimesSink();
  readonly #newline: number;
  /** Lines that are no records go on the record before them: its text has line ends in quotes. */
  readonly #continues: boolean;
  #rest = new Uint8Array(0);
  /** Place of #rest in the log. */
  #offset = 0;
  #records = 0;

  constructor(beginning: Uint8Array, name: string, { format: id, options = {} }: LogOptions) {
    // a shape keeps its place: a second one reads the beginning
    const bytes = shapeOf(beginning)?.lines(beginning) ?? beginning;
    const head = bytes.subarray(0, HEAD_BYTES);
    const format = id === undefined ? detectFormat(head, name, options).format : formatById(id);
    const log = format.open(head, format.settle?.(head, options, name) ?? options);
    this.#reader = log.read(this.#times);
    this.#shape = shapeOf(beginning);
    if (this.#shape?.name === 'flow-tuples')
      throw new FlowcaseError(
        'FORMAT_UNKNOWN',
        `${name} is one object with its records in lists (${format.title}): none of its lines says anything without the others, so it cannot be played line by line. Import it.`,
      );
    this.#newline = newlineOf(bytes, true) || LF;
    this.#continues = format.id === 'delimited';
  }

  /** The lines that are whole by now. */
  lines(block: Uint8Array): LogLine[] {
    const bytes = joined(this.#rest, this.#shape?.lines(block) ?? block);
    const end = bytes.lastIndexOf(this.#newline) + 1;
    this.#rest = bytes.slice(end);
    if (end === 0) return [];
    const whole = bytes.subarray(0, end);
    this.#reader.feed(whole);
    this.#reader.flush();
    return this.#cut(whole);
  }

  /** The last line, where nothing ends it. */
  end(): LogLine[] {
    if (this.#rest.length === 0) return [];
    this.#reader.feed(this.#rest);
    this.#reader.end(false);
    return this.#cut(joined(this.#rest, Uint8Array.of(this.#newline)));
  }

  #cut(whole: Uint8Array): LogLine[] {
    const lines: LogLine[] = [];
    const { times, rejects } = this.#times.take();
    for (let from = 0; from < whole.length;) {
      const to = whole.indexOf(this.#newline, from) + 1;
      const bytes = whole.subarray(from, to);
      const ts = times.get(this.#offset + from);
      if (ts !== undefined) this.#records++;
      const kind = ts !== undefined ? 'record' : rejects.has(this.#offset + from) ? 'reject' : 'head';
      const before = lines.at(-1);
      if (kind === 'head' && this.#continues && this.#records > 0 && bytes[0] !== HASH && before !== undefined)
        lines[lines.length - 1] = { ...before, bytes: joined(before.bytes, bytes) };
      else lines.push({ bytes: this.#newline === LF ? bytes : joined(bytes.subarray(0, -1), Uint8Array.of(LF)), kind, ts: ts ?? NaN });
      from = to;
    }
    this.#offset += whole.length;
    return lines;
  }
}

/** Keeps of what a reader reads only where each record stands and when it was. */
class TimesSink extends OwnColumns implements RecordSink {
  #times = new Map<number, number>();
  #rejects = new Set<number>();

  append(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[]): void {
    const offsets = numbers(columns, '_offset');
    const times = numbers(columns, 'ts');
    for (let row = 0; row < rows; row++) this.#times.set(offsets?.[row] ?? NaN, times?.[row] ?? NaN);
  }

  reject({ offset }: Omit<Reject, 'evidence'>): void {
    this.#rejects.add(offset);
  }

  /** By place in the log, since this was asked last. */
  take(): { readonly times: ReadonlyMap<number, number>; readonly rejects: ReadonlySet<number> } {
    const taken = { times: this.#times, rejects: this.#rejects };
    this.#times = new Map();
    this.#rejects = new Set();
    return taken;
  }
}

function numbers(columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnBuffer }[], name: string): ArrayLike<number> | null {
  const buffer = columns.find(({ spec }) => spec.name === name)?.buffer;
  return buffer?.storage === 'number' ? buffer.values : null;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
