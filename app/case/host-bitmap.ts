import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import type { ColumnContent, ColumnSpec } from '../columns/types.ts';

/** Columns that name the two ends of a record. */
export const hostColumns = ['orig_h', 'resp_h'] as const;

function isHostColumn({ name, dictionary }: ColumnSpec): boolean {
  return dictionary === 'host' && hostColumns.some((host) => host === name);
}

/** Which ids of the host dictionary occur; bit `id` of the bytes, lowest bit first. */
export class HostBitmap {
  #bits = new Uint8Array(1 << 12);

  /** The hosts at both ends of a chunk's records. */
  addChunk(rows: number, columns: readonly { readonly spec: ColumnSpec; readonly buffer: ColumnContent }[]): void {
    for (const { spec, buffer } of columns) {
      if (buffer.storage === 'dictionary' && isHostColumn(spec)) this.add(buffer.values, rows);
    }
  }

  add(ids: Uint32Array, rows: number): void {
    let bits = this.#bits;
    for (let i = 0; i < rows; i++) {
      const id = ids[i];
      if (id >>> 3 >= bits.length) {
        const larger = new Uint8Array(Math.max((id >>> 3) + 1, bits.length * 2));
        larger.set(bits);
        this.#bits = bits = larger;
      }
      bits[id >>> 3] |= 1 << (id & 7);
    }
  }

  merge(other: Uint8Array): void {
    if (other.length > this.#bits.length) {
      const larger = new Uint8Array(other.length);
      larger.set(this.#bits);
      this.#bits = larger;
    }
    for (let i = 0; i < other.length; i++) this.#bits[i] |= other[i];
  }

  has(id: number): boolean {
    return id > 0 && ((this.#bits[id >>> 3] ?? 0) & (1 << (id & 7))) !== 0;
  }

  /** How many hosts; id 0 is "absent". */
  count(): number {
    let count = 0;
    for (let byte of this.#bits) for (; byte !== 0; byte &= byte - 1) count++;
    return count - (this.#bits[0] & 1);
  }

  /** Without the zero bytes at the end. */
  bytes(): Uint8Array {
    let length = this.#bits.length;
    while (length > 0 && this.#bits[length - 1] === 0) length--;
    return this.#bits.slice(0, length);
  }

  digest(): string {
    return createHash('sha256').update(this.bytes()).digest('hex');
  }
}

/** All hosts of the case. */
export function hostsOfCase(db: Database.Database): HostBitmap {
  const all = new HostBitmap();
  for (const bits of db.prepare<[], Uint8Array>('SELECT hosts FROM evidence').pluck().iterate()) all.merge(bits);
  return all;
}
