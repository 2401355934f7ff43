import type { ParquetParsers, SchemaElement } from 'hyparquet';
import { isUtf8 } from 'node:buffer';
import { visibleText } from '../columns/visible-utf8.ts';
import type { ColumnType } from '../contract/records.ts';

/** A column of a Parquet file: its values as texts, so that they go the way of any table's. */
export interface ParquetColumn {
  readonly name: string;
  /** What the file says of it; null: a text, of which its values tell whether it is an address or a time. */
  readonly type: ColumnType | null;
  /** A value as hyparquet gives it with `parsers`; '' for none. */
  readonly text: (value: unknown) => string;
  /** Its values, where they are numbers at all, are what their texts say: doubles and whole numbers of 32 bits. */
  readonly isNumber?: true;
}

/** Times become ISO 8601 without a zone, to the nanosecond where there are any; dates too. Binary stays as it is. */
export const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value: bigint) => timeText(value * 1_000_000n),
  timestampFromMicroseconds: (value: bigint) => timeText(value * 1000n),
  timestampFromNanoseconds: (value: bigint) => timeText(value),
  dateFromDays: (days: number) => dateText(days),
  jsonFromBytes: (bytes: Uint8Array) => bytes,
};

/** Years that are written with four digits. */
const LATEST = 253_402_300_800_000_000_000n;

function timeText(nanoseconds: bigint): string | null {
  if (typeof nanoseconds !== 'bigint') return null;
  if (nanoseconds >= LATEST || nanoseconds < -62_135_596_800_000_000_000n) return `${nanoseconds} ns`;
  let seconds = nanoseconds / 1_000_000_000n;
  let rest = nanoseconds % 1_000_000_000n;
  if (rest < 0n) {
    rest += 1_000_000_000n;
    seconds -= 1n;
  }
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = String(rest).padStart(9, '0');
  return `${whole}.${digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}

function dateText(days: number): string | null {
  if (typeof days !== 'number') return null;
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? `day ${days}` : date.toISOString().slice(0, 10);
}

/** Makes texts of bytes: those that are no UTF-8 become `\xHH`, as in logs of lines. */
export class ByteTexts {
  /** A text had such bytes since this was last set to false. */
  isOdd = false;

  of(bytes: Uint8Array): string {
    if (!isUtf8(bytes)) this.isOdd = true;
    return visibleText(bytes);
  }
}

/**
 * Takes decimals out of the library's hands: it would make inexact numbers of them. The elements are changed in place; what comes back is the
 * scale of each.
 */
export function rawDecimals(schema: readonly SchemaElement[]): ReadonlyMap<SchemaElement, number> {
  const scales = new Map<SchemaElement, number>();
  for (const element of schema) {
    const logical = element.logical_type;
    if (element.converted_type !== 'DECIMAL' && logical?.type !== 'DECIMAL') continue;
    scales.set(element, element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0));
    delete element.converted_type;
    delete element.logical_type;
  }
  return scales;
}

/**
 * The same of lengths of time in months, days and milliseconds, and of BSON, at which the library gives up. What comes back are the elements that are such
 * lengths.
 */
export function rawIntervals(schema: readonly SchemaElement[]): ReadonlySet<SchemaElement> {
  const intervals = new Set<SchemaElement>();
  for (const element of schema) {
    if (element.converted_type !== 'INTERVAL' && element.converted_type !== 'BSON') continue;
    if (element.converted_type === 'INTERVAL') intervals.add(element);
    delete element.converted_type;
  }
  return intervals;
}

/**
 * Twelve bytes (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#interval): months, days, milliseconds. In seconds, a day being 86,400 of
 * them; with months, which have no such number, as ISO 8601 writes it.
 */
function intervalText(value: unknown): string {
  if (!(value instanceof Uint8Array) || value.length !== 12) return '';
  const [months, days, milliseconds] = [0, 4, 8].map((at) => new DataView(value.buffer, value.byteOffset + at, 4).getUint32(0, true));
  if (months > 0) return `P${months}M${days}DT${milliseconds / 1000}S`;
  return String(days * 86_400 + milliseconds / 1000);
}

/** How a column's values are read. `nested`: it is a list, map or record. */
export function columnOf(
  element: SchemaElement,
  nested: boolean,
  { scale, isInterval, texts }: { readonly scale: number | undefined; readonly isInterval: boolean; readonly texts: ByteTexts },
): ParquetColumn {
  const name = element.name;
  if (isInterval && !nested && element.repetition_type !== 'REPEATED') return { name, type: 'interval', text: intervalText };
  if (nested || (element.num_children ?? 0) > 0 || element.repetition_type === 'REPEATED')
    return { name, type: 'vector', text: (value) => listText(value, texts) };
  if (scale !== undefined)
    return { name, type: (element.precision ?? 99) <= 15 ? 'double' : 'string', text: (value) => decimalText(value, scale) };
  const logical = element.logical_type;
  const converted = element.converted_type;
  if (logical?.type === 'TIMESTAMP' || converted === 'TIMESTAMP_MICROS' || converted === 'TIMESTAMP_MILLIS') {
    // the older word always means UTC
    const zone = logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC ? '' : 'Z';
    return { name, type: 'time', text: (value) => (typeof value === 'string' ? `${value}${zone}` : '') };
  }
  if (element.type === 'INT96') return { name, type: 'time', text: plainText };
  if (logical?.type === 'TIME' || converted === 'TIME_MICROS' || converted === 'TIME_MILLIS') {
    const places = logical?.type === 'TIME' ? { MILLIS: 3, MICROS: 6, NANOS: 9 }[logical.unit] : converted === 'TIME_MILLIS' ? 3 : 6;
    return { name, type: 'interval', text: (value) => decimalText(value, places) };
  }
  if (logical?.type === 'DATE' || converted === 'DATE') return { name, type: 'string', text: plainText };
  switch (element.type) {
    case 'BOOLEAN':
      return { name, type: 'bool', text: (value) => (value === true ? 'T' : value === false ? 'F' : '') };
    case 'INT32':
    case 'INT64': {
      const signed = logical?.type === 'INTEGER' ? logical.isSigned : !(converted?.startsWith('UINT') ?? false);
      return { name, type: signed ? 'int' : 'count', text: plainText, isNumber: true };
    }
    case 'FLOAT':
      return { name, type: 'double', text: floatText };
    case 'DOUBLE':
      return { name, type: 'double', text: plainText, isNumber: true };
    default: {
      if (logical?.type === 'FLOAT16') return { name, type: 'double', text: plainText };
      const isText = logical?.type === 'STRING' || converted !== undefined || element.type === 'BYTE_ARRAY';
      return { name, type: null, text: bytesText(isText, texts) };
    }
  }
}

/** A number in its shortest form, a text as it is. */
function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || Number.isNaN(value)) return '';
  return String(value);
}

/** The shortest decimal that is the same number of 32 bits: 0.1, not 0.10000000149011612. */
function floatText(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return plainText(value);
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function bytesText(isText: boolean, texts: ByteTexts): (value: unknown) => string {
  return (value) => {
    if (!(value instanceof Uint8Array)) return plainText(value);
    return isText ? texts.of(value) : Buffer.from(value).toString('hex');
  };
}

/** A whole number with so many digits behind the point. */
function decimalText(value: unknown, scale: number): string {
  const digits =
    value instanceof Uint8Array ? bigEndian(value) : typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : null;
  if (digits === null) return '';
  const negative = digits < 0n;
  const text = String(negative ? -digits : digits).padStart(scale + 1, '0');
  const point = text.length - scale;
  return `${negative ? '-' : ''}${text.slice(0, point)}${scale === 0 ? '' : `.${text.slice(point)}`}`;
}

function bigEndian(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

/** Members of a list joined by commas, as sets and vectors are written; what is no plain list becomes JSON. */
function listText(value: unknown, texts: ByteTexts): string {
  if (value === null || value === undefined) return '';
  if (!Array.isArray(value) || value.some((one) => typeof one === 'object' && one !== null && !(one instanceof Uint8Array)))
    return jsonText(value, texts);
  const member = (one: unknown): string => (one instanceof Uint8Array ? texts.of(one) : plainText(one));
  return value.map((one) => (one === null || one === undefined ? '-' : member(one).replaceAll(',', '\\x2c'))).join(',');
}

function jsonText(value: unknown, texts: ByteTexts): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? String(one) : one instanceof Uint8Array ? texts.of(one) : one,
  );
}
