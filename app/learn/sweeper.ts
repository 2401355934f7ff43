import { packCentres, partialLength, sweepLayout, type SweepLayout } from './kernels/kmeans-kernel.ts';
import { HEAD, NO_LABEL } from './kernels/kmeans-module.ts';
import { BLOCK, type Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';
import type { ThreadPool } from './thread-pool.ts';
import { Work } from './work.ts';

/** What one pass over all rows found. */
export interface SweepTotals {
  /**
   * Sum of squared distances to the nearest centre. Where rows were passed over it is reckoned from counts and sums, and has fewer right digits,
   * the farther the rows lie from zero.
   */
  readonly inertia: number;
  /** Rows whose nearest centre is another than in the pass before. */
  readonly changed: number;
  /** k. */
  readonly counts: Float64Array;
  /** k × columns, row by row. */
  readonly sums: Float64Array;
}

/**
 * Passes over a matrix: every row to its nearest centre. Works with any number of threads and gives the same bits with each, because
 * rows are cut into segments by their number alone and the segments' sums are added in the order of the segments. Rows that cannot have
 * come nearer to another centre, as little as all have moved, are passed over, and others compared by products first, where that is sure: labels
 * and sums are those of a pass that takes all distances.
 */
export class Sweeper {
  readonly layout: SweepLayout;
  readonly #matrix: Matrix;
  readonly #work: Work<'kmeans'>;
  /** As the kernel saw them; null before the first pass. */
  #centres: Float32Array | null = null;
  /** How far the two centres that moved most have moved, summed over the passes. */
  #moved = 0;
  /** Sum of the squares of all values. */
  #squares = 0;
  /** Whether products are sure enough of late for them to be worth it. */
  #products = true;
  /** Share of the blocks that could have been passed over in the last pass. */
  #passable = 0;

  /** @throws FlowcaseError OUT_OF_MEMORY */
  constructor(matrix: Matrix, k: number, pace: Pace, pool: ThreadPool | null) {
    const { rows, columns } = matrix;
    const start = matrix.reserve(sweepLayout(rows, columns, k, 0).bytes);
    this.layout = sweepLayout(rows, columns, k, start);
    this.#matrix = matrix;
    this.#work = new Work('kmeans', { layout: this.layout, memory: matrix.memory }, pace, pool);
    this.forget();
  }

  /** What is not in the cache is read faster in one go than with gaps (measured: a block behind a gap costs three times one in a row). */
  get #enough(): number {
    return this.layout.rows * this.layout.columns * Float32Array.BYTES_PER_ELEMENT <= NEAR_BYTES ? 0.1 : 0.7;
  }

  /** Row → centre of the last pass. */
  get labels(): Uint16Array {
    return new Uint16Array(this.#matrix.memory.buffer, this.layout.labels, this.layout.rows);
  }

  /** Row → squared distance to that centre; after a pass over all rows only. */
  get distances(): Float32Array {
    return new Float32Array(this.#matrix.memory.buffer, this.layout.distances, this.layout.rows);
  }

  /** Takes every label and sum back: the next pass begins anew. */
  forget(): void {
    const { k, columns, segments, partials } = this.layout;
    this.#centres = null;
    this.#moved = 0;
    this.#products = true;
    this.labels.fill(NO_LABEL);
    new Float64Array(this.#matrix.memory.buffer, partials, segments * partialLength(k, columns)).fill(0);
  }

  /**
   * `centres`: k × columns, rounded to float32 for the comparison. `all`: passes no row over, so that distances are known.
   * @throws FlowcaseError CANCELLED, PROCESS_DIED
   */
  async sweep(centres: Float64Array, all = false): Promise<SweepTotals> {
    const packed = Float32Array.from(centres);
    const whole = all || this.#centres === null;
    if (this.#centres !== null) this.#moved += twoFarthest(packed, this.#centres, this.layout.columns);
    this.#centres = packed;
    const largest = packCentres(this.layout, this.#matrix.memory, packed);
    const byProducts = !whole && this.#products;
    // both rounded to float32, away from passing over what has to be looked at
    const reached = whole ? Number.POSITIVE_INFINITY : Math.fround(this.#moved * (1 + ROUNDING));
    const from = Math.fround(this.#moved * (1 - ROUNDING));
    await this.#work.round(this.layout.segments, {
      reached,
      from,
      passing: !whole && this.#passable > this.#enough,
      largest: byProducts ? largest : null,
    });
    const totals = this.#totals();
    if (byProducts) this.#products = totals.inertia * BLOCK < this.layout.rows * MOST_UNSURE;
    const spread = spreadOf(packed, totals, this.layout.columns);
    if (!whole) return { ...totals, inertia: Math.max(0, this.#squares - spread) };
    this.#squares = totals.inertia + spread;
    return totals;
  }

  /** Lets threads go of the matrix. */
  close(): void {
    this.#work.close();
  }

  #totals(): SweepTotals {
    const { k, columns, segments, partials } = this.layout;
    const length = partialLength(k, columns);
    const all = new Float64Array(this.#matrix.memory.buffer, partials, segments * length);
    const total = all.slice(0, length);
    for (let segment = 1, at = length; segment < segments; segment++) for (let i = 0; i < length; i++) total[i] += all[at++];
    this.#passable = (total[2] * BLOCK) / this.layout.rows;
    return { inertia: total[0], changed: total[1], counts: total.subarray(HEAD, HEAD + k), sums: total.subarray(HEAD + k) };
  }
}

/** A matrix of which so much stays in the cache of the processor. */
const NEAR_BYTES = 2 ** 24;
/** Where products leave a larger share of the blocks open than this, distances are the shorter way. */
const MOST_UNSURE = 0.2;
/** Several units of float32's last place. */
const ROUNDING = 2 ** -21;

/** How far the two centres moved that moved most, taken together: the nearest may have gone so much, and another have come. */
function twoFarthest(now: Float32Array, before: Float32Array, columns: number): number {
  let [farthest, second] = [0, 0];
  for (let at = 0; at < now.length; at += columns) {
    let squared = 0;
    for (let c = at; c < at + columns; c++) squared += (now[c] - before[c]) ** 2;
    const distance = Math.sqrt(squared);
    if (distance > farthest) [farthest, second] = [distance, farthest];
    else if (distance > second) second = distance;
  }
  return farthest + second;
}

/** The sum of all values' squares less the inertia: Σ over the centres of 2 c · sum − count |c|². */
function spreadOf(centres: Float32Array, { counts, sums }: SweepTotals, columns: number): number {
  let spread = 0;
  for (let i = 0; i < centres.length; i++) spread += centres[i] * (2 * sums[i] - counts[Math.floor(i / columns)] * centres[i]);
  return spread;
}
