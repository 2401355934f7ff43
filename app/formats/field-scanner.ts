import { startsWith } from './zeek-header.ts';

const CR = 13;
const BACKSLASH = 92;

/** Finds the fields of a line: field i is bytes[starts[i]..ends[i]). */
export class FieldScanner {
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** Fields of the line; those beyond the arrays are counted, not kept. */
  count = 0;
  /** The line holds a backslash or a control byte, so its texts want care. */
  odd = false;

  reserve(fields: number): void {
    if (fields <= this.starts.length) return;
    this.starts = new Int32Array(fields);
    this.ends = new Int32Array(fields);
  }

  /** Scans bytes[start..end) with any separator between its fields. */
  scan(bytes: Uint8Array, start: number, end: number, separator: Uint8Array): void {
    const stop = beforeReturn(bytes, start, end);
    this.count = 0;
    this.odd = false;
    let from = start;
    for (let at = start; at < stop; at++) {
      const byte = bytes[at];
      if (byte === separator[0] && startsWith(bytes, at, stop, separator)) {
        this.#last(from, at);
        at += separator.length - 1;
        from = at + 1;
      } else if (byte < 32 || byte === BACKSLASH) this.odd = true;
    }
    this.#last(from, stop);
  }

  /** A separator at the end of a line is no field: drops the empty last one. */
  dropEmptyLast(): void {
    const last = this.count - 1;
    if (last > 0 && last < this.starts.length && this.starts[last] === this.ends[last]) this.count--;
  }

  /** The last field holds `parts` values joined by three blanks. */
  splitLast(bytes: Uint8Array, parts: number): void {
    const last = this.count - 1;
    if (last < 0 || last + parts > this.starts.length) return;
    const end = this.ends[last];
    let from = this.starts[last];
    this.count--;
    for (let at = from; at + 2 < end && this.count < last + parts - 1; at++) {
      if (bytes[at] !== 32 || bytes[at + 1] !== 32 || bytes[at + 2] !== 32) continue;
      this.#last(from, at);
      from = at + 3;
      at += 2;
    }
    this.#last(from, end);
  }

  /** Of `width` fields the last is all that stands up to `end`, the line's, or nothing. */
  joinRest(width: number, end: number): void {
    if (this.count < width - 1 || width > this.starts.length) return;
    if (this.count < width) this.starts[width - 1] = end;
    this.ends[width - 1] = end;
    this.count = width;
  }

  #last(from: number, to: number): void {
    if (this.count < this.starts.length) {
      this.starts[this.count] = from;
      this.ends[this.count] = to;
    }
    this.count++;
  }
}

/** The end of a line without the CR before its LF. */
export function beforeReturn(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === CR ? end - 1 : end;
}
