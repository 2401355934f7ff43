import type { LiveSourceStatus } from '../../contract/live.ts';
import { RateMeter } from './rate.ts';

/** What came of a source into the case since it was started, and what it got over. */
export class Tally {
  readonly #meter = new RateMeter();
  #records = 0;
  #rejected = 0;
  #faults = 0;
  #fault = '';
  #lastCommit: number | null = null;
  #lastRecord: number | null = null;

  get records(): number {
    return this.#records;
  }

  fault(message: string): void {
    this.#faults++;
    this.#fault = message;
  }

  /** A commit held. `last`: time stamp of its latest record, where it has one. */
  add(rows: number, rejected: number, last: number | null): void {
    this.#records += rows;
    this.#rejected += rejected;
    this.#meter.add(rows);
    this.#lastCommit = Date.now() * 1000;
    if (last !== null) this.#lastRecord = Math.max(this.#lastRecord ?? -Infinity, last);
  }

  /** `errors`: those that the source counted itself; `failure`: why it cannot go on, or null. */
  status(
    errors: number,
    failure: string | null,
  ): Pick<LiveSourceStatus, 'records' | 'rejected' | 'rate' | 'behind' | 'lastRecord' | 'lastCommit' | 'errors' | 'error'> {
    return {
      records: this.#records,
      rejected: this.#rejected,
      rate: this.#meter.rate(),
      behind: this.#lastRecord === null ? null : (Date.now() * 1000 - this.#lastRecord) / 1e6,
      lastRecord: this.#lastRecord,
      lastCommit: this.#lastCommit,
      errors: Math.max(this.#faults, errors),
      error: failure ?? this.#fault,
    };
  }
}

/** Line feeds. */
export function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}
