import { Ipv6Reader } from './addresses.ts';
import type { Step } from './access-pattern.ts';
import type { TimeReader } from './table-times.ts';

/** Where the values of a line end that is written as a log format says. */

const BACKSLASH = 92;
/** One step of the pattern with what is behind it. */
export interface Scan extends Step {
  readonly behind: Uint8Array;
  /** Between quotes: quotes that are escaped do not end it. */
  readonly inQuotes: boolean;
  /** Blanks that belong to it where a blank ends it: a time has one before its zone. */
  readonly blanks: number;
  readonly time: TimeReader | null;
}

const COLON = 58;
/** No address is written longer. */
const LONGEST_ADDRESS = 64;
const ipv6 = new Ipv6Reader();

/** Where an address of IPv6 ends that has a colon behind it, as in nginx's `$remote_addr:$remote_port`; -1 where none stands. */
function ipv6End(behind: Uint8Array, bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && at - from < LONGEST_ADDRESS && isOfAddress(bytes[at])) at++;
  for (; at > from; at--) {
    if (bytes[at] !== COLON || !isAt(bytes, at, end, behind)) continue;
    const bracketed = bytes[from] === 91 && bytes[at - 1] === 93;
    if (bracketed ? ipv6.read(bytes, from + 1, at - 1) : ipv6.read(bytes, from, at)) return at;
  }
  return -1;
}

/** Digits, letters to F, dots, colons and brackets. */
function isOfAddress(byte: number): boolean {
  const lower = byte | 32;
  return (byte >= 48 && byte <= 58) || (lower >= 97 && lower <= 102) || byte === 46 || byte === 91 || byte === 93;
}

/** Where the literal behind a value stands, or -1. `escapes`: a quote with a backslash before it ends no value. */
export function valueEnd(scan: Scan, bytes: Uint8Array, from: number, end: number, escapes: boolean): number {
  const { behind, inQuotes, blanks, target } = scan;
  const address = target.how === 'host' && behind[0] === COLON ? ipv6End(behind, bytes, from, end) : -1;
  if (address >= 0) return address;
  let passed = 0;
  for (let at = from; at + behind.length <= end; at++) {
    if (inQuotes && escapes && bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === behind[0] && isAt(bytes, at, end, behind)) {
      // `0.012, 0.003`: a list of upstreams
      const listed = behind[0] === 32 && !inQuotes && at > from && (bytes[at - 1] === 44 || (bytes[at - 1] === 58 && bytes[at - 2] === 32));
      const colon = behind[0] === 32 && !inQuotes && bytes[at + 1] === 58 && bytes[at + 2] === 32;
      if (!listed && !colon && passed++ >= blanks) return at;
    }
  }
  return -1;
}

/** Where the literal stands the next time, behind a value that was taken to end at `at`; or -1. */
export function laterEnd({ behind, inQuotes }: Scan, bytes: Uint8Array, at: number, end: number, escapes: boolean): number {
  for (let next = at + 1; next + behind.length <= end; next++) {
    if (inQuotes && escapes && bytes[next] === BACKSLASH) next++;
    else if (bytes[next] === behind[0] && isAt(bytes, next, end, behind)) return next;
  }
  return -1;
}

export function isAt(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}
