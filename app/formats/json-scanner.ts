import { JsonKeys, NO_KEY } from './json-keys.ts';

/** What a value is. `escaped`: a string with a backslash in it. */
export const JSON_KIND = { string: 0, escaped: 1, number: 2, true: 3, false: 4, null: 5, array: 6, object: 7 } as const;

/** Why bytes are no object that can be read. */
export type JsonProblem = 'NOT_AN_OBJECT' | 'BAD_JSON' | 'CUT' | 'TOO_DEEP';

/** Objects and arrays within each other, at most. */
export const MAX_DEPTH = 64;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN = 123;
const CLOSE = 125;

/**
 * Reads a JSON object (RFC 8259) from bytes without making objects or strings of it: takes what JSON.parse takes (down to MAX_DEPTH), and
 * leaves a flat list of members, those of nested objects behind the member that holds them.
 * Member i has the key `keys[i]` (its path: `names.path(key)`), is a `kinds[i]`, and its value is bytes[starts[i]..ends[i]): strings without
 * their quotes, everything else as it is written. Keys may come twice; the last one counts, as for JSON.parse.
 */
export class JsonScanner {
  readonly names = new JsonKeys();
  count = 0;
  keys = new Int32Array(256);
  kinds = new Uint8Array(256);
  starts = new Int32Array(256);
  ends = new Int32Array(256);
  /** 1: the value is, byte for byte, what its key had the last time since `forget`. */
  same = new Uint8Array(256);
  /** Behind the object that was scanned. */
  end = 0;
  problem: JsonProblem | null = null;
  /** Where the problem stands. */
  problemAt = 0;
  #kind = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #bytes: Uint8Array = new Uint8Array(0);
  /** The last value of each key: where it stands, how many bytes it has with the one behind it (0: none), and what it is. */
  #lastAt = new Int32Array(256);
  #lastWidth = new Int32Array(256);
  #lastKind = new Uint8Array(256);
  #generation = 0;
  /** The objects around the member at hand, by their keys and their members' places. */
  readonly #open = new Int32Array(MAX_DEPTH);
  readonly #openAt = new Int32Array(MAX_DEPTH);
  /** Whether the values around the one that is skipped are objects. */
  readonly #nested = new Uint8Array(MAX_DEPTH);

  /** The bytes scanned so far may have been overwritten. */
  forget(): void {
    this.#lastWidth.fill(0, 0, this.names.count);
  }

  /** Whether bytes[start..end) is one object. Where not, `problem` says why, and the members read so far are there. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.scanFirst(bytes, start, end)) return false;
    const rest = skipBlanks(bytes, this.end);
    return rest >= end || this.#fail('BAD_JSON', rest, end);
  }

  /** The same, but anything may come behind the object: `end` says where. No object reaches over a line feed. */
  scanFirst(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.forget();
    }
    this.names.bound();
    if (this.names.generation !== this.#generation) {
      this.#generation = this.names.generation;
      this.#lastWidth.fill(0);
    }
    this.count = 0;
    this.problem = null;
    const at = skipBlanks(bytes, start);
    if (at >= end || bytes[at] !== OPEN) return this.#fail(at >= end ? 'CUT' : 'NOT_AN_OBJECT', at, end);
    this.end = this.#members(bytes, at + 1, end);
    return this.end >= 0;
  }

  /** The members from behind the outermost bracket on; returns the place behind its end, or -1. */
  #members(bytes: Uint8Array, from: number, end: number): number {
    const names = this.names;
    const view = this.#view;
    let at = skipBlanks(bytes, from);
    let depth = 0;
    let parent = NO_KEY;
    let last = NO_KEY;
    // an object may be empty, but no member may be missing behind a comma
    let mayClose = true;
    for (;;) {
      if (mayClose && bytes[at] === CLOSE) {
        at++;
        if (depth === 0) return at > end ? this.#lost('CUT', end, end) : at;
        last = this.#open[--depth];
        parent = depth === 0 ? NO_KEY : this.#open[depth - 1];
        this.ends[this.#openAt[depth]] = at;
      } else {
        const place = names.place(parent, last);
        let key = names.guess(view, at, place);
        if (key !== NO_KEY) at += names.width(key);
        else {
          const keyEnd = bytes[at] === QUOTE ? this.#string(bytes, at + 1) : -1;
          if (keyEnd < 0) return this.#lost('BAD_JSON', bytes[at] === QUOTE ? this.problemAt : at, end);
          if (keyEnd >= end) return this.#lost('CUT', end, end);
          key = names.find(bytes, at + 1, keyEnd, parent, place);
          if (key >= this.#lastWidth.length) this.#growKeys();
          at = skipBlanks(bytes, keyEnd + 1);
          if (bytes[at] !== COLON) return this.#lost('BAD_JSON', at, end);
          at++;
        }
        last = key;
        if (bytes[at] <= 32) at = skipBlanks(bytes, at);
        const member = this.count++;
        if (member >= this.keys.length) this.#grow();
        this.keys[member] = key;
        if (bytes[at] === OPEN) {
          if (depth === MAX_DEPTH - 1) return this.#lost('TOO_DEEP', at, end);
          this.kinds[member] = JSON_KIND.object;
          this.starts[member] = at;
          this.ends[member] = at;
          this.#open[depth] = key;
          this.#openAt[depth++] = member;
          parent = key;
          last = NO_KEY;
          mayClose = true;
          at = skipBlanks(bytes, at + 1);
          continue;
        }
        let valueEnd: number;
        const width = this.#lastWidth[key];
        if (width !== 0 && sameBytes(view, bytes, at, this.#lastAt[key], width)) {
          valueEnd = at + width - 1;
          this.#kind = this.#lastKind[key];
          this.same[member] = 1;
        } else {
          valueEnd = this.#value(bytes, at, end, depth + 1);
          if (valueEnd < 0 || valueEnd > end) {
            this.count = member;
            return valueEnd < 0 ? -1 : this.#lost('CUT', end, end);
          }
          this.#lastAt[key] = at;
          this.#lastWidth[key] = valueEnd - at + 1;
          this.#lastKind[key] = this.#kind;
          this.same[member] = 0;
        }
        const kind = this.#kind;
        this.kinds[member] = kind;
        this.starts[member] = kind <= JSON_KIND.escaped ? at + 1 : at;
        this.ends[member] = kind <= JSON_KIND.escaped ? valueEnd - 1 : valueEnd;
        at = valueEnd;
      }
      if (bytes[at] <= 32) at = skipBlanks(bytes, at);
      if (bytes[at] === COMMA) {
        mayClose = false;
        at++;
        if (bytes[at] <= 32) at = skipBlanks(bytes, at);
      } else if (bytes[at] === CLOSE) mayClose = true;
      else return this.#lost('BAD_JSON', at, end);
    }
  }

  /** The place behind the value at `at`, any but an object that is to be listed; `#kind` is what it is. -1: it is none. */
  #value(bytes: Uint8Array, at: number, end: number, depth: number): number {
    const first = bytes[at];
    if (first === QUOTE) {
      const close = this.#string(bytes, at + 1);
      return close < 0 ? this.#lost('BAD_JSON', this.problemAt, end) : close + 1;
    }
    if (first === 45 || (first >= 48 && first <= 57)) {
      this.#kind = JSON_KIND.number;
      const behind = numberEnd(bytes, at);
      return behind < 0 ? this.#lost('BAD_JSON', at, end) : behind;
    }
    if (first === OPEN_ARRAY) {
      const behind = this.#skip(bytes, at, end, depth);
      this.#kind = JSON_KIND.array;
      return behind;
    }
    if (first === 116 && bytes[at + 1] === 114 && bytes[at + 2] === 117 && bytes[at + 3] === 101) {
      this.#kind = JSON_KIND.true;
      return at + 4;
    }
    if (first === 102 && bytes[at + 1] === 97 && bytes[at + 2] === 108 && bytes[at + 3] === 115 && bytes[at + 4] === 101) {
      this.#kind = JSON_KIND.false;
      return at + 5;
    }
    if (first === 110 && bytes[at + 1] === 117 && bytes[at + 2] === 108 && bytes[at + 3] === 108) {
      this.#kind = JSON_KIND.null;
      return at + 4;
    }
    return this.#lost('BAD_JSON', at, end);
  }

  /** The place of the quote that ends a string, from behind its first one; -1 and `problemAt` where it is none. */
  #string(bytes: Uint8Array, from: number): number {
    const view = this.#view;
    const safe = view.byteLength - 4;
    let at = from;
    this.#kind = JSON_KIND.string;
    for (;;) {
      // four bytes at a time, until one of them is a quote, a backslash or a control byte
      while (at <= safe) {
        const word = view.getInt32(at, true);
        const quote = word ^ 0x2222_2222;
        const slash = word ^ 0x5c5c_5c5c;
        const found = ((quote - 0x0101_0101) & ~quote) | ((slash - 0x0101_0101) & ~slash) | ((word - 0x2020_2020) & ~word);
        if ((found & 0x8080_8080) !== 0) break;
        at += 4;
      }
      let byte = bytes[at];
      while (byte >= 32 && byte !== QUOTE && byte !== BACKSLASH) byte = bytes[++at];
      if (byte === QUOTE) return at;
      const behind = byte === BACKSLASH ? escapeEnd(bytes, at) : -1;
      if (behind < 0) {
        this.problemAt = at;
        return -1;
      }
      this.#kind = JSON_KIND.escaped;
      at = behind;
    }
  }

  /** The place behind an array, whatever is in it; -1 where it is none. */
  #skip(bytes: Uint8Array, start: number, end: number, outer: number): number {
    let at = start + 1;
    let depth = 0;
    if (outer >= MAX_DEPTH) return this.#lost('TOO_DEEP', start, end);
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
          const close = bytes[at] === QUOTE ? this.#string(bytes, at + 1) : -1;
          if (close < 0) return this.#lost('BAD_JSON', at, end);
          at = skipBlanks(bytes, close + 1);
          if (bytes[at] !== COLON) return this.#lost('BAD_JSON', at, end);
          at = skipBlanks(bytes, at + 1);
        }
        if (bytes[at] === OPEN || bytes[at] === OPEN_ARRAY) {
          if (outer + depth + 1 >= MAX_DEPTH) return this.#lost('TOO_DEEP', at, end);
          this.#nested[++depth] = bytes[at] === OPEN ? 1 : 0;
          at++;
          mayClose = true;
          continue;
        }
        at = this.#value(bytes, at, end, MAX_DEPTH);
        if (at < 0) return -1;
      }
      if (at > end) return this.#lost('CUT', end, end);
      if (bytes[at] <= 32) at = skipBlanks(bytes, at);
      if (bytes[at] === COMMA) {
        mayClose = false;
        at++;
      } else if (bytes[at] === CLOSE || bytes[at] === CLOSE_ARRAY) mayClose = true;
      else return this.#lost('BAD_JSON', at, end);
    }
  }

  #grow(): void {
    const length = this.keys.length * 2;
    const larger = (array: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(length);
      copy.set(array);
      return copy;
    };
    this.keys = larger(this.keys);
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    const kinds = new Uint8Array(length);
    kinds.set(this.kinds);
    this.kinds = kinds;
    const same = new Uint8Array(length);
    same.set(this.same);
    this.same = same;
  }

  #growKeys(): void {
    const length = this.#lastWidth.length * 2;
    // forgets what they held
    this.#lastAt = new Int32Array(length);
    this.#lastWidth = new Int32Array(length);
    this.#lastKind = new Uint8Array(length);
  }

  #lost(problem: JsonProblem, at: number, end: number): -1 {
    this.#fail(problem, at, end);
    return -1;
  }

  /** What is wrong at or behind the end is that there is no more. */
  #fail(problem: JsonProblem, at: number, end: number): false {
    this.problem = at >= end && problem === 'BAD_JSON' ? 'CUT' : problem;
    this.problemAt = Math.min(at, end);
    return false;
  }
}

function sameBytes(view: DataView, bytes: Uint8Array, a: number, b: number, width: number): boolean {
  if (width < 4 || a + width > view.byteLength) {
    for (let i = 0; i < width; i++) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }
  const last = width - 4;
  for (let i = 0; i < last; i += 4) if (view.getInt32(a + i, true) !== view.getInt32(b + i, true)) return false;
  return view.getInt32(a + last, true) === view.getInt32(b + last, true);
}

function skipBlanks(bytes: Uint8Array, from: number): number {
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
