import { Ipv6Reader } from './addresses.ts';
import { noEscapes, undoEscapes } from './access-escapes.ts';
import { JoinedTime } from './access-moment.ts';
import { patternOf, type Pattern, type Step } from './access-pattern.ts';
import { RequestReader, columnsOf, openedRequests, type Taken } from './access-reader.ts';
import type { Escapes, RequestColumn } from './access-row.ts';
import { AccessTime } from './access-time.ts';
import { putValue, readerOf } from './access-values.ts';
import { putJsonText } from './json-text.ts';
import type { TimeReader } from './table-times.ts';
import { quoted } from './texts.ts';
import type { OpenedLog, RecordSink } from './types.ts';

/** A log as its server's configuration says it is written. @throws FlowcaseError INVALID_INPUT for a format or a zone that is none */
export function openCustom(head: Uint8Array, logFormat: string, zone: string | undefined): OpenedLog {
  const pattern = patternOf(logFormat);
  const read = (sink: RecordSink, columns: readonly RequestColumn[]): CustomReader => new CustomReader(sink, columns, pattern, zone);
  const columns = columnsOf(head, (sink) => read(sink, []));
  return openedRequests('Web access log (custom format)', (sink) => read(sink, columns));
}

const QUOTE = 34;
const BACKSLASH = 92;

const escapes: Readonly<Record<Pattern['escape'], Escapes>> = { default: undoEscapes, json: putJsonText, none: noEscapes };

/** One step of the pattern with what is behind it. */
interface Scan extends Step {
  readonly behind: Uint8Array;
  /** Between quotes: quotes that are escaped do not end it. */
  readonly inQuotes: boolean;
  /** Blanks that belong to it where a blank ends it: a time has one before its zone. */
  readonly blanks: number;
  readonly time: TimeReader | null;
}

/** Goes from literal to literal, forwards only, so the time that a line takes is bound by its length. */
class CustomReader extends RequestReader {
  readonly #scans: readonly Scan[];
  readonly #last: Uint8Array;
  /** Where the time stands in several places. */
  readonly #joined: JoinedTime | null;

  constructor(sink: RecordSink, columns: readonly RequestColumn[], pattern: Pattern, zone: string | undefined) {
    super(sink, columns, escapes[pattern.escape]);
    this.row.begin();
    const time = new AccessTime(zone);
    const toUtc = time.zone;
    this.doubts = toUtc.doubts;
    this.#last = pattern.after;
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
  }

  protected line(bytes: Uint8Array, start: number, end: number): Taken {
    let at = start;
    for (const [i, scan] of this.#scans.entries()) {
      const from = at + scan.before.length;
      if (i === 0 && !isAt(bytes, start, end, scan.before)) return { reason: 'NO_MATCH', what: `it does not begin as the log format says` };
      const stop = i === this.#scans.length - 1 ? this.#end(bytes, from, end) : valueEnd(scan, bytes, from, end);
      if (stop < 0) return { reason: 'NO_MATCH', what: `behind ${scan.name} there is no "${Buffer.from(scan.behind).toString()}"` };
      const problem =
        scan.time === null ? putValue(this.row, scan.target, bytes, from, stop) : this.#time(scan, scan.time, bytes, from, stop);
      if (problem !== null) return problem;
      this.#joined?.put(i, from, stop);
      at = stop;
    }
    return (this.#joined === null ? null : this.#moment(this.#joined, bytes, start, end)) ?? 'row';
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

  /** Where the last value ends: before what the pattern ends with. */
  #end(bytes: Uint8Array, from: number, end: number): number {
    const stop = end - this.#last.length;
    return stop >= from && isAt(bytes, stop, end, this.#last) ? stop : -1;
  }
}

const COLON = 58;
/** No address is written longer. */
const LONGEST_ADDRESS = 64;
const ipv6 = new Ipv6Reader();

/** Where an address of IPv6 ends that has a colon behind it, as in nginx's `$remote_addr:$remote_port`; -1 where none stands. */
function ipv6End(behind: Uint8Array, bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && at - from < LONGEST_ADDRESS && isOfAddress(bytes[at])) at++;
  for (; at > from; at--) {
    if (bytes[at] !== COLON || !isAt(bytes, at, end, behind)) continue;
    const bracketed = bytes[from] === 91 && bytes[at - 1] === 93;
    if (bracketed ? ipv6.read(bytes, from + 1, at - 1) : ipv6.read(bytes, from, at)) return at;
  }
  return -1;
}

/** Digits, letters to F, dots, colons and brackets. */
function isOfAddress(byte: number): boolean {
  const lower = byte | 32;
  return (byte >= 48 && byte <= 58) || (lower >= 97 && lower <= 102) || byte === 46 || byte === 91 || byte === 93;
}

/** Where the literal behind a value stands, or -1. */
function valueEnd({ behind, inQuotes, blanks, target }: Scan, bytes: Uint8Array, from: number, end: number): number {
  const address = target.how === 'host' && behind[0] === COLON ? ipv6End(behind, bytes, from, end) : -1;
  if (address >= 0) return address;
  let passed = 0;
  for (let at = from; at + behind.length <= end; at++) {
    if (inQuotes && bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === behind[0] && isAt(bytes, at, end, behind)) {
      // `0.012, 0.003`: a list of upstreams
      const listed = behind[0] === 32 && !inQuotes && at > from && (bytes[at - 1] === 44 || (bytes[at - 1] === 58 && bytes[at - 2] === 32));
      const colon = behind[0] === 32 && !inQuotes && bytes[at + 1] === 58 && bytes[at + 2] === 32;
      if (!listed && !colon && passed++ >= blanks) return at;
    }
  }
  return -1;
}

function isAt(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

/** Blanks within a time that is written so, also where it goes into a column of the log's own. */
function blanksOf({ name }: Step): number {
  if (name === '$time_local' || name === '%t') return 1;
  const written = /\{([^}]*)\}[^}]*t$/.exec(name)?.[1] ?? '';
  return (written.match(/ /g) ?? []).length;
}
