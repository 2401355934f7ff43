import { Cron } from 'croner';
import type { NewSchedule } from '../contract/schedules.ts';
import { FlowcaseError } from '../errors.ts';

type When = Pick<NewSchedule, 'cron' | 'zone'>;

/** @throws FlowcaseError INVALID_INPUT where the pattern or the zone is none */
function cronOf({ cron, zone }: When): Cron {
  if (!isZone(zone))
    throw new FlowcaseError('INVALID_INPUT', `“${zone}” is no time zone. Give its IANA name: Europe/Berlin, UTC.`, { zone });
  const fields = cron.split(/\s+/).length;
  try {
    if (!cron.startsWith('@') && fields !== 5) throw new TypeError(`it has ${fields} fields`);
    return new Cron(cron, { timezone: zone, paused: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `“${cron}” is no time of cron (${why}). Give minute, hour, day, month and weekday: 0 3 * * * is every night at three.`;
    throw new FlowcaseError('INVALID_INPUT', message, { cron });
  }
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The first time after a moment that it is due, microseconds; null: never again. @throws FlowcaseError INVALID_INPUT */
export function nextDue(when: When, after: number): number | null {
  const next = cronOf(when).nextRun(new Date(after / 1000));
  return next === null ? null : next.getTime() * 1000;
}

/**
 * The last time up to `now` at which it was due since `since`; null where it was not. What was missed while nothing ran is made up for once, not once for
 * every time.
 */
export function lastDue(when: When, since: number, now: number): number | null {
  const cron = cronOf(when);
  const [last] = cron.previousRuns(1, new Date(now / 1000 + 1));
  const at = last === undefined ? null : last.getTime() * 1000;
  return at !== null && at > since && at <= now ? at : null;
}

/** What stands for the time in paths: `{date}`, `{time}`, `{week}`, on the clock of the zone. */
export function filledIn(text: string, at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(at / 1000));
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const date = `${of('year')}-${of('month')}-${of('day')}`;
  const known = new Map([
    ['date', date],
    ['time', `${of('hour')}${of('minute')}`],
    ['week', isoWeek(date)],
  ]);
  return text.replace(/\{(date|time|week)\}/g, (all, name: string) => known.get(name) ?? all);
}

/** ISO 8601: the week that has most days of its year, from Monday on. */
function isoWeek(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  const thursday = new Date(day.getTime() + (4 - (day.getUTCDay() === 0 ? 7 : day.getUTCDay())) * 86_400_000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - first) / (7 * 86_400_000)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}
