import { Clock } from './table-clock.ts';
import type { SyslogHeader } from './syslog-header.ts';
import type { Zone } from './time-zone.ts';

/**
 * Times of syslog messages. Those of RFC 3164 have no year: lines are nearly in order, so from December to January is a year more, and what is late belongs to the
 * year before.
 */
export class SyslogClock {
  readonly #clock = new Clock();
  readonly #toUtc: Zone;
  #year: number;
  /** Of the latest line without a year; 0: none yet. */
  #month = 0;

  /** `year`: that of the first line. */
  constructor(year: number, toUtc: Zone) {
    this.#year = year;
    this.#toUtc = toUtc;
  }

  save(): readonly [year: number, month: number] {
    return [this.#year, this.#month];
  }

  restore([year, month]: readonly [year: number, month: number]): void {
    this.#year = year;
    this.#month = month;
  }

  /** The time of a header that has no year, in microseconds since 1970 UTC; NaN where there is no such day in that year. */
  yearless({ month, day, ofDay }: Pick<SyslogHeader, 'month' | 'day' | 'ofDay'>): number {
    let year = this.#year;
    if (this.#month - month > 6) year = ++this.#year;
    else if (this.#month !== 0 && month - this.#month > 6) year--;
    if (year === this.#year) this.#month = month;
    const clock = this.#clock;
    clock.clear();
    clock.year = year;
    clock.month = month;
    clock.day = day;
    clock.second = 0;
    const midnight = clock.value((local) => local);
    return this.#toUtc(midnight + ofDay);
  }
}
