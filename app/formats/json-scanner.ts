import { JsonKeys, NO_KEY } from './json-keys.ts';
import { CLOSE, COLON, COMMA, JSON_KIND, JsonValues, MAX_DEPTH, OPEN, QUOTE, sameBytes, skipBlanks } from './json-values.ts';

export { JSON_KIND, MAX_DEPTH, type JsonProblem } from './json-values.ts';

/**
 * Reads a JSON object (RFC 8259) from bytes without making objects or strings of it: takes what JSON.parse takes (down to MAX_DEPTH), and
 * leaves a flat list of members, those of nested objects behind the member that holds them.
 * Member i has the key `keys[i]` (its path: `names.path(key)`), is a `kinds[i]`, and its value is bytes[starts[i]..ends[i]): strings without
 * their quotes, everything else as it is written. Keys may come twice; the last one counts, as for JSON.parse.
 *
 * Logs repeat themselves: keys come in the order they had in the line before, and many values are those of the line before. Both are
 * compared before they are read.
 */
export class JsonScanner extends JsonValues {
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
  /** The last value of each key: where it stands, how many bytes it has with the one behind it (0: none), and what it is. */
  #lastAt = new Int32Array(256);
  #lastWidth = new Int32Array(256);
  #lastKind = new Uint8Array(256);
  #generation = 0;
  /** The objects around the member at hand, by their keys and their members' places. */
  readonly #open = new Int32Array(MAX_DEPTH);
  readonly #openAt = new Int32Array(MAX_DEPTH);

  /** The bytes scanned so far may have been overwritten. */
  forget(): void {
    this.#lastWidth.fill(0, 0, this.names.count);
  }

  /** Whether bytes[start..end) is one object. Where not, `problem` says why, and the members read so far are there. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.scanFirst(bytes, start, end)) return false;
    const rest = skipBlanks(bytes, this.end);
    return rest >= end || this.fail('BAD_JSON', rest, end);
  }

  /** The same, but anything may come behind the object: `end` says where. No object reaches over a line feed. */
  scanFirst(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    if (at >= end || bytes[at] !== OPEN) return this.fail(at >= end ? 'CUT' : 'NOT_AN_OBJECT', at, end);
    this.end = this.#members(bytes, at + 1, end);
    return this.end >= 0;
  }

  /** The members from behind the outermost bracket on; returns the place behind its end, or -1. */
  #members(bytes: Uint8Array, from: number, end: number): number {
    const { names, view } = this;
    let at = skipBlanks(bytes, from);
    let depth = 0;
    let parent = NO_KEY;
    let last = NO_KEY;
    // an object may be empty, but no member may be missing behind a comma
    let mayClose = true;
    for (;;) {
      if (mayClose && bytes[at] === CLOSE) {
        at++;
        if (depth === 0) return at > end ? this.lost('CUT', end, end) : at;
        last = this.#open[--depth];
        parent = depth === 0 ? NO_KEY : this.#open[depth - 1];
        this.ends[this.#openAt[depth]] = at;
      } else {
        const place = names.place(parent, last);
        let key = names.guess(view, at, place);
        if (key !== NO_KEY) at += names.width(key);
        else {
          key = this.#find(bytes, at, end, parent, place);
          if (key < 0) return -1;
          at = this.end;
        }
        last = key;
        if (bytes[at] <= 32) at = skipBlanks(bytes, at);
        if (this.count >= this.keys.length) this.#grow();
        const member = this.count;
        this.keys[member] = key;
        if (bytes[at] === OPEN) {
          if (depth === MAX_DEPTH - 1) return this.lost('TOO_DEEP', at, end);
          this.count++;
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
        at = this.#take(bytes, at, end, depth, member, key);
        if (at < 0) return -1;
        this.count++;
      }
      if (bytes[at] <= 32) at = skipBlanks(bytes, at);
      if (bytes[at] === COMMA) {
        mayClose = false;
        at++;
        if (bytes[at] <= 32) at = skipBlanks(bytes, at);
      } else if (bytes[at] === CLOSE) mayClose = true;
      else return this.lost('BAD_JSON', at, end);
    }
  }

  /** Notes the value at `at`, which is no object, as that of a member; returns the place behind, or -1. */
  #take(bytes: Uint8Array, at: number, end: number, depth: number, member: number, key: number): number {
    const width = this.#lastWidth[key];
    let behind: number;
    let kind: number;
    if (width !== 0 && sameBytes(this.view, bytes, at, this.#lastAt[key], width)) {
      behind = at + width - 1;
      kind = this.#lastKind[key];
      this.same[member] = 1;
    } else {
      behind = this.value(bytes, at, end, depth + 1);
      if (behind < 0) return -1;
      if (behind > end) return this.lost('CUT', end, end);
      kind = this.kind;
      this.#lastAt[key] = at;
      this.#lastWidth[key] = behind - at + 1;
      this.#lastKind[key] = kind;
      this.same[member] = 0;
    }
    const quotes = kind <= JSON_KIND.escaped ? 1 : 0;
    this.kinds[member] = kind;
    this.starts[member] = at + quotes;
    this.ends[member] = behind - quotes;
    return behind;
  }

  /** The key at `at`, which was not the one expected; `end` is then behind its colon. -1: there is none. */
  #find(bytes: Uint8Array, at: number, end: number, parent: number, place: number): number {
    if (bytes[at] !== QUOTE) return this.lost('BAD_JSON', at, end);
    const close = this.string(bytes, at + 1);
    if (close < 0) return this.lost('BAD_JSON', this.problemAt, end);
    if (close >= end) return this.lost('CUT', end, end);
    const colon = skipBlanks(bytes, close + 1);
    if (bytes[colon] !== COLON) return this.lost('BAD_JSON', colon, end);
    const key = this.names.find(bytes, at + 1, close, parent, place);
    if (key >= this.#lastWidth.length) this.#growKeys();
    this.end = colon + 1;
    return key;
  }

  #grow(): void {
    const length = this.keys.length * 2;
    this.keys = longer(this.keys, new Int32Array(length));
    this.starts = longer(this.starts, new Int32Array(length));
    this.ends = longer(this.ends, new Int32Array(length));
    this.kinds = longer(this.kinds, new Uint8Array(length));
    this.same = longer(this.same, new Uint8Array(length));
  }

  /** Room for more keys; what their last values were is forgotten. */
  #growKeys(): void {
    const length = Math.max(this.#lastWidth.length * 2, this.names.count);
    this.#lastAt = new Int32Array(length);
    this.#lastWidth = new Int32Array(length);
    this.#lastKind = new Uint8Array(length);
  }
}

function longer<T extends Int32Array | Uint8Array>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
