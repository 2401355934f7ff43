import type { Decimal } from '../contract/table-words.ts';
import { isAbsent, isAddress } from './table-guess.ts';

const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;

/** Longer texts are no numbers of anything. */
const LONGEST = 60;

const withComma = /^-?(?:\d*(?:,\d+)?(?:e[+-]?\d{1,3})?|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?)$/i;
const withPoint = /^-?(?:\d*(?:\.\d+)?(?:e[+-]?\d{1,3})?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?)$/i;
/** Thousands by points, or a decimal point with three digits behind it. */
const pointGroups = /^-?[1-9]\d{0,2}(?:\.\d{3})+$/;
const marked = /[.,]/;
const digitsAndMarks = /^-?[\d.,]+$/;

/** So many of a column's values have to be numbers for it to tell how numbers are written. */
const NUMBERS_SHARE = 0.9;

/** A value that tells, and the column it stands in. */
interface Example {
  readonly value: string;
  readonly name: string;
}

/** How a table writes numbers, by a sample. */
export interface Decimals {
  /** What stands before the decimals; the other one parts thousands. Null: no number has a comma, or nothing tells. */
  readonly decimal: Decimal | null;
  /** The sample, its numbers without marks of thousands and with a decimal point. */
  readonly rows: readonly (readonly string[])[];
  /** `2.500` may be 2.5 or 2500. */
  readonly doubtful: boolean;
  /** Columns of the sample in which such values stand, by their names. */
  readonly asked: readonly string[];
  /** What a person should know. */
  readonly remarks: readonly string[];
}

interface Sample {
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Told by values that can be written in one way only: `1,50` and `1.234,50` have a decimal comma, `0.25` and `1,234.50` a decimal point. Where both stand in a
 * table, nothing is told. A quoted `1,234` in a table parted by commas is taken for a thousand where nothing says otherwise. `said`: what a person says of it.
 */
export function decimalsOf(sample: Sample, said: Decimal | undefined): Decimals {
  const { delimiter, names, rows } = sample;
  const columns = names.map((name, index) => ({ name, values: presentNumbers(rows, index) })).filter(({ values }) => values.length > 0);
  const find = (is: (value: string) => boolean): Example | null => {
    for (const { name, values } of columns) {
      const value = values.find(is);
      if (value !== undefined) return { value, name };
    }
    return null;
  };
  const comma = find((value) => value.includes(',') && withComma.test(value) && !withPoint.test(value));
  const point = find((value) => withPoint.test(value) && !withComma.test(value));
  const either = find((value) => value.includes(',') && withPoint.test(value));
  const thousands = either !== null && comma === null && (delimiter === ',' || point !== null) ? '.' : null;
  const told = comma !== null && point === null ? ',' : thousands;
  const decimal = said ?? told;
  const doubtful = delimiter === ';' && decimal === null && (point === null || comma !== null);
  const asked = doubtful ? columns.filter(({ values }) => values.some((value) => pointGroups.test(value))).map(({ name }) => name) : [];
  const remarks: string[] = [];
  if (decimal === ',' && comma !== null) remarks.push(`Numbers are read with a decimal comma, and points part thousands: ${isIn(comma)}.`);
  if (decimal === '.' && either !== null)
    remarks.push(`Numbers are read with a decimal point, and commas part thousands: ${isIn(either)}.`);
  if (decimal === null && delimiter === ';' && comma !== null && point !== null) {
    remarks.push(
      `Numbers are written both with a decimal comma and with a decimal point: ${isIn(comma)}, and ${isIn(point)}. Those with a comma are kept as text; --decimal comma reads them as numbers, and those with a point as thousands.`,
    );
  }
  if (decimal === null && delimiter !== ',' && either !== null && comma === null) {
    remarks.push(
      `${either.value} in ${either.name} may be a decimal number or a thousand, and nothing tells which: such values are kept as text. If the comma stands before decimals: --decimal comma; if it parts thousands: --decimal point.`,
    );
  }
  return { decimal, rows: decimal === null ? rows : plainRows(sample, decimal), doubtful, asked, remarks };
}

const isIn = ({ value, name }: Example): string => `${name} has ${value}`;

/** For values that may be one number or another, in columns of these names. */
export function askedRemarks(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `Values such as 2.500 may be 2.5 or 2500, and nothing at the beginning of the table tells which; so it is with ${names.join(', ')}. The point is taken for a decimal point, and what is no number then is kept as text. If it parts thousands: --decimal comma; if not: --decimal point.`,
  ];
}

const infinite = /^[+-]?inf(inity)?$/i;

/** Values of a column that may hold numbers, none of them absent; else none. What is made of digits and marks and is no number in any way tells that it holds something else. */
function presentNumbers(rows: readonly (readonly string[])[], index: number): readonly string[] {
  const present = rows.map((row) => (row[index] ?? '').trim()).filter((value) => !isAbsent(value) && !infinite.test(value));
  const numbers = present.filter(
    (value) => value.length <= LONGEST && /\d/.test(value) && (withComma.test(value) || withPoint.test(value)),
  );
  if (numbers.length === 0 || numbers.length < present.length * NUMBERS_SHARE || !numbers.some((value) => marked.test(value))) return [];
  const isOther = present.length > numbers.length && present.some((value) => digitsAndMarks.test(value) && !numbers.includes(value));
  return isOther || numbers.filter(isAddress).length * 2 >= numbers.length ? [] : numbers;
}

function plainRows({ names, rows }: Sample, decimal: Decimal): readonly (readonly string[])[] {
  const pattern = decimal === ',' ? withComma : withPoint;
  const written = names.map((_, index) => {
    const values = presentNumbers(rows, index);
    return values.length > 0 && values.every((value) => pattern.test(value));
  });
  const plain = new PlainNumber(decimal);
  // who writes marks writes amounts: zeros at their end say nothing (table-guess.ts)
  const amount = (value: string): string => plain.text(value).replace(/(\.\d+?)0+$/, '$1');
  return rows.map((row) => row.map((value, index) => (written[index] && marked.test(value) ? amount(value) : value)));
}

/** Rewrites numbers that have marks of thousands, or a comma before their decimals, as plain ones. */
export class PlainNumber {
  readonly bytes = new Uint8Array(LONGEST);
  readonly #decimal: number;
  readonly #thousands: number;

  constructor(decimal: Decimal) {
    this.#decimal = decimal === ',' ? COMMA : DOT;
    this.#thousands = decimal === ',' ? DOT : COMMA;
  }

  /** Writes what source[start..end) is into `bytes`, and returns its length; -1: its marks stand where none of this way do. What is no number stays as it is. */
  write(source: Uint8Array, start: number, end: number): number {
    if (end - start > LONGEST) return -1;
    const { bytes } = this;
    let at = start;
    let length = 0;
    if (source[at] === MINUS) bytes[length++] = source[at++];
    const first = at;
    let digits = 0;
    let groups = 0;
    for (; at < end; at++) {
      const byte = source[at];
      if (byte >= ZERO && byte <= 57) {
        bytes[length++] = byte;
        digits++;
      } else if (byte === this.#thousands) {
        if (groups > 0 ? digits !== 3 : digits < 1 || digits > 3 || source[first] === ZERO) return -1;
        groups++;
        digits = 0;
      } else break;
    }
    if (groups > 0 && digits !== 3) return -1;
    if (at < end && source[at] === this.#decimal) {
      bytes[length++] = DOT;
      at++;
    } else if (at < end && groups > 0) return -1;
    for (; at < end; at++) {
      if (source[at] === this.#thousands || source[at] === this.#decimal) return -1;
      bytes[length++] = source[at];
    }
    return length;
  }

  /** The same of a text; itself where it is none. */
  text(value: string): string {
    const source = Buffer.from(value.trim());
    const length = this.write(source, 0, source.length);
    return length < 0 ? value : Buffer.from(this.bytes.subarray(0, length)).toString('latin1');
  }
}

/** Whether bytes[start..end) are digits in groups of three that points part. */
export function hasPointGroups(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LONGEST) return false;
  const point = bytes.indexOf(DOT, start);
  if (point < 0 || point >= end) return false;
  return pointGroups.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
}
