import { formatCount } from '../contract/format.ts';
import type { TimeUnit } from './table-times.ts';

/** Seconds: from 2000 to 2100 logs are of this age. */
const OLDEST = 946_684_800;
const NEWEST = 4_102_444_800;

/** How many of the larger units a number may be in after all. */
const larger: Readonly<Record<TimeUnit, number>> = { seconds: 0, milliseconds: 1, microseconds: 2, nanoseconds: 3 };

/** Before the name of a column with such times, in the tallies. */
const SMALL = 'small: ';

/**
 * Whether a time that was read in this unit (as microseconds since 1970) is so small that it lies right behind 1970, where in a larger unit it would be of
 * this age: a column that mixes seconds and milliseconds.
 */
export function isOfLargerUnit(time: number, unit: TimeUnit): boolean {
  let seconds = time / 1000;
  for (let i = 0; i < larger[unit]; i++, seconds *= 1000) if (seconds >= OLDEST && seconds < NEWEST) return true;
  return false;
}

export const smallTally = (column: string): string => SMALL + column;

/** For a person: how many times may be in another unit than their column. `unitOf`: what the numbers of a column were taken for. */
export function unitRemarks(tallies: ReadonlyMap<string, number>, unitOf: (column: string) => TimeUnit | null): string[] {
  return [...tallies].flatMap(([key, count]) => {
    const unit = key.startsWith(SMALL) ? unitOf(key.slice(SMALL.length)) : null;
    if (unit === null) return [];
    const values =
      count === 1 ? `1 value of ${key.slice(SMALL.length)} was` : `${formatCount(count)} values of ${key.slice(SMALL.length)} were`;
    return [
      `${values} read as ${unit} since 1970, as the column has them, and so ${count === 1 ? 'lies' : 'lie'} at the beginning of 1970: ${count === 1 ? 'it' : 'they'} may be in a larger unit, which would make ${count === 1 ? 'it' : 'them'} times of this age.`,
    ];
  });
}
