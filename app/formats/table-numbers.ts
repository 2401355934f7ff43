import { plural } from '../contract/format.ts';
import { portOfService } from './service-ports.ts';
import { PlainNumber, hasPointGroups } from './table-decimals.ts';
import { AS, type TablePlan, type TablePlanColumn } from './table-plan.ts';
import * as values from './table-values.ts';

/** The number that a field without blanks around it is in its column; NaN where it is none. */
export function numberOf(column: TablePlanColumn, bytes: Uint8Array, start: number, end: number): number {
  switch (column.as) {
    case AS.count:
      return values.wholeValue(bytes, start, end);
    case AS.port:
      return portOf(bytes, start, end);
    case AS.interval:
      return values.intervalValue(bytes, start, end, column.shift);
    case AS.time:
      return column.time === null ? NaN : column.time(bytes, start, end);
    case AS.bool:
      return values.boolValue(bytes, start, end);
    default:
      return values.numberValue(bytes, start, end);
  }
}

/** Before the name of a column with values that may be one number or another, in the tallies. */
const EITHER = 'either: ';

export const eitherNames = (tallies: ReadonlyMap<string, number>): readonly string[] =>
  [...tallies.keys()].flatMap((key) => (key.startsWith(EITHER) ? [key.slice(EITHER.length)] : []));

export type NumberReader = typeof numberOf;

/** The same for the numbers of a table as it writes them. */
export function numberReader({ decimal, doubtful }: TablePlan, tally: (key: string) => void): NumberReader {
  if (decimal !== null) {
    const plain = new PlainNumber(decimal);
    return (column, bytes, start, end) => {
      if (!isNumeric(column)) return numberOf(column, bytes, start, end);
      const length = plain.write(bytes, start, end);
      return length < 0 ? NaN : numberOf(column, plain.bytes, 0, length);
    };
  }
  if (!doubtful) return numberOf;
  return (column, bytes, start, end) => {
    if (isNumeric(column) && hasPointGroups(bytes, start, end)) tally(`${EITHER}${column.name}`);
    return numberOf(column, bytes, start, end);
  };
}

/** Times are only where they are numbers. */
const isNumeric = ({ as, unit }: TablePlanColumn): boolean => as < AS.time || (as === AS.time && unit !== null);

/** A port, or the name of the service on it. */
function portOf(bytes: Uint8Array, start: number, end: number): number {
  const port = values.portValue(bytes, start, end);
  if (port === port || end - start > 20 || (bytes[start] | 32) < 97 || (bytes[start] | 32) > 122) return port;
  return portOfService(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')) ?? NaN;
}

const powers: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Tallied for each of these. */
export const ROUNDED = 'rounded';

export function roundedRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const count = tallies.get(ROUNDED) ?? 0;
  if (count === 0) return [];
  const are = count === 1 ? 'is' : 'are';
  return [`${plural(count, 'count')} ${are} written rounded, such as 2.1 M: the digits that were left out are zeros here.`];
}

/** A number that is written otherwise: as Flowcase writes those that it does not keep exactly, and as nfdump writes counts for people. NaN where it is none. */
export function otherNumber(column: TablePlanColumn, own: boolean, bytes: Uint8Array, start: number, end: number): number {
  if (own) return column.as === AS.count || column.as === AS.number ? values.anyNumber(bytes, start, end) : NaN;
  return column.as === AS.count ? roundedCount(bytes, start, end) : NaN;
}

/** A count as nfdump writes it for people, rounded (`2.1 M`); NaN where it is none. */
function roundedCount(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 12) return NaN;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  const [, digits, unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?) ?([KMGT])$/i.exec(text) ?? [];
  return digits === undefined ? NaN : Math.round(Number(digits) * (powers[unit.toLowerCase()] ?? NaN));
}

/** Type and code of ICMP where the responder's port has both (`8.0`, or 256 times the one and the other); null where it is not ICMP or has ports. */
export function icmpInPort(proto: string, orig: string, resp: string): { readonly type: number; readonly code: number } | null {
  if (!/^(1|58|icmp6?|icmpv6|ipv6-icmp)$/i.test(proto) || !/^0*$/.test(orig)) return null;
  const [, first = '', second] = /^(\d{1,5})(?:\.(\d{1,3}))?$/.exec(resp) ?? [];
  if (first === '') return null;
  const [type, code] = second === undefined ? [Number(first) >> 8, Number(first) & 255] : [Number(first), Number(second)];
  return type > 255 || code > 255 ? null : { type, code };
}
