/** IP addresses read from bytes. */

import { parseIpv4 } from '../shared/ipv4.ts';

const DOT = 46;
const COLON = 58;
const PERCENT = 37;

/** Reads IPv6 addresses and writes them the one way (RFC 5952), so that one host is one entry however a log spells it. */
export class Ipv6Reader {
  /** The canonical text of the last address read: bytes[0..length). */
  readonly bytes = new Uint8Array(128);
  length = 0;
  readonly #groups = new Uint16Array(8);

  /** True where it is an address, with or without a zone index (`%eth0`) or an IPv4 tail. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let stop = start;
    while (stop < end && bytes[stop] !== PERCENT) stop++;
    if (stop < end && !isZone(bytes, stop + 1, end)) return false;
    if (!this.#readGroups(bytes, start, stop)) return false;
    this.#write();
    for (let i = stop; i < end; i++) this.bytes[this.length++] = bytes[i];
    return true;
  }

  #readGroups(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 2 || end - start > 45) return false;
    const groups = this.#groups;
    let count = 0;
    let gap = -1;
    let i = start;
    if (bytes[i] === COLON) {
      if (bytes[i + 1] !== COLON) return false;
      gap = 0;
      i += 2;
    }
    while (i < end) {
      if (count === 8) return false;
      const from = i;
      let value = 0;
      for (; i < end; i++) {
        const digit = hexDigit(bytes[i]);
        if (digit < 0) break;
        value = value * 16 + digit;
      }
      if (i < end && bytes[i] === DOT) {
        const tail = parseIpv4(bytes, from, end);
        if (tail < 0 || count > 6) return false;
        groups[count++] = tail / 65_536;
        groups[count++] = tail % 65_536;
        break;
      }
      if (i === from || i - from > 4) return false;
      groups[count++] = value;
      if (i === end) break;
      if (bytes[i++] !== COLON || i === end) return false;
      if (bytes[i] === COLON) {
        if (gap >= 0) return false;
        gap = count;
        i++;
      }
    }
    return this.#spread(count, gap);
  }

  #spread(count: number, gap: number): boolean {
    if (gap < 0) return count === 8;
    if (count > 7) return false;
    this.#groups.copyWithin(8 - (count - gap), gap, count);
    this.#groups.fill(0, gap, 8 - (count - gap));
    return true;
  }

  #write(): void {
    const groups = this.#groups;
    this.length = 0;
    const mapped = groups[5] === 0xffff && groups.subarray(0, 5).every((group) => group === 0);
    const shown = mapped ? 6 : 8;
    const gap = longestZeros(groups, shown);
    for (let i = 0; i < shown; i++) {
      if (i === gap.start) {
        this.#put('::');
        i += gap.length - 1;
        continue;
      }
      if (i > 0 && i !== gap.start + gap.length) this.#put(':');
      this.#put(groups[i].toString(16));
    }
    if (mapped) this.#put(`:${groups[6] >> 8}.${groups[6] & 255}.${groups[7] >> 8}.${groups[7] & 255}`);
  }

  #put(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }
}

/** The longest run of at least two zero groups, the first where there are several; start -1 where there is none. */
function longestZeros(groups: Uint16Array, shown: number): { readonly start: number; readonly length: number } {
  let best = { start: -1, length: 1 };
  for (let i = 0; i < shown; i++) {
    let length = 0;
    while (i + length < shown && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
    i += length;
  }
  return best.start < 0 ? { start: -1, length: 0 } : best;
}

/** Letters, digits and `._-`, up to 32 of them: the name of an interface. */
function isZone(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || end - start > 32) return false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    const letter = (byte | 32) >= 97 && (byte | 32) <= 122;
    if (!letter && !(byte >= 45 && byte <= 57 && byte !== 47) && byte !== 95) return false;
  }
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
