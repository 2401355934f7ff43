import type { FileMetaData, ParquetScan } from 'hyparquet';
import type { Mapping } from '../contract/formats.ts';
import { ColumnSlots } from './column-slots.ts';
import { lineField, specOf } from './fields.ts';
import type { ByteTexts, ParquetColumn } from './parquet-values.ts';
import { AS, type TablePlan } from './table-plan.ts';
import { TableRows } from './table-rows.ts';
import type { ReaderFigures, RecordSink } from './types.ts';

/** At most so many rows of a row group are unpacked at once. */
const MOST_ROWS = 2 ** 20;
/** Tallied for each row that holds bytes which are no UTF-8. */
export const ODD_ROWS = 'rows of no UTF-8';
/** Between two looks at whether to stop. */
const STEP = 4096;

/** A file that is open, and what it says of itself. */
export interface Source {
  readonly metadata: FileMetaData;
  readonly ranges: ParquetScan['ranges'];
  /** By column: the scan that it is read with. */
  readonly scans: readonly ParquetScan[];
  readonly names: readonly string[];
  readonly columns: readonly ParquetColumn[];
  /** What the columns make texts of bytes with. */
  readonly texts: ByteTexts;
  /** What Flowcase, which wrote it, says of it. */
  readonly own: Mapping | null;
}

/** Values of every column, of rows of one row group. */
export async function valuesOf({ scans, columns }: Source, rowStart: number, rowEnd: number): Promise<ArrayLike<unknown>[]> {
  const values: ArrayLike<unknown>[] = [];
  for (const [i, { name }] of columns.entries()) values.push(await scans[i].readColumn({ column: name, rowStart, rowEnd }));
  return values;
}

/** The fields of a row, laid out as those of a line. */
class RowFields {
  starts: Int32Array;
  ends: Int32Array;
  readonly escaped: Uint8Array;
  /** Values that need not be made texts of; NaN for all others. */
  readonly numbers: Float64Array;
  readonly unescaped = new Uint8Array(0);
  bytes = Buffer.alloc(4096);
  #used = 0;

  constructor(width: number) {
    this.starts = new Int32Array(width);
    this.ends = new Int32Array(width);
    this.escaped = new Uint8Array(width);
    this.numbers = new Float64Array(width);
  }

  begin(): void {
    this.#used = 0;
    this.numbers.fill(NaN);
  }

  putNumber(field: number, value: number): void {
    this.numbers[field] = value === 0 ? 0 : value;
  }

  /** `present`: it is a value, if an empty one. */
  put(field: number, text: string, present: boolean): void {
    this.escaped[field] = present ? 2 : 0;
    const most = text.length * 3;
    if (this.#used + most > this.bytes.length) {
      const larger = Buffer.alloc((this.#used + most) * 2);
      this.bytes.copy(larger, 0, 0, this.#used);
      this.bytes = larger;
    }
    this.starts[field] = this.#used;
    this.#used += this.bytes.write(text, this.#used);
    this.ends[field] = this.#used;
  }
}

/** A number that its text is read as again: finite, and exact where it is whole. */
const isPlain = (value: number): boolean => Math.abs(value) <= Number.MAX_SAFE_INTEGER || (value - value === 0 && !Number.isInteger(value));

/** Reads the rows of a file into records. */
export class ParquetReading {
  readonly #source: Source;
  readonly #sink: RecordSink;
  readonly #slots: ColumnSlots;
  readonly #rows: TableRows;
  readonly #fields: RowFields;
  readonly #tallies = new Map<string, number>();
  /** By field: 1 where a number of the file is one of its column, as it is. */
  readonly #direct: Uint8Array;
  #line: Float64Array | null = null;
  #kept = 0;
  #rejected = 0;
  #first = Infinity;
  #last = -Infinity;

  constructor(source: Source, plan: TablePlan, sink: RecordSink) {
    this.#source = source;
    this.#sink = sink;
    this.#slots = new ColumnSlots(sink);
    this.#rows = new TableRows(sink, this.#slots, plan, (key) => this.#tally(key));
    this.#fields = new RowFields(source.names.length);
    this.#direct = new Uint8Array(source.names.length);
    for (const { field, as } of plan.columns) if (as === AS.number && source.columns[field]?.isNumber === true) this.#direct[field] = 1;
  }

  async read(most: number, step: (rows: number) => void): Promise<ReaderFigures> {
    for (const { rowStart, rowEnd } of this.#source.ranges) {
      const end = Math.min(rowEnd, most);
      for (let from = rowStart; from < end; from += MOST_ROWS) {
        const to = Math.min(end, from + MOST_ROWS);
        const values = await valuesOf(this.#source, from, to);
        for (let row = from; row < to; row++) {
          if ((row - from) % STEP === 0) step(row);
          this.#row(values, row - from, row + 1);
        }
      }
    }
    this.#flush();
    this.#slots.finish();
    return this.#figures(most);
  }

  #row(values: readonly ArrayLike<unknown>[], at: number, line: number): void {
    const { columns, texts } = this.#source;
    const fields = this.#fields;
    fields.begin();
    texts.isOdd = false;
    for (let i = 0; i < columns.length; i++) {
      const value = values[i][at];
      if (typeof value === 'number' && this.#direct[i] === 1 && isPlain(value)) fields.putNumber(i, value);
      else fields.put(i, columns[i].text(value), value !== null && value !== undefined);
    }
    if (texts.isOdd) this.#tally(ODD_ROWS);
    const problem = this.#rows.row(fields.bytes, fields);
    if (problem !== null) {
      this.#rejected++;
      const text = columns.map(({ name, text: textOf }, i) => `${name}=${textOf(values[i][at])}`).join(' ');
      this.#sink.reject({ line, offset: 0, ...problem, text: text.slice(0, 1000).toWellFormed() });
      return;
    }
    this.#line ??= this.#lineSlot();
    this.#line[this.#slots.rows] = line;
    const { ts } = this.#rows;
    if (ts < this.#first) this.#first = ts;
    if (ts > this.#last) this.#last = ts;
    this.#slots.rows++;
    if (this.#slots.full) this.#flush();
  }

  #tally(key: string): void {
    this.#tallies.set(key, (this.#tallies.get(key) ?? 0) + 1);
  }

  #flush(): void {
    this.#kept += this.#slots.rows;
    if (this.#slots.flush()) this.#rows.bind();
  }

  #lineSlot(): Float64Array {
    const slot = this.#slots.slot(lineField.name, lineField.type, specOf(lineField));
    if (slot.storage !== 'number') throw new TypeError('lines are not kept as numbers');
    return slot.values;
  }

  #figures(lines: number): ReaderFigures {
    return {
      rows: this.#kept,
      rejected: this.#rejected,
      comments: 0,
      lines,
      first: this.#first === Infinity ? null : this.#first,
      last: this.#last === -Infinity ? null : this.#last,
      recognised: true,
      cut: false,
      tallies: this.#tallies,
    };
  }
}
