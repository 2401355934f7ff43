import { COMMENT, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { commonRemarks } from './line-remarks.ts';
import { RequestRow, TooManyColumns, type Escapes } from './access-row.ts';
import { MOST_COLUMNS, type RequestColumn } from './request-columns.ts';
import { plural } from '../contract/format.ts';
import type { ClockDoubts } from './clock-doubts.ts';
import type { OpenedLog, RecordSink } from './types.ts';
import { StringPool } from '../columns/string-pool.ts';
import { newlineOf } from './lines.ts';

/** What a line of an access log became: a row, nothing, or what is wrong with it. `cut`: its end is missing, which is no wonder in the last line. */
export type Taken = 'row' | typeof COMMENT | (Problem & { readonly cut?: boolean });

/** What every reader of requests in lines shares: the row, its columns over the pieces of a log, and a last line that broke off. */
export abstract class RequestReader extends LineReader {
  protected readonly row: RequestRow;
  /** Of the zone of its times; null where that leaves none. */
  protected doubts: ClockDoubts | null = null;
  #seen = false;

  constructor(sink: RecordSink, columns: readonly RequestColumn[], escapes: Escapes) {
    super(sink);
    this.row = new RequestRow(sink, this.slots, escapes);
    // what is read only to see its columns needs no room
    if (sink instanceof NowhereSink) this.slots.capacity = 256;
    this.row.use(columns);
  }

  /** Reads bytes[start..end), without its line end, into the row; sets its time. `last`: the file ends with it. */
  protected abstract line(bytes: Uint8Array, start: number, end: number, last: boolean): Taken;

  protected get recognised(): boolean {
    return this.#seen;
  }

  /** Every column that was met. */
  get columns(): readonly RequestColumn[] {
    return this.row.columns;
  }

  protected bind(): void {
    this.row.cells.bind();
  }

  protected override saved(): string {
    return JSON.stringify({ seen: this.#seen, columns: this.row.columns });
  }

  protected override restore(saved: string): void {
    const { seen, columns } = JSON.parse(saved) as { readonly seen: boolean; readonly columns: readonly RequestColumn[] };
    this.#seen = seen;
    this.row.use(columns);
    this.bind();
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    let stop = end;
    while (stop > start && (bytes[stop - 1] === 32 || bytes[stop - 1] === 13 || bytes[stop - 1] === 9)) stop--;
    if (stop === start) return COMMENT;
    this.row.clear();
    this.doubts?.clear();
    const taken = this.#line(bytes, start, stop, last);
    if (taken === COMMENT) return COMMENT;
    if (taken === 'row' && !(last && this.broken)) {
      this.#commit(start);
      return null;
    }
    this.row.clear();
    if (last && (taken === 'row' || taken.cut !== false)) {
      this.cut();
      return { reason: 'TRUNCATED', what: 'the file ends within this line' };
    }
    return taken === 'row' ? null : { reason: taken.reason, what: taken.what };
  }

  #line(bytes: Uint8Array, start: number, end: number, last: boolean): Taken {
    try {
      return this.line(bytes, start, end, last);
    } catch (error) {
      if (!(error instanceof TooManyColumns)) throw error;
      return { reason: 'TOO_MANY_COLUMNS', what: `with this line the log has more than ${MOST_COLUMNS} columns`, cut: false };
    }
  }

  #commit(start: number): void {
    this.#seen = true;
    const rounded = this.row.takeRounded();
    if (rounded > 0) this.tally('rounded', rounded);
    const sockets = this.row.takeSockets();
    if (sockets > 0) this.tally('sockets', sockets);
    const beyond = this.row.takeBeyond();
    if (beyond > 0) this.tally('beyond', beyond);
    this.doubts?.count((key) => this.tally(key));
    this.commit(start, this.row.ts, false);
  }
}

/** What was tallied while reading requests, for a person. */
export function requestRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const remarks: string[] = [];
  const say = (key: string, what: (count: number) => string): void => {
    const count = tallies.get(key) ?? 0;
    if (count > 0) remarks.push(what(count));
  };
  say('open', (count) => `${plural(count, 'line')} ended within quotes; what the open quote holds was left out.`);
  say(
    'unescaped',
    (count) =>
      `${plural(count, 'line')} ${count === 1 ? 'has' : 'have'} quotes that ${count === 1 ? 'its' : 'their'} server did not escape: the agent is all that can belong to it, as it was written; where a client ended it is not known.`,
  );
  say(
    'no http',
    (count) => `${plural(count, 'request line')} ${count === 1 ? 'was' : 'were'} no HTTP: kept as logged, in the column request.`,
  );
  say(
    'sockets',
    (count) =>
      `${plural(count, 'request')} came over a socket (unix:), so no address is known: orig_h is empty, and what stood there is in log_orig_h.`,
  );
  say('rounded', (count) => `Rounded to the nearest number that can be kept: ${plural(count, 'value')} above 2^53.`);
  say(
    'beyond',
    (count) =>
      `${plural(count, 'number')} ${count === 1 ? 'was' : 'were'} too large (2^63 or more): kept as text, in a column log_... beside its own.`,
  );
  return [...remarks, ...commonRemarks(tallies)];
}

/** So much of a file's beginning tells which columns it has. */
const PROBE = 2 ** 16;

/** The columns that the first lines of a log bring, so that every reader of its pieces begins with them. */
export function columnsOf(head: Uint8Array, read: (sink: RecordSink) => RequestReader): readonly RequestColumn[] {
  const reader = read(new NowhereSink());
  reader.feed(wholeLines(head.subarray(0, PROBE)));
  return reader.columns;
}

/** The lines of a head that have their ends, or all of it where there is none. */
export function wholeLines(head: Uint8Array): Uint8Array {
  const newline = newlineOf(head, true);
  const end = newline === 0 ? 0 : head.lastIndexOf(newline) + 1;
  return end === 0 ? head : head.subarray(0, end);
}

/** A sink that keeps nothing. */
class NowhereSink implements RecordSink {
  readonly #pools = { host: new StringPool('host'), term: new StringPool('term') };

  dictionary(name: 'host' | 'term'): StringPool {
    return this.#pools[name];
  }
  known(): undefined {
    return undefined;
  }
  column<T>(spec: T): T {
    return spec;
  }
  append(): void {
    // nobody asked
  }
  reject(): void {
    // nobody asked
  }
}

/** The log as what it was opened as. */
export function openedRequests(title: string, read: (sink: RecordSink) => RequestReader, remarks: readonly string[] = []): OpenedLog {
  return { kind: 'request', title, read, remarks: (tallies) => [...remarks, ...requestRemarks(tallies)] };
}

/** The same of a log whose readers begin with the columns that its first lines bring. */
export function openedWithColumns(
  title: string,
  head: Uint8Array,
  read: (sink: RecordSink, columns: readonly RequestColumn[]) => RequestReader,
  remarks: readonly string[] = [],
): OpenedLog {
  const columns = columnsOf(head, (sink) => read(sink, []));
  return openedRequests(title, (sink) => read(sink, columns), remarks);
}
