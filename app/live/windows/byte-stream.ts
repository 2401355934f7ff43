import { FlowcaseError } from '../../errors.ts';

/** Writes whole numbers, doubles and texts one behind the other: whole numbers take seven bits a byte, lowest first. */
export class ByteWriter {
  #bytes = new Uint8Array(1 << 12);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  /** A whole number from 0 to 2^53 - 1. */
  whole(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest > 0x7fff_ffff) {
      this.#bytes[this.#used++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    // the rest by whole numbers of the machine
    while (rest >= 128) {
      this.#bytes[this.#used++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#used++] = rest;
  }

  /** Any whole number: the sign in the lowest bit. */
  signed(value: number): void {
    this.whole(value < 0 ? -value * 2 - 1 : value * 2);
  }

  double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
  }

  text(text: string): void {
    if (text.length < 128 && this.#ascii(text)) return;
    const bytes = Buffer.from(text, 'utf8');
    this.whole(bytes.length);
    this.bytes(bytes);
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** A copy of what was written. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }

  /** A short text of ASCII letters, without a detour; false where it is none. */
  #ascii(text: string): boolean {
    this.#room(text.length + 1);
    const bytes = this.#bytes;
    const start = this.#used + 1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      bytes[start + i] = code;
    }
    bytes[this.#used] = text.length;
    this.#used = start + text.length;
    return true;
  }

  #room(more: number): void {
    if (this.#used + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#used + more, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what `ByteWriter` wrote. What does not fit is FILE_DAMAGED: the state of a case, or a stored window. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  whole(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      if (this.#at >= this.#bytes.length || factor > Number.MAX_SAFE_INTEGER) throw this.damaged();
      const byte = this.#bytes[this.#at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  /** A whole number that counts things which follow: refused where the bytes cannot hold as many. */
  count(bytesEach = 1): number {
    const count = this.whole();
    if (count * bytesEach > this.#bytes.length - this.#at) throw this.damaged();
    return count;
  }

  signed(): number {
    const value = this.whole();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  double(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  text(): string {
    const length = this.count();
    const { buffer, byteOffset } = this.#bytes;
    const text = Buffer.from(buffer, byteOffset + this.#at, length).toString('utf8');
    this.#at += length;
    return text;
  }

  /** Passes over so many whole numbers. */
  pass(numbers: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let left = numbers; left > 0; at++) {
      if (at >= bytes.length) throw this.damaged();
      if (bytes[at] < 128) left--;
    }
    this.#at = at;
  }

  passBytes(length: number): void {
    this.#need(length);
    this.#at += length;
  }

  /** A copy. */
  bytes(length: number): Uint8Array {
    this.#need(length);
    const bytes = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** @throws FlowcaseError FILE_DAMAGED where something is left */
  end(): void {
    if (this.#at !== this.#bytes.length) throw this.damaged();
  }

  damaged(): FlowcaseError {
    return new FlowcaseError('FILE_DAMAGED', `${this.#what} cannot be read: its bytes are not as they were written (at byte ${this.#at}).`);
  }

  #need(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) throw this.damaged();
  }
}
