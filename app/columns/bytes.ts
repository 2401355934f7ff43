/** Byte plumbing of the column store. Everything on disk is little endian, and so is every machine that Flowcase runs on. */

/** Bytes of a bitmap for `rows` rows, padded so that what follows is aligned to 8. */
export function bitmapBytes(rows: number): number {
  return Math.ceil(rows / 64) * 8;
}

export function padTo8(bytes: number): number {
  return (bytes + 7) & ~7;
}

type TypedArrayOf<A> = {
  new (length: number): A;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
};

/** `length` elements of `data` from `byteOffset` on: a view where the alignment allows it, else a copy. */
export function elements<A extends ArrayBufferView>(type: TypedArrayOf<A>, data: Uint8Array, byteOffset: number, length: number): A {
  const start = data.byteOffset + byteOffset;
  const bytes = length * type.BYTES_PER_ELEMENT;
  if (byteOffset + bytes > data.byteLength) throw new RangeError(`${bytes} bytes wanted at ${byteOffset}, there are ${data.byteLength}`);
  if (start % type.BYTES_PER_ELEMENT === 0) return new type(data.buffer, start, length);
  const copy = data.slice(byteOffset, byteOffset + bytes);
  return new type(copy.buffer, copy.byteOffset, length);
}

/** The bytes behind any typed array, without copying. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** `to.set(from, at)`: that goes word by word where either is shared memory, this as fast as memory does. */
export function copyBytes(from: Uint8Array, to: Uint8Array, at: number): void {
  Buffer.from(from.buffer, from.byteOffset, from.length).copy(to, at);
}

/** A block of memory that grows and is used again and again. */
export class Scratch {
  #buffer = new ArrayBuffer(1 << 20);

  /** At least `bytes` bytes, of undefined content. */
  reserve(bytes: number): ArrayBuffer {
    if (this.#buffer.byteLength < bytes) this.#buffer = new ArrayBuffer(Math.max(bytes, this.#buffer.byteLength * 2));
    return this.#buffer;
  }
}
