import { Clock, isoTime, number, lastRead } from './table-clock.ts';
import { compile, match } from './table-time-patterns.ts';

const HOUR = 3600;
const DAY = 86_400_000_000;

/** What is carried from line to line; plain data. */
export interface SavedDay {
  /** Microseconds since 1970 of the day's beginning, as if its clock were UTC; null: none was said. */
  readonly midnight: number | null;
  /** Seconds of the day: the latest so far. */
  readonly latest: number;
  /** This day began in the middle of the log, at midnight. */
  readonly passed: boolean;
}

/** As the standard's own example writes it, and as everybody else does. */
const ways = ['%d-%b-%Y %H:%M:%S', '%d-%b-%Y', '%Y-%m-%d'].map(compile);

/**
 * The day of records that have a time of day and no date: that of the #Date line before them (https://www.w3.org/TR/WD-logfile.html: `time` fields are
 * of the date at which the log was begun). Lines are nearly in order, so a time that is more than an hour before one above it is of the next day; in the
 * first hour after such a midnight, one of the last hour is late, and of the day before.
 */
export class LogDay {
  #midnight: number | null = null;
  #latest = 0;
  #passed = false;
  #text: Uint8Array = new Uint8Array(0);
  /** Midnights that were passed since they were last taken. */
  #midnights = 0;

  save(): SavedDay {
    return { midnight: this.#midnight, latest: this.#latest, passed: this.#passed };
  }

  restore({ midnight, latest, passed }: SavedDay): void {
    this.#latest = latest;
    this.#passed = passed;
    this.#use(midnight);
  }

  /** What a #Date line says; one that says nothing that can be read changes nothing. */
  said(text: string): void {
    const bytes = Buffer.from(text.trim());
    const clock = new Clock();
    const read = [
      (): number => isoTime(clock, bytes, 0, bytes.length),
      ...ways.map((way) => () => match(way, clock, bytes, 0, bytes.length)),
    ];
    for (const one of read) {
      clock.clear();
      // what stands behind, a zone by its name, says nothing new
      const end = one();
      if (end < 0 || (end < bytes.length && bytes[end] !== 32)) continue;
      const value = clock.value((local) => local);
      if (Number.isNaN(value)) continue;
      this.#use(Math.floor(value / DAY) * DAY);
      this.#latest = Math.floor((value - Math.floor(value / DAY) * DAY) / 1e6);
      this.#passed = false;
      return;
    }
  }

  /** The day of a record at this time of day, as ISO 8601 has it; null where none was said. */
  of(clock: Uint8Array): Uint8Array | null {
    if (this.#midnight === null) return null;
    const seconds = secondsOf(clock);
    if (Number.isNaN(seconds)) return this.#text;
    if (seconds < this.#latest - HOUR) {
      this.#use(this.#midnight + DAY);
      this.#latest = seconds;
      this.#passed = true;
      this.#midnights++;
    } else if (this.#passed && this.#latest < HOUR && seconds >= 23 * HOUR) return isoDay(this.#midnight - DAY);
    else if (seconds > this.#latest) this.#latest = seconds;
    return this.#text;
  }

  takeMidnights(): number {
    const midnights = this.#midnights;
    this.#midnights = 0;
    return midnights;
  }

  #use(midnight: number | null): void {
    this.#midnight = midnight;
    if (midnight !== null) this.#text = isoDay(midnight);
  }
}

const isoDay = (midnight: number): Uint8Array => Buffer.from(new Date(midnight / 1000).toISOString().slice(0, 10));

/** Seconds since midnight of `HH:MM` or `HH:MM:SS`, with a fraction or without; NaN where it is none. */
function secondsOf(clock: Uint8Array): number {
  let seconds = 0;
  let at = 0;
  for (const unit of [HOUR, 60, 1]) {
    const end = number(clock, at, clock.length, 2);
    if (end < 0 || lastRead() > (unit === HOUR ? 23 : 60)) return NaN;
    seconds += lastRead() * unit;
    if (clock[end] !== 58) return unit === HOUR ? NaN : seconds;
    at = end + 1;
  }
  return seconds;
}
