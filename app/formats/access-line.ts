import type { Problem } from './line-outcome.ts';
import {
  BLANK,
  closingQuote,
  indexOf,
  isDash,
  isWord,
  nextQuote,
  requestAmong,
  set,
  skipBlanks,
  statusEnd,
  timeBracket,
  trimmed,
  wordEnd,
  type Part,
} from './access-line-bytes.ts';
import { AccessWho } from './access-who.ts';
import { quoted } from './texts.ts';

export { isDash };

const [QUOTE, BACKSLASH, DASH, CLOSE] = [34, 92, 45, 93];

/** Fields behind the size that are kept; an access log has a few. */
export const MOST_FIELDS = 64;
/** Digits of a status; of what some write where no answer was sent: 0; and a status that has no size behind it. */
const [STATUS, NO_STATUS, NO_SIZE] = [3, 1, 0];
/** Between time and request stands little where anything does. */
const LONGEST_BETWEEN = 24;
/** No time is written longer. */
const LONGEST_TIME = 64;

/** A field behind the size. `open`: its quote was never closed. */
export interface ExtraField extends Part {
  quoted: boolean;
  open: boolean;
}

/**
 * Finds the parts of a line as Apache and nginx write them, with what people put before and behind:
 * `[anything] [vhost] client ident user [time] "request" status size ["referrer" "agent"] [more]`
 * Looks at each byte a few times, whatever stands there: a quote that nothing fits behind is passed over for good.
 */
export class AccessLine extends AccessWho {
  readonly time: Part = { start: -1, end: -1 };
  readonly request: Part = { start: -1, end: -1 };
  /** Between the time and the request. */
  readonly between: Part = { start: -1, end: -1 };
  readonly status: Part = { start: -1, end: -1 };
  readonly size: Part = { start: -1, end: -1 };
  readonly fields: ExtraField[] = Array.from({ length: MOST_FIELDS }, () => ({ start: -1, end: -1, quoted: false, open: false }));
  count = 0;
  /** The last quote is open: the line is cut. */
  open = false;
  /** A quote stands within a field, where a server that escapes writes none. */
  bare = false;
  /** A quote stands within a word. */
  inWord = false;

  /** Null, and the parts are found; or what is wrong with the line. */
  scan(bytes: Uint8Array, start: number, end: number): Problem | null {
    this.open = false;
    this.bare = false;
    this.inWord = false;
    this.count = 0;
    set(this.between, -1, -1);
    const bracket = timeBracket(bytes, start, end);
    if (bracket < 0) return { reason: 'NO_TIME', what: 'there is no time in brackets' };
    const close = indexOf(bytes, CLOSE, bracket + 1, Math.min(end, bracket + LONGEST_TIME));
    if (close < 0) return { reason: 'BAD_TIME', what: `the time has no end: ${quoted(bytes, bracket, Math.min(end, bracket + 40))}` };
    set(this.time, bracket + 1, close);
    if (!this.who(bytes, start, bracket)) return { reason: 'NO_CLIENT', what: 'no client stands before the time' };
    return this.#request(bytes, skipBlanks(bytes, close + 1, end), end);
  }

  #request(bytes: Uint8Array, start: number, end: number): Problem | null {
    // a status of one digit is easily found in what a client sent: only where nothing else is one
    if (this.#requestWith(STATUS, bytes, start, end) || this.#requestWith(NO_STATUS, bytes, start, end)) return null;
    // `[time] (0 s) "GET`: something between
    const quote = bytes[start] === QUOTE ? -1 : nextQuote(bytes, start, end);
    if (
      quote >= 0 &&
      quote - start <= LONGEST_BETWEEN &&
      (this.#requestWith(STATUS, bytes, quote, end) || this.#requestWith(NO_STATUS, bytes, quote, end))
    ) {
      if (this.between.start < 0) set(this.between, start, trimmed(bytes, start, quote));
      return null;
    }
    // a log that has no sizes
    if (this.#requestWith(NO_SIZE, bytes, start, end)) return null;
    return { reason: 'BAD_REQUEST', what: 'no request with a status and a size behind it' };
  }

  /** Finds the request before the first status, of so few digits at least, that has a size behind it. */
  #requestWith(least: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start] === QUOTE && start < end) {
      let escapes = false;
      for (let at = start + 1; at < end; at++) {
        if (bytes[at] === BACKSLASH) {
          escapes = true;
          at++;
        } else if (bytes[at] === QUOTE && this.#answer(least, bytes, at + 1, end)) return this.#take(start + 1, at, bytes, end);
      }
      // a server that does not escape wrote a backslash before its quote
      for (let at = start + 2; escapes && at < end; at++) {
        if (bytes[at] === QUOTE && bytes[at - 1] === BACKSLASH && this.#answer(least, bytes, at + 1, end))
          return this.#take(start + 1, at, bytes, end);
      }
    } else if (isWord(bytes, start, end)) {
      for (let at = start; at < end; at++) {
        // once for each run of blanks
        if (bytes[at] === BLANK && bytes[at - 1] !== BLANK && this.#answer(least, bytes, at, end)) return this.#take(start, at, bytes, end);
      }
    }
    return false;
  }

  /** Whether a blank, a status and a size stand at `at`; remembers where. */
  #answer(least: number, bytes: Uint8Array, at: number, end: number): boolean {
    if (bytes[at] !== BLANK || at >= end) return false;
    const status = skipBlanks(bytes, at, end);
    const behind = statusEnd(least === NO_SIZE ? STATUS : least, bytes, status, end);
    if (behind < 0) return false;
    if (least === NO_SIZE) return this.#withoutSize(bytes, status, behind, end);
    const size = skipBlanks(bytes, behind, end);
    let sizeEnd = size;
    if (size > behind) while (sizeEnd < end && bytes[sizeEnd] >= 48 && bytes[sizeEnd] <= 57) sizeEnd++;
    if (sizeEnd === size && size > behind && bytes[size] === DASH) sizeEnd++;
    if (sizeEnd === size || (sizeEnd < end && bytes[sizeEnd] !== BLANK)) return false;
    set(this.status, status, behind);
    set(this.size, size, sizeEnd);
    return true;
  }

  /** `404 "curl/7.58"`, or nothing behind the status. */
  #withoutSize(bytes: Uint8Array, status: number, behind: number, end: number): boolean {
    const next = skipBlanks(bytes, behind, end);
    if (next < end && (next === behind || bytes[next] !== QUOTE)) return false;
    set(this.status, status, behind);
    set(this.size, behind, behind);
    return bytes[status] !== DASH;
  }

  /**
   * `"www.example.com" "GET / HTTP/1.1" 200`, `"GET / HTTP/1.1" "10.0.0.1" 200`: of what stands in quotes before the status, the part that is a whole request.
   * What stands beside it is between.
   */
  #parted(start: number, end: number, bytes: Uint8Array): void {
    const part = bytes[start - 1] === QUOTE ? requestAmong(bytes, start, end) : null;
    if (part === null) return;
    set(this.request, part.start, part.end);
    const [from, to] = part.end < end ? [part.end + 3, end] : [start, part.start - 3];
    if (!isDash(bytes, from, to)) set(this.between, from, to);
    else if (part.start > start && part.end < end) set(this.between, start, part.start - 3);
  }

  #take(start: number, end: number, bytes: Uint8Array, lineEnd: number): true {
    set(this.request, start, end);
    this.#parted(start, end, bytes);
    for (let at = skipBlanks(bytes, this.size.end, lineEnd); at < lineEnd && this.count < MOST_FIELDS;) {
      const field = this.fields[this.count++];
      field.quoted = bytes[at] === QUOTE;
      field.open = false;
      if (field.quoted) {
        const close = closingQuote(bytes, at + 1, lineEnd, this);
        field.open = close < 0;
        set(field, at + 1, close < 0 ? lineEnd : close);
        at = close < 0 ? lineEnd : close + 1;
      } else {
        const from = at;
        at = wordEnd(bytes, from, lineEnd);
        if (indexOf(bytes, QUOTE, from, at) >= 0) this.inWord = true;
        set(field, from, at);
      }
      this.open = field.open;
      at = skipBlanks(bytes, at, lineEnd);
    }
    return true;
  }
}
