import type { RecordKind } from '../contract/case.ts';
import { Cells } from './cells.ts';
import { MAX_KEYS, type ColumnSlots } from './column-slots.ts';
import { MORE_COLUMN, MoreKeys } from './json-more.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { putJsonList, putJsonText } from './json-text.ts';
import type { Problem } from './line-outcome.ts';
import { ByteScratch, quoted } from './texts.ts';
import type { RecordSink } from './types.ts';
import { jsonColumn, jsonField, jsonPlan, type JsonField } from './zeek-json-fields.ts';
import { readJsonNumber, type JsonTimes } from './zeek-json-values.ts';
import { READ, type LayoutField } from './zeek-layout.ts';
import { needed } from './zeek-kinds.ts';
import { losesDigits, mayLackPort, numberProblem } from './zeek-problems.ts';

/** Families of values that become columns of their own where a name is not known. */
const FAMILIES = 3;
const familyOf = new Uint8Array(8);
familyOf[JSON_KIND.number] = 1;
familyOf[JSON_KIND.true] = 2;
familyOf[JSON_KIND.false] = 2;

const UNSEEN = -1;
/** There are too many columns for one more. */
const BEYOND = -2;

/** Turns the members of an object, found by a JsonScanner, into a row of the slots. Columns come as they are met. */
export class ZeekJsonRows {
  /** Time of the row that was filled last. */
  ts = NaN;
  /** Since they were last taken: values above 2^53, keys that came twice in a line, ports that are none. */
  rounded = 0;
  /** Times that lost digits beyond the microsecond. */
  finer = 0;
  doubled = 0;
  badPorts = 0;
  /** Values of keys that have no column since they were last taken. */
  beyond = 0;
  readonly scanner = new JsonScanner();
  readonly #kind: RecordKind;
  readonly #times: JsonTimes;
  readonly #slots: ColumnSlots;
  readonly #cells: Cells;
  readonly #text = new ByteScratch();
  readonly #more = new MoreKeys();
  #fields: JsonField[] = [];
  #plans: LayoutField[] = [];
  /** Place of each column by family and name. */
  readonly #placeOf = new Map<string, number>();
  /** The row in which a column was set last, counted from 1. */
  #setIn = new Float64Array(64);
  #row = 0;
  /** By key and family: the column's place. */
  #places = new Int32Array(256 * FAMILIES).fill(UNSEEN);
  /** The id that a key's last value became in a dictionary, or 0. */
  #last = new Uint32Array(256);
  #generation = 0;
  /** Places of the columns that a record must have. */
  #needed: number[] = [];
  #timePlace = UNSEEN;

  /** Of the first object in a line, which holds all others: its name is no part of theirs. */
  readonly #tagged: boolean;

  constructor(sink: RecordSink, slots: ColumnSlots, kind: RecordKind, times: JsonTimes, tagged = false) {
    this.#tagged = tagged;
    this.#kind = kind;
    this.#times = times;
    this.#slots = slots;
    this.#cells = new Cells(sink, slots);
  }

  get fields(): readonly JsonField[] {
    return this.#fields;
  }

  /** Rows from here on begin with these columns. */
  use(fields: readonly JsonField[]): void {
    this.#fields = [...fields];
    this.#plans = fields.map((field, place) => jsonPlan(field, place, this.#kind));
    this.#placeOf.clear();
    this.#needed = [];
    this.#places.fill(UNSEEN);
    for (const [place, field] of fields.entries()) this.#note(field, place);
    this.#setIn = new Float64Array(Math.max(64, fields.length * 2));
    this.#cells.use(this.#plans);
    this.scanner.forget();
  }

  bind(): void {
    this.#cells.bind();
    this.scanner.forget();
  }

  forgetTallies(): void {
    this.rounded = 0;
    this.finer = 0;
    this.doubled = 0;
    this.badPorts = 0;
    this.beyond = 0;
  }

  /** Makes the columns of the members that the scanner found last, and no row. */
  meet(bytes: Uint8Array): void {
    const { keys, kinds, starts, ends, count } = this.scanner;
    for (let i = 0; i < count && this.#fields.length < MAX_KEYS; i++) {
      const [key, kind] = [keys[i], kinds[i]];
      if (key >= this.#last.length) this.#growKeys();
      const known = this.#places[key * FAMILIES + familyOf[kind]] !== UNSEEN;
      if (kind !== JSON_KIND.object && kind !== JSON_KIND.null && !known) this.#place(bytes, key, kind, starts[i], ends[i]);
    }
  }

  /** The members are those that the scanner found last. Returns null and has filled row `slots.rows`; or what is wrong, and has left nothing. */
  row(bytes: Uint8Array): Problem | null {
    if (this.scanner.count === 0) return { reason: 'NO_FIELDS', what: 'the object is empty' };
    const problem = this.#members(bytes) ?? this.#missing();
    if (problem === null) return null;
    this.#cells.clearRow();
    this.scanner.forget();
    return problem;
  }

  #members(bytes: Uint8Array): Problem | null {
    const { scanner } = this;
    const { keys, kinds, starts, ends, same, count } = scanner;
    if (scanner.names.generation !== this.#generation) {
      this.#generation = scanner.names.generation;
      this.#places.fill(UNSEEN);
    }
    this.#row++;
    this.ts = NaN;
    this.#more.begin();
    for (let i = 0; i < count; i++) {
      const kind = kinds[i];
      if (kind >= JSON_KIND.null) {
        if (kind === JSON_KIND.object) continue;
        if (kind === JSON_KIND.null) {
          this.#unset(keys[i]);
          continue;
        }
      }
      const key = keys[i];
      if (key >= this.#last.length) this.#growKeys();
      let place = this.#places[key * FAMILIES + familyOf[kind]];
      if (place === UNSEEN) {
        place = this.#place(bytes, key, kind, starts[i], ends[i]);
      }
      if (place === BEYOND) {
        this.#more.add(scanner.names.path(key), bytes, kind, starts[i], ends[i]);
        continue;
      }
      if (this.#setIn[place] === this.#row) {
        this.doubled++;
        this.#cells.absent(place);
      }
      this.#setIn[place] = this.#row;
      const slot = this.#cells.slot(place);
      if (same[i] !== 0 && slot.storage === 'dictionary' && this.#last[key] !== 0) {
        slot.values[this.#slots.rows] = this.#last[key];
        continue;
      }
      const problem = this.#value(bytes, place, kind, starts[i], ends[i]);
      if (problem !== null) return problem;
      if (slot.storage === 'dictionary') this.#last[key] = this.#setIn[place] === this.#row ? slot.values[this.#slots.rows] : 0;
    }
    if (this.#more.count > 0) this.#keepMore();
    return null;
  }

  #keepMore(): void {
    this.beyond += this.#more.count;
    const place = this.#placeOf.get(nameOf(moreField)) ?? this.#add(moreField);
    const { bytes, length } = this.#more.text();
    this.#cells.absent(place);
    this.#cells.text(place, bytes, 0, length);
  }

  #value(bytes: Uint8Array, place: number, kind: number, start: number, end: number): Problem | null {
    const field = this.#plans[place];
    if (field.read === READ.text) {
      this.#putText(bytes, place, kind, start, end);
      return null;
    }
    if (kind === JSON_KIND.escaped) {
      this.#text.clear();
      putJsonText(this.#text, bytes, start, end);
      return this.#value(this.#text.bytes, place, JSON_KIND.string, 0, this.#text.length);
    }
    if (field.read === READ.address) return this.#address(bytes, field, kind, start, end);
    if (kind === JSON_KIND.string && (start === end || (end === start + 1 && bytes[start] === 45))) {
      this.#setIn[place] = 0;
      return null;
    }
    const value = readJsonNumber(field, kind, bytes, start, end, this.#times);
    if (!Number.isFinite(value) || (value < 0 && field.unsigned)) {
      if (!mayLackPort(field, bytes, start, end)) return numberProblem(field, value, bytes, start, end);
      this.badPorts++;
      return null;
    }
    if (value > Number.MAX_SAFE_INTEGER && field.read !== READ.double) this.rounded++;
    if (losesDigits(field, bytes, start, end, this.#times.unit === 'seconds' || kind === JSON_KIND.string ? 6 : 3)) this.finer++;
    this.#cells.number(place, value);
    if (place === this.#timePlace) this.ts = value;
    return null;
  }

  #putText(bytes: Uint8Array, place: number, kind: number, start: number, end: number): void {
    if (kind === JSON_KIND.string || kind === JSON_KIND.number) {
      this.#cells.plain(place, bytes, start, end);
      return;
    }
    const text = this.#text;
    text.clear();
    if (kind === JSON_KIND.escaped) putJsonText(text, bytes, start, end);
    else if (kind === JSON_KIND.array) putJsonList(text, bytes, start, end);
    else text.put(kind === JSON_KIND.true ? 84 : 70);
    this.#cells.plain(place, text.bytes, 0, text.length);
  }

  #address(bytes: Uint8Array, field: LayoutField, kind: number, start: number, end: number): Problem | null {
    if (kind === JSON_KIND.string && this.#cells.address(field.index, bytes, start, end)) return null;
    if (kind === JSON_KIND.string && (start === end || (end === start + 1 && bytes[start] === 45))) {
      this.#setIn[field.index] = 0;
      return null;
    }
    return { reason: 'BAD_ADDRESS', what: `${field.name} is ${quoted(bytes, start, end)}` };
  }

  /** A key with null has no value, also where it had one before in this line. */
  #unset(key: number): void {
    if (key >= this.#last.length) this.#growKeys();
    for (let family = 0; family < FAMILIES; family++) {
      const place = this.#places[key * FAMILIES + family];
      if (place === UNSEEN || this.#setIn[place] !== this.#row) continue;
      this.#cells.absent(place);
      this.#setIn[place] = 0;
      this.doubled++;
    }
  }

  #missing(): Problem | null {
    if (this.#kind !== 'connection') return null;
    for (const place of this.#needed) {
      if (this.#setIn[place] !== this.#row) return { reason: 'MISSING', what: `${this.#plans[place].name} is not there` };
    }
    return this.#needed.length === needed.size ? null : { reason: 'MISSING', what: 'time or addresses are not there' };
  }

  /** The column for a key's first value of a family, or BEYOND. */
  #place(bytes: Uint8Array, key: number, kind: number, start: number, end: number): number {
    const { names, keys } = this.scanner;
    const name = names.path(key).slice(this.#tagged ? names.path(keys[0]).length + 1 : 0);
    const number = kind === JSON_KIND.number ? Buffer.from(bytes.subarray(start, Math.min(end, start + 400))).toString('latin1') : '';
    const field = jsonField(name, kind, number, this.#kind);
    let place = this.#placeOf.get(nameOf(field));
    if (place === undefined) {
      if (this.#fields.length >= MAX_KEYS && field.family !== 'known') return (this.#places[key * FAMILIES + familyOf[kind]] = BEYOND);
      place = this.#add(field);
    }
    const first = field.family === 'known' ? 0 : familyOf[kind];
    const last = field.family === 'known' ? FAMILIES - 1 : first;
    this.#places.fill(place, key * FAMILIES + first, key * FAMILIES + last + 1);
    return place;
  }

  #add(field: JsonField): number {
    const plan = jsonPlan(field, this.#fields.length, this.#kind);
    const place = this.#cells.add(plan);
    this.#fields.push(field);
    this.#plans.push(plan);
    this.#note(field, place);
    return place;
  }

  #note(field: JsonField, place: number): void {
    this.#placeOf.set(nameOf(field), place);
    const column = jsonColumn(field.name);
    if (column === 'ts' && field.family === 'known') this.#timePlace = place;
    if (this.#kind === 'connection' && needed.has(column)) this.#needed.push(place);
    if (place < this.#setIn.length) return;
    const longer = new Float64Array(place * 2);
    longer.set(this.#setIn);
    this.#setIn = longer;
  }

  #growKeys(): void {
    const length = Math.max(this.#last.length * 2, this.scanner.names.count);
    const places = new Int32Array(length * FAMILIES).fill(UNSEEN);
    places.set(this.#places);
    this.#places = places;
    const last = new Uint32Array(length);
    last.set(this.#last);
    this.#last = last;
  }
}

const moreField: JsonField = { name: MORE_COLUMN, family: 'text', type: 'string' };

const nameOf = ({ family, name }: JsonField): string => `${family} ${jsonColumn(name)}`;
