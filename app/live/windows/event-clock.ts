import type { ByteReader, ByteWriter } from './byte-stream.ts';

/** So many records in a row that are ahead are believed: nobody else is there any more. */
const BELIEVED = 32;

/**
 * How far event time has come, told by the records alone, never by the clock on the wall: the largest time seen. One record that is further ahead than
 * `jump` moves nothing by itself (a clock that is wrong would close everybody's windows). Time follows when 32 records in a row are ahead, or when
 * such records in a row are themselves at least a jump apart (a quiet log goes on after a pause), and none that was in time came between.
 */
export class EventClock {
  readonly #jump: number;
  /** NaN before the first record. */
  now = Number.NaN;
  #run = 0;
  #low = 0;
  #high = 0;

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

  #ahead(ts: number): boolean {
    if (this.#run === 0) this.#low = this.#high = ts;
    this.#run++;
    this.#low = Math.min(this.#low, ts);
    this.#high = Math.max(this.#high, ts);
    if (this.#run < BELIEVED && this.#high - this.#low < this.#jump) return false;
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
  }

  read(bytes: ByteReader): void {
    this.now = bytes.double();
    this.#run = bytes.whole();
    this.#low = bytes.double();
    this.#high = bytes.double();
  }
}
