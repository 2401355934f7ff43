import type { ByteReader, ByteWriter } from './byte-stream.ts';
import { CountTable } from './count-table.ts';

/** Quantiles lie within this share of the true ones. */
const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const PER_LOG = 1 / Math.log(GAMMA);
/** Bin 0: nothing, or less than a microsecond. The last: beyond 10^15 microseconds, thirty years. */
const LAST = 1 + Math.ceil(15 * Math.LN10 * PER_LOG);

/** The bin of a duration in microseconds. */
export function latencyBin(duration: number): number {
  return duration < 1 ? 0 : Math.min(LAST, 1 + Math.ceil(Math.log(duration) * PER_LOG));
}

/**
 * Quantiles of durations by counting them in bins of a share of their size: DDSketch (Masson, Rim, Lee 2019, VLDB 12) with a relative error of 1 %
 * at every quantile. At most 1,729 bins, merged by adding; its state depends on the durations alone.
 */
export class LatencySketch {
  readonly #bins = new CountTable();
  #records = 0;

  get records(): number {
    return this.#records;
  }

  /** `bin`: what `latencyBin` gave. */
  add(bin: number, count = 1): void {
    this.#bins.add(bin, count);
    this.#records += count;
  }

  merge(other: LatencySketch): void {
    other.#bins.forEach((bin, count) => this.add(bin, count));
  }

  /** Microseconds at a share from 0 to 1 (lower rank); NaN without durations. */
  quantile(share: number): number {
    if (this.#records === 0) return Number.NaN;
    const rank = Math.floor(share * (this.#records - 1));
    let below = 0;
    for (const bin of this.#bins.sortedKeys()) {
      below += this.#bins.countOf(bin);
      if (below > rank) return bin === 0 ? 0 : (2 * GAMMA ** (bin - 1)) / (GAMMA + 1);
    }
    return Number.NaN;
  }

  write(out: ByteWriter): void {
    this.#bins.write(out);
  }

  static read(bytes: ByteReader): LatencySketch {
    const sketch = new LatencySketch();
    const size = bytes.count(2);
    let bin = 0;
    for (let i = 0; i < size; i++) {
      bin += bytes.whole();
      const count = bytes.whole();
      if (bin > LAST || count === 0 || (i > 0 && sketch.#bins.size !== i)) throw bytes.damaged();
      sketch.add(bin, count);
    }
    return sketch;
  }

  /** Passes over what `write` wrote. */
  static pass(bytes: ByteReader): void {
    bytes.pass(2 * bytes.count(2));
  }
}
