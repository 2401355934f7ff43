import { isContinuation, visibleUtf8 } from '../columns/visible-utf8.ts';

/** Text from logs made fit to be kept: escapes undone, control bytes made visible. Never interpreted. */

const BACKSLASH = 92;
const LOWER_X = 120;
const hexDigits = '0123456789abcdef';

/** Grows as needed; `bytes[0..length)` is what was written since `clear`. */
export class ByteScratch {
  bytes = new Uint8Array(256);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  put(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  putAll(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.bytes[this.length++] = bytes[i];
  }

  /** Room for so many bytes more. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.length + more, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** A control byte stands as `\xHH`, as Zeek itself writes it: nothing invisible reaches a screen or a file. */
  putVisible(byte: number): void {
    if (byte >= 32 && byte !== 127) {
      this.put(byte);
      return;
    }
    this.put(BACKSLASH);
    this.put(LOWER_X);
    this.put(hexDigits.charCodeAt(byte >> 4));
    this.put(hexDigits.charCodeAt(byte & 15));
  }
}

/** The byte that `\xHH` at `at` stands for, or -1 where there is no such escape. */
export function escapedByte(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end || bytes[at] !== BACKSLASH || bytes[at + 1] !== LOWER_X) return -1;
  const high = hexValue(bytes[at + 2]);
  const low = hexValue(bytes[at + 3]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Appends bytes[start..end) with Zeek's `\xHH` undone, but for control bytes, and for `keep` (-1: none), which stays escaped. */
export function unescapeInto(out: ByteScratch, bytes: Uint8Array, start: number, end: number, keep = -1): void {
  for (let i = start; i < end; i++) {
    const byte = escapedByte(bytes, i, end);
    if (byte < 0) {
      out.putVisible(bytes[i]);
      continue;
    }
    if (byte === keep) for (let j = i; j < i + 4; j++) out.put(bytes[j]);
    else out.putVisible(byte);
    i += 3;
  }
}

/** bytes[start..end) as they are: a character is a byte. */
export const latin = (bytes: Uint8Array, start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString('latin1');

/** Whether bytes[start..end) hold a backslash or a control byte. */
export function needsCare(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte < 32 || byte === BACKSLASH || byte === 127) return true;
  }
  return false;
}

/** Control characters but for the TAB. A text with none of them is one string in memory, not a chain of pieces. */
const invisible = /(?!\t)\p{Cc}/gu;

/** Text for a person: at most `limit` bytes, control bytes but TAB visible, and so is what is no UTF-8. */
export function safeText(bytes: Uint8Array, start: number, end: number, limit: number): string {
  let stop = Math.min(end, start + limit);
  // within no character
  for (let back = 0; stop < end && back < 3 && isContinuation(bytes[stop]); back++) stop--;
  const visible = visibleUtf8(bytes, start, stop) ?? bytes.subarray(start, stop);
  const text = Buffer.from(visible.buffer, visible.byteOffset, visible.length).toString('utf8');
  const safe = text.replace(invisible, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return stop < end ? `${safe}…` : safe;
}

/** A value for a message: short and quoted where it would else be invisible. */
export function quoted(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end) return 'empty';
  return safeText(bytes, start, end, 80);
}
