import { parseIpv4 } from '../shared/ipv4.ts';
import { Ipv6Reader } from './addresses.ts';
import { BLANK, endOf, indexOf, isDash, lastColon, quotedFront, set, skipBlanks, trimmed, type Part } from './access-line-bytes.ts';
import { isSocket } from './access-row.ts';
import { isHostName } from './access-scan.ts';

const [QUOTE, PARENTHESIS, COMMA, DASH, SLASH, COLON, UPPER_T, OPEN, CLOSE, PIPE] = [34, 40, 44, 45, 47, 58, 84, 91, 93, 124];

/** Words before the time: what stands in front of the client, the client, its identity, its user. More are not told apart. */
const MOST_WORDS = 64;

/** Finds what stands before the time: `[anything] [vhost] client ident user`, in whatever order people put it. */
export class AccessWho {
  readonly before: Part = { start: -1, end: -1 };
  readonly vhost: Part = { start: -1, end: -1 };
  /** Addresses that the request came through, the client first, separated by commas. */
  readonly forwarded: Part = { start: -1, end: -1 };
  readonly client: Part = { start: -1, end: -1 };
  readonly ident: Part = { start: -1, end: -1 };
  readonly user: Part = { start: -1, end: -1 };
  readonly #words = new Int32Array(2 * MOST_WORDS);
  readonly #ipv6 = new Ipv6Reader();

  /** What stands before the time. */
  protected who(bytes: Uint8Array, start: number, end: number): boolean {
    const words = this.#words;
    const host = this.#hostOfList(bytes, start, end);
    const from = host < 0 ? start : skipBlanks(bytes, host, end);
    const quotedTo = quotedFront(bytes, from, end);
    let count = 0;
    for (let at = skipBlanks(bytes, from, end); at < end && count < MOST_WORDS; at = skipBlanks(bytes, at, end)) {
      words[2 * count] = at;
      if (count === 0 && quotedTo >= 0) at = quotedTo;
      while (at < end && bytes[at] !== BLANK) at++;
      words[2 * count++ + 1] = at;
    }
    if (quotedTo >= 0) [words[0], words[1]] = [from + 1, quotedTo];
    if (count === 0) return false;
    const aside = this.#aside(bytes, count);
    count -= aside;
    const listed = quotedTo < 0 ? this.#listed(bytes, count) : this.#isList(bytes) ? 0 : -1;
    if (aside === 0) set(this.forwarded, listed < 0 ? -1 : words[0], listed < 0 ? -1 : words[2 * listed + 1]);
    const client = listed < 0 ? this.#clientAmong(bytes, count) : this.#clientOfList(bytes, count, listed);
    const isNamed = client === 1 && listed < 0 && !isDash(bytes, words[0], words[1]);
    const isVhost = isNamed && this.#mayBeHost(bytes, words[0], words[1]);
    const isBefore = (client > 1 && listed < 0) || (isNamed && !isVhost);
    set(this.before, isBefore ? words[0] : -1, isBefore ? words[2 * client - 1] : -1);
    set(this.vhost, host >= 0 ? start : isVhost ? words[0] : -1, host >= 0 ? host : isVhost ? words[1] : -1);
    if (client > 1 && listed < 0 && host < 0) this.#hostBehindName(bytes, client);
    set(this.client, words[2 * client], words[2 * client + 1]);
    if (client === 0 && listed < 0) this.#named(bytes);
    this.#user(bytes, count, client, end);
    return true;
  }

  /**
   * How many words behind the client stand in brackets: who it is forwarded for, `10.0.0.1 (192.0.2.7, 10.0.0.2) - -` or `10.0.0.1 [192.0.2.7] - -`. They
   * are taken out.
   */
  #aside(bytes: Uint8Array, count: number): number {
    const words = this.#words;
    set(this.forwarded, -1, -1);
    const open = count < 4 ? -1 : bytes[words[2]];
    if ((open !== OPEN && open !== PARENTHESIS) || !this.#isAddress(bytes, words[0], words[1])) return 0;
    const close = open === OPEN ? CLOSE : PARENTHESIS + 1;
    let last = 1;
    while (last < count - 3 && bytes[words[2 * last + 1] - 1] === COMMA) last++;
    const [start, end] = [words[2] + 1, words[2 * last + 1] - 1];
    const isSaid = isDash(bytes, start, end) || this.#isAddress(bytes, start, Math.min(endOf(bytes, COMMA, start, end), end));
    if (bytes[end] !== close || !isSaid) return 0;
    set(this.forwarded, start, end);
    words.copyWithin(2, 2 * last + 2, 2 * count);
    return last;
  }

  /** `access.log:192.0.2.7`, as grep writes it, and `INFO:werkzeug:192.0.2.7`: a name before the client. */
  #named(bytes: Uint8Array): void {
    const { start, end } = this.client;
    if (this.#isAddress(bytes, start, end) || isSocket(bytes, start, end)) return;
    for (let colon = indexOf(bytes, COLON, start, end); colon > start; colon = indexOf(bytes, COLON, colon + 1, end)) {
      if (!this.#isAddress(bytes, colon + 1, end)) continue;
      set(this.before, start, colon);
      set(this.client, colon + 1, end);
      return;
    }
  }

  /** `nginx.1 | www.example.com 192.0.2.7`, `web1 nginx: www.example.com 192.0.2.7`: behind what showed the line, the host that was asked. */
  #hostBehindName(bytes: Uint8Array, client: number): void {
    const words = this.#words;
    const mark = bytes[words[2 * client - 3] - 1];
    const [start, end] = [words[2 * client - 2], words[2 * client - 1]];
    if ((mark !== COLON && mark !== PIPE) || !isHostName(bytes, start, end)) return;
    set(this.vhost, start, end);
    set(this.before, words[0], words[2 * client - 3]);
  }

  /** Where the host that was asked ends which stands before a list of addresses, in quotes or not; -1 where neither stands there. */
  #hostOfList(bytes: Uint8Array, start: number, end: number): number {
    const behind = bytes[start] === QUOTE ? -1 : indexOf(bytes, BLANK, start, end);
    if (behind <= start || bytes[behind - 1] === COMMA || isDash(bytes, start, behind)) return -1;
    const list = skipBlanks(bytes, behind, end);
    const close = quotedFront(bytes, list, end);
    if (close >= 0) return this.#isAddress(bytes, list + 1, Math.max(list + 1, endOf(bytes, COMMA, list + 1, close))) ? behind : -1;
    const first = endOf(bytes, BLANK, list, end) - 1;
    if (first <= list || bytes[first] !== COMMA) return -1;
    return this.#isAddress(bytes, list, first) || isHostName(bytes, list, first) ? behind : -1;
  }

  /** What stands between the client and the time: identity and user, or the user alone; with them maybe the host that was asked. */
  #user(bytes: Uint8Array, count: number, client: number, end: number): void {
    const words = this.#words;
    const rest = count - client - 1;
    const start = (i: number): number => words[2 * (client + i)];
    const stop = (i: number): number => words[2 * (client + i) + 1];
    const dash = (i: number): boolean => isDash(bytes, start(i), stop(i));
    let ident = rest >= 2 ? 1 : 0;
    let user = rest === 0 ? 0 : rest === 1 ? 1 : 2;
    let host = 0;
    if (rest >= 3 && this.vhost.start < 0) {
      // `client host - user`, `client - host user` (Virtualmin)
      if (dash(2) && !dash(1)) [host, ident, user] = isHostName(bytes, start(1), stop(1)) ? [1, 2, 3] : [0, 1, 3];
      else if (rest === 3 && dash(1) && isHostName(bytes, start(2), stop(2))) [host, user] = [2, 3];
    }
    // `client - [client] - user`, as ingress-nginx once had it
    if (rest >= 4 && dash(1) && dash(3) && bytes[start(2)] === OPEN && this.#isAddress(bytes, start(2) + 1, stop(2) - 1)) user = 4;
    if (rest >= 2 && host === 0 && this.vhost.start < 0 && this.#isAddress(bytes, start(1), stop(1))) [host, ident] = [1, 0];
    const last = words[2 * count - 1];
    if (host > 0) set(this.vhost, start(host), stop(host));
    set(this.ident, ident > 0 ? start(ident) : -1, ident > 0 ? stop(ident) : -1);
    set(this.user, user > 0 ? start(user) : -1, user === 0 ? -1 : count === MOST_WORDS ? trimmed(bytes, start(user), end) : last);
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
    // nothing behind the client: `vhost client`, `[anything at all] client`
    const isLast = count === 2 ? !isDash(bytes, words[0], words[1]) : count > 2 && bytes[words[0]] === OPEN;
    if (isLast && !isAddress(0) && !isSocket(bytes, words[0], words[1]) && isAddress(count - 1)) return count - 1;
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

  /** No time, `program:` or `[pod/name]`, as what shows logs puts before each line. */
  #mayBeHost(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[end - 1] === COLON || indexOf(bytes, SLASH, start, end) >= 0) return false;
    if (bytes[start] === OPEN) return this.#isAddress(bytes, start, end);
    return !(end - start > 18 && bytes[start + 4] === DASH && bytes[start + 10] === UPPER_T && bytes[start + 13] === COLON);
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
}
