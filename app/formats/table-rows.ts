import { Cells, type CellPlan } from './cells.ts';
import type { ColumnSlots } from './column-slots.ts';
import type { Problem } from './line-outcome.ts';
import { ownColumn } from './own-columns.ts';
import { protocolOf, type Protocol } from './protocols.ts';
import { AS, type TablePlan, type TablePlanColumn } from './table-plan.ts';
import * as values from './table-values.ts';
import { quoted } from './texts.ts';
import type { RecordSink } from './types.ts';
import { isOfLargerUnit, smallTally } from './unit-doubts.ts';

const BLANK = 32;
const TAB = 9;
const APOSTROPHE = 39;

/** Spellings of protocols that are remembered. */
const REMEMBERED = 1000;

/** Where the fields of a row stand: field i is bytes[starts[i]..ends[i]), or the same of `unescaped` where `escaped[i]` is 1; 2: it stood in quotes, so that a text may be empty. */
export interface FieldPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly escaped: Uint8Array;
  readonly unescaped: Uint8Array;
  /** Fields of columns of numbers that are given as such; NaN for those that stand in the bytes. */
  readonly numbers?: Float64Array;
}

interface IcmpPlaces {
  readonly proto: number;
  readonly orig: number;
  readonly resp: number;
}

/** Turns the fields of a line into a row of the slots, as a plan says. */
export class TableRows {
  /** Time of the row that was filled last. */
  ts = NaN;
  /** Columns whose values did not all fit: their texts stand in columns of their own. By the place of the column. */
  readonly #others = new Map<number, number>();
  /** Times of the row at hand that lost digits. */
  #finer = 0;
  /** Columns with a time of the row at hand that may be in another unit. */
  #small: string[] = [];
  /** A day with its time of day. */
  #joined = new Uint8Array(128);
  /** Fields of the row at hand that go there. */
  #odd: number[] = [];
  readonly #plan: TablePlan;
  /** The column `ts`, where its time of day stands in another field. */
  readonly #clockedPlace: number;
  /** Places of protocol and ports, where type and code of ICMP stand in the responder's. */
  readonly #icmp: IcmpPlaces | null;
  readonly #cells: Cells;
  readonly #protocols = new Map<string, Protocol | null>();
  readonly #tally: (key: string) => void;

  constructor(sink: RecordSink, slots: ColumnSlots, plan: TablePlan, tally: (key: string) => void) {
    this.#plan = plan;
    this.#clockedPlace = plan.clock >= 0 ? plan.ts : -1;
    this.#tally = tally;
    const [proto, orig, resp] = ['proto', 'orig_p', 'resp_p'].map((name) => plan.columns.findIndex(({ column }) => column === name));
    this.#icmp = plan.icmpInPort && Math.min(proto, orig, resp) >= 0 ? { proto, orig, resp } : null;
    this.#cells = new Cells(sink, slots);
    this.use([]);
  }

  /** Places of columns that have another one for what does not fit, in the order in which these came. */
  get others(): readonly number[] {
    return [...this.#others.keys()];
  }

  use(others: readonly number[]): void {
    this.#cells.use(this.#plan.columns);
    this.#others.clear();
    for (const place of others) this.#otherOf(place);
  }

  bind(): void {
    this.#cells.bind();
  }

  /** Fills row `slots.rows`, or says what is wrong and leaves nothing. */
  row(bytes: Uint8Array, fields: FieldPlaces): Problem | null {
    const { columns, doubts } = this.#plan;
    doubts?.clear();
    this.ts = NaN;
    this.#odd.length = 0;
    this.#finer = 0;
    this.#small.length = 0;
    for (let place = 0; place < columns.length; place++) {
      const column = columns[place];
      if (column.field < 0) continue;
      const problem =
        place === this.#clockedPlace ? this.#joinedTime(column, place, bytes, fields) : this.#field(column, place, bytes, fields);
      if (problem === null) continue;
      this.#cells.clearRow();
      return problem;
    }
    this.#derive(bytes, fields);
    if (this.#icmp !== null) this.#icmpPorts(this.#icmp, bytes, fields);
    doubts?.count(this.#tally);
    for (; this.#finer > 0; this.#finer--) this.#tally(FINER);
    for (const column of this.#small) this.#tally(smallTally(column));
    for (const place of this.#odd) this.#keepOdd(place, bytes, fields);
    return null;
  }

  /** A column beside those of the plan; returns its place. */
  add(plan: CellPlan): number {
    return this.#cells.add(plan);
  }

  /** Into a column that was added, of the row that was filled last. */
  putNumber(place: number, value: number): void {
    this.#cells.number(place, value);
  }

  /** The same of a text. */
  putText(place: number, bytes: Uint8Array, start: number, end: number): void {
    this.#cells.absent(place);
    this.#cells.text(place, bytes, start, end);
  }

  #field(column: TablePlanColumn, place: number, bytes: Uint8Array, fields: FieldPlaces): Problem | null {
    const { field } = column;
    const number = fields.numbers?.[field];
    if (number !== undefined && number === number) {
      this.#cells.number(place, number);
      return null;
    }
    const source = fields.escaped[field] === 1 ? fields.unescaped : bytes;
    return this.#value(column, place, source, fields.starts[field], fields.ends[field], fields.escaped[field] === 2);
  }

  /** The record's time, of which day and time of day stand in two fields; where one of them is absent, it is. */
  #joinedTime(column: TablePlanColumn, place: number, bytes: Uint8Array, fields: FieldPlaces): Problem | null {
    let length = 0;
    for (const field of [column.field, this.#plan.clock]) {
      const source = fields.escaped[field] === 1 ? fields.unescaped : bytes;
      const text = source.subarray(fields.starts[field], fields.ends[field]);
      if (values.isAbsentValue(text, 0, text.length)) return this.#value(column, place, text, 0, text.length, false);
      if (length + text.length + 1 > this.#joined.length) {
        const larger = new Uint8Array((length + text.length + 1) * 2);
        larger.set(this.#joined);
        this.#joined = larger;
      }
      this.#joined.set(text, length);
      length += text.length;
      this.#joined[length++] = BLANK;
    }
    return this.#value(column, place, this.#joined, 0, length - 1, false);
  }

  #value(column: TablePlanColumn, place: number, bytes: Uint8Array, from: number, to: number, inQuotes: boolean): Problem | null {
    if (column.as === AS.text) {
      this.#text(place, bytes, from, to, inQuotes);
      return null;
    }
    let start = from;
    let end = to;
    while (start < end && (bytes[start] === BLANK || bytes[start] === TAB)) start++;
    while (end > start && (bytes[end - 1] === BLANK || bytes[end - 1] === TAB)) end--;
    if (values.isAbsentValue(bytes, start, end)) {
      return column.needed ? { reason: 'MISSING', what: `${column.name} is ${quoted(bytes, from, to)}` } : null;
    }
    if (column.as === AS.address) {
      if (this.#cells.address(place, bytes, start, end)) return null;
      if (this.#plan.own !== null) {
        this.#cells.host(place, bytes, start, end);
        return null;
      }
    } else if (column.as === AS.protocol) {
      if (this.#protocol(place, bytes, start, end)) return null;
    } else {
      let value = numberOf(column, bytes, start, end);
      if (value !== value && this.#plan.own !== null && (column.as === AS.count || column.as === AS.number))
        value = values.anyNumber(bytes, start, end);
      if (value === value) {
        this.#cells.number(place, value);
        if (place === this.#plan.ts) this.ts = value;
        if (column.as === AS.time && values.isFiner(bytes, start, end, column.shift)) this.#finer++;
        if (column.unit !== null && isOfLargerUnit(value, column.unit)) this.#small.push(column.column);
        return null;
      }
    }
    if (column.needed)
      return { reason: column.as === AS.time ? 'BAD_TIME' : 'BAD_ADDRESS', what: `${column.name} is ${quoted(bytes, from, to)}` };
    this.#odd.push(place);
    return null;
  }

  /** `inQuotes`: Flowcase's own tables have an empty text so, and nothing for none. */
  #text(place: number, bytes: Uint8Array, from: number, to: number, inQuotes = false): void {
    const { own } = this.#plan;
    if (from === to && !(inQuotes && own !== null)) return;
    if (own !== 'exact' && to - from === 1 && bytes[from] === 45) return;
    const start = own === 'guarded' && isGuarded(bytes, from, to) ? from + 1 : from;
    this.#cells.text(place, bytes, start, to);
  }

  #protocol(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#plan.own !== null) {
      this.#text(place, bytes, start, end);
      return true;
    }
    const protocol = this.#protocolOf(bytes, start, end);
    if (protocol === null) return false;
    const name = Buffer.from(protocol.name);
    this.#cells.plain(place, name, 0, name.length);
    if (protocol.number !== null && this.#plan.protocolNumber >= 0) this.#cells.number(this.#plan.protocolNumber, protocol.number);
    return true;
  }

  #protocolOf(bytes: Uint8Array, start: number, end: number): Protocol | null {
    if (end - start > 40) return null;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    let protocol = this.#protocols.get(text);
    if (protocol === undefined) {
      protocol = protocolOf(text.replace(/\.0$/, ''));
      if (this.#protocols.size < REMEMBERED) this.#protocols.set(text, protocol);
    }
    return protocol;
  }

  /** How long the record lasted, from its beginning and end. */
  #derive(bytes: Uint8Array, fields: FieldPlaces): void {
    const { duration, end, columns } = this.#plan;
    if (duration < 0 || Number.isNaN(this.ts)) return;
    const { field, time } = columns[end];
    const source = fields.escaped[field] === 1 ? fields.unescaped : bytes;
    const until = time === null ? NaN : time(source, fields.starts[field], fields.ends[field]);
    if (until >= this.ts) this.#cells.number(duration, until - this.ts);
  }

  #icmpPorts({ proto, orig, resp }: IcmpPlaces, bytes: Uint8Array, fields: FieldPlaces): void {
    const text = (place: number): string => {
      const { field } = this.#plan.columns[place];
      const source = fields.escaped[field] === 1 ? fields.unescaped : bytes;
      return Buffer.from(source.subarray(fields.starts[field], Math.min(fields.ends[field], fields.starts[field] + 40))).toString('latin1');
    };
    if (!/^\s*(1|58|icmp6?|icmpv6|ipv6-icmp)\s*$/i.test(text(proto)) || !/^\s*0*\s*$/.test(text(orig))) return;
    const [, first = '', second] = /^\s*(\d{1,5})(?:\.(\d{1,3}))?\s*$/.exec(text(resp)) ?? [];
    if (first === '') return;
    const [type, code] = second === undefined ? [Number(first) >> 8, Number(first) & 255] : [Number(first), Number(second)];
    if (type > 255 || code > 255) return;
    this.#cells.number(orig, type);
    this.#cells.number(resp, code);
    this.#odd = this.#odd.filter((place) => place !== resp);
  }

  #keepOdd(place: number, bytes: Uint8Array, fields: FieldPlaces): void {
    const { field, column } = this.#plan.columns[place];
    const source = fields.escaped[field] === 1 ? fields.unescaped : bytes;
    this.#cells.text(this.#otherOf(place), source, fields.starts[field], fields.ends[field]);
    this.#tally(`${ODD}${column}`);
  }

  #otherOf(place: number): number {
    const there = this.#others.get(place);
    if (there !== undefined) return there;
    const { other } = this.#plan.columns[place];
    const added = this.#cells.add({ column: other, type: 'string', spec: ownColumn(other, 'string') });
    this.#others.set(place, added);
    return added;
  }
}

/** Before the name of a column with values that do not fit, in the tallies. */
export const ODD = 'odd: ';

/** Times that were rounded, in the tallies. */
export const FINER = 'finer';

function numberOf(column: TablePlanColumn, bytes: Uint8Array, start: number, end: number): number {
  switch (column.as) {
    case AS.count:
      return values.wholeValue(bytes, start, end);
    case AS.port:
      return values.portValue(bytes, start, end);
    case AS.interval:
      return values.intervalValue(bytes, start, end, column.shift);
    case AS.time:
      return column.time === null ? NaN : column.time(bytes, start, end);
    case AS.bool:
      return values.boolValue(bytes, start, end);
    default:
      return values.numberValue(bytes, start, end);
  }
}

/** What a spreadsheet would run, behind an apostrophe: see app/report/csv.ts, which writes it so. */
const formula = /^''*(?:[\p{White_Space}\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212]|[\t\r\n])/u;

function isGuarded(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== APOSTROPHE) return false;
  return formula.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 1000)).toString('utf8'));
}
