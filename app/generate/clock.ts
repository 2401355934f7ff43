import type { Random } from '../shared/random.ts';
import { rhythm } from './background.ts';

const MINUTE = 60e6;
export const DAY = 86_400e6;
/** Monday, 15 April 2024, 00:00 UTC: where a log begins unless told otherwise. */
export const MONDAY = 1_713_139_200e6;

const HOUR = 3600e6;

/** A moment of a log that begins at `start`: so far through its days, at the hour given where that day is long enough. */
export function moment({ start, days }: { readonly start: number; readonly days: number }, share: number, hour: number): number {
  const at = start + Math.floor(days * share) * DAY + hour * HOUR;
  return at < start + days * DAY ? at : start + days * share * DAY;
}

/** Moments in order (microseconds since 1970 UTC), denser when the office is awake: `count` of them from `start` on. */
export class Clock {
  readonly #start: number;
  readonly #count: number;
  readonly #random: Random;
  /** Share of the traffic before each minute. */
  readonly #before: Float64Array;
  #index = 0;
  #minute = 0;

  constructor(start: number, days: number, count: number, random: Random) {
    this.#start = start;
    this.#count = count;
    this.#random = random;
    const minutes = Math.max(1, Math.round(days * 1440));
    this.#before = new Float64Array(minutes + 1);
    for (let i = 0; i < minutes; i++) {
      const at = new Date((start + i * MINUTE) / 1000);
      this.#before[i + 1] = this.#before[i] + rhythm(at.getUTCDay(), at.getUTCHours() + at.getUTCMinutes() / 60);
    }
    const total = this.#before[minutes];
    for (let i = 0; i <= minutes; i++) this.#before[i] /= total;
  }

  /** The next moment; Infinity after the last. */
  next(): number {
    if (this.#index >= this.#count) return Infinity;
    const share = (this.#index++ + this.#random.float()) / this.#count;
    while (this.#minute + 2 < this.#before.length && this.#before[this.#minute + 1] <= share) this.#minute++;
    const low = this.#before[this.#minute];
    const within = (share - low) / (this.#before[this.#minute + 1] - low);
    return Math.floor(this.#start + (this.#minute + within) * MINUTE);
  }
}
