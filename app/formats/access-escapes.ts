import { escapedByte, type ByteScratch } from './texts.ts';

const BACKSLASH = 92;
const letters = 'abfnrtv';
const bytesOfLetters = [7, 8, 12, 10, 13, 9, 11];

/** Undoes what Apache and nginx do to bytes that would end a field or not show: `\"`, `\\`, `\xHH`, `\n`. Control bytes are shown as `\xHH`. */
export function undoEscapes(out: ByteScratch, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== BACKSLASH || at + 1 >= end) {
      out.putVisible(byte);
      continue;
    }
    const hex = escapedByte(bytes, at, end);
    const letter = letters.indexOf(String.fromCharCode(bytes[at + 1]));
    if (hex >= 0) {
      out.putVisible(hex);
      at += 3;
    } else if (bytes[at + 1] === BACKSLASH || bytes[at + 1] === 34) out.putVisible(bytes[++at]);
    else if (letter >= 0) {
      out.putVisible(bytesOfLetters[letter]);
      at++;
    } else out.put(byte);
  }
}

/** As it stands, but for control bytes. */
export function noEscapes(out: ByteScratch, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) out.putVisible(bytes[at]);
}
