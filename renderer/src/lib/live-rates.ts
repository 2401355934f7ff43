/** Records a second, second by second: a ring that never grows, and an axis that does not jump. */

/** The latest `seconds` seconds. A second that nobody told of is NaN. */
export class RateRing {
  readonly #values: Float64Array;
  /** The second (since 1970) of the latest value; -1 before the first. */
  #latest = -1;

  constructor(seconds: number) {
    this.#values = new Float64Array(seconds).fill(Number.NaN);
  }

  get latest(): number {
    return this.#latest;
  }

  /** Takes what a status says: `at` in microseconds, its rates second by second, the latest last. What was told before is told again, exactly. */
  take(at: number, rates: readonly number[]): void {
    const second = Math.floor(at / 1e6);
    const size = this.#values.length;
    // A clock that was set back begins anew: what lies ahead of it cannot be drawn.
    if (second < this.#latest - size) this.clear();
    for (let missing = Math.max(this.#latest + 1, second - size + 1); missing <= second; missing++)
      this.#values[missing % size] = Number.NaN;
    this.#latest = Math.max(this.#latest, second);
    rates.slice(-size).forEach((rate, index, kept) => {
      const of = second - (kept.length - 1 - index);
      if (of >= 0 && of > this.#latest - size) this.#values[of % size] = rate;
    });
  }

  /** The latest `count` seconds, the latest last. */
  series(count: number): Float64Array {
    const size = this.#values.length;
    const wanted = Math.min(count, size);
    return Float64Array.from({ length: wanted }, (_, index) => {
      const second = this.#latest - (wanted - 1 - index);
      return second < 0 ? Number.NaN : (this.#values[second % size] ?? Number.NaN);
    });
  }

  clear(): void {
    this.#values.fill(Number.NaN);
    this.#latest = -1;
  }
}

/** What a series says: the latest value, mean and most of those that are known. */
export function rateFigures(series: Float64Array): {
  readonly now: number;
  readonly mean: number;
  readonly most: number;
  readonly known: number;
} {
  let [sum, most, known] = [0, 0, 0];
  for (const value of series) {
    if (Number.isNaN(value)) continue;
    sum += value;
    most = Math.max(most, value);
    known++;
  }
  return { now: series.at(-1) ?? Number.NaN, mean: known === 0 ? 0 : sum / known, most, known };
}

/** The round number at or above: 1, 2 or 5 times a power of ten, at least 5. */
export function roundTop(most: number): number {
  if (!(most > 5)) return 5;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 5, 10].find((factor) => factor * power >= most * (1 - 1e-12)) ?? 10) * power;
}

/** The end of an axis: it grows at once, and shrinks only after `calm` values in a row that would do with less, so that the picture stands still. */
export class CalmTop {
  readonly #calm: number;
  #top = 0;
  #less = 0;

  constructor(calm: number) {
    this.#calm = calm;
  }

  next(most: number): number {
    const wanted = roundTop(most);
    if (wanted >= this.#top) {
      this.#top = wanted;
      this.#less = 0;
    } else if (++this.#less >= this.#calm) {
      this.#top = wanted;
      this.#less = 0;
    }
    return this.#top;
  }
}

/** "15 s", "2 m 30 s", "10 min": seconds of an axis. */
export function rateSpanWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} m ${rest} s`;
}
