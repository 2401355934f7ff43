import { OwnColumns } from '../columns/own-columns.ts';
import { LINE_COLUMN, OFFSET_COLUMN, type ColumnBuffer, type ColumnSpec } from '../columns/types.ts';
import type { Reject } from '../contract/case.ts';
import { REJECT_TEXT, type RecordSink } from './types.ts';

type Columns = Parameters<RecordSink['append']>[1];

/**
 * A sink that keeps of each record and each reject one number, which does not depend on how the records came in chunks or in which order columns did:
 * for comparing hundreds of thousands of lines. It looks at every value too. Only for tests.
 */
export class DigestSink extends OwnColumns implements RecordSink {
  readonly records: number[] = [];
  readonly rejects: number[] = [];
  /** What no log can give, in words. */
  readonly wrong: string[] = [];
  /** Added to the places of what comes from now on. */
  readonly from = { lines: 0, bytes: 0 };
  readonly #bits = new Float64Array(1);
  readonly #words = new Uint32Array(this.#bits.buffer);

  append(rows: number, columns: Columns): void {
    const sums = new Uint32Array(rows);
    for (const { spec, buffer } of columns) {
      const name = hashOf(Buffer.from(spec.name));
      for (let row = 0; row < rows; row++) {
        const value = this.#value(spec, buffer, row);
        // absent is the same as a column that is not there
        if (value !== null) sums[row] += mixed(name ^ mixed(value));
      }
    }
    for (const sum of sums) this.records.push(sum);
  }

  reject({ line, offset, reason, what, text }: Omit<Reject, 'evidence'>): void {
    if (what === '' || text.length > REJECT_TEXT * 4 + 1) this.wrong.push(`reject in line ${line}: ${what}`);
    const place = `${line + this.from.lines} ${offset + this.from.bytes}`;
    this.rejects.push(hashOf(Buffer.from(`${place} ${reason} ${what} ${text}`)));
  }

  #value(spec: ColumnSpec, buffer: ColumnBuffer, row: number): number | null {
    if (buffer.storage === 'number') return this.#number(spec.name, buffer.values[row]);
    if (buffer.storage === 'dictionary') {
      const id = buffer.values[row];
      if (id === 0) return null;
      const pool = this.pool(spec.dictionary ?? 'term');
      if (id > pool.size) this.wrong.push(`${spec.name}: no text has the number ${id}`);
      return hashOf(pool.bytes.subarray(id === 1 ? 0 : pool.ends[id - 2], pool.ends[id - 1]));
    }
    if (buffer.absent[row] !== 0) return null;
    const start = row === 0 ? 0 : buffer.ends[row - 1];
    if (buffer.ends[row] < start || buffer.ends[row] > buffer.bytes.length) this.wrong.push(`${spec.name}: a text ends before it begins`);
    return hashOf(buffer.bytes.subarray(start, buffer.ends[row]));
  }

  #number(name: string, value: number): number | null {
    if (Number.isNaN(value)) return null;
    if (!Number.isFinite(value) || Object.is(value, -0)) this.wrong.push(`${name} is ${Object.is(value, -0) ? '-0' : value}`);
    const { lines, bytes } = this.from;
    this.#bits[0] = value + (name === LINE_COLUMN ? lines : name === OFFSET_COLUMN ? bytes : 0);
    return mixed(this.#words[0] ^ mixed(this.#words[1]));
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x0100_0193);
  return hash >>> 0;
}

function mixed(value: number): number {
  let z = (value + 0x9e37_79b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
