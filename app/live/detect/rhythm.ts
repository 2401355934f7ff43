import { gapsOf, quantile, quartileSpread } from '../../features/groups.ts';
import type { ByteReader, ByteWriter } from '../windows/byte-stream.ts';
import { readTimes, writeTimes, type PairCalls } from '../windows/call-table.ts';

/** Fewer calls than this are no rhythm; so many of the last ones are remembered. */
export const LEAST_CALLS = 20;
const MOST_TIMES = 32;
/** Of the intervals, in microseconds: what is shorter is a burst, what is longer cannot be told within days. */
const SHORTEST = 1_000_000;
export const LONGEST = 2 * 3600 * 1_000_000;
/** The quartile spread of the intervals (features/groups.ts), and the share of them within a quarter of the median: chance reaches neither. */
const WIDEST_SPREAD = 0.25;
const NEAR = 0.25;
const LEAST_NEAR = 0.75;
/** After so many intervals without a call it has ended. */
const INTERRUPTION = 3;

/** What the intervals between the last calls say, in microseconds. */
export interface Beat {
  readonly median: number;
  /** The ends of the middle half. */
  readonly quartiles: readonly [low: number, high: number];
  readonly spread: number;
  /** Of the intervals so many lie within a quarter of the median. */
  readonly near: number;
  readonly intervals: number;
}

/** When one host called one port of another: its last 32 calls, whatever came before them. */
export class Rhythm {
  /** Begin of the first call that is known. */
  first = 0;
  calls = 0;
  /** Of them so many were told of. */
  told = 0;
  /** Bytes that a call sent, on average of the last window that had any. */
  sent = 0;
  #times: number[] = [];
  /** undefined: not asked since the last call. */
  #beat: Beat | null | undefined;

  get last(): number {
    return this.#times[this.#times.length - 1];
  }

  /** Windows may overlap: what is known already is not taken again. */
  add({ times, records, bytesOut }: PairCalls): void {
    for (const time of times) this.#take(time);
    if (bytesOut > 0) this.sent = Math.round(bytesOut / records);
  }

  /** Its beat, where it has one that went on at this time, or began behind it; else null. */
  beatFrom(time: number): Beat | null {
    this.#beat = this.#beat === undefined ? beatOf(this.#times) : this.#beat;
    return this.#beat !== null && time - this.last <= INTERRUPTION * this.#beat.median ? this.#beat : null;
  }

  write(out: ByteWriter): void {
    out.signed(this.first);
    for (const count of [this.calls, this.told, this.sent]) out.whole(count);
    writeTimes(out, this.#times);
  }

  /** @throws FlowcaseError FILE_DAMAGED */
  static read(bytes: ByteReader): Rhythm {
    const rhythm = new Rhythm();
    rhythm.first = bytes.signed();
    [rhythm.calls, rhythm.told, rhythm.sent] = [bytes.whole(), bytes.whole(), bytes.whole()];
    rhythm.#times = readTimes(bytes);
    return rhythm;
  }

  #take(time: number): void {
    const times = this.#times;
    let at = times.length;
    while (at > 0 && times[at - 1] > time) at--;
    if ((at > 0 && times[at - 1] === time) || (at === 0 && times.length === MOST_TIMES)) return;
    this.first = this.calls === 0 ? time : Math.min(this.first, time);
    this.calls++;
    times.splice(at, 0, time);
    if (times.length > MOST_TIMES) times.shift();
    this.#beat = undefined;
  }
}

function beatOf(times: readonly number[]): Beat | null {
  if (times.length < LEAST_CALLS) return null;
  const gaps = gapsOf(Float64Array.from(times));
  // sorts them
  const spread = quartileSpread(gaps, 1);
  const median = quantile(gaps, 0.5);
  if (median < SHORTEST || median > LONGEST || spread > WIDEST_SPREAD) return null;
  const near = gaps.filter((gap) => Math.abs(gap - median) <= NEAR * median).length;
  if (near < LEAST_NEAR * gaps.length) return null;
  return { median, quartiles: [quantile(gaps, 0.25), quantile(gaps, 0.75)], spread, near, intervals: gaps.length };
}
