import type { Cells } from './cells.ts';
import type { Problem } from './line-outcome.ts';
import { quoted } from './texts.ts';
import { READ, type TstatField } from './tstat-layout.ts';

const COLON = 58;

/** 1 January 2200 in microseconds since 1970: a moment at or after it is none. */
const YEAR_2200 = 7_258_118_400e6;

const pattern = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
const noNumber = /^[+-]?(?:nan|inf|infinity)$/i;

/** The slow way to a row: field by field, with a word for everything that is wrong. */
export class TstatValues {
  readonly #cells: Cells;
  readonly #tally: (key: string) => void;
  #fields: readonly TstatField[] = [];

  constructor(cells: Cells, tally: (key: string) => void) {
    this.#cells = cells;
    this.#tally = tally;
  }

  use(fields: readonly TstatField[]): void {
    this.#fields = fields;
  }

  /** Numbers and addresses first, so that what is refused has left no text behind. */
  row(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): Problem | null {
    const tallies: string[] = [];
    for (const [place, field] of this.#fields.entries()) {
      if (field.read > READ.port) continue;
      const problem = this.#number(place, field, bytes, starts[place], ends[place], tallies);
      if (problem !== null) return problem;
    }
    for (const [place, field] of this.#fields.entries()) {
      if (field.read !== READ.address) continue;
      const [start, end] = [starts[place], ends[place]];
      if (isNone(bytes, start, end)) {
        if (field.needed) return { reason: 'MISSING', what: `${field.name} is ${quoted(bytes, start, end)}` };
        this.#cells.absent(place);
      } else if (!this.#cells.address(place, bytes, start, end) && !this.#shortened(place, bytes, start, end)) {
        return { reason: 'BAD_ADDRESS', what: `${field.name} is ${quoted(bytes, start, end)}` };
      }
    }
    for (const [place, field] of this.#fields.entries()) {
      if (field.read > READ.address) this.#text(place, field, bytes, starts[place], ends[place]);
    }
    for (const key of tallies) this.#tally(key);
    return null;
  }

  /** Tstat 3.1.3 writes zeros at the beginning of an IPv6 address as one colon: `:0001` is ::1. */
  #shortened(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    const [first, last] = [bytes[start] === COLON, bytes[end - 1] === COLON];
    if (first === last || end - start > 45) return false;
    const address = Buffer.from([...(first ? [COLON] : []), ...bytes.subarray(start, end), ...(last ? [COLON] : [])]);
    return this.#cells.address(place, address, 0, address.length);
  }

  #text(place: number, field: TstatField, bytes: Uint8Array, from: number, end: number): void {
    let start = from;
    if (field.read === READ.label && Buffer.from(bytes.subarray(start, Math.min(end, start + 6))).equals(prefix)) start += prefix.length;
    if (isNone(bytes, start, end)) this.#cells.absent(place);
    else this.#cells.text(place, bytes, start, end);
  }

  #number(place: number, field: TstatField, bytes: Uint8Array, start: number, end: number, tallies: string[]): Problem | null {
    const value = this.#read(field, textOf(bytes, start, end));
    if (typeof value === 'number') {
      if (field.read === READ.count && value > Number.MAX_SAFE_INTEGER) tallies.push('rounded');
      this.#cells.number(place, value);
      return null;
    }
    if (value !== 'BAD' && !field.needed) {
      if (value !== 'MISSING') tallies.push(value === 'WRAPPED' ? 'wrapped' : 'odd');
      this.#cells.number(place, NaN);
      return null;
    }
    const what = `${field.name} is ${quoted(bytes, start, end)}`;
    return { reason: value === 'BAD' ? badReason(field) : field.needed && value !== 'MISSING' ? 'BAD_TIME' : value, what };
  }

  #read(field: TstatField, text: string): number | 'MISSING' | 'NEGATIVE' | 'OUT_OF_RANGE' | 'WRAPPED' | 'BAD' {
    if (text === '' || text === '-' || text === '---' || noNumber.test(text)) return 'MISSING';
    const parts = pattern.exec(text);
    if (parts === null) return 'BAD';
    const value = Number(text);
    if (value === field.none) return 'MISSING';
    if (field.read === READ.decimal) {
      if (field.type === 'int' && value >= 2 ** 63 && value < 2 ** 64) return 'WRAPPED';
      return Number.isFinite(value) ? value + 0 : 'OUT_OF_RANGE';
    }
    if (field.read === READ.moment || field.read === READ.span) {
      const micros = parts.at(4) === undefined ? exactMicros(parts[2], parts.at(3) ?? '') : Math.round(Math.abs(value) * 1000);
      if (micros === 0 && field.none === 0) return 'MISSING';
      if (parts[1] === '-' && micros > 0) return 'NEGATIVE';
      return micros < (field.read === READ.moment ? YEAR_2200 : Number.MAX_SAFE_INTEGER) ? micros : 'OUT_OF_RANGE';
    }
    if (!Number.isInteger(value)) return Number.isFinite(value) ? 'BAD' : 'OUT_OF_RANGE';
    if (field.read === READ.port) return value >= 0 && value <= 65_535 ? value + 0 : 'BAD';
    if (value < 0) return 'NEGATIVE';
    if (value < 2 ** 63) return value + 0;
    return value <= 2 ** 64 ? 'WRAPPED' : 'OUT_OF_RANGE';
  }
}

const prefix = Buffer.from('class:');

function badReason(field: TstatField): string {
  if (field.read === READ.port) return 'BAD_PORT';
  return field.column === 'ts' ? 'BAD_TIME' : 'BAD_NUMBER';
}

/** Decimal milliseconds as microseconds, rounded half up. */
function exactMicros(digits: string, fraction: string): number {
  const six = fraction.padEnd(4, '0');
  return Number(digits) * 1000 + Number(six.slice(0, 3)) + (six.charCodeAt(3) >= 53 ? 1 : 0);
}

function isNone(bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || (end - start === 1 && bytes[start] === 45);
}

/** Of at most 400 bytes: no number is longer. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  return end - start > 400 ? 'too long' : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
