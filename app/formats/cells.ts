import type { ColumnSpec } from '../columns/types.ts';
import type { ColumnType } from '../contract/records.ts';
import { parseIpv4 } from '../shared/ipv4.ts';
import { Ipv6Reader } from './addresses.ts';
import { MAX_TEXT, type ColumnSlots, type Slot } from './column-slots.ts';
import type { TextSlot } from './text-slot.ts';
import { Ipv4Cache, TermCache } from './intern-cache.ts';
import { ByteScratch, needsCare } from './texts.ts';
import type { RecordSink } from './types.ts';

/** A column that a format fills. `spec` is null while it is not known whether the text repeats (own-columns.ts); `repeats`: it does as a rule. */
export interface CellPlan {
  readonly column: string;
  readonly type: ColumnType;
  readonly spec: ColumnSpec | null;
  readonly repeats?: boolean;
}

/** Puts values into the row that is being filled (`slots.rows`), column by column, by their place in the plan. What a row does not set is absent. */
export class Cells {
  readonly addresses: Ipv4Cache;
  readonly terms: TermCache;
  readonly #slots: ColumnSlots;
  readonly #ipv6 = new Ipv6Reader();
  readonly #clean = new ByteScratch();
  #plans: CellPlan[] = [];
  #cells: Slot[] = [];

  constructor(sink: RecordSink, slots: ColumnSlots) {
    this.#slots = slots;
    this.addresses = new Ipv4Cache(sink.dictionary('host'));
    this.terms = new TermCache(sink.dictionary('term'));
  }

  /** Rows from here on have these columns (others keep what they had: absent). */
  use(plans: readonly CellPlan[]): void {
    this.#plans = [...plans];
    this.#slots.clearRow();
    this.#slots.expect(plans);
    this.bind();
  }

  /** One column more; returns its place. */
  add(plan: CellPlan): number {
    this.#slots.expect([plan]);
    this.#cells.push(this.#slots.slot(plan.column, plan.type, plan.spec, plan.repeats));
    return this.#plans.push(plan) - 1;
  }

  /** Looks the slots up again: after a flush an undecided text may have become a dictionary. */
  bind(): void {
    this.#cells = this.#plans.map(({ column, type, spec, repeats }) => this.#slots.slot(column, type, spec, repeats));
  }

  slot(place: number): Slot {
    return this.#cells[place];
  }

  /** Finite, or NaN for absent. */
  number(place: number, value: number): void {
    const slot = this.#cells[place];
    if (slot.storage !== 'number') throw new TypeError(`'${this.#plans[place].column}' is not kept as a number`);
    slot.values[this.#slots.rows] = value;
  }

  /** bytes[start..end) as a text; control bytes are made visible. */
  text(place: number, bytes: Uint8Array, start: number, end: number): void {
    if (!needsCare(bytes, start, end)) {
      this.plain(place, bytes, start, end);
      return;
    }
    const clean = this.#clean;
    clean.clear();
    for (let i = start; i < end; i++) clean.putVisible(bytes[i]);
    this.plain(place, clean.bytes, 0, clean.length);
  }

  /** The same for bytes that are known to hold no control bytes. */
  plain(place: number, bytes: Uint8Array, start: number, end: number): void {
    const slot = this.#cells[place];
    const row = this.#slots.rows;
    if (slot.storage === 'dictionary') slot.values[row] = this.terms.id(bytes, start, end);
    else if (slot.storage === 'text') this.#put(slot, row, bytes, start, end);
    else throw new TypeError(`'${this.#plans[place].column}' is kept as a number`);
  }

  /** An address, in its one spelling; false where it is none, and nothing was set. */
  address(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    const slot = this.#cells[place];
    if (slot.storage !== 'dictionary') throw new TypeError(`'${this.#plans[place].column}' is not kept as an address`);
    const id = this.addressId(bytes, start, end);
    if (id < 0) return false;
    slot.values[this.#slots.rows] = id;
    return true;
  }

  /** The id of an address in its one spelling, or -1 where it is none. */
  addressId(bytes: Uint8Array, start: number, end: number): number {
    const ipv4 = parseIpv4(bytes, start, end);
    if (ipv4 >= 0) return this.addresses.id(ipv4, bytes, start, end);
    return this.#ipv6.read(bytes, start, end) ? this.addresses.long(this.#ipv6.bytes, this.#ipv6.length) : -1;
  }

  /** The name of a host where no address is, as access logs have them. */
  host(place: number, bytes: Uint8Array, start: number, end: number): void {
    const slot = this.#cells[place];
    if (slot.storage !== 'dictionary') throw new TypeError(`'${this.#plans[place].column}' is not kept as an address`);
    slot.values[this.#slots.rows] = slot.dictionary.intern(bytes, start, end);
  }

  absent(place: number): void {
    const slot = this.#cells[place];
    const row = this.#slots.rows;
    if (slot.storage === 'number') slot.values[row] = NaN;
    else if (slot.storage === 'dictionary') slot.values[row] = 0;
    else slot.takeBack(row);
  }

  /** Undoes what a refused row left behind. */
  clearRow(): void {
    this.#slots.clearRow();
    for (const slot of this.#cells) if (slot.storage === 'text') slot.takeBack(this.#slots.rows);
  }

  #put(slot: TextSlot, row: number, bytes: Uint8Array, start: number, end: number): void {
    slot.set(row, bytes, start, end);
    if (slot.length > MAX_TEXT) this.#slots.heavy = true;
  }
}
