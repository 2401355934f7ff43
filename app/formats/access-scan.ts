/** What the quick way looks at bytes with. */

const QUOTE = 34;
const DASH = 45;
const BACKSLASH = 92;

/** The quote that ends a field, or -1 where a backslash, a control byte or a quote within the field wants the slow way. */
export function quotedEnd(view: DataView, bytes: Uint8Array, from: number): number {
  const safe = view.byteLength - 4;
  let at = from;
  // four bytes at a time, until one of them is a quote, a backslash or a control byte
  while (at <= safe) {
    const word = view.getInt32(at, true);
    const quote = word ^ 0x2222_2222;
    const slash = word ^ 0x5c5c_5c5c;
    const rubout = word ^ 0x7f7f_7f7f;
    const found =
      ((quote - 0x0101_0101) & ~quote) |
      ((slash - 0x0101_0101) & ~slash) |
      ((rubout - 0x0101_0101) & ~rubout) |
      ((word - 0x2020_2020) & ~word);
    if ((found & 0x8080_8080) !== 0) break;
    at += 4;
  }
  let byte = bytes[at];
  while (byte >= 32 && byte !== QUOTE && byte !== BACKSLASH && byte !== 127) byte = bytes[++at];
  return byte === QUOTE ? at : -1;
}

/** Not empty, and no dash. */
export function isText(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > 1 || (end > start && bytes[start] !== DASH);
}

/** A name of a host that holds nothing but letters, digits, dots and dashes, and is no address. */
export function isName(bytes: Uint8Array, start: number, end: number): boolean {
  let letter = false;
  for (let at = start; at < end; at++) {
    const lower = bytes[at] | 32;
    const isLetter = lower >= 97 && lower <= 122 && bytes[at] >= 65;
    if (!isLetter && !isDigit(bytes[at]) && bytes[at] !== 46 && bytes[at] !== DASH) return false;
    letter ||= lower > 102 && isLetter;
  }
  return letter;
}

/** A name of a host with a dot in it, or localhost, with a port or without. */
export function isHostName(bytes: Uint8Array, start: number, end: number): boolean {
  if (start < 0 || end - start > 255) return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return /^(?:localhost|(?=.*[a-z])[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?)(?::\d{1,5})?$/i.test(text);
}

export const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** The address that `ipv4End` read last, as a number. */
export const readIpv4 = { value: 0 };

/** Where a strict dotted quad with a blank behind it ends, or -1. */
export function ipv4End(bytes: Uint8Array, start: number): number {
  let address = 0;
  let at = start;
  for (let octets = 0; octets < 4; octets++) {
    const from = at;
    let octet = 0;
    for (; ; at++) {
      const digit = bytes[at] - 48;
      if (digit >>> 0 > 9) break;
      octet = octet * 10 + digit;
    }
    const digits = at - from;
    if (digits === 0 || digits > 3 || octet > 255 || (digits > 1 && bytes[from] === 48) || bytes[at] !== (octets === 3 ? 32 : 46))
      return -1;
    address = (address << 8) | octet;
    at++;
  }
  readIpv4.value = address >>> 0;
  return at - 1;
}
