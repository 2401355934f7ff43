import { createHash } from 'node:crypto';
import { z } from 'zod';

/** So many bytes at the beginning of a file, and before a place in it, tell which file it is. */
export const MARKED = 4096;

const printSchema = z.object({ bytes: z.int().nonnegative(), sha256: z.string() });

/**
 * A place in a file, and what stands before it: another file that has the same is the same log under another name, a copy of it, or what it was packed
 * into. Bytes are those of the unpacked file.
 */
export const markSchema = z.object({
  byte: z.int().nonnegative(),
  /** Lines before it. */
  line: z.int().nonnegative(),
  /** The file's first bytes, at most MARKED of them and none behind the place. */
  head: printSchema,
  /** The bytes right before the place, at most MARKED. */
  tail: printSchema,
});

export type Print = z.infer<typeof printSchema>;
export type Mark = z.infer<typeof markSchema>;

/** What these bytes are known by. */
export function printOf(bytes: Uint8Array): Print {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** So many lines, and MARKED bytes, may be a header with which every generation of a log begins. */
const HEADER_LINES = 16;

/** Whether what stands before this place is of one generation of a log alone. Where it is not, it tells no more than that a file may be the one. */
export function isTelling({ byte, line }: Pick<Mark, 'byte' | 'line'>): boolean {
  return byte > MARKED && line > HEADER_LINES;
}

/** The beginning of any file. */
export const START: Mark = { byte: 0, line: 0, head: printOf(new Uint8Array(0)), tail: printOf(new Uint8Array(0)) };

/** Keeps what marks are made of while a file's bytes pass, in order and from any place on. */
export class Marker {
  #beginning: Uint8Array;
  #recent: Uint8Array;
  #head: Print | null = null;

  /** `beginning`: the file's first bytes before the place where this one begins, `recent`: the last ones before it; at most MARKED each. */
  constructor(beginning: Uint8Array = new Uint8Array(0), recent: Uint8Array = new Uint8Array(0)) {
    this.#beginning = beginning;
    this.#recent = recent;
  }

  /** The last bytes that passed, at most MARKED. */
  get recent(): Uint8Array {
    return this.#recent;
  }

  pass(bytes: Uint8Array): void {
    const missing = MARKED - this.#beginning.length;
    if (missing > 0) this.#beginning = Buffer.concat([this.#beginning, bytes.subarray(0, missing)]);
    this.#recent = lastOf(this.#recent, bytes);
  }

  /** The mark of the place behind what passed: byte `byte`, after `line` lines. */
  mark(byte: number, line: number): Mark {
    if (byte >= MARKED) this.#head ??= printOf(this.#beginning);
    const head = this.#head ?? printOf(this.#beginning);
    return { byte, line, head, tail: byte <= MARKED ? head : printOf(this.#recent) };
  }
}

function lastOf(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= MARKED) return Uint8Array.from(bytes.subarray(bytes.length - MARKED));
  const kept = before.subarray(Math.max(0, before.length + bytes.length - MARKED));
  return Buffer.concat([kept, bytes]);
}
