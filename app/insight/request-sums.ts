import { NumberCodes } from '../columns/scan/number-codes.ts';
import { IdRoom, NumberRoom } from '../columns/scan/room.ts';
import { SliceColumns } from '../columns/scan/slice-columns.ts';
import type { Slice } from '../columns/scan/slices.ts';
import { largest } from '../columns/scan/top.ts';
import type { RecordTable } from '../columns/types.ts';
import type { RequestCount, RequestOverview } from '../contract/records.ts';
import { ABSENT_NAME } from './names.ts';
import { addOverTime } from './timeline.ts';

/** From here on a status says that the request was answered with an error. */
export const FIRST_ERROR = 400;

export type RequestTimeline = RequestOverview['timeline'];

const byColumn = ['orig_h', 'path', 'method', 'status', 'agent', 'agent_kind', 'vhost'] as const;
export type CountedColumn = (typeof byColumn)[number];

/** Requests, bytes and errors: of all, and by the values of the columns that an overview speaks of. Every row is read once. Bytes that a log does not give count as none. */
export class RequestSums {
  total = 0;
  failed = 0;
  bytes = 0;
  readonly #counts = new Map<CountedColumn, ValueCounts>(byColumn.map((column) => [column, new ValueCounts(column)]));
  readonly #known = new Set<CountedColumn>();
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

  /** Whether there is something to count by in a column that there was not before. */
  misses(table: RecordTable): boolean {
    return byColumn.some((column) => this.#known.has(column) !== isCounted(table, column)) && this.total > 0;
  }

  /** Adds rows, also to a timeline whose buckets reach over them. */
  add(table: RecordTable, slices: readonly Slice[], timeline: RequestTimeline | null): void {
    for (const column of byColumn) if (isCounted(table, column)) this.#known.add(column);
    for (const slice of slices) {
      const { bytes, errors } = this.#amountsOf(slice);
      let [sum, failed] = [this.bytes, this.failed];
      for (let i = 0; i < slice.count; i++) {
        sum += bytes[i];
        failed += errors[i];
      }
      this.bytes = sum;
      this.failed = failed;
      this.total += slice.count;
      for (const counts of this.#counts.values()) counts.add(table, this.#columns, slice, bytes, errors);
      if (timeline !== null) this.#overTime(timeline, slice, bytes, errors);
    }
  }

  /** Adds rows to a timeline alone. */
  over(slices: readonly Slice[], timeline: RequestTimeline): void {
    for (const slice of slices) {
      const { bytes, errors } = this.#amountsOf(slice);
      this.#overTime(timeline, slice, bytes, errors);
    }
  }

  #overTime({ start, step, requests, bytes, failed }: RequestTimeline, slice: Slice, amounts: Float64Array, errors: Uint32Array): void {
    addOverTime({ start, step }, this.#columns.numbers(slice, 'ts'), slice.count, (bucket, row) => {
      requests[bucket]++;
      bytes[bucket] += amounts[row];
      failed[bucket] += errors[row];
    });
  }

  /** Bytes of each row, and 1 where it was answered with an error. */
  #amountsOf(slice: Slice): { readonly bytes: Float64Array; readonly errors: Uint32Array } {
    const bytes = this.#amounts.atLeast(slice.count);
    const errors = this.#errors.atLeast(slice.count);
    const sizes = this.#columns.numbers(slice, 'bytes');
    const status = this.#columns.numbers(slice, 'status');
    for (let i = 0; i < slice.count; i++) {
      const size = sizes[i];
      bytes[i] = size === size ? size : 0;
      errors[i] = status[i] >= FIRST_ERROR ? 1 : 0;
    }
    return { bytes, errors };
  }
}

function isCounted(table: RecordTable, column: CountedColumn): boolean {
  const storage = table.column(column)?.storage;
  return storage === 'dictionary' || storage === 'number';
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
    }
  }

  /** The `most` by requests, and where that is asked for the most by bytes too, the most requests first. Nothing where no record has a value. */
  top(table: RecordTable, most: number, byBytes = false): RequestCount[] {
    const ids = this.#ids(table);
    if (ids.length === 0 || (ids.length === 1 && ids[0] === 0)) return [];
    const counts = picked(this.#requests, ids, new Uint32Array(ids.length));
    const bytes = byBytes ? picked(this.#bytes, ids, new Float64Array(ids.length)) : this.#bytes;
    const chosen = [...new Set([...largest(counts, most), ...(byBytes ? largest(bytes, most) : [])])];
    chosen.sort((a, b) => counts[b] - counts[a] || this.#bytes[ids[b]] - this.#bytes[ids[a]] || a - b);
    return chosen.map((at) => {
      const id = ids[at];
      return { name: this.#name(table, id), requests: counts[at], bytes: this.#bytes[id], failed: this.#failed[id] };
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

function picked<A extends Uint32Array | Float64Array>(from: A, ids: Uint32Array, to: A): A {
  for (let i = 0; i < ids.length; i++) to[i] = from[ids[i]];
  return to;
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
