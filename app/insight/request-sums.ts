import { NumberCodes } from '../columns/scan/number-codes.ts';
import { IdRoom, NumberRoom } from '../columns/scan/room.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import type { Slice } from '../columns/scan/slices.ts';
import { largest } from '../columns/scan/top.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RequestCount } from '../contract/records.ts';
import { ABSENT_NAME } from './names.ts';

/** From here on a status says that the request was answered with an error. */
export const FIRST_ERROR = 400;

const byColumn = ['orig_h', 'path', 'method', 'status', 'agent', 'agent_kind', 'vhost'] as const;
export type CountedColumn = (typeof byColumn)[number];

/** Requests, bytes and errors: of all, and by the values of the columns that an overview speaks of. Every row is read once. Bytes that a log does not give count as none. */
export class RequestSums {
  total = 0;
  failed = 0;
  bytes = 0;
  readonly #counts = new Map<CountedColumn, ValueCounts>(byColumn.map((column) => [column, new ValueCounts(column)]));
  readonly #columns = new SliceColumns();
  readonly #amounts = new NumberRoom();
  readonly #errors = new IdRoom();

  /** What it keeps in memory, roughly. */
  get size(): number {
    let size = 0;
    for (const counts of this.#counts.values()) size += counts.memory;
    return size;
  }

  by(column: CountedColumn): ValueCounts {
    const counts = this.#counts.get(column);
    if (counts === undefined) throw new RangeError(`requests are not counted by ${column}`);
    return counts;
  }

  add(table: RecordTable, slices: readonly Slice[]): void {
    for (const slice of slices) {
      const bytes = this.#amounts.atLeast(slice.count);
      const errors = this.#errors.atLeast(slice.count);
      this.#whole(slice, bytes, errors);
      for (const counts of this.#counts.values()) counts.add(table, this.#columns, slice, bytes, errors);
    }
  }

  #whole(slice: Slice, bytes: Float64Array, errors: Uint32Array): void {
    const sizes = this.#columns.numbers(slice, 'bytes');
    const status = this.#columns.numbers(slice, 'status');
    let sum = this.bytes;
    let failed = 0;
    for (let i = 0; i < slice.count; i++) {
      const size = sizes[i];
      bytes[i] = size === size ? size : 0;
      sum += bytes[i];
      errors[i] = status[i] >= FIRST_ERROR ? 1 : 0;
      failed += errors[i];
    }
    this.bytes = sum;
    this.failed += failed;
    this.total += slice.count;
  }
}

/** Requests by the value of one column: by its entry in the dictionary, or by a code for its number. */
class ValueCounts {
  readonly #column: CountedColumn;
  readonly #codes = new SmallNumbers();
  /** By entry or code; 0 is absent. */
  #requests = new Uint32Array(1);
  #failed = new Uint32Array(1);
  #bytes = new Float64Array(1);

  constructor(column: CountedColumn) {
    this.#column = column;
  }

  get memory(): number {
    return this.#requests.length * 16;
  }

  /** How many different values there are. */
  get present(): number {
    let present = 0;
    for (let id = 1; id < this.#requests.length; id++) if (this.#requests[id] > 0) present++;
    return present;
  }

  add(table: RecordTable, columns: SliceColumns, slice: Slice, bytes: Float64Array, errors: Uint32Array): void {
    const storage = table.column(this.#column)?.storage;
    if (storage === 'dictionary') {
      const ids = columns.ids(slice, this.#column);
      this.#reserve((slice.chunk.stats(this.#column)?.max ?? 0) + 1);
      addAll(this.#requests, this.#bytes, this.#failed, ids, bytes, errors, slice.count);
    } else if (storage === 'number') {
      const ids = this.#codes.of(columns.numbers(slice, this.#column), slice.count);
      this.#reserve(this.#codes.size);
      addAll(this.#requests, this.#bytes, this.#failed, ids, bytes, errors, slice.count);
    } else addAbsent(this.#requests, this.#bytes, this.#failed, bytes, errors, slice.count);
  }

  /** The `most` by requests, and where that is asked for the most by bytes too, the most requests first. Nothing where no record has a value. */
  top(table: RecordTable, most: number, byBytes = false): RequestCount[] {
    const ids = this.#ids(table);
    if (ids.length === 0 || (ids.length === 1 && ids[0] === 0)) return [];
    const counts = Uint32Array.from(ids, (id) => this.#requests[id]);
    const bytes = Float64Array.from(ids, (id) => this.#bytes[id]);
    const chosen = [...new Set([...largest(counts, most), ...(byBytes ? largest(bytes, most) : [])])];
    chosen.sort((a, b) => counts[b] - counts[a] || bytes[b] - bytes[a] || a - b);
    return chosen.map((at) => {
      const id = ids[at];
      return { name: this.#name(table, id), requests: counts[at], bytes: bytes[at], failed: this.#failed[id] };
    });
  }

  /** Those that have requests: absent first, then in the order of the dictionary, or of the numbers. */
  #ids(table: RecordTable): Uint32Array {
    const ids = new Uint32Array(this.#requests.length);
    let used = 0;
    for (let id = 0; id < this.#requests.length; id++) {
      ids[used] = id;
      used += this.#requests[id] > 0 ? 1 : 0;
    }
    const found = ids.subarray(0, used);
    if (table.column(this.#column)?.storage !== 'number') return found;
    return found.sort((a, b) => (a === 0 ? -1 : b === 0 ? 1 : this.#codes.valueOf(a) - this.#codes.valueOf(b)));
  }

  #name(table: RecordTable, id: number): string {
    if (id === 0) return ABSENT_NAME;
    const spec = table.column(this.#column);
    return spec?.storage === 'number' ? String(this.#codes.valueOf(id)) : table.dictionary(spec?.dictionary ?? 'term').textOf(id);
  }

  #reserve(size: number): void {
    const { length } = this.#requests;
    if (size <= length) return;
    const longer = Math.max(size, Math.ceil(length * 1.5));
    this.#requests = grown(this.#requests, new Uint32Array(longer));
    this.#failed = grown(this.#failed, new Uint32Array(longer));
    this.#bytes = grown(this.#bytes, new Float64Array(longer));
  }
}

function grown<A extends Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

function addAll(
  requests: Uint32Array,
  bytesOf: Float64Array,
  failedOf: Uint32Array,
  ids: Uint32Array,
  bytes: Float64Array,
  errors: Uint32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const id = ids[i];
    requests[id]++;
    bytesOf[id] += bytes[i];
    failedOf[id] += errors[i];
  }
}

function addAbsent(
  requests: Uint32Array,
  bytesOf: Float64Array,
  failedOf: Uint32Array,
  bytes: Float64Array,
  errors: Uint32Array,
  count: number,
): void {
  requests[0] += count;
  for (let i = 0; i < count; i++) {
    bytesOf[0] += bytes[i];
    failedOf[0] += errors[i];
  }
}

const SMALL = 1000;

/** Codes of numbers, of which most are whole and below a thousand; NaN is 0. */
class SmallNumbers {
  readonly #codes = new NumberCodes();
  /** By the number; 0: not asked yet. */
  readonly #small = new Uint32Array(SMALL);
  readonly #room = new IdRoom();

  get size(): number {
    return this.#codes.size;
  }

  valueOf(code: number): number {
    return this.#codes.valueOf(code);
  }

  of(values: Float64Array, count: number): Uint32Array {
    const out = this.#room.atLeast(count);
    const small = this.#small;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      const near = value >= 0 && value < SMALL && value % 1 === 0;
      let code = near ? small[value] : 0;
      if (code === 0) {
        code = this.#codes.codeOf(value);
        if (near) small[value] = code;
      }
      out[i] = code;
    }
    return out;
  }
}
