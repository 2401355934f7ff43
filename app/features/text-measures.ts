/** What can be counted in a path or a query without reading it. Text is never interpreted: percent signs are counted, not decoded. */

/** Bytes of text as they are counted one by one: codes of characters, or the bytes of the log. */
export type Letters = ArrayLike<number>;

export function lettersOf(text: string): Letters {
  return Buffer.from(text, 'utf8');
}

const histogram = new Uint32Array(256);

/** Shannon entropy of the bytes in bits, 0 (all the same, or none) to 8. */
export function entropyOf(letters: Letters): number {
  if (letters.length === 0) return 0;
  histogram.fill(0);
  for (let i = 0; i < letters.length; i++) histogram[letters[i] & 0xff]++;
  let bits = 0;
  for (const count of histogram) {
    if (count === 0) continue;
    const share = count / letters.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/** Share of the bytes that pass the test, 0 to 1; 0 of an empty text. */
export function shareOf(letters: Letters, test: (byte: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < letters.length; i++) if (test(letters[i])) found++;
  return letters.length === 0 ? 0 : found / letters.length;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** What is neither letter nor digit nor one of the signs that addresses are full of anyway: / . - _ and in a query = & + %. */
export function isSpecial(byte: number): boolean {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  return !isLetter && !isDigit(byte) && !ordinary.has(byte);
}

const ordinary: ReadonlySet<number> = new Set(Array.from('/.-_=&+%', (sign) => sign.charCodeAt(0)));

/** How often % stands before two hexadecimal digits. */
export function percentsOf(letters: Letters): number {
  let found = 0;
  for (let i = 0; i + 2 < letters.length; i++) if (letters[i] === 0x25 && isHex(letters[i + 1]) && isHex(letters[i + 2])) found++;
  return found;
}

function isHex(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** Names between slashes: 2 in /shop/item.php, 0 in /. */
export function depthOf(letters: Letters): number {
  let depth = 0;
  for (let i = 0; i < letters.length; i++) if (letters[i] !== SLASH && (i === 0 || letters[i - 1] === SLASH)) depth++;
  return depth;
}

const SLASH = 0x2f;

/** Parameters of a query: pieces between & or ; that hold anything. */
export function parametersOf(letters: Letters): number {
  let count = 0;
  let isInside = false;
  for (let i = 0; i < letters.length; i++) {
    const ends = letters[i] === 0x26 || letters[i] === 0x3b;
    if (!ends && !isInside) count++;
    isInside = !ends;
  }
  return count;
}
