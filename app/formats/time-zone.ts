import { FlowcaseError } from '../errors.ts';

const HOUR = 3_600_000_000;

/** Turns a time as clocks in a zone showed it (microseconds, as if it were UTC) into microseconds since 1970 UTC. */
export type ToUtc = (local: number) => number;

/**
 * An IANA name (Europe/Berlin), or an offset (+02:00, -0530, +2, Z). A time that a zone's clocks showed twice, when they were set back, is the first
 * of the two; one that they skipped is taken as if they had not been set yet.
 * @throws FlowcaseError INVALID_INPUT
 */
export function timeZone(zone: string | undefined): ToUtc {
  const name = zone?.trim() ?? 'UTC';
  if (/^(utc|gmt|z)$/i.test(name)) return (local) => local;
  const offset = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name);
  if (offset !== null) {
    const [, sign, hours, minutes = '0'] = offset;
    const east = (Number(hours) * 60 + Number(minutes)) * 60e6 * (sign === '-' ? -1 : 1);
    if (Number(hours) > 14 || Number(minutes) > 59) throw unknownZone(name);
    return (local) => local - east;
  }
  return namedZone(name);
}

/** Offsets change on the quarter of an hour; each is worked out once. */
const STEP = HOUR / 4;
const REMEMBERED = 100_000;

function namedZone(name: string): ToUtc {
  const format = formatOf(name);
  const offsets = new Map<number, number>();
  const eastAt = (utc: number): number => {
    const shown = new Map<string, number>(format.formatToParts(utc / 1000).map(({ type, value }) => [type, Number(value)]));
    const part = (type: string): number => shown.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) * 1000;
    return local - utc;
  };
  return (local) => {
    const step = Math.floor(local / STEP);
    let east = offsets.get(step);
    if (east === undefined) {
      const at = step * STEP;
      // before a change of the clocks the larger offset is the earlier time
      const before = eastAt(at - 24 * HOUR);
      const after = eastAt(at + 24 * HOUR);
      east = eastAt(at - before) === before ? before : eastAt(at - after) === after ? after : before;
      if (offsets.size > REMEMBERED) offsets.clear();
      offsets.set(step, east);
    }
    return local - east;
  };
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    const numeric = 'numeric';
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch {
    throw unknownZone(name);
  }
}

function unknownZone(name: string): FlowcaseError {
  const message = `There is no time zone "${name}". Name one as Europe/Berlin or as an offset: +02:00.`;
  return new FlowcaseError('INVALID_INPUT', message, { timeZone: name });
}
