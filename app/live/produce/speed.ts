import { FlowcaseError } from '../../errors.ts';

/** How fast lines go out: as their time stamps say, so many times faster; a number of them a second; or as fast as the target takes them. */
export type Speed =
  { readonly kind: 'times'; readonly factor: number } | { readonly kind: 'rate'; readonly perSecond: number } | { readonly kind: 'max' };

/** Reads `1x`, `0.5x`, `10x`, `5000/s` or `max`. @throws FlowcaseError INVALID_INPUT */
export function parseSpeed(text: string): Speed {
  if (text === 'max') return { kind: 'max' };
  const match = /^(\d+(?:\.\d+)?)(x|\/s)$/.exec(text);
  const value = Number(match?.[1] ?? 0);
  if (match === null || value <= 0)
    throw new FlowcaseError(
      'INVALID_INPUT',
      `"${text}" is no speed: 1x and 10x keep the log's own pace or multiply it, 5000/s is so many lines a second, max is as fast as it goes.`,
    );
  return match[2] === 'x' ? { kind: 'times', factor: value } : { kind: 'rate', perSecond: value };
}

/** Pauses of a log longer than this are left out: nobody waits for the night to end, or for a clock that was wrong. Microseconds. */
export const LONGEST_PAUSE = 3600e6;
/** What was missed because the target was slow is caught up with for no more than this; milliseconds. */
const MOST_DEBT = 1000;

/** Says when lines may go: steadily, with a second's worth caught up at most (a token bucket of one second). */
export class Pacer {
  readonly #speed: Speed;
  readonly #now: () => number;
  /** When the first line went, milliseconds. */
  #begun = NaN;
  #lines = 0;
  #latest = NaN;
  /** Time of the log that has passed, pauses left out; microseconds. */
  #passed = 0;

  /** `now` in milliseconds, never going back. */
  constructor(speed: Speed, now: () => number) {
    this.#speed = speed;
    this.#now = now;
  }

  /** Milliseconds until the next line may go, negative where it is late. `ts`: its time, microseconds since 1970 UTC, NaN where it has none. Once for each line. */
  next(ts: number): number {
    if (this.#speed.kind === 'max') return 0;
    const now = this.#now();
    if (Number.isNaN(this.#begun)) this.#begun = now;
    const wait = this.#begun + this.#due(this.#speed, ts) - now;
    if (wait < -MOST_DEBT) this.#begun -= wait + MOST_DEBT;
    return wait;
  }

  /** Milliseconds behind the first line. */
  #due(speed: Exclude<Speed, { kind: 'max' }>, ts: number): number {
    if (speed.kind === 'rate') return (this.#lines++ * 1000) / speed.perSecond;
    // logs are not sorted: what is older than what went already goes at once
    if (Number.isNaN(this.#latest)) this.#latest = ts;
    const step = ts - this.#latest;
    if (step > 0) {
      this.#latest = ts;
      if (step <= LONGEST_PAUSE) this.#passed += step;
    }
    return this.#passed / 1000 / speed.factor;
  }
}
