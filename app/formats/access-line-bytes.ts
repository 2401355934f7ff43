/** How the parts of an access log's line are found among its bytes. */

const QUOTE = 34;
const BACKSLASH = 92;
export const BLANK = 32;
const DASH = 45;
const COLON = 58;
const OPEN = 91;

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

/** The quote that ends a field: one that no backslash escapes, with a blank or the end of the line behind it. */
export function closingQuote(bytes: Uint8Array, from: number, end: number, met: Met | null = null): number {
  for (let at = from; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) {
      if (at + 1 === end || bytes[at + 1] === BLANK) return at;
      if (met !== null) met.bare = true;
    }
  }
  return -1;
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

export function lastColon(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start && end - at < 48; at--) if (bytes[at] === COLON) return at;
  return -1;
}

export function indexOf(bytes: Uint8Array, byte: number, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === byte) return at;
  return -1;
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
