import { monthNames } from '../../shared/months.ts';
import { FlowcaseError } from '../../errors.ts';

const DAY = 86_400_000;

/**
 * Times as logs write them: of Apache, ISO 8601 (with a zone or without), as C's `ctime` does, and seconds, milliseconds, microseconds or nanoseconds since 1970, with
 * decimals or without. Digits, dots and letters beside them would make them something else.
 */
const times =
  /(?<clf>\b\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2}(?: ?[+-]\d{4})?)|(?<iso>\b\d{4}(?<between>[-\/])\d{2}\k<between>\d{2}[T \t]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)|(?<ctime>\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}\b)|(?<![\w.-])(?<epoch>\d{10}|\d{13}|\d{16}|\d{19})(?<decimals>\.\d+)?(?![\w.-])/g;

/**
 * Moves the times in a line by `delta` (milliseconds, whole seconds), each in the way it is written: those within a day of the record's own, `ts` (microseconds
 * since 1970 UTC). Differences stay as they are. Null where there was none.
 */
export function shiftTimes(line: string, ts: number, delta: number): string | null {
  if (delta % 1000 !== 0) throw new FlowcaseError('INTERNAL', `times are moved by whole seconds, not by ${delta} ms`);
  const at = ts / 1000;
  let found = false;
  const shifted = line.replace(times, (text, ...rest) => {
    const groups = rest.at(-1) as Readonly<Record<'clf' | 'iso' | 'ctime' | 'epoch' | 'decimals', string | undefined>>;
    const moved =
      groups.clf !== undefined
        ? shiftClf(groups.clf, at, delta)
        : groups.iso !== undefined
          ? shiftIso(groups.iso, at, delta)
          : groups.ctime !== undefined
            ? shiftCtime(groups.ctime, at, delta)
            : shiftEpoch(groups.epoch ?? '', groups.decimals ?? '', at, delta);
    if (moved === null) return text;
    found = true;
    return moved;
  });
  return found ? shifted : null;
}

function near(time: number, at: number): boolean {
  return Math.abs(time - at) <= DAY;
}

/** `15/Apr/2024:09:30:00 +0000` */
function shiftClf(text: string, at: number, delta: number): string | null {
  const month = monthNames.indexOf(text.slice(3, 6));
  const clock = Date.UTC(
    Number(text.slice(7, 11)),
    month,
    Number(text.slice(0, 2)),
    Number(text.slice(12, 14)),
    Number(text.slice(15, 17)),
    Number(text.slice(18, 20)),
  );
  if (month < 0 || !near(clock - zoneOf(text.slice(20)), at)) return null;
  const moved = new Date(clock + delta).toISOString();
  return `${moved.slice(8, 10)}/${monthNames[Number(moved.slice(5, 7)) - 1]}/${moved.slice(0, 4)}:${moved.slice(11, 19)}${text.slice(20)}`;
}

/** `Mon Apr 15 09:30:00 2024` */
function shiftCtime(text: string, at: number, delta: number): string | null {
  const clock = Date.parse(`${text.slice(4, 11)}${text.slice(20)} ${text.slice(11, 19)} UTC`);
  if (Number.isNaN(clock) || !near(clock, at)) return null;
  const [day, date, month, year, time] = new Date(clock + delta).toUTCString().split(/,? /);
  return `${day} ${month} ${text[8] === ' ' ? String(Number(date)).padStart(2) : date} ${time} ${year}`;
}

/** `2024-04-15T09:30:00.123456Z`, also with a blank, with slashes, and without a zone. */
function shiftIso(text: string, at: number, delta: number): string | null {
  const clock = Date.parse(`${text.slice(0, 10).replaceAll('/', '-')}T${text.slice(11, 19)}Z`);
  if (Number.isNaN(clock) || !near(clock - zoneOf(/(?:Z|[+-]\d{2}:?\d{2})$/.exec(text.slice(19))?.[0] ?? ''), at)) return null;
  const moved = new Date(clock + delta).toISOString();
  return `${moved.slice(0, 10).replaceAll('-', text[4])}${text[10]}${moved.slice(11, 19)}${text.slice(19)}`;
}

/** Whole digits of seconds, milliseconds, microseconds or nanoseconds; what stands behind the point stays. */
function shiftEpoch(digits: string, decimals: string, at: number, delta: number): string | null {
  const perSecond = 10n ** BigInt(digits.length - 10);
  const time = Number(digits.slice(0, 10)) * 1000 + Number(digits.slice(10, 13).padEnd(3, '0'));
  if (!near(time, at)) return null;
  const moved = BigInt(digits) + BigInt(delta / 1000) * perSecond;
  return `${moved}${decimals}`;
}

/** Milliseconds east of Greenwich; 0 where none is told: a log's own clock is within a day of UTC. */
function zoneOf(text: string): number {
  const match = /([+-])(\d{2}):?(\d{2})/.exec(text);
  return match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60) * 1000;
}
