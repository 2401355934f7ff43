import { MAX_KEYS, type ColumnSlots } from './column-slots.ts';
import type { FieldPlaces } from './field-places.ts';
import { MORE_KEYS, MoreKeys, morePlan } from './json-more.ts';
import { JSON_KIND, JsonScanner } from './json-scanner.ts';
import { putJsonValue } from './json-table-head.ts';
import type { Problem } from './line-outcome.ts';
import { ownColumn, takenNames } from './own-columns.ts';
import type { TablePlan } from './table-plan.ts';
import { TableRows } from './table-rows.ts';
import { numberValue } from './table-values.ts';
import { ByteScratch } from './texts.ts';
import type { RecordSink } from './types.ts';

/** A key that the log's beginning has not: its column, and whether that is of numbers. */
export type LateKey = readonly [path: string, number: boolean];

const UNSEEN = -1;
const LEFT_OUT = -2;
const LATE = -3;
const taken = takenNames();

/** Turns the members of an object, found by a JsonScanner, into a row of the slots: those of the plan by it, others as columns of their own as they come. */
export class JsonTableRows {
  readonly scanner = new JsonScanner();
  readonly #rows: TableRows;
  readonly #tally: (key: string, count?: number) => void;
  /** By path: the field of the plan, or LEFT_OUT. */
  readonly #known: ReadonlyMap<string, number>;
  readonly #fields: { -readonly [K in keyof FieldPlaces]: FieldPlaces[K] };
  readonly #text = new ByteScratch();
  readonly #more = new MoreKeys();
  #byKey = new Int32Array(256).fill(UNSEEN);
  #generation = 0;
  #late: LateKey[] = [];
  readonly #places = new Map<string, number>();
  /** Members of the row at hand that no field of the plan takes. */
  readonly #beside: number[] = [];

  constructor(
    sink: RecordSink,
    slots: ColumnSlots,
    { plan, known }: { readonly plan: TablePlan; readonly known: ReadonlyMap<string, number> },
    tally: (key: string, count?: number) => void,
  ) {
    this.#rows = new TableRows(sink, slots, plan, tally);
    this.#tally = tally;
    this.#known = known;
    const { width } = plan;
    this.#fields = {
      starts: new Int32Array(width),
      ends: new Int32Array(width),
      escaped: new Uint8Array(width),
      unescaped: new Uint8Array(0),
    };
  }

  /** Time of the row that was filled last. */
  get ts(): number {
    return this.#rows.ts;
  }

  save(): { readonly others: readonly number[]; readonly late: readonly LateKey[] } {
    return { others: this.#rows.others, late: this.#late };
  }

  use({ others, late }: ReturnType<JsonTableRows['save']>): void {
    this.#rows.use(others);
    this.#late = [];
    this.#places.clear();
    for (const key of late) this.#lateOf(key);
  }

  bind(): void {
    this.#rows.bind();
  }

  /** The members are those that the scanner found last. Null: row `slots.rows` is filled; else what is wrong, and nothing is left of it. */
  row(bytes: Uint8Array): Problem | null {
    const { scanner } = this;
    if (scanner.count === 0) return { reason: 'NO_FIELDS', what: 'the object is empty' };
    const fields = this.#fields;
    fields.starts.fill(0);
    fields.ends.fill(0);
    fields.escaped.fill(0);
    this.#beside.length = 0;
    this.#text.clear();
    for (let i = 0; i < scanner.count; i++) this.#member(bytes, i);
    fields.unescaped = this.#text.bytes;
    const problem = this.#rows.row(bytes, fields);
    if (problem === null) this.#putBeside(bytes);
    return problem;
  }

  #member(bytes: Uint8Array, member: number): void {
    const { keys, kinds, starts, ends, names } = this.scanner;
    const kind = kinds[member];
    if (kind === JSON_KIND.object) return;
    if (names.generation !== this.#generation) {
      this.#generation = names.generation;
      this.#byKey.fill(UNSEEN);
    }
    const key = keys[member];
    if (key >= this.#byKey.length) this.#growKeys(key);
    let field = this.#byKey[key];
    if (field === UNSEEN) this.#byKey[key] = field = this.#known.get(names.path(key)) ?? LATE;
    if (field < 0) {
      if (field === LATE && kind !== JSON_KIND.null) this.#beside.push(member);
      return;
    }
    // of a key that stands twice the last value counts
    const fields = this.#fields;
    fields.escaped[field] = 0;
    fields.starts[field] = kind === JSON_KIND.null ? 0 : starts[member];
    fields.ends[field] = kind === JSON_KIND.null ? 0 : ends[member];
    if (kind !== JSON_KIND.escaped && kind !== JSON_KIND.array) return;
    fields.escaped[field] = 1;
    fields.starts[field] = this.#text.length;
    putJsonValue(this.#text, bytes, kind, starts[member], ends[member]);
    fields.ends[field] = this.#text.length;
  }

  /** What the plan does not know, once the rest of the row could be taken. */
  #putBeside(bytes: Uint8Array): void {
    const { keys, kinds, starts, ends, names } = this.scanner;
    this.#more.begin();
    for (const member of this.#beside) {
      const [kind, start, end] = [kinds[member], starts[member], ends[member]];
      const path = names.path(keys[member]);
      const number = kind === JSON_KIND.number ? numberValue(bytes, start, end) : NaN;
      const isNumber = !Number.isNaN(number);
      const place = this.#placeOf(path, isNumber);
      if (place === null) this.#more.add(path, bytes, kind, start, end);
      else if (isNumber) this.#rows.putNumber(place, number);
      else this.#putText(place, bytes, kind, start, end);
    }
    if (this.#more.count === 0) return;
    this.#tally(MORE_KEYS, this.#more.count);
    const { bytes: text, length } = this.#more.text();
    this.#rows.putText(this.#morePlace(), text, 0, length);
  }

  #putText(place: number, bytes: Uint8Array, kind: number, start: number, end: number): void {
    if (kind !== JSON_KIND.escaped && kind !== JSON_KIND.array) {
      if (end > start) this.#rows.putText(place, bytes, start, end);
      return;
    }
    this.#text.clear();
    putJsonValue(this.#text, bytes, kind, start, end);
    this.#rows.putText(place, this.#text.bytes, 0, this.#text.length);
  }

  /** The column of a key that the plan does not know; null where there are too many. */
  #placeOf(path: string, number: boolean): number | null {
    const there = this.#places.get(`${number ? 'number' : 'text'} ${path}`);
    if (there !== undefined) return there;
    if (this.#known.size + this.#late.length >= MAX_KEYS) return null;
    return this.#lateOf([path, number]);
  }

  #morePlace(): number {
    return this.#places.get('more') ?? this.#lateOf(['', false]);
  }

  /** '' stands for the column of all that have none. */
  #lateOf([path, number]: LateKey): number {
    const plain = path.slice(0, 200);
    const column = taken.has(plain) ? `${plain}_2` : plain;
    const type = number ? 'double' : 'string';
    const place = this.#rows.add(path === '' ? morePlan : { column, type, spec: ownColumn(column, type) });
    this.#late.push([path, number]);
    this.#places.set(path === '' ? 'more' : `${number ? 'number' : 'text'} ${path}`, place);
    return place;
  }

  #growKeys(key: number): void {
    const longer = new Int32Array(Math.max(key + 1, this.#byKey.length * 2)).fill(UNSEEN);
    longer.set(this.#byKey);
    this.#byKey = longer;
  }
}

/** Fields of a log by the keys of their members. `names`: of the plan's fields; those that no column takes are left out. */
export function fieldsByPath(names: readonly string[], plan: TablePlan): ReadonlyMap<string, number> {
  const used = new Set(plan.columns.flatMap(({ field, alternatives }) => [field, ...alternatives.map((one) => one.field)]));
  if (plan.clock >= 0) used.add(plan.clock);
  return new Map(names.map((name, field) => [name, used.has(field) ? field : LEFT_OUT]));
}
