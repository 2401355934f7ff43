import { plural } from '../contract/format.ts';
import { beforeReturn } from './field-scanner.ts';
import { COMMENT, LineReader, commonRemarks, type Problem } from './line-reader.ts';
import { TableFields } from './table-fields.ts';
import type { TablePlan } from './table-plan.ts';
import { FINER, ODD, TableRows } from './table-rows.ts';
import type { RecordSink } from './types.ts';

/** What a line is that is no row: blank lines apart. */
export type Aside = (line: AsideLine) => typeof COMMENT | Problem | null;

/** A line that is asked about, and what the lines before it left behind. */
export interface AsideLine {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The header or a row came before it. */
  readonly recognised: boolean;
  /** It says what line headers are, byte by byte. */
  readonly isHeader: boolean;
  /** Set by an earlier call; stays until it is changed. */
  state: string;
  tally(key: string): void;
}

interface Saved {
  readonly recognised: boolean;
  readonly open: boolean;
  readonly aside: string;
  readonly others: readonly number[];
}

/**
 * Reads a delimited table by its plan. A header that comes again (files put together) is a comment. A value that does not fit its column is kept as a
 * text in a column beside it. Lines of a record that goes on over line ends within quotes are rejected, all of them (QUOTED_NEWLINE): none of its text
 * is taken for another record.
 */
export class TableReader extends LineReader {
  readonly #plan: TablePlan;
  readonly #aside: Aside | null;
  readonly #fields: TableFields;
  readonly #rows: TableRows;
  #recognised = false;
  /** The line at hand begins within a quoted field. */
  #open = false;
  #state = '';

  constructor(sink: RecordSink, plan: TablePlan, aside: Aside | null = null) {
    super(sink);
    this.#plan = plan;
    this.#aside = aside;
    this.#fields = new TableFields(plan.delimiter, plan.width + 1);
    this.#rows = new TableRows(sink, this.slots, plan, (key) => this.tally(key));
  }

  protected get recognised(): boolean {
    return this.#recognised;
  }

  protected bind(): void {
    this.#rows.bind();
  }

  protected override saved(): string {
    return JSON.stringify({
      recognised: this.#recognised,
      open: this.#open,
      aside: this.#state,
      others: this.#rows.others,
    } satisfies Saved);
  }

  protected override restore(saved: string): void {
    const { recognised, open, aside, others } = JSON.parse(saved) as Saved;
    this.#recognised = recognised;
    this.#open = open;
    this.#state = aside;
    this.#rows.use(others);
  }

  protected take(bytes: Uint8Array, start: number, end: number, last: boolean): Problem | typeof COMMENT | null {
    const stop = beforeReturn(bytes, start, end);
    const within = this.#open;
    if (!within) {
      const aside = this.#isAside(bytes, start, stop);
      if (aside !== null) return aside;
    }
    const wrong = this.#fields.scan(bytes, start, stop, within);
    if (wrong === 'OPEN' && last) return this.#cutOff('the file ends within a quoted field');
    if (within || wrong === 'OPEN') {
      this.#open = wrong === 'OPEN';
      const what = within ? 'it goes on with a quoted field of the line before it' : 'a quoted field goes on over the end of the line';
      return { reason: 'QUOTED_NEWLINE', what };
    }
    if (wrong === 'BEHIND') return { reason: 'BAD_QUOTES', what: `text stands behind the quote that ends field ${this.#fields.count}` };
    return this.#fit(last) ?? this.#row(bytes, start);
  }

  #isAside(bytes: Uint8Array, start: number, stop: number): Problem | typeof COMMENT | null {
    const isHeader = this.#isHeader(bytes, start, stop);
    if (this.#aside !== null) {
      const line: AsideLine = {
        bytes,
        start,
        end: stop,
        isHeader,
        recognised: this.#recognised,
        state: this.#state,
        tally: (key) => this.tally(key),
      };
      const aside = this.#aside(line);
      this.#state = line.state;
      if (aside !== null) return aside;
    }
    if (isHeader) {
      this.#recognised = true;
      this.tally(HEADERS);
      return COMMENT;
    }
    // before the header of a table there may be notes
    return !this.#recognised && bytes[start] === 35 ? COMMENT : null;
  }

  #fit(last: boolean): Problem | null {
    const fields = this.#fields;
    const { width } = this.#plan;
    if (fields.count === width + 1) fields.dropEmptyLast();
    const { count } = fields;
    if (last && (this.broken || count < width))
      return this.#cutOff(`the file ends within this line: ${plural(count, 'field')} of ${width}`);
    if (count === width) return null;
    const named = this.#plan.header === null ? 'the table has' : 'the header names';
    return { reason: count < width ? 'TOO_FEW_FIELDS' : 'TOO_MANY_FIELDS', what: `${plural(count, 'field')} where ${named} ${width}` };
  }

  #row(bytes: Uint8Array, start: number): Problem | null {
    const problem = this.#rows.row(bytes, this.#fields);
    if (problem !== null) return problem;
    this.#recognised = true;
    this.commit(start, this.#rows.ts, false);
    return null;
  }

  #cutOff(what: string): Problem {
    this.cut();
    return { reason: 'TRUNCATED', what };
  }

  #isHeader(bytes: Uint8Array, start: number, stop: number): boolean {
    const { header } = this.#plan;
    if (header === null || header.length !== stop - start) return false;
    for (let i = 0; i < header.length; i++) if (bytes[start + i] !== header[i]) return false;
    return true;
  }
}

const HEADERS = 'headers';

/** What was tallied while reading, for a person. */
export function tableRemarks(tallies: ReadonlyMap<string, number>, plan: TablePlan): string[] {
  const remarks: string[] = [];
  const headers = tallies.get(HEADERS) ?? 0;
  if (headers > 1) remarks.push(`The header stands ${headers} times in the file: several tables put together.`);
  const finer = tallies.get(FINER) ?? 0;
  if (finer > 0) remarks.push(`Rounded to microseconds: ${plural(finer, 'time')} with more digits.`);
  for (const [key, count] of tallies) {
    if (!key.startsWith(ODD)) continue;
    const column = plan.columns.find((one) => one.column === key.slice(ODD.length));
    if (column === undefined) continue;
    const what = `${plural(count, 'value')} of ${column.column} ${count === 1 ? 'is' : 'are'} no ${words[column.type] ?? 'number'}`;
    remarks.push(`${what}; ${count === 1 ? 'it is' : 'they are'} kept as text in ${column.other}.`);
  }
  return [...remarks, ...commonRemarks(tallies)];
}

const words: Readonly<Record<string, string>> = {
  addr: 'address',
  port: 'port',
  time: 'time',
  interval: 'length of time that can be kept',
  bool: 'truth value',
  enum: 'protocol',
};
