import { visibleText } from '../columns/visible-utf8.ts';
import { sourceOf } from './field-places.ts';

const QUOTE = 34;
const BLANK = 32;
const TAB = 9;
/** So many blanks part what one field holds of several. */
const GAP = 3;

/** What is wrong with the quotes of a line. */
export type QuoteProblem = 'OPEN' | 'BEHIND';

/**
 * Finds the fields of a line of a delimited table (RFC 4180: fields may stand in quotes, a quote within them is written twice). Field i is
 * sources(i)[starts[i]..ends[i]). A field that is quoted only after blanks counts as quoted; between fields that are parted by blanks there may be many.
 */
export class TableFields {
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1: the field stands in `unescaped` instead of the line; 2: it stands in the line, in quotes. */
  escaped = new Uint8Array(64);
  /** Fields of the line; those beyond `most` are counted, not kept. */
  count = 0;
  unescaped = new Uint8Array(1024);
  #used = 0;
  readonly #delimiter: number;
  readonly #most: number;

  /** `delimiter`: a byte. At most `most` fields are kept. */
  constructor(delimiter: number, most: number) {
    this.#delimiter = delimiter;
    this.#most = most;
  }

  /** Scans bytes[start..end). `within`: it begins in the middle of a quoted field. Returns null, or what is wrong. */
  scan(bytes: Uint8Array, start: number, end: number, within = false): QuoteProblem | null {
    this.count = 0;
    this.#used = 0;
    const many = this.#delimiter === BLANK;
    let stop = end;
    if (many) while (stop > start && bytes[stop - 1] === BLANK) stop--;
    let at = within ? this.#quoted(bytes, start, stop) : this.#field(bytes, many ? behindBlanks(bytes, start, stop) : start, stop);
    while (at >= 0 && at < stop) at = this.#field(bytes, many ? behindBlanks(bytes, at + 1, stop) : at + 1, stop);
    return at >= 0 ? null : at === OPEN ? 'OPEN' : 'BEHIND';
  }

  /** Returns where the delimiter behind the field stands, or OPEN, or BEHIND. */
  #field(bytes: Uint8Array, start: number, end: number): number {
    const from = bytes[start] === BLANK ? behindBlanks(bytes, start, end) : start;
    if (from < end && bytes[from] === QUOTE) return this.#quoted(bytes, from + 1, end);
    const delimiter = this.#delimiter;
    let at = start;
    while (at < end && bytes[at] !== delimiter) at++;
    this.#add(start, at, 0);
    return at;
  }

  /** The same of a field in quotes, from behind the first one. */
  #quoted(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    let copied = start;
    const begin = this.#used;
    let doubled = false;
    for (;;) {
      while (at < end && bytes[at] !== QUOTE) at++;
      if (at >= end) return OPEN;
      if (bytes[at + 1] !== QUOTE || at + 1 >= end) break;
      doubled = true;
      this.#copy(bytes, copied, at + 1);
      at += 2;
      copied = at;
    }
    if (doubled) {
      this.#copy(bytes, copied, at);
      this.#add(begin, this.#used, 1);
    } else this.#add(start, at, 2);
    at++;
    while (at < end && (bytes[at] === BLANK || bytes[at] === TAB) && bytes[at] !== this.#delimiter) at++;
    return at >= end || bytes[at] === this.#delimiter ? at : BEHIND;
  }

  /** A field that ends the line and is empty is none: a delimiter stood behind the last one. */
  dropEmptyLast(): void {
    const last = this.count - 1;
    if (last > 0 && last < this.#most && this.starts[last] === this.ends[last]) this.count--;
  }

  /** The last field of a line of these bytes becomes so many, which three blanks part; one that is not parted so often is the first of them, and the others are empty. */
  splitLast(bytes: Uint8Array, parts: number): void {
    const last = this.count - 1;
    const escaped = this.escaped[last];
    const source = escaped === 1 ? this.unescaped : bytes;
    const end = this.ends[last];
    const gaps: number[] = [];
    for (let at = this.starts[last]; at + GAP <= end; at++) {
      if (source[at] !== BLANK || source[at + 1] !== BLANK || source[at + 2] !== BLANK) continue;
      gaps.push(at);
      at += GAP - 1;
    }
    const isParted = gaps.length === parts - 1;
    if (isParted) this.ends[last] = gaps[0] ?? end;
    for (let i = 0; i < parts - 1; i++) this.#add(isParted ? gaps[i] + GAP : end, isParted ? (gaps[i + 1] ?? end) : end, escaped);
  }

  #copy(bytes: Uint8Array, from: number, to: number): void {
    if (this.#used + to - from > this.unescaped.length) {
      const larger = new Uint8Array((this.#used + to - from) * 2);
      larger.set(this.unescaped);
      this.unescaped = larger;
    }
    for (let at = from; at < to; at++) this.unescaped[this.#used++] = bytes[at];
  }

  #add(from: number, to: number, escaped: number): void {
    const at = this.count++;
    if (at >= this.#most) return;
    if (at >= this.starts.length) this.#grow();
    this.starts[at] = from;
    this.ends[at] = to;
    this.escaped[at] = escaped;
  }

  #grow(): void {
    const length = this.starts.length * 2;
    const [starts, ends, escaped] = [new Int32Array(length), new Int32Array(length), new Uint8Array(length)];
    starts.set(this.starts);
    ends.set(this.ends);
    escaped.set(this.escaped);
    this.starts = starts;
    this.ends = ends;
    this.escaped = escaped;
  }
}

const OPEN = -1;
const BEHIND = -2;

function behindBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === BLANK) at++;
  return at;
}

/** The fields of a line as texts, empty where they were counted and not kept; null where its quotes are not in order. For the few lines that tell what a table is. */
export function fieldTexts(fields: TableFields, bytes: Uint8Array, start: number, end: number): string[] | null {
  if (fields.scan(bytes, start, end) !== null) return null;
  return Array.from({ length: fields.count }, (_, i) => {
    if (i >= fields.starts.length) return '';
    return visibleText(sourceOf(i, bytes, fields), fields.starts[i], fields.ends[i]);
  });
}
