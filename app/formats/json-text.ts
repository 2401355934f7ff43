import type { ByteScratch } from './texts.ts';

const BACKSLASH = 92;
const QUOTE = 34;
const COMMA = 44;

/** What stands for a comma within a member of a list, as Zeek writes it in TSV. */
const escapedComma = Buffer.from('\\x2c');

/**
 * Appends the string bytes[start..end), which a JsonScanner took (without its quotes), escapes undone. Control bytes become visible; a surrogate
 * that stands alone stays `\uXXXX`: it is no character. `comma`: commas are escaped, for members of a list.
 */
export function putJsonText(out: ByteScratch, bytes: Uint8Array, start: number, end: number, comma = false): void {
  for (let at = start; at < end;) {
    const byte = bytes[at];
    if (byte !== BACKSLASH) {
      if (comma && byte === COMMA) out.putAll(escapedComma);
      else out.putVisible(byte);
      at++;
    } else if (bytes[at + 1] === 117) {
      at = putUnicode(out, bytes, at, end, comma);
    } else {
      out.putVisible(simpleEscape(bytes[at + 1]));
      at += 2;
    }
  }
}

function simpleEscape(letter: number): number {
  switch (letter) {
    case 98:
      return 8;
    case 102:
      return 12;
    case 110:
      return 10;
    case 114:
      return 13;
    case 116:
      return 9;
    default:
      return letter;
  }
}

/** `\uXXXX`, or two of them that are one character; returns the place behind. */
function putUnicode(out: ByteScratch, bytes: Uint8Array, at: number, end: number, comma: boolean): number {
  let code = hex4(bytes, at + 2);
  let behind = at + 6;
  if (code >= 0xd800 && code < 0xdc00 && behind + 6 <= end && bytes[behind] === BACKSLASH && bytes[behind + 1] === 117) {
    const low = hex4(bytes, behind + 2);
    if (low >= 0xdc00 && low < 0xe000) {
      code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      behind += 6;
    }
  }
  if (code >= 0xd800 && code < 0xe000) out.putAll(Buffer.from(`\\u${code.toString(16)}`));
  else if (comma && code === COMMA) out.putAll(escapedComma);
  else putCode(out, code);
  return behind;
}

function putCode(out: ByteScratch, code: number): void {
  if (code < 0x80) out.putVisible(code);
  else if (code < 0x800) {
    out.put(0xc0 | (code >> 6));
    out.put(0x80 | (code & 63));
  } else if (code < 0x1_0000) {
    out.put(0xe0 | (code >> 12));
    out.put(0x80 | ((code >> 6) & 63));
    out.put(0x80 | (code & 63));
  } else {
    out.put(0xf0 | (code >> 18));
    out.put(0x80 | ((code >> 12) & 63));
    out.put(0x80 | ((code >> 6) & 63));
    out.put(0x80 | (code & 63));
  }
}

/**
 * Appends an array that a JsonScanner took, from bracket to bracket, as Zeek writes sets and vectors in TSV: members separated by commas, T and F,
 * `-` for null. Arrays and objects among them stay JSON.
 */
export function putJsonList(out: ByteScratch, bytes: Uint8Array, start: number, end: number): void {
  let at = start + 1;
  let first = true;
  for (;;) {
    while (bytes[at] <= 32 || bytes[at] === COMMA) at++;
    if (at >= end - 1) return;
    const behind = valueEnd(bytes, at);
    if (!first) out.put(COMMA);
    first = false;
    if (bytes[at] === QUOTE) putJsonText(out, bytes, at + 1, behind - 1, true);
    else if (bytes[at] === 110) out.put(45);
    else if (bytes[at] === 116 || bytes[at] === 102) out.put(bytes[at] - 32);
    else for (let i = at; i < behind; i++) out.putVisible(bytes[i]);
    at = behind;
  }
}

/** The place behind a value that is known to be one. */
function valueEnd(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; ;) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at++;
      while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      at++;
    } else if (byte === 91 || byte === 123) {
      depth++;
      at++;
    } else if (byte === 93 || byte === 125) {
      depth--;
      at++;
    } else if (depth > 0) {
      at++;
      continue;
    } else {
      while (bytes[at] > 32 && bytes[at] !== COMMA && bytes[at] !== 93) at++;
      return at;
    }
    if (depth === 0) return at;
  }
}

function hex4(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const byte = bytes[i];
    value = value * 16 + (byte <= 57 ? byte - 48 : (byte | 32) - 87);
  }
  return value;
}
