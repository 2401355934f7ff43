/** How fast work goes: units per second, smoothed so that the figure can be read, and the seconds that are left. */
export class Rate {
  /** Time constant of the smoothing, milliseconds. */
  static readonly smoothing = 2_000;
  /** Nothing is said before this many milliseconds: the first figures are noise. */
  static readonly settle = 400;

  #unit = '';
  #since = 0;
  #at = 0;
  #done = 0;
  #rate: number | null = null;

  /** `now` in milliseconds of any clock that does not run backwards. */
  take(done: number, unit: string, now: number): void {
    if (unit !== this.#unit || done < this.#done) {
      this.#unit = unit;
      this.#since = now;
      this.#at = now;
      this.#done = done;
      this.#rate = null;
      return;
    }
    const elapsed = now - this.#at;
    if (elapsed < 1) return;
    const fresh = ((done - this.#done) / elapsed) * 1000;
    const keep = Math.exp(-elapsed / Rate.smoothing);
    this.#rate = this.#rate === null ? fresh : this.#rate * keep + fresh * (1 - keep);
    this.#at = now;
    this.#done = done;
  }

  /** Units per second; null while it is too early to tell. */
  rate(now: number): number | null {
    return this.#rate === null || now - this.#since < Rate.settle ? null : this.#rate;
  }

  /** Seconds until `total`; null while it cannot be told. */
  remaining(total: number | null, now: number): number | null {
    const rate = this.rate(now);
    if (total === null || rate === null || rate <= 0) return null;
    return Math.max(0, (total - this.#done) / rate);
  }
}
