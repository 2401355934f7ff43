import { plural } from '../contract/format.ts';
import type { Problem } from './line-outcome.ts';
import { quoted } from './texts.ts';
import { isFiner } from './table-values.ts';
import * as values from './values.ts';
import { READ, type LayoutField } from './zeek-layout.ts';

/**
 * Whether a number that cannot be a port, as some sensors write them, costs the record that port alone: the originator's says little. Without the
 * responder's nobody knows what was asked for, and the record is rejected.
 */
export function mayLackPort({ read, column }: LayoutField, bytes: Uint8Array, start: number, end: number): boolean {
  if (read !== READ.port || column === 'resp_p' || start === end) return false;
  for (let at = start; at < end; at++) if (bytes[at] < 48 || bytes[at] > 57) return false;
  return true;
}

/** Whether a double is what Zeek writes where there is no number: of a division by nothing. It costs the record that value alone. */
export function isNoNumber({ read }: LayoutField, bytes: Uint8Array, start: number, end: number): boolean {
  if (read !== READ.double || end - start < 3 || end - start > 9) return false;
  return /^[-+]?(?:nan|inf(?:inity)?)$/i.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
}

/** `1700000000.123456` has no digit beyond the microsecond; nor has ISO 8601 where there is none in this place. */
const LONGEST_SECONDS = 17;
const SEVENTH_DECIMAL = 26;

/** Whether a time, bytes[start..end), loses digits as microseconds; whatever it is, few are looked at. `shift`: see unitShift. */
export function losesDigits({ read }: LayoutField, bytes: Uint8Array, start: number, end: number, shift = 6): boolean {
  if (end - start <= LONGEST_SECONDS || (read !== READ.time && read !== READ.moment)) return false;
  // an exponent moves the point
  if (bytes[start + 1] === DOT || (bytes[start + 4] === DASH && !isDigit(bytes[start + SEVENTH_DECIMAL]))) return false;
  return isFiner(bytes, start, end, shift);
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const DOT = 46;
const DASH = 45;

/** Tallied for each port, or other value, that was left out. */
export const BAD_PORTS = 'ports';
export const NO_NUMBERS = 'noNumbers';
/** The same of times that lost digits. */
export const FINER = 'finer';

export function valueRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const ports = tallies.get(BAD_PORTS) ?? 0;
  const others = tallies.get(NO_NUMBERS) ?? 0;
  const finer = tallies.get(FINER) ?? 0;
  return [
    ...(finer === 0 ? [] : [`Rounded to microseconds: ${plural(finer, 'time')} with more digits.`]),
    ...(ports === 0 ? [] : [`${plural(ports, 'port')} above 65,535 ${ports === 1 ? 'was' : 'were'} left out.`]),
    ...(others === 0
      ? []
      : [
          `${plural(others, 'value')} that ${others === 1 ? 'is no number' : 'are no numbers'} (nan, inf) ${others === 1 ? 'was' : 'were'} left out.`,
        ]),
  ];
}

/** What is wrong with a number that could not be taken, bytes[start..end), which was read as `value`. */
export function numberProblem(field: LayoutField, value: number, bytes: Uint8Array, start: number, end: number): Problem {
  if (start === end) return { reason: 'MISSING', what: `${field.name} is empty` };
  const what = `${field.name} is ${quoted(bytes, start, end)}`;
  if (field.read === READ.time || field.read === READ.moment) return { reason: 'BAD_TIME', what };
  if (field.read === READ.port) return { reason: 'BAD_PORT', what };
  if (field.read === READ.bool) return { reason: 'BAD_BOOL', what };
  if (field.read === READ.interval) {
    if (value === Infinity) return { reason: 'OUT_OF_RANGE', what };
    return { reason: value < 0 ? 'NEGATIVE' : 'BAD_NUMBER', what };
  }
  if (value === values.NEGATIVE) return { reason: 'NEGATIVE', what };
  return { reason: value === values.OUT_OF_RANGE ? 'COUNT_OUT_OF_RANGE' : 'BAD_NUMBER', what };
}
