import { onceIfPossible } from '../../shared/wasm-code.ts';
import { bitmapBytes } from '../bytes.ts';
import { CHUNK_ROWS } from '../types.ts';

/*
 * One memory for all kernels of a thread that read or write columns of numbers: what one of them wrote is not copied for the next. Memory that nobody
 * has written to costs nothing.
 */

const PAGE = 2 ** 16;
const GAP = 1024;
/** 64 bytes: smallest, largest, absent (i64), not whole (mask); two lanes each. */
export const FIGURES = 256;
/** A column that lies elsewhere comes here to be encoded. */
export const VALUES = 1024;
/** A bitmap, and behind it numbers. */
export const OUT = VALUES + CHUNK_ROWS * 8 + GAP;
/** So much belongs to the kernels that fill columns. */
export const LENT = pages(OUT + bitmapBytes(CHUNK_ROWS) + CHUNK_ROWS * 8 + GAP) * PAGE;
export const LENT_BYTES = 12 * 2 ** 20;
/** Columns being filled. */
const COLUMNS = LENT + LENT_BYTES;
const END = COLUMNS + 84 * 2 ** 20;
export const PAGES = pages(END);

/** Kernels write a little beyond the rows that they were asked for. */
const SPARE_ROWS = 16;

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE);
}

/** Room for the columns of a chunk. */
export class ColumnRoom {
  readonly #buffer: ArrayBuffer;
  #owner: object | null = null;
  #before: object | null = null;
  #used = COLUMNS;

  constructor(buffer: ArrayBuffer) {
    this.#buffer = buffer;
  }

  /** Who asks first has all of it, until it is free again; everybody else gets false. */
  claim(owner: object): boolean {
    this.#owner ??= owner;
    return this.#owner === owner;
  }

  /** Who had it before its owner, told once. */
  takeBefore(): object | null {
    const before = this.#before;
    this.#before = null;
    return before;
  }

  /** Nobody uses it any more. */
  free(): void {
    this.#before = this.#owner;
    this.#owner = null;
    this.clear();
  }

  /** Its owner uses none of its columns any more. */
  clear(): void {
    this.#used = COLUMNS;
  }

  /** A column of so many rows, of undefined content; null where there is no room for it. */
  numbers(rows: number): Float64Array<ArrayBuffer> | null {
    const bytes = (rows + SPARE_ROWS) * 8;
    if (this.#used + bytes > END) return null;
    const values = new Float64Array(this.#buffer, this.#used, rows);
    this.#used += bytes;
    return values;
  }
}

export interface NumberMemory {
  readonly memory: WebAssembly.Memory<ArrayBuffer>;
  readonly buffer: ArrayBuffer;
  readonly columns: ColumnRoom;
}

/** That of this thread, made when it is first needed; null where there cannot be any. */
export const numberMemory = onceIfPossible((): NumberMemory => {
  const memory = new WebAssembly.Memory<ArrayBuffer>({ initial: PAGES, maximum: PAGES, shared: false });
  const { buffer } = memory;
  return { memory, buffer, columns: new ColumnRoom(buffer) };
});

/** What a module exports that works on this memory; `bytes`: the module, in base64. */
export function exportsOf(bytes: string, { memory }: NumberMemory): unknown {
  const module = new WebAssembly.Module(Buffer.from(bytes, 'base64'));
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** Kernels over the memory of this thread, made when they are first needed; null where there cannot be any. */
export function overNumberMemory<T>(make: (memory: NumberMemory) => T): () => T | null {
  return onceIfPossible(() => {
    const memory = numberMemory();
    return memory === null ? null : make(memory);
  });
}
