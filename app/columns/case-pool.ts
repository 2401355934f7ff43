import { ByteCache } from './byte-cache.ts';
import { AddressIndex } from './address-index.ts';
import { KeyedIndex, type TextIndex } from './keyed-index.ts';
import { StringPool } from './string-pool.ts';
import type { DictionaryName, DictionaryReader, DictionaryWriter, TextColumn } from './types.ts';
import { visibleUtf8 } from './visible-utf8.ts';

/** Beyond so many entries, or bytes of them, memory does not grow by whole texts any more. */
const HOT_ENTRIES = 2 ** 18;
const HOT_BYTES = 2 ** 23;

/** Of blocks that were read from the case so many bytes are kept. */
const BLOCK_BYTES = 2 ** 25;

const encoder = new TextEncoder();

/** Entries of a dictionary that follow each other: of `first + i`, ends[at + i] is the end in `bytes`, and the beginning is the end before it, or 0. */
export interface Entries {
  readonly ends: Uint32Array;
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** A block of entries as it lies in the case: `first` is the number of the first. */
export interface StoredEntries extends TextColumn {
  readonly first: number;
}

/**
 * A dictionary of the case in the hands of whoever writes to it. The first texts are kept in memory, where what repeats is found fast; of those behind them
 * memory holds sums (keyed-index.ts, address-index.ts) once they lie in the case, from where they are read when somebody asks for one.
 */
export class CasePool implements DictionaryWriter, DictionaryReader {
  readonly name: DictionaryName;
  readonly #hot: StringPool;
  /** Entries behind the hot ones; null: there is room for more of those. */
  #cold: number | null = null;
  /** Of these entries, once texts were looked for among them. */
  #indexed: TextIndex | null = null;
  readonly #recent = new RecentTexts();
  readonly #limits: { readonly entries: number; readonly bytes: number };
  readonly #stored: (id: number) => StoredEntries;
  readonly #blocks = new ByteCache<StoredEntries>(BLOCK_BYTES);
  #block: StoredEntries | null = null;

  /** `stored`: the block of the case that has this entry. `limits`: of what is kept as texts. */
  constructor(name: DictionaryName, stored: (id: number) => StoredEntries, limits = { entries: HOT_ENTRIES, bytes: HOT_BYTES }) {
    this.name = name;
    this.#hot = new StringPool(name);
    this.#stored = stored;
    this.#limits = limits;
  }

  get size(): number {
    return this.#hot.size + (this.#cold ?? 0);
  }

  intern(bytes: Uint8Array, start: number, end: number): number {
    if (this.#isHot(end - start)) return this.#hot.intern(bytes, start, end);
    const hot = this.#hot.find(bytes, start, end);
    if (hot !== 0) return hot;
    const visible = visibleUtf8(bytes, start, end);
    if (visible !== null) return this.intern(visible, 0, visible.length);
    const number = this.#index().intern(bytes, start, end);
    if (number > (this.#cold ?? 0)) {
      this.#recent.add(bytes, start, end);
      this.#cold = number;
    }
    return this.#hot.size + number;
  }

  internText(text: string): number {
    const bytes = encoder.encode(text);
    return this.intern(bytes, 0, bytes.length);
  }

  /** 0: there is none. */
  idOf(text: string): number {
    const bytes = encoder.encode(text);
    return this.#find(bytes, 0, bytes.length);
  }

  textOf(id: number): string {
    return id <= this.#hot.size ? this.#hot.textOf(id) : this.readText(id);
  }

  readText(id: number): string {
    if (id <= this.#hot.size) return this.#hot.readText(id);
    if (!(id <= this.size)) throw new RangeError(`the dictionary '${this.name}' has no entry ${id}`);
    const recent = this.#recent.text(id - this.#hot.size);
    if (recent !== null) return recent;
    const { first, offsets, bytes } = this.#blockOf(id);
    return Buffer.from(bytes.buffer, bytes.byteOffset + offsets[id - first], offsets[id - first + 1] - offsets[id - first]).toString(
      'utf8',
    );
  }

  /** Appends entries of the case, which are known to be new and in order. `offsets` is one longer than they are. */
  addBlock(bytes: Uint8Array, offsets: Uint32Array): void {
    if (this.#isHot(offsets[offsets.length - 1])) return this.#hot.addBlock(bytes, offsets);
    const { length } = offsets;
    for (let i = 0; this.#indexed !== null && i + 1 < length; i++) this.#indexed.append(bytes, offsets[i], offsets[i + 1]);
    this.#cold = (this.#cold ?? 0) + length - 1;
    this.#recent.forget(this.#cold);
  }

  /** All entries up to this one lie in the case for good. */
  release(id: number): void {
    this.#recent.forget(Math.max(0, id - this.#hot.size));
  }

  /** The entries from this one on that lie side by side: those that were not released. */
  entriesFrom(id: number): Entries {
    const { size } = this.#hot;
    if (id <= size) return { ends: this.#hot.ends, at: id - 1, bytes: this.#hot.bytes, count: size - id + 1 };
    return this.#recent.from(id - size);
  }

  /** So many bytes more can be kept as texts. */
  #isHot(more: number): boolean {
    const { entries, bytes } = this.#limits;
    if (this.#cold === null && (this.#hot.size >= entries || this.#hot.length + more > bytes)) this.#cold = 0;
    return this.#cold === null;
  }

  #find(bytes: Uint8Array, start: number, end: number): number {
    const hot = this.#hot.find(bytes, start, end);
    if (hot !== 0 || this.#cold === null) return hot;
    const number = this.#index().find(bytes, start, end);
    return number === 0 ? 0 : this.#hot.size + number;
  }

  /** All cold entries lie in the case when it is made: those that do not came by it. */
  #index(): TextIndex {
    if (this.#indexed !== null) return this.#indexed;
    const index = this.name === 'host' ? new AddressIndex() : new KeyedIndex();
    const { size } = this;
    for (let id = this.#hot.size + 1; id <= size;) {
      const { first, offsets, bytes } = this.#stored(id);
      for (; id <= size && id - first + 1 < offsets.length; id++) index.append(bytes, offsets[id - first], offsets[id - first + 1]);
    }
    return (this.#indexed = index);
  }

  #blockOf(id: number): StoredEntries {
    const holds = ({ first, offsets }: StoredEntries): boolean => id >= first && id < first + offsets.length - 1;
    if (this.#block !== null && holds(this.#block)) return this.#block;
    let block = this.#blocks.find(holds);
    if (block === undefined) {
      block = this.#stored(id);
      this.#blocks.set(block.first, block, block.bytes.byteLength + block.offsets.byteLength);
    }
    return (this.#block = block);
  }
}

/** Texts of the last numbers. */
class RecentTexts {
  /** Numbers up to this are forgotten. */
  #gone = 0;
  #count = 0;
  #ends = new Uint32Array(1024);
  #bytes = new Uint8Array(1 << 16);

  add(bytes: Uint8Array, start: number, end: number): void {
    const used = this.#count === 0 ? 0 : this.#ends[this.#count - 1];
    const after = used + end - start;
    if (after > this.#bytes.length) this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(Math.ceil((after * 5) / 4)));
    if (this.#count === this.#ends.length) this.#ends = new Uint32Array(this.#ends.buffer.transfer(Math.ceil(this.#count * 1.5) * 4));
    this.#bytes.set(bytes.subarray(start, end), used);
    this.#ends[this.#count++] = after;
  }

  /** null: it is forgotten. */
  text(number: number): string | null {
    const i = number - this.#gone - 1;
    if (i < 0) return null;
    const start = i === 0 ? 0 : this.#ends[i - 1];
    return Buffer.from(this.#bytes.buffer, start, this.#ends[i] - start).toString('utf8');
  }

  from(number: number): Entries {
    const at = number - this.#gone - 1;
    if (at < 0) throw new RangeError('these entries lie in the case');
    return { ends: this.#ends, at, bytes: this.#bytes, count: this.#count - at };
  }

  /** Numbers up to this one. */
  forget(number: number): void {
    const left = this.#gone + this.#count - number;
    if (number <= this.#gone) return;
    if (left > 0) {
      const from = this.#count - left;
      const start = this.#ends[from - 1];
      this.#bytes.copyWithin(0, start, this.#ends[this.#count - 1]);
      for (let i = 0; i < left; i++) this.#ends[i] = this.#ends[from + i] - start;
    }
    this.#gone = number;
    this.#count = Math.max(0, left);
  }
}
