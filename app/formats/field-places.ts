import { isAbsent } from './table-guess.ts';

const APOSTROPHE = 39;

/** Where the fields of a row stand: field i is bytes[starts[i]..ends[i]), or the same of `unescaped` where `escaped[i]` is 1; 2: it stood in quotes, so that a text may be empty. */
export interface FieldPlaces {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly escaped: Uint8Array;
  readonly unescaped: Uint8Array;
  /** Fields of columns of numbers that are given as such; NaN for those that stand in the bytes. */
  readonly numbers?: Float64Array;
}

/** The bytes in which a field stands. */
export function sourceOf(field: number, bytes: Uint8Array, { escaped, unescaped }: Pick<FieldPlaces, 'escaped' | 'unescaped'>): Uint8Array {
  return escaped[field] === 1 ? unescaped : bytes;
}

/** A field as a text, without the blanks around it; of long ones the first `most` bytes. */
export function textOf(field: number, bytes: Uint8Array, fields: FieldPlaces, most = Infinity): string {
  const number = fields.numbers?.[field];
  if (number !== undefined && number === number) return String(number);
  const source = sourceOf(field, bytes, fields);
  return Buffer.from(source.subarray(fields.starts[field], Math.min(fields.ends[field], fields.starts[field] + most)))
    .toString('utf8')
    .trim();
}

/** Whether there is a value in a field, and not a word for none. */
export function hasValue(field: number, bytes: Uint8Array, fields: FieldPlaces): boolean {
  return !isAbsent(textOf(field, bytes, fields));
}

/** What a spreadsheet would run, behind an apostrophe: see app/report/csv.ts, which writes it so. */
const formula = /^''*(?:[\p{White_Space}\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE66\uFE62\uFE63\uFE6B\u2212]|[\t\r\n])/u;

/** Whether a text has an apostrophe before it that keeps a spreadsheet from running it, and is no part of it. */
export function isGuarded(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== APOSTROPHE) return false;
  return formula.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, 1000)).toString('utf8'));
}
