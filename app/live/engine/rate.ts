/** Seconds over which a rate is told. */
const OVER = 10;
const KEPT = 60;
/** Seconds between two commits of a source that is busy, at most. */
const SPREAD = 2;

/** Counts by the second, for the last minute. */
export class RateMeter {
  readonly #counts = new Float64Array(KEPT);
  #second: number;
  /** When something was counted last. */
  #last = -Infinity;
  readonly #began: number;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
    this.#second = Math.floor(now());
    this.#began = this.#second;
  }

  /** What is written at once came since it was written last: it counts for the seconds in between, or for this one where that is long ago. */
  add(count: number): void {
    const now = this.#now();
    this.#advance();
    const from = now - this.#last > SPREAD ? now : this.#last;
    this.#last = now;
    let counted = 0;
    for (let second = Math.max(Math.floor(from), this.#second - KEPT + 1); second <= this.#second; second++) {
      const until = Math.min(now, second + 1);
      const share = second === this.#second ? count : Math.round((count * (until - from)) / (now - from));
      this.#counts[second % KEPT] += share - counted;
      counted = share;
    }
  }

  /** A second, over the last ten whole ones, or as many as there were. */
  rate(): number {
    this.#advance();
    const seconds = Math.min(OVER, this.#second - this.#began);
    if (seconds < 1) return this.#counts[this.#second % KEPT];
    let sum = 0;
    for (let back = 1; back <= seconds; back++) sum += this.#counts[(this.#second - back + KEPT) % KEPT];
    return sum / seconds;
  }

  /** The last minute, second by second, the latest whole one last. */
  minute(): readonly number[] {
    this.#advance();
    return Array.from({ length: KEPT - 1 }, (_, i) => this.#counts[(this.#second + 1 + i) % KEPT]);
  }

  #advance(): void {
    const now = Math.floor(this.#now());
    for (const gone = Math.min(now, this.#second + KEPT); this.#second < gone;) this.#counts[++this.#second % KEPT] = 0;
    this.#second = Math.max(this.#second, now);
  }
}
