import type { RecordKind } from '../contract/case.ts';
import { Cells } from './cells.ts';
import { MAX_KEYS, type ColumnSlots } from './column-slots.ts';
import { besides, eveColumn, flowPaths, type EveColumn } from './eve-fields.ts';
import { parseIsoTime } from './iso-time.ts';
import { MORE_COLUMN, MoreKeys } from './json-more.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { putJsonList, putJsonText } from './json-text.ts';
import type { Problem } from './line-outcome.ts';
import { protocolOf } from './protocols.ts';
import { numberValue, portValue, wholeValue } from './table-values.ts';
import { ByteScratch, quoted } from './texts.ts';
import type { RecordSink } from './types.ts';

/** Families of values that become columns of their own where a path is not known. */
type Family = 'number' | 'bool' | 'text' | 'vector';
const families: readonly Family[] = ['number', 'bool', 'text', 'vector'];

/** A column as it is handed from one reader to the next. */
export type EveField = readonly [path: string, family: Family];

const UNSEEN = -1;
/** There are too many columns for one more. */
const BEYOND = -2;

/** Turns the members of an event, found by a JsonScanner, into a row of the slots. Columns come as they are met. */
export class EveRows {
  /** Time of the row that was filled last. */
  ts = NaN;
  readonly scanner = new JsonScanner();
  readonly #kind: RecordKind;
  readonly #cells: Cells;
  readonly #text = new ByteScratch();
  readonly #fixed: readonly EveColumn[];
  #fields: EveField[] = [];
  #columns: EveColumn[] = [];
  readonly #places = new Map<string, number>();
  /** By key and family: the column's place. */
  #byKey = new Int32Array(256 * families.length).fill(UNSEEN);
  #generation = 0;
  /** Values of keys that have no column, in the row that was filled last. */
  beyond = 0;
  readonly #more = new MoreKeys();
  #end = NaN;
  /** When the event was written. */
  #logged = NaN;
  #hosts = 0;

  constructor(sink: RecordSink, slots: ColumnSlots, kind: RecordKind) {
    this.#kind = kind;
    this.#cells = new Cells(sink, slots);
    const usual = kind === 'connection' ? flowPaths.map((path) => eveColumn(path, kind, 'text')) : [];
    const once = usual.filter((column, i) => usual.findIndex((other) => other.column === column.column) === i);
    this.#fixed = [...once, ...besides(kind)];
    this.use([]);
  }

  /** Columns that came beside those that every table of these events has, in their order. */
  get fields(): readonly EveField[] {
    return this.#fields;
  }

  use(fields: readonly EveField[]): void {
    this.#fields = [];
    this.#columns = [...this.#fixed];
    this.#places.clear();
    for (const [place, { column, read }] of this.#fixed.entries())
      this.#places.set(`${read === 'number' ? 'number' : 'known'} ${column}`, place);
    this.#byKey.fill(UNSEEN);
    this.#cells.use(this.#columns);
    for (const [path, family] of fields) this.#placeOf(path, family, true);
    this.scanner.forget();
  }

  bind(): void {
    this.#cells.bind();
  }

  /** The members are those that the scanner found last. Null: row `slots.rows` is filled; else what is wrong, and nothing is left of it. */
  row(bytes: Uint8Array): Problem | null {
    const problem = this.#members(bytes) ?? this.#finish();
    if (problem !== null) this.#cells.clearRow();
    return problem;
  }

  /** Makes the columns of the members that the scanner found last, and no row. */
  meet(bytes: Uint8Array): void {
    const { kinds, starts, ends, count } = this.scanner;
    for (let i = 0; i < count && this.#columns.length < MAX_KEYS; i++) {
      if (kinds[i] !== JSON_KIND.object && kinds[i] !== JSON_KIND.null) this.#place(i, familyOf(kinds[i], bytes, starts[i], ends[i]));
    }
  }

  #members(bytes: Uint8Array): Problem | null {
    const { scanner } = this;
    const { kinds, starts, ends, count } = scanner;
    this.ts = NaN;
    this.#end = NaN;
    this.#logged = NaN;
    this.#hosts = 0;
    this.#more.begin();
    for (let i = 0; i < count; i++) {
      const kind = kinds[i];
      if (kind === JSON_KIND.object || kind === JSON_KIND.null) continue;
      const place = this.#place(i, familyOf(kind, bytes, starts[i], ends[i]));
      if (place === BEYOND) {
        this.#more.add(scanner.names.path(scanner.keys[i]), bytes, kind, starts[i], ends[i]);
        continue;
      }
      const problem = this.#value(bytes, place, kind, starts[i], ends[i]);
      if (problem !== null) return problem;
    }
    this.beyond = this.#more.count;
    if (this.beyond > 0) {
      const { bytes: text, length } = this.#more.text();
      const place = this.#placeOf(MORE_COLUMN, 'text', true);
      this.#cells.absent(place);
      this.#cells.text(place, text, 0, length);
    }
    return null;
  }

  /** Or BEYOND. */
  #place(member: number, family: Family): number {
    const { names, keys } = this.scanner;
    if (names.generation !== this.#generation) {
      this.#generation = names.generation;
      this.#byKey.fill(UNSEEN);
    }
    const at = keys[member] * families.length + families.indexOf(family);
    if (at >= this.#byKey.length) {
      const longer = new Int32Array(at * 2).fill(UNSEEN);
      longer.set(this.#byKey);
      this.#byKey = longer;
    }
    if (this.#byKey[at] === UNSEEN) this.#byKey[at] = this.#placeOf(names.path(keys[member]), family);
    return this.#byKey[at];
  }

  #placeOf(path: string, family: Family, always = false): number {
    const column = eveColumn(path, this.#kind, family);
    const own = column.read === 'number' || column.read === 'bool' || column.read === 'text';
    const key = `${own && column.path === column.column ? family : 'known'} ${column.column}`;
    const there = this.#places.get(key);
    if (there !== undefined) return there;
    if (this.#columns.length >= MAX_KEYS && own && !always) return BEYOND;
    const place = this.#cells.add(column);
    this.#columns.push(column);
    this.#fields.push([path, family]);
    this.#places.set(key, place);
    return place;
  }

  #value(bytes: Uint8Array, place: number, kind: number, start: number, end: number): Problem | null {
    const column = this.#columns[place];
    if (column.read === 'text') {
      this.#putText(place, bytes, kind, start, end);
      return null;
    }
    if (kind === JSON_KIND.escaped) {
      const text = this.#text;
      text.clear();
      putJsonText(text, bytes, start, end);
      return this.#value(text.bytes, place, JSON_KIND.string, 0, text.length);
    }
    if (start === end) return null;
    switch (column.read) {
      case 'address':
        return this.#address(column, place, bytes, start, end);
      case 'time':
        return this.#time(column, place, bytes, start, end);
      case 'protocol':
        return this.#protocol(place, bytes, start, end);
      case 'service':
        this.#service(place, bytes, kind, start, end);
        return null;
      case 'vlan':
        this.#vlan(place, bytes, kind, start, end);
        return null;
      case 'bool':
        this.#cells.number(place, kind === JSON_KIND.true ? 1 : 0);
        return null;
      default:
        return this.#number(column, place, bytes, start, end);
    }
  }

  #number(column: EveColumn, place: number, bytes: Uint8Array, start: number, end: number): Problem | null {
    const read = column.read === 'port' ? portValue : column.read === 'count' ? wholeValue : numberValue;
    const value = read(bytes, start, end);
    if (Number.isNaN(value)) {
      return { reason: column.read === 'port' ? 'BAD_PORT' : 'BAD_NUMBER', what: `${column.path} is ${quoted(bytes, start, end)}` };
    }
    this.#cells.number(place, value);
    return null;
  }

  #address(column: EveColumn, place: number, bytes: Uint8Array, start: number, end: number): Problem | null {
    if (!this.#cells.address(place, bytes, start, end)) {
      return { reason: 'BAD_ADDRESS', what: `${column.path} is ${quoted(bytes, start, end)}` };
    }
    if (column.column === 'orig_h') this.#hosts |= 1;
    else if (column.column === 'resp_h') this.#hosts |= 2;
    return null;
  }

  #time(column: EveColumn, place: number, bytes: Uint8Array, start: number, end: number): Problem | null {
    const time = parseIsoTime(bytes, start, end);
    if (Number.isNaN(time)) return { reason: 'BAD_TIME', what: `${column.path} is ${quoted(bytes, start, end)}` };
    this.#cells.number(place, time);
    if (column.column === 'ts') this.ts = time;
    else if (column.column === 'end') this.#end = time;
    else if (column.path === 'timestamp') this.#logged = time;
    return null;
  }

  #protocol(place: number, bytes: Uint8Array, start: number, end: number): Problem | null {
    const protocol = protocolOf(Buffer.from(bytes.subarray(start, Math.min(end, start + 60))).toString('latin1'));
    if (protocol === null) {
      this.#cells.text(place, bytes, start, end);
      return null;
    }
    const name = Buffer.from(protocol.name);
    this.#cells.plain(place, name, 0, name.length);
    const number = this.#places.get('number ip_proto');
    if (protocol.number !== null && number !== undefined) this.#cells.number(number, protocol.number);
    return null;
  }

  /** `failed` is no protocol: Suricata did not find out. It is kept under its own name. */
  #service(place: number, bytes: Uint8Array, kind: number, start: number, end: number): void {
    const failed = end - start === 6 && Buffer.from(bytes.subarray(start, end)).toString('latin1') === 'failed';
    this.#putText(failed ? this.#placeOf('app_proto_failed', 'text', true) : place, bytes, kind, start, end);
  }

  /** The outer one and the inner one. */
  #vlan(place: number, bytes: Uint8Array, kind: number, start: number, end: number): void {
    const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 60))).toString('latin1');
    const [outer, inner] = (kind === JSON_KIND.array ? text.slice(1, -1) : text).split(',').map((part) => Number(part));
    if (Number.isInteger(outer)) this.#cells.number(place, outer);
    const second = this.#places.get('number inner_vlan');
    if (Number.isInteger(inner) && second !== undefined) this.#cells.number(second, inner);
  }

  #putText(place: number, bytes: Uint8Array, kind: number, start: number, end: number): void {
    const text = this.#text;
    // of a key that stands twice the last value counts
    this.#cells.absent(place);
    text.clear();
    if (kind === JSON_KIND.escaped) putJsonText(text, bytes, start, end);
    else if (kind === JSON_KIND.array) putJsonList(text, bytes, start, end);
    else {
      this.#cells.text(place, bytes, start, end);
      return;
    }
    this.#cells.plain(place, text.bytes, 0, text.length);
  }

  #finish(): Problem | null {
    if (this.#kind !== 'connection') return null;
    if (this.#hosts !== 3) return { reason: 'MISSING', what: `${(this.#hosts & 1) === 0 ? 'src_ip' : 'dest_ip'} is not there` };
    const times = this.#places.get('known ts');
    if (Number.isNaN(this.ts) && times !== undefined && !Number.isNaN(this.#logged)) {
      this.ts = this.#logged;
      this.#cells.number(times, this.ts);
    }
    if (Number.isNaN(this.ts)) return { reason: 'MISSING', what: 'flow.start and timestamp are not there' };
    const duration = this.#places.get('number duration');
    if (this.#end >= this.ts && duration !== undefined) this.#cells.number(duration, this.#end - this.ts);
    return null;
  }
}

/** Numbers that a number keeps only nearly are texts. */
function familyOf(kind: number, bytes: Uint8Array, start: number, end: number): Family {
  if (kind === JSON_KIND.true || kind === JSON_KIND.false) return 'bool';
  if (kind === JSON_KIND.array) return 'vector';
  if (kind !== JSON_KIND.number) return 'text';
  return Number.isNaN(numberValue(bytes, start, end)) ? 'text' : 'number';
}
