/** Wrong tokens that an address may try within the time; behind them it waits. */
const MOST = 100;
/** Milliseconds. */
const WITHIN = 60_000;
/** Addresses that are remembered; the one that has not knocked for longest is forgotten first. */
const ADDRESSES = 10_000;

/** Counts wrong tokens by address, so that guessing is slow. Whoever has a right one is never asked. */
export class Knocks {
  readonly #since = new Map<string, { readonly from: number; count: number }>();

  /** A wrong token came from `address` at `now` (milliseconds). Returns seconds to wait where there were too many, else 0. */
  wrong(address: string, now: number): number {
    const known = this.#since.get(address);
    const entry = known === undefined || now - known.from >= WITHIN ? { from: now, count: 0 } : known;
    entry.count++;
    this.#since.delete(address);
    this.#since.set(address, entry);
    const [oldest] = this.#since.keys();
    if (this.#since.size > ADDRESSES && oldest !== undefined) this.#since.delete(oldest);
    return entry.count > MOST ? Math.max(1, Math.ceil((entry.from + WITHIN - now) / 1000)) : 0;
  }
}
