import { isUtf8 } from 'node:buffer';
import { escapedByte, type ByteScratch } from './texts.ts';

const [TAB, BLANK, QUOTE, COMMA, DASH, SLASH, COLON, BACKSLASH, LOWER_U, CLOSE] = [9, 32, 34, 44, 45, 47, 58, 92, 117, 125];

/** Escapes that JSON has. */
const ofJson: ReadonlySet<number> = new Set([QUOTE, BACKSLASH, SLASH, ...Buffer.from('bfnrt')]);
/** C's that it has not, by their letters. */
const ofC: ReadonlyMap<number, number> = new Map([
  [97, 7],
  [118, 11],
]);

/**
 * What a backslash is in a line that is no strict JSON. `escapes`: it escapes as in C, so `\xHH` is a byte (Apache, nginx without `escape=json`), and before a
 * quote it keeps the string open. `letter`: it is a letter as any other (HAProxy), and every quote ends a string.
 */
export type Backslash = 'escapes' | 'letter';

/**
 * Appends bytes[start..end) to `out` so that strings which servers write past JSON's rules are JSON; whether the whole is an object, a JsonScanner tells
 * then. A value that is not there, or a dash, is null, and a comma before the end is none. A string whose bytes are no text stays as it is written, as it does in logs of lines (RequestRow.text). A string that does not end is left so.
 */
export function putLooseJson(out: ByteScratch, bytes: Uint8Array, start: number, end: number, backslash: Backslash): void {
  for (let at = start; at < end;) {
    const byte = bytes[at++];
    if (byte === COMMA && bytes[behindBlanks(bytes, at, end)] === CLOSE) continue;
    out.put(byte);
    if (byte === COLON && lacksValue(bytes, at, end)) {
      out.putAll(nothing);
      if (bytes[(at = behindBlanks(bytes, at, end))] === DASH) at++;
    }
    if (byte !== QUOTE) continue;
    const close = closeOf(bytes, at, end, backslash);
    const from = out.length;
    if (backslash === 'escapes') putUndone(out, bytes, at, close);
    if (backslash === 'letter' || !isUtf8(out.bytes.subarray(from, out.length))) {
      out.length = from;
      for (; at < close; at++) putLetter(out, bytes[at]);
    }
    if (close < end) out.put(QUOTE);
    at = close + 1;
  }
}

const nothing = Buffer.from('null');

function behindBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === BLANK || bytes[at] === TAB)) at++;
  return at;
}

/** Whether no value stands behind a colon, or a dash: what the server had none for, without quotes around it. */
function lacksValue(bytes: Uint8Array, start: number, end: number): boolean {
  let at = behindBlanks(bytes, start, end);
  if (bytes[at] === DASH && at < end) at = behindBlanks(bytes, at + 1, end);
  return at < end && (bytes[at] === COMMA || bytes[at] === CLOSE);
}

/** The quote that ends the string from `start` on, or `end`. */
function closeOf(bytes: Uint8Array, start: number, end: number, backslash: Backslash): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH && backslash === 'escapes') at++;
  }
  return end;
}

function putUndone(out: ByteScratch, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const next = at + 1 < end ? bytes[at + 1] : -1;
    const byte = bytes[at] === BACKSLASH ? escapedByte(bytes, at, end) : bytes[at];
    const control = bytes[at] === BACKSLASH ? ofC.get(next) : undefined;
    if (bytes[at] !== BACKSLASH) putLetter(out, byte);
    else if (byte >= 0) {
      putLetter(out, byte);
      at += 3;
    } else if (control !== undefined) {
      putLetter(out, control);
      at++;
    } else if (ofJson.has(next) || isUnicode(bytes, at, end)) {
      out.put(BACKSLASH);
      out.put(next);
      at++;
    } else putLetter(out, BACKSLASH);
  }
}

/** `\uHHHH` */
function isUnicode(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at + 1] !== LOWER_U || at + 6 > end) return false;
  for (let i = at + 2; i < at + 6; i++) {
    const lower = bytes[i] | 32;
    if (!(bytes[i] >= 48 && bytes[i] <= 57) && !(lower >= 97 && lower <= 102)) return false;
  }
  return true;
}

/** A byte that stands for itself, as JSON writes it. Control bytes are shown as `\xHH`. */
function putLetter(out: ByteScratch, byte: number): void {
  if (byte < 32 || byte === 127 || byte === QUOTE || byte === BACKSLASH) out.put(BACKSLASH);
  out.putVisible(byte);
}
