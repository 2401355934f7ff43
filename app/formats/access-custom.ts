import { noEscapes, undoEscapes } from './access-escapes.ts';
import { JoinedTime } from './access-moment.ts';
import { isAt, valueEnd, type Scan } from './access-ends.ts';
import { patternOf, type Pattern, type Step } from './access-pattern.ts';
import { RequestReader, openedWithColumns, type Taken } from './access-reader.ts';
import type { Escapes } from './access-row.ts';
import type { RequestColumn } from './request-columns.ts';
import { Separators } from './access-separators.ts';
import { AccessTime } from './access-time.ts';
import { putValue, readerOf } from './access-values.ts';
import { putJsonText } from './json-text.ts';
import type { TimeReader } from './table-times.ts';
import { quoted } from './texts.ts';
import type { OpenedLog, RecordSink } from './types.ts';

/** A log as its server's configuration says it is written. @throws FlowcaseError INVALID_INPUT for a format or a zone that is none */
export function openCustom(head: Uint8Array, logFormat: string, zone: string | undefined): OpenedLog {
  const pattern = patternOf(logFormat);
  return openedWithColumns('Web access log (custom format)', head, (sink, columns) => new CustomReader(sink, columns, pattern, zone));
}

const QUOTE = 34;

const escapes: Readonly<Record<Pattern['escape'], Escapes>> = { default: undoEscapes, json: putJsonText, none: noEscapes };

/** Goes from literal to literal; where the values between them do not fit, Separators looks for others, in bounded work. */
class CustomReader extends RequestReader {
  readonly #scans: readonly Scan[];
  readonly #escapes: boolean;
  readonly #separators: Separators;
  /** Where the time stands in several places. */
  readonly #joined: JoinedTime | null;

  constructor(sink: RecordSink, columns: readonly RequestColumn[], pattern: Pattern, zone: string | undefined) {
    super(sink, columns, escapes[pattern.escape]);
    this.row.begin();
    const time = new AccessTime(zone);
    const toUtc = time.zone;
    this.doubts = toUtc.doubts;
    this.#escapes = pattern.escape !== 'none';
    const targets = pattern.steps.map(({ target }) => target);
    this.#joined = targets.some(({ how }) => how === 'part') ? new JoinedTime(targets, time, toUtc) : null;
    this.#scans = pattern.steps.map((step, i) => {
      const behind = pattern.steps[i + 1]?.before ?? pattern.after;
      return {
        ...step,
        behind,
        inQuotes: step.before.at(-1) === QUOTE && behind[0] === QUOTE,
        blanks: behind[0] === 32 ? blanksOf(step) : 0,
        time: step.target.how === 'time' && this.#joined === null ? readerOf(step.target.written, time, toUtc) : null,
      };
    });
    this.#separators = new Separators(this.#scans, pattern.after, this.#escapes);
  }

  protected line(bytes: Uint8Array, start: number, end: number): Taken {
    this.row.asWritten = false;
    if (!isAt(bytes, start, end, this.#scans[0].before)) return { reason: 'NO_MATCH', what: 'it does not begin as the log format says' };
    const separators = this.#separators;
    const problem = this.#first(bytes, start, end) ?? this.#put(bytes, start);
    const odd = problem === null ? separators.odd(bytes, start) : null;
    if (problem === null && odd === null) return 'row';
    // behind a separator at its end a line may have an empty value
    let stop = end;
    while (problem !== null && (bytes[stop] === 9 || bytes[stop] === 32)) stop++;
    const found = separators.search(bytes, start, stop, odd === 'request');
    if (found === null) return problem ?? 'row';
    this.row.clear();
    this.doubts?.clear();
    this.row.asWritten = found === 'unescaped';
    if (this.row.asWritten) this.tally('unescaped');
    return this.#put(bytes, start) ?? 'row';
  }

  /** The first places where the literals stand. */
  #first(bytes: Uint8Array, start: number, end: number): (Taken & object) | null {
    const { stops } = this.#separators;
    let at = start;
    for (const [i, scan] of this.#scans.entries()) {
      const from = at + scan.before.length;
      const last = i === this.#scans.length - 1;
      const stop = last ? this.#separators.end(bytes, from, end) : valueEnd(scan, bytes, from, end, this.#escapes);
      if (stop < 0) return { reason: 'NO_MATCH', what: `behind ${scan.name} there is no "${Buffer.from(scan.behind).toString()}"` };
      stops[i] = stop;
      at = stop;
    }
    return null;
  }

  /** Puts the values between the literals into the row. */
  #put(bytes: Uint8Array, start: number): (Taken & object) | null {
    let at = start;
    for (const [i, scan] of this.#scans.entries()) {
      const from = at + scan.before.length;
      at = this.#separators.stops[i];
      const { time, target } = scan;
      const problem = time === null ? putValue(this.row, target, bytes, from, at) : this.#time(scan, time, bytes, from, at);
      if (problem !== null) return problem;
      this.#joined?.put(i, from, at);
    }
    return this.#joined === null ? null : this.#moment(this.#joined, bytes, start, at);
  }

  #moment(joined: JoinedTime, bytes: Uint8Array, start: number, end: number): (Taken & object) | null {
    const ts = joined.read(bytes);
    if (Number.isNaN(ts)) return { reason: 'BAD_TIME', what: `the parts of its time make none: ${quoted(bytes, start, end)}`, cut: false };
    this.row.time(ts);
    return null;
  }

  #time(scan: Scan, read: TimeReader, bytes: Uint8Array, start: number, end: number): (Taken & object) | null {
    const ts = read(bytes, start, end);
    if (Number.isNaN(ts)) return { reason: 'BAD_TIME', what: `${scan.name} is ${quoted(bytes, start, end)}`, cut: false };
    this.row.time(ts);
    return null;
  }
}

/** Blanks within a time that is written so, also where it goes into a column of the log's own. */
function blanksOf({ name }: Step): number {
  if (name === '$time_local' || name === '%t') return 1;
  const written = /\{([^}]*)\}[^}]*t$/.exec(name)?.[1] ?? '';
  return (written.match(/ /g) ?? []).length;
}
