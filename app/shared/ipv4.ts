const DOT = 46;

/** Strict dotted quad, no leading zeros, as a number from 0 to 2^32 - 1; -1 where it is none. */
export function parseIpv4(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15 || end - start < 7) return -1;
  let address = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === DOT) {
      if (digits === 0 || ++dots > 3) return -1;
      address = address * 256 + octet;
      octet = 0;
      digits = 0;
      continue;
    }
    const digit = byte - 48;
    if (digit < 0 || digit > 9 || (digits > 0 && octet === 0)) return -1;
    octet = octet * 10 + digit;
    digits++;
    if (octet > 255) return -1;
  }
  return digits === 0 || dots !== 3 ? -1 : address * 256 + octet;
}
