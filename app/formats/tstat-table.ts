import { plural } from '../contract/format.ts';
import type { Delimiter } from '../contract/table-words.ts';
import { beforeReturn } from './field-scanner.ts';
import { COMMENT, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { TableFields } from './table-fields.ts';
import { tstatLayout } from './tstat-layout.ts';
import { TstatRows } from './tstat-rows.ts';
import type { RecordSink } from './types.ts';

/** Reads Tstat's columns from a table that another program wrote: what the values are and count is as in Tstat's own log; an empty field has none. */
export class TstatTableReader extends LineReader {
  readonly #rows: TstatRows;
  readonly #fields: TableFields;
  readonly #width: number;
  readonly #header: Uint8Array;
  #recognised = false;

  constructor(
    sink: RecordSink,
    names: readonly string[],
    { delimiter, line }: { readonly delimiter: Delimiter; readonly line: Uint8Array },
    numeric: ReadonlySet<string>,
  ) {
    super(sink);
    this.#rows = new TstatRows(sink, this.slots, (key) => this.tally(key));
    this.#fields = new TableFields(delimiter.charCodeAt(0), names.length + 1);
    this.#width = names.length;
    this.#header = line;
    this.#rows.use(tstatLayout(names, numeric));
  }

  protected get recognised(): boolean {
    return this.#recognised;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    return String(this.#recognised);
  }

  protected override restore(saved: string): void {
    this.#recognised = saved === 'true';
    this.#rows.bind();
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const stop = beforeReturn(bytes, start, end);
    if (this.#header.length === stop - start && this.#header.every((byte, i) => bytes[start + i] === byte)) {
      this.#recognised = true;
      this.tally('headers');
      return COMMENT;
    }
    if (bytes[start] === 35) return COMMENT;
    const problem = this.#parted(bytes, start, stop, last) ?? this.#row(bytes, start, stop);
    if (problem !== null) return problem;
    this.commit(start, this.#rows.ts, false);
    return null;
  }

  #parted(bytes: Uint8Array, start: number, stop: number, last: boolean): Problem | null {
    const fields = this.#fields;
    const wrong = fields.scan(bytes, start, stop);
    if (wrong === null && fields.count === this.#width + 1) fields.dropEmptyLast();
    if (last && (this.broken || wrong === 'OPEN' || fields.count < this.#width)) {
      this.cut();
      return { reason: 'TRUNCATED', what: `the file ends within this line: ${plural(fields.count, 'field')} of ${this.#width}` };
    }
    if (wrong !== null) return { reason: 'BAD_QUOTES', what: 'its quotes are not in order' };
    if (fields.count === this.#width) return null;
    const what = `${plural(fields.count, 'field')} where the header names ${this.#width}`;
    return { reason: fields.count < this.#width ? 'TOO_FEW_FIELDS' : 'TOO_MANY_FIELDS', what };
  }

  #row(bytes: Uint8Array, start: number, stop: number): Problem | null {
    const { starts, ends, escaped, unescaped } = this.#fields;
    if (!escaped.subarray(0, this.#width).includes(1)) return this.#rows.row(bytes, starts, ends);
    // quotes within a field were written twice: the line, and behind it what such fields say
    const line = bytes.subarray(start, stop);
    const shift = (from: Int32Array): Int32Array => from.map((at, i) => (escaped[i] === 1 ? line.length + at : at - start));
    return this.#rows.row(Buffer.concat([line, unescaped]), shift(starts), shift(ends));
  }
}
