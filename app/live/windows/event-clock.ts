import type { ByteReader, ByteWriter } from './byte-stream.ts';

/** So many records in a row that are ahead are believed: nobody else is there any more. */
const BELIEVED = 32;
/** So many more records that lie behind than records that do not: time had gone too far. */
const MISLED = 64;
/** Each time that time had gone too far twice as many records are needed to move it on, up to so many doublings; */
const MOST_DOUBT = 7;
/** and half as many again after so many records that were in time. */
const CALM = 4096;

/**
 * How far event time has come, told by the records alone, never by the clock on the wall: the largest time seen. One record that is further ahead than
 * `jump` moves nothing by itself (a clock that is wrong would close everybody's windows). Time follows when 32 records in a row are ahead, or when
 * such records in a row are themselves at least a jump apart (a quiet log goes on after a pause), and none that was in time came between.
 *
 * Where that was wrong, what follows lies behind by more than a jump: once such records outnumber the others by 64, time goes back to the middle one of
 * them, and moves on less lightly from then on.
 */
export class EventClock {
  readonly #jump: number;
  /** NaN before the first record. */
  now = Number.NaN;
  #run = 0;
  #low = 0;
  #high = 0;
  /** Times of records behind, the latest ones; each other record takes one away. */
  #behind: number[] = [];
  #doubt = 0;
  #calm = 0;

  /** `jump`: microseconds. */
  constructor(jump: number) {
    this.#jump = jump;
  }

  /** Takes the time of the next record; returns whether `now` changed. `back`: no window was given yet, so that a first record with a wrong time can be got over. */
  sees(ts: number, back: boolean): boolean {
    if (ts <= this.now + this.#jump) {
      this.#run = 0;
      if (back && ts < this.now - this.#jump) {
        this.now = ts;
        return true;
      }
      if (ts <= this.now) return false;
      this.now = ts;
      return true;
    }
    if (Number.isNaN(this.now)) {
      this.now = ts;
      return true;
    }
    return this.#ahead(ts);
  }

  /**
   * Takes a record that `sees` took, and that is in no window any more: it began at `ts` and ended at `end`. Returns whether `now` went back to where
   * such records are.
   */
  misses(ts: number, end: number): boolean {
    if (end >= this.now - this.#jump) {
      this.finds();
      return false;
    }
    this.#calm = 0;
    this.#behind.push(ts);
    if (this.#behind.length < MISLED) return false;
    // the middle one: a few with other times among them move it nowhere
    this.now = this.#behind.sort((a, b) => a - b)[MISLED / 2];
    this.#behind = [];
    this.#run = 0;
    this.#doubt = Math.min(MOST_DOUBT, this.#doubt + 1);
    return true;
  }

  /** Takes a record that `sees` took, and that is in a window. */
  finds(): void {
    if (this.#behind.length > 0) this.#behind.shift();
    if (this.#doubt === 0 || ++this.#calm < CALM) return;
    this.#doubt--;
    this.#calm = 0;
  }

  #ahead(ts: number): boolean {
    if (this.#run === 0) this.#low = this.#high = ts;
    this.#run++;
    this.#low = Math.min(this.#low, ts);
    this.#high = Math.max(this.#high, ts);
    const goesOn = this.#doubt === 0 && this.#high - this.#low >= this.#jump;
    if (this.#run < BELIEVED * 2 ** this.#doubt && !goesOn) return false;
    // the lowest of them: where all are right the next record brings the rest, where one is wrong it alone stays ahead
    this.now = this.#low;
    this.#run = 0;
    return true;
  }

  write(out: ByteWriter): void {
    out.double(this.now);
    out.whole(this.#run);
    out.double(this.#low);
    out.double(this.#high);
    out.whole(this.#behind.length);
    for (const ts of this.#behind) out.double(ts);
    out.whole(this.#doubt);
    out.whole(this.#calm);
  }

  /** `forwardOnly`: written when time never went back. */
  read(bytes: ByteReader, forwardOnly = false): void {
    this.now = bytes.double();
    this.#run = bytes.whole();
    this.#low = bytes.double();
    this.#high = bytes.double();
    if (forwardOnly) return;
    this.#behind = Array.from({ length: bytes.count() }, () => bytes.double());
    this.#doubt = bytes.whole();
    this.#calm = bytes.whole();
  }
}
