import type { DictionaryWriter } from '../columns/types.ts';

/**
 * Remembers the ids of short terms ("tcp", "SF", "ShADadFf") so that a dictionary is asked once for what comes in every line.
 * Direct-mapped: a newcomer takes its place from whoever had it.
 */
export class TermCache {
  readonly #terms: DictionaryWriter;
  readonly #low = new Uint32Array(1024);
  readonly #high = new Uint32Array(1024);
  readonly #length = new Uint8Array(1024);
  readonly #ids = new Uint32Array(1024);

  constructor(terms: DictionaryWriter) {
    this.#terms = terms;
  }

  id(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > 8) return this.long(bytes, start, end);
    let low = 0;
    let high = 0;
    for (let i = start; i < end; i++) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | bytes[i];
    }
    return this.short(low, high, bytes, start, end);
  }

  long(bytes: Uint8Array, start: number, end: number): number {
    return this.#terms.intern(bytes, start, end);
  }

  /** The same where the at most eight bytes are known as two words already. */
  short(low: number, high: number, bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const slot = (Math.imul(low ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1) >>> 22) & 1023;
    if (this.#low[slot] === low >>> 0 && this.#high[slot] === high >>> 0 && this.#length[slot] === length && this.#ids[slot] !== 0) {
      return this.#ids[slot];
    }
    const id = this.#terms.intern(bytes, start, end);
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#length[slot] = length;
    this.#ids[slot] = id;
    return id;
  }
}

/** The same for IPv4 addresses, by their number. */
export class Ipv4Cache {
  readonly #hosts: DictionaryWriter;
  readonly #keys = new Uint32Array(65_536);
  readonly #ids = new Uint32Array(65_536);

  constructor(hosts: DictionaryWriter) {
    this.#hosts = hosts;
  }

  /** `address` is what bytes[start..end) say. */
  id(address: number, bytes: Uint8Array, start: number, end: number): number {
    const slot = Math.imul(address, 0x9e37_79b1) >>> 16;
    if (this.#keys[slot] === address && this.#ids[slot] !== 0) return this.#ids[slot];
    const id = this.#hosts.intern(bytes, start, end);
    this.#keys[slot] = address;
    this.#ids[slot] = id;
    return id;
  }

  /** An address of another kind: bytes[0..length). */
  long(bytes: Uint8Array, length: number): number {
    return this.#hosts.intern(bytes, 0, length);
  }
}
