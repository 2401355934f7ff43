/** Values by key, at most `limit` bytes of them: what was not used for longest goes first. */
export class ByteCache<V> {
  readonly #entries = new Map<number, { readonly value: V; readonly bytes: number }>();
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: number): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A Map keeps the order of insertion: in again means last to go.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** The first value that passes. */
  find(test: (value: V) => boolean): V | undefined {
    for (const [key, { value }] of this.#entries) if (test(value)) return this.get(key);
    return undefined;
  }

  set(key: number, value: V, bytes: number): void {
    this.delete(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#limit || oldest === key) return;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }

  /** Forgets everything whose key does not pass. */
  keep(test: (key: number) => boolean): void {
    for (const key of this.#entries.keys()) if (!test(key)) this.delete(key);
  }

  delete(key: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
