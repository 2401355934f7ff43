import type { ByteWriter } from './byte-stream.ts';

/** So many keys are looked for one after the other, in a plain list: most tables never have more. */
const FEW = 6;

/**
 * Counts of 32-bit keys: one in place, then a short list, then an open-addressing table that doubles at three quarters. What it holds depends on what was added
 * alone; the order of `forEach` does not matter to anybody who asks in this folder (sums are of whole numbers, lists are sorted).
 */
export class CountTable {
  /** The only key, as a signed number, and its count. Most tables never have a second. */
  #key = 0;
  #count = 0;
  /** Key and count in turn while they are few, from the second on. Keys are signed here, so that V8 keeps them as small integers. */
  #list: number[] | null = null;
  /** Key and count of each place in turn; a count of 0 is a free place. */
  #cells: Uint32Array = none;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Returns the count before. */
  add(key: number, count: number): number {
    if (this.#cells.length > 0) return this.#put(key, count);
    if (this.#list !== null) return this.#addToList(this.#list, key, count);
    if (this.#size === 1 && this.#key !== (key | 0)) {
      this.#list = [this.#key, this.#count];
      return this.#addToList(this.#list, key, count);
    }
    const before = this.#count;
    this.#key = key | 0;
    this.#count = Math.min(before + count, MOST);
    this.#size = 1;
    return before;
  }

  forEach(visit: (key: number, count: number) => void): void {
    const list = this.#list;
    const cells = this.#cells;
    if (cells.length > 0) for (let at = 0; at < cells.length; at += 2) if (cells[at + 1] !== 0) visit(cells[at], cells[at + 1]);
    if (list !== null) for (let at = 0; at < list.length; at += 2) visit(list[at] >>> 0, list[at + 1]);
    else if (cells.length === 0 && this.#size === 1) visit(this.#key >>> 0, this.#count);
  }

  /** Keys ascending: always the same for the same content. */
  sortedKeys(): Uint32Array {
    const keys = new Uint32Array(this.#size);
    let used = 0;
    this.forEach((key) => (keys[used++] = key));
    return keys.sort();
  }

  /** 0 where it is not there. */
  countOf(key: number): number {
    const cells = this.#cells;
    const list = this.#list;
    if (cells.length > 0) {
      const mask = cells.length - 1;
      let at = (key << 1) & mask;
      while (cells[at + 1] !== 0 && cells[at] !== key) at = (at + 2) & mask;
      return cells[at + 1];
    }
    if (list === null) return this.#key === (key | 0) ? this.#count : 0;
    for (let at = 0; at < list.length; at += 2) if (list[at] === (key | 0)) return list[at + 1];
    return 0;
  }

  /** How many keys, then each as its distance to the one before, and its count. */
  write(out: ByteWriter): void {
    out.whole(this.#size);
    if (this.#size <= 1) {
      if (this.#size === 0) return;
      out.whole(this.#key >>> 0);
      out.whole(this.#count);
      return;
    }
    let before = 0;
    for (const key of this.sortedKeys()) {
      out.whole(key - before);
      out.whole(this.countOf(key));
      before = key;
    }
  }

  #addToList(list: number[], key: number, count: number): number {
    const signed = key | 0;
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] !== signed) continue;
      const before = list[at + 1];
      list[at + 1] = Math.min(before + count, MOST);
      return before;
    }
    if (list.length < FEW * 2) {
      list.push(signed, Math.min(count, MOST));
      this.#size = list.length >> 1;
      return 0;
    }
    this.#list = null;
    this.#cells = new Uint32Array(32);
    this.#size = 0;
    for (let at = 0; at < list.length; at += 2) this.#put(list[at] >>> 0, list[at + 1]);
    return this.#put(key, count);
  }

  #put(key: number, count: number): number {
    const cells = this.#cells;
    const mask = cells.length - 1;
    let at = (key << 1) & mask;
    for (;;) {
      const before = cells[at + 1];
      if (before === 0) break;
      if (cells[at] === key) {
        cells[at + 1] = Math.min(before + count, MOST);
        return before;
      }
      at = (at + 2) & mask;
    }
    cells[at] = key;
    cells[at + 1] = Math.min(count, MOST);
    if (++this.#size * 8 > cells.length * 3) this.#grow();
    return 0;
  }

  #grow(): void {
    const old = this.#cells;
    const cells = new Uint32Array(old.length * 2);
    const mask = cells.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let at = (old[from] << 1) & mask;
      while (cells[at + 1] !== 0) at = (at + 2) & mask;
      cells[at] = old[from];
      cells[at + 1] = old[from + 1];
    }
    this.#cells = cells;
  }
}

const MOST = 0x7fff_ffff;
const none = new Uint32Array(0);
