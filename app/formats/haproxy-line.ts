import { BLANK, closingQuote, skipBlanks, set, timeBracket, type Part } from './access-line-bytes.ts';

/** What HAProxy writes of a session: a request (`option httplog`, httpslog) or a connection (`option tcplog`). */
export type HaproxyKind = 'http' | 'tcp';

/** Words of a line; more are not told apart. */
const WORDS = 10;
const [QUOTE, COLON, CLOSE, BRACE] = [34, 58, 93, 123];
const LONGEST_TIME = 32;

const nowhere = (): Part => ({ start: -1, end: -1 });

/**
 * Finds the parts of a line as HAProxy writes them without a format of one's own, with a syslog header before it or without
 * (https://docs.haproxy.org/2.8/configuration.html#8.2.2 and #8.2.3):
 *
 * `client:port [time] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes cookie cookie state actconn/... srv_queue/... {captured} {captured} "request"`
 * `client:port [time] frontend backend/server Tw/Tc/Tt bytes state actconn/... srv_queue/...`
 *
 * What a client sent has no quotes, braces or bars in it: they are written `#22`.
 */
export class HaproxyLine {
  readonly before = nowhere();
  readonly client = nowhere();
  readonly time = nowhere();
  /** From the frontend on. */
  readonly words: readonly Part[] = Array.from({ length: WORDS }, nowhere);
  /** Within braces, in their order. */
  readonly captured: readonly [Part, Part] = [nowhere(), nowhere()];
  readonly request = nowhere();
  /** Behind the request. */
  readonly rest = nowhere();
  /** The quote behind the request is missing. */
  open = false;

  /** What the line is; null where it is none of both. */
  scan(bytes: Uint8Array, start: number, end: number): HaproxyKind | null {
    for (const part of [this.before, this.request, this.rest, ...this.captured]) set(part, -1, -1);
    this.open = false;
    const bracket = timeBracket(bytes, start, end);
    const close = bracket < 0 ? -1 : bytes.subarray(bracket, Math.min(end, bracket + LONGEST_TIME)).indexOf(CLOSE);
    if (close < 0 || bracket < start + 2 || bytes[bracket - 1] !== BLANK || bytes[bracket + close + 1] !== BLANK) return null;
    set(this.time, bracket + 1, bracket + close);
    let client = bracket - 1;
    while (client > start && bytes[client - 1] !== BLANK) client--;
    set(this.client, client, bracket - 1);
    if (!hasPort(bytes, this.client)) return null;
    if (client > start) set(this.before, start, client - 1);
    return this.#session(bytes, bracket + close + 2, end);
  }

  #session(bytes: Uint8Array, start: number, end: number): HaproxyKind | null {
    let at = start;
    let count = 0;
    for (; count < WORDS && at < end && bytes[at] !== BRACE && bytes[at] !== QUOTE; at = skipBlanks(bytes, at, end)) {
      const from = at;
      while (at < end && bytes[at] !== BLANK) at++;
      set(this.words[count++], from, at);
    }
    const timers = count > 2 ? slashed(bytes, this.words[2]) : 0;
    if (count === 7 && timers === 3 && at >= end)
      return slashed(bytes, this.words[5]) === 5 && slashed(bytes, this.words[6]) === 2 ? 'tcp' : null;
    if (count !== WORDS || timers !== 5 || slashed(bytes, this.words[8]) !== 5 || slashed(bytes, this.words[9]) !== 2) return null;
    for (let i = 0; i < 2 && bytes[at] === BRACE; i++) {
      const close = bytes.indexOf(125, at);
      if (close < 0 || close >= end) return null;
      set(this.captured[i], at + 1, close);
      at = skipBlanks(bytes, close + 1, end);
    }
    if (at >= end || bytes[at] !== QUOTE) return null;
    const quote = endOfRequest(bytes, at + 1, end);
    this.open = quote < 0;
    set(this.request, at + 1, quote < 0 ? end : quote);
    const rest = quote < 0 ? end : skipBlanks(bytes, quote + 1, end);
    if (rest < end) set(this.rest, rest, end);
    return 'http';
  }
}

/** A backslash before the quote is a letter: quotes are escaped otherwise. */
function endOfRequest(bytes: Uint8Array, from: number, end: number): number {
  const quote = bytes.indexOf(QUOTE, from);
  return quote < 0 || quote >= end ? -1 : quote + 1 === end || bytes[quote + 1] === BLANK ? quote : closingQuote(bytes, quote + 1, end);
}

/** `:55008` at the end. */
function hasPort(bytes: Uint8Array, { start, end }: Part): boolean {
  let at = end;
  while (at > start && bytes[at - 1] >= 48 && bytes[at - 1] <= 57) at--;
  return at < end && at - 1 > start && bytes[at - 1] === COLON;
}

/** How many whole numbers stand here with slashes between them, some with a sign; 0 where anything else does. */
function slashed(bytes: Uint8Array, { start, end }: Part): number {
  let count = 1;
  let digits = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte >= 48 && byte <= 57) digits++;
    else if (byte === 47 && digits > 0) {
      count++;
      digits = 0;
    } else if (!((byte === 43 || byte === 45) && digits === 0)) return 0;
  }
  return digits > 0 ? count : 0;
}
