/** Pairs of dictionary ids, each once. Open addressing in typed arrays: a million pairs take some tens of milliseconds. */
export class PairSet {
  #firsts = new Uint32Array(1 << 12);
  #seconds = new Uint32Array(1 << 12);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes that it keeps in memory. */
  get memory(): number {
    return this.#firsts.byteLength * 2;
  }

  /** True where the pair is new. `first` is not 0. */
  add(first: number, second: number): boolean {
    if (this.#size * 2 >= this.#firsts.length) this.#grow();
    if (!this.#place(first, second)) return false;
    this.#size++;
    return true;
  }

  #place(first: number, second: number): boolean {
    const mask = this.#firsts.length - 1;
    let slot = hashOf(first, second) & mask;
    while (this.#firsts[slot] !== 0) {
      if (this.#firsts[slot] === first && this.#seconds[slot] === second) return false;
      slot = (slot + 1) & mask;
    }
    this.#firsts[slot] = first;
    this.#seconds[slot] = second;
    return true;
  }

  #grow(): void {
    const firsts = this.#firsts;
    const seconds = this.#seconds;
    this.#firsts = new Uint32Array(firsts.length * 2);
    this.#seconds = new Uint32Array(firsts.length * 2);
    for (let i = 0; i < firsts.length; i++) if (firsts[i] !== 0) this.#place(firsts[i], seconds[i]);
  }
}

function hashOf(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
