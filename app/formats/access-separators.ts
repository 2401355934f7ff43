import { isAt, laterEnd, valueEnd, type Scan } from './access-ends.ts';
import { splitRequest, type RequestParts } from './access-request.ts';

const [DASH, DOT] = [45, 46];
/** No number, time or address is written longer; names of hosts are. */
const LONGEST = 64;
const LONGEST_HOST = 255;
/** Bytes that are looked at for one line: so many for each of its own, and so many more. */
const WORK = 16;
const LEAST_WORK = 65_536;

/**
 * Where the values of a line end that is written as a log format says, and a separator stands within a value: `GET /a|b HTTP/1.1|404|9` of
 * `$request|$status|$body_bytes_sent`. The first places are taken at which numbers, times and addresses are such, and the request, if that can be, one of
 * HTTP. A client that writes what looks like all that follows is not seen through.
 */
export class Separators {
  /** Where each value ends. */
  readonly stops: Int32Array;
  readonly #scans: readonly Scan[];
  readonly #after: Uint8Array;
  readonly #escapes: boolean;
  readonly #request: number;
  readonly #status: number;
  readonly #parts: RequestParts = { method: 0, target: 0, targetEnd: 0, protocol: 0 };
  /** Values and places that came to nothing. */
  readonly #failed = new Set<number>();
  #work = 0;
  #strict = false;
  #honoured = false;

  /** `escapes`: the server escapes quotes within values. */
  constructor(scans: readonly Scan[], after: Uint8Array, escapes: boolean) {
    this.stops = new Int32Array(scans.length);
    this.#scans = scans;
    this.#after = after;
    this.#escapes = escapes;
    this.#request = scans.findIndex(({ target }) => target.how === 'request');
    this.#status = scans.findIndex(({ target }) => target.how === 'status');
  }

  /** Where the last value ends: before what the pattern ends with; or -1. */
  end(bytes: Uint8Array, from: number, end: number): number {
    const stop = end - this.#after.length;
    return stop >= from && isAt(bytes, stop, end, this.#after) ? stop : -1;
  }

  /** What is odd in `stops`: a status that is none, or a request that none of HTTP is. */
  odd(bytes: Uint8Array, start: number): 'status' | 'request' | null {
    const from = (place: number): number => (place === 0 ? start : this.stops[place - 1]) + this.#scans[place].before.length;
    if (this.#status >= 0 && from(this.#status) === this.stops[this.#status]) return 'status';
    return this.#request >= 0 && !this.#isRequest(bytes, from(this.#request), this.stops[this.#request]) ? 'request' : null;
  }

  /** Looks for places that fit; `strictly`: only such where the request is one of HTTP. Null where there are none: `stops` means nothing then. */
  search(bytes: Uint8Array, start: number, end: number, strictly: boolean): 'escaped' | 'unescaped' | null {
    this.#work = WORK * (end - start) + LEAST_WORK;
    const before = this.stops.slice();
    for (const honoured of this.#escapes ? [true, false] : [false]) {
      for (const strict of strictly ? [true] : [true, false]) {
        this.#strict = strict;
        this.#honoured = honoured;
        this.#failed.clear();
        if (this.#fit(0, bytes, start, start, end)) return honoured === this.#escapes ? 'escaped' : 'unescaped';
      }
    }
    this.stops.set(before);
    return null;
  }

  /** Whether the values from `i` on fit behind `at`. */
  #fit(i: number, bytes: Uint8Array, start: number, at: number, end: number): boolean {
    const scan = this.#scans[i];
    const from = at + scan.before.length;
    const key = i * (end - start + 1) + at - start;
    if (this.#failed.has(key)) return false;
    const last = i === this.#scans.length - 1;
    let stop = last ? this.end(bytes, from, end) : valueEnd(scan, bytes, from, end, this.#honoured);
    let seen = from;
    for (; stop >= 0 && this.#work > 0; stop = last ? -1 : laterEnd(scan, bytes, stop, end, this.#honoured)) {
      this.#work -= stop - seen + 1;
      seen = stop;
      this.stops[i] = stop;
      if (this.#fits(scan, bytes, from, stop) && (last || this.#fit(i + 1, bytes, start, stop, end))) return true;
      if (stop - from > longestOf(scan)) break;
    }
    if (stop < 0) this.#work -= end - seen;
    this.#failed.add(key);
    return false;
  }

  #fits({ target, time }: Scan, bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from > LONGEST_HOST && target.how !== 'request') return !isTyped(target.how);
    if (time !== null) return to - from <= LONGEST && !Number.isNaN(time(bytes, from, to));
    switch (target.how) {
      case 'status':
        return to > from && to - from <= 3 && isNumber(bytes, from, to, false);
      case 'count':
      case 'port':
        return isNumber(bytes, from, to, false);
      case 'interval':
        return isNumber(bytes, from, to, true);
      case 'host':
        return bytes.subarray(from, to).every(isOfHost);
      case 'request':
        return !this.#strict || this.#isRequest(bytes, from, to);
      default:
        return true;
    }
  }

  /** None, or one that names its protocol: what does not may go on. */
  #isRequest(bytes: Uint8Array, from: number, to: number): boolean {
    if (to <= from || (to - from === 1 && bytes[from] === DASH)) return true;
    return splitRequest(bytes, from, to, this.#parts) && this.#parts.protocol < to;
  }
}

const isTyped = (how: string): boolean => ['time', 'part', 'status', 'count', 'port', 'interval', 'host'].includes(how);
const longestOf = ({ target }: Scan): number => (isTyped(target.how) ? LONGEST_HOST : Infinity);

/** Digits, for some with a point; a dash or nothing where there is no value, and -1, which some write then. */
function isNumber(bytes: Uint8Array, from: number, to: number, point: boolean): boolean {
  const first = to - from <= 2 && bytes[from] === DASH ? from + 1 : from;
  for (let at = first; at < to; at++) if (!(bytes[at] >= 48 && bytes[at] <= 57) && !(point && bytes[at] === DOT)) return false;
  return true;
}

/** Letters, digits, and what else names, addresses, their zones and sockets have: `.-_:[]%/` */
function isOfHost(byte: number): boolean {
  const lower = byte | 32;
  const letter = (lower >= 97 && lower <= 122 && byte >= 65) || byte >= 128;
  return letter || (byte >= 45 && byte <= 58) || byte === 95 || byte === 91 || byte === 93 || byte === 37;
}
