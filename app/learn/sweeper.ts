import { packCentres, partialLength, sweepLayout, type SweepLayout } from './kernels/kmeans-kernel.ts';
import { NO_LABEL } from './kernels/kmeans-module.ts';
import type { Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';
import type { ThreadPool } from './thread-pool.ts';
import { Work } from './work.ts';

/** What one pass over all rows found. */
export interface SweepTotals {
  /** Sum of squared distances to the nearest centre. */
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
 * rows are cut into segments by their number alone and the segments' sums are added in the order of the segments.
 */
export class Sweeper {
  readonly layout: SweepLayout;
  readonly #matrix: Matrix;
  readonly #work: Work<'kmeans'>;

  /** @throws FlowcaseError OUT_OF_MEMORY */
  constructor(matrix: Matrix, k: number, pace: Pace, pool: ThreadPool | null) {
    const { rows, columns } = matrix;
    const start = matrix.reserve(sweepLayout(rows, columns, k, 0).bytes);
    this.layout = sweepLayout(rows, columns, k, start);
    this.#matrix = matrix;
    this.#work = new Work('kmeans', { layout: this.layout, memory: matrix.memory }, pace, pool);
    this.forget();
  }

  /** Row → centre of the last pass. */
  get labels(): Uint16Array {
    return new Uint16Array(this.#matrix.memory.buffer, this.layout.labels, this.layout.rows);
  }

  /** Row → squared distance to that centre. */
  get distances(): Float32Array {
    return new Float32Array(this.#matrix.memory.buffer, this.layout.distances, this.layout.rows);
  }

  /** Takes every label and sum back: the next pass begins anew. */
  forget(): void {
    const { k, columns, segments, partials } = this.layout;
    this.labels.fill(NO_LABEL);
    new Float64Array(this.#matrix.memory.buffer, partials, segments * partialLength(k, columns)).fill(0);
  }

  /** `centres`: k × columns, rounded to float32 for the comparison. @throws FlowcaseError CANCELLED, PROCESS_DIED */
  async sweep(centres: Float64Array): Promise<SweepTotals> {
    packCentres(this.layout, this.#matrix.memory, centres);
    await this.#work.round(this.layout.segments, null);
    return this.#totals();
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
    return { inertia: total[0], changed: total[1], counts: total.subarray(2, 2 + k), sums: total.subarray(2 + k) };
  }
}
