import { Cells, type CellPlan } from './cells.ts';
import type { ColumnSlots } from './column-slots.ts';
import { hasValue, isGuarded, sourceOf, textOf, type FieldPlaces } from './field-places.ts';
import type { Problem } from './line-outcome.ts';
import { ownColumn } from './own-columns.ts';
import { Protocols } from './protocols.ts';
import { icmpInPort, numberReader, otherNumber, ROUNDED, type NumberReader } from './table-numbers.ts';
import { AS, type TablePlan, type TablePlanColumn } from './table-plan.ts';
import * as values from './table-values.ts';
import { quoted } from './texts.ts';
import type { RecordSink } from './types.ts';
import { isOfLargerUnit, smallTally } from './unit-doubts.ts';

const BLANK = 32;
const TAB = 9;

type IcmpPlaces = Readonly<Record<'proto' | 'orig' | 'resp', number>>;

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
  /** Of columns that several fields become: the one of the row at hand, by place. */
  readonly #chosen: TablePlanColumn[] = [];
  /** Others of these with a value: what `#otherOf` knows them by. */
  #besides: number[] = [];
  readonly #plan: TablePlan;
  /** The column `ts`, where its time of day stands in another field. */
  readonly #clockedPlace: number;
  /** Places of protocol and ports, where type and code of ICMP stand in the responder's. */
  readonly #icmp: IcmpPlaces | null;
  readonly #cells: Cells;
  readonly #protocols = new Protocols();
  readonly #tally: (key: string) => void;
  readonly #numberOf: NumberReader;

  constructor(sink: RecordSink, slots: ColumnSlots, plan: TablePlan, tally: (key: string) => void) {
    this.#plan = plan;
    this.#clockedPlace = plan.clock >= 0 ? plan.ts : -1;
    this.#tally = tally;
    this.#numberOf = numberReader(plan, tally);
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
    this.#besides.length = 0;
    this.#finer = 0;
    this.#small.length = 0;
    for (let place = 0; place < columns.length; place++) {
      const column = columns[place];
      if (column.field < 0) continue;
      const one = column.alternatives.length === 0 ? column : this.#choose(place, bytes, fields);
      const isDay = place === this.#clockedPlace && one === column;
      const problem = isDay ? this.#joinedTime(column, place, bytes, fields) : this.#field(one, place, bytes, fields);
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
    for (const key of this.#besides) this.#keepBeside(key, bytes, fields);
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
    return this.#value(
      column,
      place,
      sourceOf(field, bytes, fields),
      fields.starts[field],
      fields.ends[field],
      fields.escaped[field] === 2,
    );
  }

  /** The record's time, of which day and time of day stand in two fields; where one of them is absent, it is. */
  #joinedTime(column: TablePlanColumn, place: number, bytes: Uint8Array, fields: FieldPlaces): Problem | null {
    let length = 0;
    for (const field of [column.field, this.#plan.clock]) {
      const text = sourceOf(field, bytes, fields).subarray(fields.starts[field], fields.ends[field]);
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
    let start = from;
    let end = to;
    while (start < end && (bytes[start] === BLANK || bytes[start] === TAB)) start++;
    while (end > start && (bytes[end - 1] === BLANK || bytes[end - 1] === TAB)) end--;
    if (column.as === AS.text) {
      if (column.type === 'set' && this.#plan.own === null && values.isEmptySet(bytes, start, end)) {
        this.#cells.text(place, bytes, start, start);
        return null;
      }
      const trims = (start > from || end < to) && this.#plan.own === null && values.isClass(column.column);
      this.#text(place, bytes, trims ? start : from, trims ? end : to, inQuotes);
      return null;
    }
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
      let value = this.#numberOf(column, bytes, start, end);
      if (value !== value) {
        value = otherNumber(column, this.#plan.own !== null, bytes, start, end);
        if (value === value && this.#plan.own === null) this.#tally(ROUNDED);
      }
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
    const protocol = this.#protocols.of(bytes, start, end);
    if (protocol === null) return false;
    const name = Buffer.from(protocol.name);
    this.#cells.plain(place, name, 0, name.length);
    if (protocol.number !== null && this.#plan.protocolNumber >= 0) this.#cells.number(this.#plan.protocolNumber, protocol.number);
    return true;
  }

  /** How long the record lasted, from its beginning and end. */
  #derive(bytes: Uint8Array, fields: FieldPlaces): void {
    const { duration, end } = this.#plan;
    if (duration < 0 || Number.isNaN(this.ts)) return;
    const column = this.#columnAt(end);
    const { field } = column;
    const until = this.#numberOf(column, sourceOf(field, bytes, fields), fields.starts[field], fields.ends[field]);
    if (until >= this.ts) this.#cells.number(duration, until - this.ts);
  }

  #icmpPorts({ proto, orig, resp }: IcmpPlaces, bytes: Uint8Array, fields: FieldPlaces): void {
    const text = (place: number): string => textOf(this.#columnAt(place).field, bytes, fields, 40);
    const found = icmpInPort(text(proto), text(orig), text(resp));
    if (found === null) return;
    this.#cells.number(orig, found.type);
    this.#cells.number(resp, found.code);
    this.#odd = this.#odd.filter((place) => place !== resp);
  }

  #keepOdd(place: number, bytes: Uint8Array, fields: FieldPlaces): void {
    const { field, column } = this.#columnAt(place);
    this.#cells.text(this.#otherOf(place), sourceOf(field, bytes, fields), fields.starts[field], fields.ends[field]);
    this.#tally(`${ODD}${column}`);
  }

  /** The first of the fields that become this column which has a value; of others with another value it is kept that they have. */
  #choose(place: number, bytes: Uint8Array, fields: FieldPlaces): TablePlanColumn {
    const { columns } = this.#plan;
    const column = columns[place];
    let chosen: TablePlanColumn | null = hasValue(column.field, bytes, fields) ? column : null;
    for (let i = 0; i < column.alternatives.length; i++) {
      const one = column.alternatives[i];
      if (!hasValue(one.field, bytes, fields)) continue;
      if (chosen === null) chosen = one;
      else if (textOf(one.field, bytes, fields) !== textOf(chosen.field, bytes, fields))
        this.#besides.push(place + (i + 1) * columns.length);
    }
    return (this.#chosen[place] = chosen ?? column);
  }

  #columnAt(place: number): TablePlanColumn {
    const column = this.#plan.columns[place];
    return column.alternatives.length === 0 ? column : (this.#chosen[place] ?? column);
  }

  /** Of two fields with a value that become one column, the later one's. */
  #keepBeside(key: number, bytes: Uint8Array, fields: FieldPlaces): void {
    const { columns } = this.#plan;
    const { alternatives } = columns[key % columns.length];
    const { field, other } = alternatives[Math.floor(key / columns.length) - 1];
    const text = Buffer.from(textOf(field, bytes, fields));
    this.#cells.text(this.#otherOf(key), text, 0, text.length);
    this.#tally(`${BESIDE}${other}`);
  }

  /** `place`: of a column, or that and so many times the number of columns as its alternative is the first, second, ... */
  #otherOf(place: number): number {
    const there = this.#others.get(place);
    if (there !== undefined) return there;
    const { columns } = this.#plan;
    const column = columns[place % columns.length];
    const { other } = place < columns.length ? column : column.alternatives[Math.floor(place / columns.length) - 1];
    const added = this.#cells.add({ column: other, type: 'string', spec: ownColumn(other, 'string') });
    this.#others.set(place, added);
    return added;
  }
}

/** Before the name of a column with values that do not fit, in the tallies. */
export const ODD = 'odd: ';

/** Before the name of the column for values of a field that gave way to another, in the tallies. */
export const BESIDE = 'beside: ';

/** Times that were rounded, in the tallies. */
export const FINER = 'finer';
