import { plural } from '../contract/format.ts';
import type { Problem } from './line-outcome.ts';
import { quoted } from './texts.ts';
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

/** Tallied for each port that was left out. */
export const BAD_PORTS = 'ports';

export function portRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const ports = tallies.get(BAD_PORTS) ?? 0;
  return ports === 0 ? [] : [`${plural(ports, 'port')} above 65,535 ${ports === 1 ? 'was' : 'were'} left out.`];
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
