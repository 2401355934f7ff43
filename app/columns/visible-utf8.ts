import { isUtf8 } from 'node:buffer';

const BACKSLASH = 92;
const LOWER_X = 120;
const hexDigits = Buffer.from('0123456789abcdef');

/**
 * bytes[start..end) with each byte that belongs to no character in UTF-8 (Unicode, table 3-7) as `\xHH`, as Zeek writes it: what was another encoding stays
 * to be told apart byte by byte. null: all of it is UTF-8.
 */
export function visibleUtf8(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
  if (isUtf8(bytes.subarray(start, end))) return null;
  const out = new Uint8Array((end - start) * 4);
  let to = 0;
  for (let at = start; at < end;) {
    const length = characterLength(bytes, at, end);
    if (length === 0) {
      const byte = bytes[at++];
      out[to++] = BACKSLASH;
      out[to++] = LOWER_X;
      out[to++] = hexDigits[byte >> 4];
      out[to++] = hexDigits[byte & 15];
    }
    for (const after = at + length; at < after;) out[to++] = bytes[at++];
  }
  return out.subarray(0, to);
}

/** The same as a text: names of columns are decoded as values are. */
export function visibleText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const visible = visibleUtf8(bytes, start, end) ?? bytes.subarray(start, end);
  return Buffer.from(visible.buffer, visible.byteOffset, visible.length).toString('utf8');
}

/** Bytes of the character that begins at `at`; 0: none does. */
function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first < 0x80) return 1;
  const length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  for (let i = 1; i < length; i++) if (!isContinuation(bytes[at + i])) return 0;
  const second = bytes[at + 1];
  // overlong, a surrogate, or beyond U+10FFFF
  const isWrong =
    (first === 0xe0 && second < 0xa0) ||
    (first === 0xed && second > 0x9f) ||
    (first === 0xf0 && second < 0x90) ||
    (first === 0xf4 && second > 0x8f);
  return isWrong ? 0 : length;
}

/** Whether a byte goes on with a character that began before it. */
export function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
