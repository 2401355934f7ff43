import type { QuietHours } from '../../contract/live-alerts.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether a time (microseconds since 1970 UTC) lies in the quiet hours, on the clock of their zone. */
export function isQuiet(time: number, quiet: QuietHours | null): boolean {
  if (quiet === null) return false;
  const now = minuteOf(time, quiet.zone);
  const [from, to] = [minutes(quiet.from), minutes(quiet.to)];
  return from < to ? now >= from && now < to : now >= from || now < to;
}

function minuteOf(time: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(zone, format);
  }
  return minutes(format.format(Math.floor(time / 1000)));
}

function minutes(clock: string): number {
  const [hour, minute] = clock.split(':').map(Number);
  return hour * 60 + minute;
}
