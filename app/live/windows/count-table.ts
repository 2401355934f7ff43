import type { ByteWriter } from './byte-stream.ts';

/** So many keys are looked for one after the other, in a plain list: most tables never have more. */
const FEW = 6;

/**
 * Counts of 32-bit keys: a short list first, then an open-addressing table that doubles at three quarters. What it holds depends on what was added
 * alone; the order of `forEach` does not matter to anybody who asks in this folder (sums are of whole numbers, lists are sorted).
 */
export class CountTable {
  /** Key and count in turn while they are few. Keys are signed here, so that V8 keeps them as small integers. */
  #list: number[] | null = [];
  /** Key and count of each place in turn; a count of 0 is a free place. */
  #cells: Uint32Array = none;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Returns the count before. */
  add(key: number, count: number): number {
    const list = this.#list;
    if (list === null) return this.#put(key, count);
    const signed = key | 0;
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] !== signed) continue;
      const before = list[at + 1];
      list[at + 1] = Math.min(before + count, MOST);
      return before;
    }
    if (this.#size < FEW) {
      list.push(signed, Math.min(count, MOST));
      this.#size++;
      return 0;
    }
    this.#list = null;
    this.#cells = new Uint32Array(32);
    this.#size = 0;
    for (let at = 0; at < list.length; at += 2) this.#put(list[at] >>> 0, list[at + 1]);
    return this.#put(key, count);
  }

  forEach(visit: (key: number, count: number) => void): void {
    const list = this.#list;
    const cells = this.#cells;
    if (list !== null) for (let at = 0; at < list.length; at += 2) visit(list[at] >>> 0, list[at + 1]);
    else for (let at = 0; at < cells.length; at += 2) if (cells[at + 1] !== 0) visit(cells[at], cells[at + 1]);
  }

  /** Keys ascending, with their counts: always the same for the same content. */
  sorted(): readonly (readonly [key: number, count: number])[] {
    const entries: [number, number][] = [];
    this.forEach((key, count) => entries.push([key, count]));
    return entries.sort((a, b) => a[0] - b[0]);
  }

  /** How many keys, then each as its distance to the one before, and its count. */
  write(out: ByteWriter): void {
    out.whole(this.#size);
    const list = this.#list;
    if (list === null) {
      let before = 0;
      for (const [key, count] of this.sorted()) {
        out.whole(key - before);
        out.whole(count);
        before = key;
      }
      return;
    }
    // few: the next larger one each time, without a list of its own
    let before = -1;
    for (let written = 0; written < this.#size; written++) {
      let next = Infinity;
      let at = 0;
      for (let i = 0; i < list.length; i += 2) {
        const key = list[i] >>> 0;
        if (key <= before || key >= next) continue;
        next = key;
        at = i;
      }
      out.whole(next - Math.max(0, before));
      out.whole(list[at + 1]);
      before = next;
    }
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
