import { FlowcaseError } from '../errors.ts';
import { ClockDoubts } from './clock-doubts.ts';

const HOUR = 3_600_000_000;

/** Turns a time as clocks in a zone showed it (microseconds, as if it were UTC) into microseconds since 1970 UTC. */
export type ToUtc = (local: number) => number;

/** The same, which notes what is not certain about the times it was asked for; null where nothing can be, as for an offset. */
export type Zone = ToUtc & { readonly doubts: ClockDoubts | null };

/**
 * An IANA name (Europe/Berlin), or an offset (+02:00, -0530, +2, Z). A time that a zone's clocks showed twice, when they were set back, is the first
 * of the two; one that they skipped is taken as if they had not been set yet. Both are noted (`doubts`), for whoever reads says so.
 * @throws FlowcaseError INVALID_INPUT
 */
export function timeZone(zone: string | undefined): Zone {
  const name = zone?.trim() ?? 'UTC';
  if (/^(utc|gmt|z)$/i.test(name)) return certain((local) => local);
  const offset = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name);
  if (offset !== null) {
    const [, sign, hours, minutes = '0'] = offset;
    const east = (Number(hours) * 60 + Number(minutes)) * 60e6 * (sign === '-' ? -1 : 1);
    if (Number(hours) > 14 || Number(minutes) > 59) throw unknownZone(name);
    return certain((local) => local - east);
  }
  return namedZone(name);
}

const certain = (toUtc: ToUtc): Zone => Object.assign(toUtc, { doubts: null });

/** Offsets change on the quarter of an hour; each is worked out once. */
const STEP = HOUR / 4;
const REMEMBERED = 100_000;

function namedZone(name: string): Zone {
  const format = formatOf(name);
  const offsets = new Map<number, number>();
  /** Steps of local time that came twice, or not at all. */
  const doubtful = new Map<number, 'twice' | 'skipped'>();
  const doubts = new ClockDoubts();
  const eastAt = (utc: number): number => {
    const shown = new Map<string, number>(format.formatToParts(utc / 1000).map(({ type, value }) => [type, Number(value)]));
    const part = (type: string): number => shown.get(type) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) * 1000;
    return local - utc;
  };
  const toUtc = (local: number): number => {
    if (Number.isNaN(local)) return NaN;
    const step = Math.floor(local / STEP);
    let east = offsets.get(step);
    if (east === undefined) {
      const at = step * STEP;
      // before a change of the clocks the larger offset is the earlier time
      const before = eastAt(at - 24 * HOUR);
      const after = eastAt(at + 24 * HOUR);
      const [isBefore, isAfter] = [eastAt(at - before) === before, eastAt(at - after) === after];
      east = isBefore || !isAfter ? before : after;
      if (offsets.size > REMEMBERED) {
        offsets.clear();
        doubtful.clear();
      }
      offsets.set(step, east);
      if (before !== after && isBefore === isAfter) doubtful.set(step, isBefore ? 'twice' : 'skipped');
    }
    const doubt = doubtful.size === 0 ? undefined : doubtful.get(step);
    if (doubt !== undefined) doubts[doubt] = true;
    return local - east;
  };
  return Object.assign(toUtc, { doubts });
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
