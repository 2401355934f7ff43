/** Request lines, `GET /path?query HTTP/1.1`. */

/** Where the parts of a request line stand. */
export interface RequestParts {
  /** End of the method. */
  method: number;
  target: number;
  targetEnd: number;
  /** Beginning of the protocol; the end of the line where it has none (HTTP/0.9). */
  protocol: number;
}

const BLANK = 32;
/** Methods are short. */
const LONGEST_METHOD = 32;

/** Takes bytes[start..end) apart; false where it is no HTTP request. Blanks within what was asked for are part of it. */
export function splitRequest(bytes: Uint8Array, start: number, end: number, parts: RequestParts): boolean {
  let at = start;
  while (at < end && isMethodByte(bytes[at])) at++;
  if (at === start || at === end || bytes[at] !== BLANK || at - start > LONGEST_METHOD) return false;
  parts.method = at;
  while (at < end && bytes[at] === BLANK) at++;
  const protocol = protocolStart(bytes, parts.method, end);
  if (protocol < 0) return simple(bytes, start, at, end, parts);
  let stop = protocol;
  while (stop > at && bytes[stop - 1] === BLANK) stop--;
  parts.target = Math.min(at, stop);
  parts.targetEnd = stop;
  parts.protocol = protocol;
  return true;
}

/** `GET /path`: only capital letters, and a path. */
function simple(bytes: Uint8Array, start: number, target: number, end: number, parts: RequestParts): boolean {
  for (let i = start; i < parts.method; i++) if (bytes[i] < 65 || bytes[i] > 90) return false;
  if (target >= end || bytes[target] !== 47) return false;
  parts.target = target;
  // Tomcat writes the blank before a protocol that was not sent
  parts.targetEnd = trimmedEnd(bytes, target, end);
  parts.protocol = end;
  return true;
}

function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === BLANK) at--;
  return at;
}

/** Where ` HTTP/1.1` begins (behind its blank), or -1. */
function protocolStart(bytes: Uint8Array, from: number, end: number): number {
  let at = end;
  while (at > from && (isDigit(bytes[at - 1]) || bytes[at - 1] === 46)) at--;
  if (at === end || at - 6 < from || end - at > 5) return -1;
  const is = bytes[at - 1] === 47 && bytes[at - 2] === 80 && bytes[at - 3] === 84 && bytes[at - 4] === 84 && bytes[at - 5] === 72;
  return is && bytes[at - 6] === BLANK && isDigit(bytes[at]) && isDigit(bytes[end - 1]) ? at - 5 : -1;
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** Letters, and what few methods have beside (`M-SEARCH`, `VERSION_CONTROL`). */
function isMethodByte(byte: number): boolean {
  const lower = byte | 32;
  return (lower >= 97 && lower <= 122) || byte === 45 || byte === 95;
}
