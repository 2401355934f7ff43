/** How the parts of an access log's line are found among its bytes. */

const QUOTE = 34;
const BACKSLASH = 92;
export const BLANK = 32;
const DASH = 45;
const COMMA = 44;
const COLON = 58;
const EQUALS = 61;
const OPEN = 91;
const UNDERSCORE = 95;

/** Names of what is measured are short. */
const LONGEST_NAME = 32;

/** A part of the line, bytes[start..end). `start` -1: it is not there. */
export interface Part {
  start: number;
  end: number;
}

/** What was met within quotes. */
export interface Met {
  /** A quote that ends no field and that no backslash escapes: no server that escapes writes one. */
  bare: boolean;
}

/** The quote that ends a field: one that no backslash escapes, with a blank, the end of the line or `rt=0.01` behind it. */
export function closingQuote(bytes: Uint8Array, from: number, end: number, met: Met | null = null): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) {
      if (at + 1 === end || bytes[at + 1] === BLANK || isFigure(bytes, at + 1, end)) return at;
      if (met !== null) met.bare = true;
    }
  }
  return -1;
}

/** `rt=0.01`, `uct="-"`: often written right behind the agent's quote, as formats of nginx are put together from pieces that have no blank between. */
function isFigure(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at < end && at - from < LONGEST_NAME && ((bytes[at] >= 97 && bytes[at] <= 122) || bytes[at] === UNDERSCORE)) at++;
  if (at === from || bytes[at] !== EQUALS || at + 1 >= end) return false;
  const value = bytes[at + 1] === QUOTE ? at + 2 : at + 1;
  return value < end && (isDigit(bytes[value]) || bytes[value] === DASH);
}

/**
 * Where the quote stands that ends the field which a line begins with, `"9.9.9.9, 8.8.8.8" 10.0.0.1 - - [time]`; -1 where it begins with none, or
 * with a quote that the whole line stands in.
 */
export function quotedFront(bytes: Uint8Array, start: number, end: number): number {
  const close = start < end && bytes[start] === QUOTE ? closingQuote(bytes, start + 1, end) : -1;
  // a quote before it is one that is doubled, within a line in quotes
  const doubled = close > start + 1 && bytes[close - 1] === QUOTE;
  return close < 0 || close + 1 === end || doubled || timeBracket(bytes, start, close) >= 0 ? -1 : close;
}

/** The bracket before a date: `[10/Feb/`, `[2024-`. */
export function timeBracket(bytes: Uint8Array, start: number, end: number): number {
  for (let at = indexOf(bytes, OPEN, start, end); at >= 0; at = indexOf(bytes, OPEN, at + 1, end)) {
    if (at + 12 > end || !isDigit(bytes[at + 1]) || !isDigit(bytes[at + 2])) continue;
    if (bytes[at + 3] === 47 && bytes[at + 7] === 47) return at;
    if (isDigit(bytes[at + 3]) && isDigit(bytes[at + 4]) && bytes[at + 5] === DASH && bytes[at + 8] === DASH) return at;
  }
  return -1;
}

/** Three digits, or a dash where there is no status; of one digit only 0. */
export function statusEnd(digits: number, bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] === DASH) return at + 1;
  if (digits === 1) return at < end && bytes[at] === 48 ? at + 1 : -1;
  return at + 3 <= end && isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2]) ? at + 3 : -1;
}

/** Capital letters and a blank: a method, where a request stands without quotes. */
export function isWord(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] >= 65 && bytes[at] <= 90) at++;
  return at > start && at < end && bytes[at] === BLANK;
}

/** Of fields in quotes, `…" "…`, from behind the first quote to before the last, the one that is a method, a target and a version; null where none is. */
export function requestAmong(bytes: Uint8Array, start: number, end: number): Part | null {
  let from = start;
  for (let at = start; at + 3 <= end; at++) {
    if (bytes[at] !== QUOTE || bytes[at + 1] !== BLANK || bytes[at + 2] !== QUOTE) continue;
    if (isRequest(bytes, from, at)) return { start: from, end: at };
    from = at + 3;
    at += 2;
  }
  return from > start && isRequest(bytes, from, end) ? { start: from, end } : null;
}

/** `GET /a HTTP/1.1` */
function isRequest(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isWord(bytes, start, end)) return false;
  const last = Buffer.from(bytes.subarray(Math.max(start, end - 9), end)).toString('latin1');
  return / HTTP\/\d(?:\.\d)?$/.test(last);
}

export function lastColon(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start && end - at < 48; at--) if (bytes[at] === COLON) return at;
  return -1;
}

export function indexOf(bytes: Uint8Array, byte: number, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === byte) return at;
  return -1;
}

/** The same, or the end where it does not stand there. */
export function endOf(bytes: Uint8Array, byte: number, from: number, end: number): number {
  const at = indexOf(bytes, byte, from, end);
  return at < 0 ? end : at;
}

/** A quote behind a blank: where a field in quotes begins. */
export function nextQuote(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from + 1; at < end; at++) if (bytes[at] === QUOTE && bytes[at - 1] === BLANK) return at;
  return -1;
}

/** Where a field that is not in quotes ends: at a blank, but not within `name="two words"` nor within a list (`0.01, 0.02 : 0.03`, as nginx writes). */
export function wordEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (;;) {
    while (at < end && bytes[at] !== BLANK) {
      const close = bytes[at] === QUOTE && at > from && bytes[at - 1] === EQUALS ? closingQuote(bytes, at + 1, end) : -1;
      at = close < 0 ? at + 1 : close + 1;
    }
    const next = skipBlanks(bytes, at, end);
    if (next >= end || at === from || bytes[next] === QUOTE) return at;
    const goesOn = bytes[at - 1] === COMMA || (bytes[at - 1] === COLON && bytes[at - 2] === BLANK);
    if (!goesOn && !(bytes[next] === COLON && bytes[next + 1] === BLANK)) return at;
    at = next;
  }
}

export function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === BLANK) at++;
  return at;
}

export function trimmed(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === BLANK) at--;
  return at;
}

export function set(part: Part, start: number, end: number): void {
  part.start = start;
  part.end = end;
}

export const isDash = (bytes: Uint8Array, start: number, end: number): boolean => end - start === 1 && bytes[start] === DASH;
export const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
