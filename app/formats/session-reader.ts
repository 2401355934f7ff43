import type { RecordKind } from '../contract/case.ts';
import type { ColumnType } from '../contract/records.ts';
import { AccessTime } from './access-time.ts';
import { Cells, type CellPlan } from './cells.ts';
import { beforeReturn } from './field-scanner.ts';
import { describeColumn, specOf } from './fields.ts';
import { COMMENT, type Problem } from './line-outcome.ts';
import { LineReader } from './line-reader.ts';
import { ownColumn } from './own-columns.ts';
import { parseUnits, unitShift, type TimeUnit } from './table-times.ts';
import { quoted } from './texts.ts';
import type { RecordSink } from './types.ts';
import * as values from './values.ts';

/** What a field of a session's line becomes. `socket`: an address and its port, in two columns. */
export type SessionField =
  | { readonly as: 'text' | 'count' | 'time'; readonly column: string }
  | { readonly as: 'interval'; readonly column: string; readonly unit: TimeUnit }
  | { readonly as: 'socket'; readonly column: 'orig_h' | 'resp_h'; readonly port: 'orig_p' | 'resp_p' };

export const sessionText = (column: string): SessionField => ({ as: 'text', column });
export const sessionCount = (column: string): SessionField => ({ as: 'count', column });
export const sessionTook = (column: string, unit: TimeUnit): SessionField => ({ as: 'interval', column, unit });
export const originator: SessionField = { as: 'socket', column: 'orig_h', port: 'orig_p' };
export const responder: SessionField = { as: 'socket', column: 'resp_h', port: 'resp_p' };

/** The column of all sessions that none of their fields is. */
const moment: SessionField = { as: 'time', column: 'ts' };

/** Reads logs of load balancers that write a line for each connection: its fields stand in known places, and its columns are known beforehand. */
export abstract class SessionReader extends LineReader {
  protected readonly time: AccessTime;
  protected readonly cells: Cells;
  readonly #places: ReadonlyMap<string, number>;
  #seen = false;

  /** @throws FlowcaseError INVALID_INPUT for a zone that there is not */
  constructor(sink: RecordSink, kind: RecordKind, fields: readonly SessionField[], zone: string | undefined) {
    super(sink);
    this.time = new AccessTime(zone);
    this.cells = new Cells(sink, this.slots);
    const plans = [moment, ...fields].flatMap((field) => plansOf(field, kind));
    this.#places = new Map(plans.map(({ column }, place) => [column, place]));
    this.cells.use(plans);
  }

  /** Fills the row from bytes[start..end), without its line end; its time, or what else it is. */
  protected abstract session(bytes: Uint8Array, start: number, end: number): number | Problem | typeof COMMENT;

  protected override get recognised(): boolean {
    return this.#seen;
  }

  protected override saved(): string {
    return JSON.stringify(this.#seen);
  }

  protected override restore(saved: string): void {
    this.#seen = JSON.parse(saved) as boolean;
    this.bind();
  }

  protected override bind(): void {
    this.cells.bind();
  }

  protected override take(bytes: Uint8Array, start: number, lineEnd: number, last: boolean): Problem | typeof COMMENT | null {
    this.cells.clearRow();
    this.time.zone.doubts?.clear();
    const taken = this.session(bytes, start, beforeReturn(bytes, start, lineEnd));
    if (typeof taken === 'number' && !(last && this.broken)) {
      this.cells.number(this.place('ts'), taken);
      this.time.zone.doubts?.count((key) => this.tally(key));
      this.#seen = true;
      this.commit(start, taken, false);
      return null;
    }
    this.cells.clearRow();
    if (taken === COMMENT) return COMMENT;
    if (!last) return typeof taken === 'number' ? null : taken;
    this.cut();
    return { reason: 'TRUNCATED', what: 'the file ends within this line' };
  }

  protected place(column: string): number {
    const place = this.#places.get(column);
    if (place === undefined) throw new TypeError(`there is no column '${column}'`);
    return place;
  }

  /** Puts bytes[start..end) where the field goes; a dash, or nothing, is absent. */
  protected put(field: SessionField, bytes: Uint8Array, start: number, end: number): Problem | null {
    if (end <= start || (end - start === 1 && bytes[start] === DASH)) return null;
    const place = this.place(field.column);
    const value = this.#value(field, place, bytes, start, end);
    if (value === null) return null;
    if (Number.isNaN(value)) return { reason: 'BAD_VALUE', what: `${field.column} is ${quoted(bytes, start, end)}` };
    this.cells.number(place, value);
    return null;
  }

  /** The number that a field is, NaN where it is none; null where there is nothing more to put. */
  #value(field: SessionField, place: number, bytes: Uint8Array, start: number, end: number): number | null {
    switch (field.as) {
      case 'text':
        this.cells.text(place, bytes, start, end);
        return null;
      case 'socket':
        return this.#socket(place, this.place(field.port), bytes, start, end) ? null : NaN;
      case 'time':
        return this.time.read(bytes, start, end);
      case 'interval': {
        const took = parseUnits(bytes, start, end, unitShift[field.unit]);
        // -1: it never came to that
        return took < 0 ? null : took;
      }
      case 'count': {
        // a plus: the log was written before the end, and more may have come
        const from = bytes[start] === PLUS ? start + 1 : start;
        const count = values.parseCount(bytes, from, end);
        return count >= 0 ? count : NaN;
      }
    }
  }

  /** `192.0.2.7:443`, `2001:db8::1:443`, `[2001:db8::1]:443`, or the address alone. */
  #socket(host: number, port: number, bytes: Uint8Array, start: number, end: number): boolean {
    let colon = end - 1;
    while (colon > start && bytes[colon] !== COLON) colon--;
    const number = colon > start ? values.parsePort(bytes, colon + 1, end) : -1;
    const bracketed = bytes[start] === OPEN && bytes[colon - 1] === CLOSE;
    if (number >= 0 && this.cells.address(host, bytes, bracketed ? start + 1 : start, bracketed ? colon - 1 : colon)) {
      this.cells.number(port, number);
      return true;
    }
    return this.cells.address(host, bytes, start, end);
  }
}

const [DASH, PLUS, COLON, OPEN, CLOSE] = [45, 43, 58, 91, 93];
const types: Readonly<Record<Exclude<SessionField['as'], 'socket'>, ColumnType>> = {
  text: 'string',
  count: 'count',
  time: 'time',
  interval: 'interval',
};

function plansOf(field: SessionField, kind: RecordKind): CellPlan[] {
  if (field.as === 'socket') return [planOf(field.column, 'addr', kind), planOf(field.port, 'port', kind)];
  return [planOf(field.column, types[field.as], kind)];
}

function planOf(column: string, type: ColumnType, kind: RecordKind): CellPlan {
  const known = describeColumn(column, kind);
  return { column, type: known?.type ?? type, spec: known === undefined ? ownColumn(column, type) : specOf(known) };
}
