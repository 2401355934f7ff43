/** What a value is. `escaped`: a string with a backslash in it. */
export const JSON_KIND = { string: 0, escaped: 1, number: 2, true: 3, false: 4, null: 5, array: 6, object: 7 } as const;

/** Why bytes are no object that can be read. */
export type JsonProblem = 'NOT_AN_OBJECT' | 'BAD_JSON' | 'CUT' | 'TOO_DEEP';

/** Objects and arrays within each other, at most. */
export const MAX_DEPTH = 64;

export const QUOTE = 34;
export const COMMA = 44;
export const COLON = 58;
export const OPEN = 123;
export const CLOSE = 125;
const BACKSLASH = 92;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;

/** Finds where values end. What stands behind `end` belongs to nothing: a value that reaches there is cut. */
export class JsonValues {
  problem: JsonProblem | null = null;
  /** Where the problem stands. */
  problemAt = 0;
  /** What the value found last is. */
  protected kind = 0;
  protected bytes: Uint8Array = new Uint8Array(0);
  protected view: DataView = new DataView(new ArrayBuffer(0));
  /** Whether the values around the one that is skipped are objects. */
  readonly #nested = new Uint8Array(MAX_DEPTH);

  /** The place behind the value at `at`, any but an object that is to be listed; `kind` is what it is. -1: it is none. */
  protected value(bytes: Uint8Array, at: number, end: number, depth: number): number {
    const first = bytes[at];
    if (first === QUOTE) {
      const close = this.string(bytes, at + 1);
      return close < 0 ? this.lost('BAD_JSON', this.problemAt, end) : close + 1;
    }
    if (first === 45 || (first >= 48 && first <= 57)) {
      this.kind = JSON_KIND.number;
      const behind = numberEnd(bytes, at);
      return behind < 0 ? this.lost('BAD_JSON', at, end) : behind;
    }
    if (first === OPEN_ARRAY) {
      const behind = this.#skip(bytes, at, end, depth);
      this.kind = JSON_KIND.array;
      return behind;
    }
    if (first === 116 && bytes[at + 1] === 114 && bytes[at + 2] === 117 && bytes[at + 3] === 101) {
      this.kind = JSON_KIND.true;
      return at + 4;
    }
    if (first === 102 && bytes[at + 1] === 97 && bytes[at + 2] === 108 && bytes[at + 3] === 115 && bytes[at + 4] === 101) {
      this.kind = JSON_KIND.false;
      return at + 5;
    }
    if (first === 110 && bytes[at + 1] === 117 && bytes[at + 2] === 108 && bytes[at + 3] === 108) {
      this.kind = JSON_KIND.null;
      return at + 4;
    }
    return this.lost('BAD_JSON', at, end);
  }

  /** The place of the quote that ends a string, from behind its first one; -1 and `problemAt` where it is none. */
  protected string(bytes: Uint8Array, from: number): number {
    let at = plainEnd(this.view, bytes, from);
    this.kind = JSON_KIND.string;
    while (bytes[at] !== QUOTE) {
      const behind = bytes[at] === BACKSLASH ? escapeEnd(bytes, at) : -1;
      if (behind < 0) {
        this.problemAt = at;
        return -1;
      }
      this.kind = JSON_KIND.escaped;
      at = plainEnd(this.view, bytes, behind);
    }
    return at;
  }

  /** The place behind an array, whatever is in it; -1 where it is none. */
  #skip(bytes: Uint8Array, start: number, end: number, outer: number): number {
    let at = start + 1;
    let depth = 0;
    if (outer >= MAX_DEPTH) return this.lost('TOO_DEEP', start, end);
    this.#nested[0] = 0;
    let mayClose = true;
    for (;;) {
      if (bytes[at] <= 32) at = skipBlanks(bytes, at);
      const inObject = this.#nested[depth] === 1;
      if (mayClose && bytes[at] === (inObject ? CLOSE : CLOSE_ARRAY)) {
        at++;
        if (depth-- === 0) return at;
      } else {
        if (inObject) {
          const close = bytes[at] === QUOTE ? this.string(bytes, at + 1) : -1;
          if (close < 0) return this.lost('BAD_JSON', at, end);
          at = skipBlanks(bytes, close + 1);
          if (bytes[at] !== COLON) return this.lost('BAD_JSON', at, end);
          at = skipBlanks(bytes, at + 1);
        }
        if (bytes[at] === OPEN || bytes[at] === OPEN_ARRAY) {
          if (outer + depth + 1 >= MAX_DEPTH) return this.lost('TOO_DEEP', at, end);
          this.#nested[++depth] = bytes[at] === OPEN ? 1 : 0;
          at++;
          mayClose = true;
          continue;
        }
        at = this.value(bytes, at, end, MAX_DEPTH);
        if (at < 0) return -1;
      }
      if (at > end) return this.lost('CUT', end, end);
      if (bytes[at] <= 32) at = skipBlanks(bytes, at);
      if (bytes[at] === COMMA) {
        mayClose = false;
        at++;
      } else if (bytes[at] === CLOSE || bytes[at] === CLOSE_ARRAY) mayClose = true;
      else return this.lost('BAD_JSON', at, end);
    }
  }

  protected lost(problem: JsonProblem, at: number, end: number): -1 {
    this.fail(problem, at, end);
    return -1;
  }

  /** What is wrong at or behind the end is that there is no more. */
  protected fail(problem: JsonProblem, at: number, end: number): false {
    this.problem = at >= end && problem === 'BAD_JSON' ? 'CUT' : problem;
    this.problemAt = Math.min(at, end);
    return false;
  }
}

/**
 * The first quote, backslash or control byte from `at` on. Four bytes are looked at together: x - 0x01010101 & ~x has the high bit of the
 * first byte of x that is 0 (those of later bytes may lie), and likewise for bytes below 32.
 */
export function plainEnd(view: DataView, bytes: Uint8Array, from: number): number {
  const safe = view.byteLength - 4;
  let at = from;
  for (; at <= safe; at += 4) {
    const word = view.getInt32(at, true);
    const quote = word ^ 0x2222_2222;
    const slash = word ^ 0x5c5c_5c5c;
    const found = (((quote - 0x0101_0101) & ~quote) | ((slash - 0x0101_0101) & ~slash) | ((word - 0x2020_2020) & ~word)) & 0x8080_8080;
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
  }
  while (bytes[at] >= 32 && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++;
  return at;
}

/** Whether as many bytes from `a` on as from `b` on are the same. */
export function sameBytes(view: DataView, bytes: Uint8Array, a: number, b: number, width: number): boolean {
  if (width < 4 || a + width > view.byteLength) {
    for (let i = 0; i < width; i++) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }
  const last = width - 4;
  for (let i = 0; i < last; i += 4) if (view.getInt32(a + i, true) !== view.getInt32(b + i, true)) return false;
  return view.getInt32(a + last, true) === view.getInt32(b + last, true);
}

export function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13) at++;
  return at;
}

/** Behind the escape at `at`, or -1. */
function escapeEnd(bytes: Uint8Array, at: number): number {
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 47:
    case 98:
    case 102:
    case 110:
    case 114:
    case 116:
      return at + 2;
    case 117:
      for (let i = at + 2; i < at + 6; i++) if (!isHex(bytes[i])) return -1;
      return at + 6;
    default:
      return -1;
  }
}

/** Behind the number at `at`, or -1. */
function numberEnd(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === 45 ? start + 1 : start;
  const first = bytes[at];
  const whole = at;
  while (isDigit(bytes[at])) at++;
  if (at === whole || (first === 48 && at > whole + 1)) return -1;
  if (bytes[at] === 46) {
    const fraction = ++at;
    while (isDigit(bytes[at])) at++;
    if (at === fraction) return -1;
  }
  if ((bytes[at] | 32) === 101) {
    at++;
    if (bytes[at] === 43 || bytes[at] === 45) at++;
    const exponent = at;
    while (isDigit(bytes[at])) at++;
    if (at === exponent) return -1;
  }
  return at;
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 32) >= 97 && (byte | 32) <= 102);
