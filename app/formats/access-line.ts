import { Ipv6Reader, parseIpv4 } from './addresses.ts';
import type { Problem } from './line-outcome.ts';
import { isSocket } from './access-row.ts';
import {
  BLANK,
  closingQuote,
  indexOf,
  isDash,
  isWord,
  lastColon,
  quotedFront,
  set,
  skipBlanks,
  statusEnd,
  timeBracket,
  trimmed,
  type Part,
} from './access-line-bytes.ts';
import { quoted } from './texts.ts';

export { isDash };

const QUOTE = 34;
const BACKSLASH = 92;
const DASH = 45;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

/** Words before the time: what stands in front of the client, the client, its identity, its user. More are not told apart. */
const MOST_WORDS = 64;
/** Fields behind the size that are kept; an access log has a few. */
export const MOST_FIELDS = 64;
/** Digits of a status; and of what some write where no answer was sent: 0. */
const [STATUS, NO_STATUS] = [3, 1];
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
export class AccessLine {
  readonly before: Part = { start: -1, end: -1 };
  readonly vhost: Part = { start: -1, end: -1 };
  /** Addresses that the request came through, the client first, separated by commas. */
  readonly forwarded: Part = { start: -1, end: -1 };
  readonly client: Part = { start: -1, end: -1 };
  readonly ident: Part = { start: -1, end: -1 };
  readonly user: Part = { start: -1, end: -1 };
  readonly time: Part = { start: -1, end: -1 };
  readonly request: Part = { start: -1, end: -1 };
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
  readonly #words = new Int32Array(2 * MOST_WORDS);
  readonly #ipv6 = new Ipv6Reader();

  /** Null, and the parts are found; or what is wrong with the line. */
  scan(bytes: Uint8Array, start: number, end: number): Problem | null {
    this.open = false;
    this.bare = false;
    this.inWord = false;
    this.count = 0;
    const bracket = timeBracket(bytes, start, end);
    if (bracket < 0) return { reason: 'NO_TIME', what: 'there is no time in brackets' };
    const close = indexOf(bytes, CLOSE, bracket + 1, Math.min(end, bracket + LONGEST_TIME));
    if (close < 0) return { reason: 'BAD_TIME', what: `the time has no end: ${quoted(bytes, bracket, Math.min(end, bracket + 40))}` };
    set(this.time, bracket + 1, close);
    if (!this.#who(bytes, start, bracket)) return { reason: 'NO_CLIENT', what: 'no client stands before the time' };
    return this.#request(bytes, skipBlanks(bytes, close + 1, end), end);
  }

  /** What stands before the time. */
  #who(bytes: Uint8Array, start: number, end: number): boolean {
    const words = this.#words;
    const quotedTo = quotedFront(bytes, start, end);
    let count = 0;
    for (let at = skipBlanks(bytes, start, end); at < end && count < MOST_WORDS; at = skipBlanks(bytes, at, end)) {
      words[2 * count] = at;
      if (count === 0 && quotedTo >= 0) at = quotedTo;
      while (at < end && bytes[at] !== BLANK) at++;
      words[2 * count++ + 1] = at;
    }
    if (quotedTo >= 0) [words[0], words[1]] = [start + 1, quotedTo];
    if (count === 0) return false;
    const listed = quotedTo < 0 ? this.#listed(bytes, count) : this.#isList(bytes) ? 0 : -1;
    set(this.forwarded, listed < 0 ? -1 : words[0], listed < 0 ? -1 : words[2 * listed + 1]);
    const client = listed < 0 ? this.#clientAmong(bytes, count) : this.#clientOfList(bytes, count, listed);
    set(this.before, client > 1 && listed < 0 ? words[0] : -1, client > 1 ? words[2 * client - 1] : -1);
    const isVhost = client === 1 && listed < 0 && !isDash(bytes, words[0], words[1]);
    set(this.vhost, isVhost ? words[0] : -1, isVhost ? words[1] : -1);
    set(this.client, words[2 * client], words[2 * client + 1]);
    this.#user(bytes, count, client, end);
    return true;
  }

  /** What stands between the client and the time: identity and user, or the user alone. */
  #user(bytes: Uint8Array, count: number, client: number, end: number): void {
    const words = this.#words;
    const rest = count - client - 1;
    set(this.ident, rest >= 2 ? words[2 * client + 2] : -1, rest >= 2 ? words[2 * client + 3] : -1);
    const user = rest === 0 ? -1 : rest === 1 ? client + 1 : client + 2;
    const last = words[2 * count - 1];
    set(this.user, user < 0 ? -1 : words[2 * user], user < 0 ? -1 : count === MOST_WORDS ? trimmed(bytes, words[2 * user], end) : last);
    // `client host user`: a host that was asked
    if (rest >= 2 && this.vhost.start < 0 && this.#isAddress(bytes, this.ident.start, this.ident.end)) {
      set(this.vhost, this.ident.start, this.ident.end);
      set(this.ident, -1, -1);
    }
  }

  /** The last word of a list `1.2.3.4, 5.6.7.8` at the beginning; -1 where there is none. */
  #listed(bytes: Uint8Array, count: number): number {
    let last = 0;
    while (last < count - 1 && bytes[this.#words[2 * last + 1] - 1] === COMMA) last++;
    return last === 0 ? -1 : last;
  }

  /** Whether the first word, which stood in quotes, is an address or a list of them. */
  #isList(bytes: Uint8Array): boolean {
    const [start, end] = this.#words;
    return this.#isAddress(bytes, start, end) || indexOf(bytes, COMMA, start, end) > start;
  }

  /** Behind a list the one that connected, where it stands there; else the first of the list, which takes the place of its last. */
  #clientOfList(bytes: Uint8Array, count: number, listed: number): number {
    const words = this.#words;
    const next = listed + 1;
    const [start, end] = [words[2 * next], words[2 * next + 1]];
    // behind quotes also a name
    if (count - next >= 3 && (this.#isAddress(bytes, start, end) || (listed === 0 && !isDash(bytes, start, end)))) return next;
    const comma = indexOf(bytes, COMMA, words[0], words[1]);
    words[2 * listed] = words[0];
    words[2 * listed + 1] = comma < 0 ? words[1] : comma;
    return listed;
  }

  /**
   * Which word is the client: the first that is an address and has two behind it, or, of names, the one that has two behind it. No identity is an
   * address: where several stand together, the last is the client, and those in front are hosts that were asked or addresses passed on.
   */
  #clientAmong(bytes: Uint8Array, count: number): number {
    const words = this.#words;
    // `vhost client user`: a name, and an address that has only a user behind it
    const isAddress = (i: number): boolean => this.#isAddress(bytes, words[2 * i], words[2 * i + 1]);
    if (count === 3 && !isAddress(0) && !isSocket(bytes, words[0], words[1]) && isAddress(1)) return 1;
    for (let i = 0; i < count && (i === 0 || i <= count - 3); i++) {
      if (!this.#isAddress(bytes, words[2 * i], words[2 * i + 1])) continue;
      let client = i;
      while (client < count - 3 && this.#isAddress(bytes, words[2 * client + 2], words[2 * client + 3])) client++;
      return client;
    }
    // two names and a dash: `www.example.com client.example.net - user`; else a user whose name has blanks
    const second = count >= 4 && isDash(bytes, words[4], words[5]) && !isDash(bytes, words[2], words[3]);
    return second ? 1 : 0;
  }

  #isAddress(bytes: Uint8Array, start: number, end: number): boolean {
    if (parseIpv4(bytes, start, end) >= 0) return true;
    if (bytes[start] === OPEN) {
      const close = indexOf(bytes, CLOSE, start, end);
      return close > 0 && this.#ipv6.read(bytes, start + 1, close);
    }
    const colon = lastColon(bytes, start, end);
    if (colon < 0) return false;
    return parseIpv4(bytes, start, colon) >= 0 || this.#ipv6.read(bytes, start, end);
  }

  #request(bytes: Uint8Array, start: number, end: number): Problem | null {
    // a status of one digit is easily found in what a client sent: only where nothing else is one
    if (this.#requestWith(STATUS, bytes, start, end) || this.#requestWith(NO_STATUS, bytes, start, end)) return null;
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
    const behind = statusEnd(least, bytes, status, end);
    if (behind < 0) return false;
    const size = skipBlanks(bytes, behind, end);
    let sizeEnd = size;
    if (size > behind) while (sizeEnd < end && bytes[sizeEnd] >= 48 && bytes[sizeEnd] <= 57) sizeEnd++;
    if (sizeEnd === size && size > behind && bytes[size] === DASH) sizeEnd++;
    if (sizeEnd === size || (sizeEnd < end && bytes[sizeEnd] !== BLANK)) return false;
    set(this.status, status, behind);
    set(this.size, size, sizeEnd);
    return true;
  }

  #take(start: number, end: number, bytes: Uint8Array, lineEnd: number): true {
    set(this.request, start, end);
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
        for (; at < lineEnd && bytes[at] !== BLANK; at++) if (bytes[at] === QUOTE) this.inWord = true;
        set(field, from, at);
      }
      this.open = field.open;
      at = skipBlanks(bytes, at, lineEnd);
    }
    return true;
  }
}
