import { LINE_LIMIT } from './types.ts';

/** A record goes over at most so many lines: a quote that nobody closed must not take the whole file for one. */
const MOST_LINES = 200;
/** And at most so many bytes: no longer than a line may be. */
const MOST_BYTES = LINE_LIMIT;

const LF = 10;

/** The lines of a record that goes on over line ends within quotes, until it ends. */
export class HeldLines {
  /** Where each line begins; then where the next one would. */
  readonly #starts: number[] = [0];
  #bytes = new Uint8Array(4096);

  get count(): number {
    return this.#starts.length - 1;
  }

  /** Bytes of the lines, each with its end: as far behind the first one's beginning is the line that follows. */
  get length(): number {
    return this.#starts[this.count] ?? 0;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Whether one line more, without its end, may belong to the record. */
  hasRoom(length: number): boolean {
    return this.count < MOST_LINES && this.length + length < MOST_BYTES;
  }

  /** Keeps bytes[start..end), and a line end behind it. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const from = this.length;
    const to = from + end - start;
    if (to + 1 > this.#bytes.length) {
      const larger = new Uint8Array((to + 1) * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes.subarray(start, end), from);
    this.#bytes[to] = LF;
    this.#starts.push(to + 1);
  }

  /** Where line i stands among the bytes, without its end. */
  line(index: number): { readonly start: number; readonly end: number } {
    return { start: this.#starts[index] ?? 0, end: (this.#starts[index + 1] ?? 1) - 1 };
  }

  dropLast(): void {
    if (this.count > 0) this.#starts.pop();
  }

  clear(): void {
    this.#starts.length = 1;
  }

  save(): readonly string[] {
    return Array.from({ length: this.count }, (_, i) => {
      const { start, end } = this.line(i);
      return Buffer.from(this.#bytes.subarray(start, end)).toString('base64');
    });
  }

  restore(lines: readonly string[]): void {
    this.clear();
    for (const line of lines) {
      const bytes = Buffer.from(line, 'base64');
      this.add(bytes, 0, bytes.length);
    }
  }
}
