import type { MixtureRound } from './kernels/mixture-kernel.ts';
import { componentLength, mixtureLayout, partialLength, type MixtureLayout } from './kernels/mixture-layout.ts';
import { packComponent } from './kernels/mixture-pack.ts';
import { blendModule } from './kernels/mixture-blend.ts';
import type { Matrix } from './matrix.ts';
import { invertLower, sandwich, timesVector } from './mixture-algebra.ts';
import { logPeak, whitenersOf, whiteningOf, type MixtureModel, type MixtureSums } from './mixture-model.ts';
import type { Pace } from './pace.ts';
import type { ThreadPool } from './thread-pool.ts';
import { Work } from './work.ts';

/** What a fit or a prediction goes through the matrix with. */
export interface RoundsOptions {
  readonly pace: Pace;
  readonly pool: ThreadPool | null;
  /** Room for every row's shares. */
  readonly withShares: boolean;
  /** In float64 by the plain twin; always so where WebAssembly has no vectors. */
  readonly twin: boolean;
}

/**
 * E steps over a matrix for mixtures of one shape, with the fast kernel or its twin. The same bits with any number of threads: rows
 * are cut into segments by their number alone, and the segments' sums are added in their order.
 */
export class MixtureRounds {
  readonly #layout: MixtureLayout;
  readonly #matrix: Matrix;
  readonly #pace: Pace;
  readonly #fast: Work<'mixture'> | null;
  readonly #twin: Work<'mixtureTwin'>;

  /** `shape`: of the mixtures that will come. @throws FlowcaseError OUT_OF_MEMORY */
  constructor(matrix: Matrix, shape: Pick<MixtureModel, 'type' | 'components'>, { pace, pool, withShares, twin }: RoundsOptions) {
    const { rows, columns } = matrix;
    const sizes = { rows, columns, components: shape.components, whitening: whiteningOf(shape.type) };
    const threads = pool?.threads ?? 1;
    const start = matrix.reserve(mixtureLayout(sizes, 0, threads, withShares).bytes);
    this.#layout = mixtureLayout(sizes, start, threads, withShares);
    this.#matrix = matrix;
    this.#pace = pace;
    new Uint32Array(matrix.memory.buffer, this.#layout.taken, 1).fill(0);
    const setup = { layout: this.#layout, memory: matrix.memory };
    this.#fast = twin || !vectorsWork() ? null : new Work('mixture', setup, pace, pool);
    this.#twin = new Work('mixtureTwin', setup, pace, pool);
  }

  /** Row → component, after `apply`. */
  get labels(): Uint16Array {
    return new Uint16Array(this.#matrix.memory.buffer, this.#layout.labels, this.#layout.rows);
  }

  /** Row → log-likelihood, after `apply`. */
  get scores(): Float32Array {
    return new Float32Array(this.#matrix.memory.buffer, this.#layout.scores, this.#layout.rows);
  }

  /** rows × components, after `apply`. */
  get shares(): Float32Array {
    const { rows, components, shares, withShares } = this.#layout;
    return new Float32Array(this.#matrix.memory.buffer, shares, withShares ? rows * components : 0);
  }

  /** One E step with the sums of the M step. @throws FlowcaseError PARAMETER (singular), CANCELLED, PROCESS_DIED */
  async learn(model: MixtureModel): Promise<MixtureSums> {
    return this.#fast === null ? this.#twinSums('learn', model) : this.#fastSums(this.#fast, model);
  }

  /** The same by the twin, in float64. */
  async learnExactly(model: MixtureModel): Promise<MixtureSums> {
    return this.#twinSums('learn', model);
  }

  /** The sums of the M step where every row belongs wholly to the component that `labels` names. `model`: whose means they are about. */
  async fromLabels(labels: Uint16Array, model: MixtureModel): Promise<MixtureSums> {
    this.labels.set(labels);
    return this.#twinSums('labels', model);
  }

  /** Fills in labels, scores and shares. @throws FlowcaseError PARAMETER (singular), CANCELLED, PROCESS_DIED */
  async apply(model: MixtureModel): Promise<void> {
    if (this.#fast === null) await this.#twinSums('apply', model);
    else {
      this.#pack(model);
      await this.#fast.round(this.#layout.segments, 'apply');
    }
  }

  close(): void {
    this.#fast?.close();
    this.#twin.close();
  }

  /** Tells the kernel the model; returns every component's mean and A as the kernel has them. */
  #pack(model: MixtureModel): { readonly means: Float64Array; readonly factors: readonly Float64Array[] } {
    const { columns } = model;
    const means = model.means.map(Math.fround);
    const factors = whitenersOf(model).map((whitener, k) => {
      const factors = whitener.factors.map(Math.fround);
      const mean = means.subarray(k * columns, (k + 1) * columns);
      packComponent(this.#layout, this.#matrix.memory, k, { mean, factors, peak: logPeak(model, whitener, k) });
      return factors;
    });
    return { means, factors };
  }

  async #fastSums(work: Work<'mixture'>, model: MixtureModel): Promise<MixtureSums> {
    const { means, factors } = this.#pack(model);
    const round: MixtureRound = 'learn';
    await work.round(this.#layout.segments, round);
    const { partials, segments } = this.#layout;
    const length = partialLength(this.#layout);
    const all = new Float64Array(this.#matrix.memory.buffer, partials, segments * length);
    const sums = this.#unfold(
      Array.from({ length: segments }, (_, s) => all.subarray(s * length, (s + 1) * length)),
      means,
    );
    return this.#unwhiten(sums, factors);
  }

  async #twinSums(round: MixtureRound | 'labels', model: MixtureModel): Promise<MixtureSums> {
    const whiteners = round === 'labels' ? [] : whitenersOf(model);
    const peaks = Float64Array.from(whiteners, (whitener, k) => logPeak(model, whitener, k));
    const told = { round, means: model.means, factors: whiteners.map(({ factors }) => factors), peaks };
    return this.#unfold(await this.#twin.round(this.#layout.segments, told), model.means);
  }

  /** All segments' sums added up in their order. */
  #unfold(parts: readonly Float64Array[], about: Float64Array): MixtureSums {
    const { components, columns, whitening } = this.#layout;
    const total = new Float64Array(partialLength(this.#layout));
    for (const part of parts) for (let i = 0; i < total.length; i++) total[i] += part[i];
    const length = componentLength(whitening, columns);
    const own = Array.from({ length: components }, (_, k) => total.subarray(1 + k * length, 1 + (k + 1) * length));
    const shifts = new Float64Array(components * columns);
    own.forEach((sums, k) => shifts.set(sums.subarray(1, 1 + columns), k * columns));
    const weights = Float64Array.from(own, (sums) => sums[0]);
    return { logLikelihood: total[0], about, weights, shifts, scatters: own.map((sums) => sums.slice(1 + columns)) };
  }

  /** Brings sums of y = A (x − mean) back to x − mean, by the inverse of the very A that the kernel multiplied with. */
  async #unwhiten(sums: MixtureSums, factors: readonly Float64Array[]): Promise<MixtureSums> {
    const { columns, whitening } = this.#layout;
    const shifts = sums.shifts.slice();
    const scatters: Float64Array[] = [];
    for (const [k, scatter] of sums.scatters.entries()) {
      const own = shifts.subarray(k * columns, (k + 1) * columns);
      if (whitening === 'diagonal') {
        own.forEach((sum, c) => (own[c] = sum / factors[k][c]));
        scatters.push(scatter.map((sum, c) => sum / factors[k][c] / factors[k][c]));
      } else {
        const back = invertLower(factors[k], columns);
        own.set(timesVector(back, own, columns));
        scatters.push(sandwich(back, scatter, columns));
      }
      if (this.#pace.due) await this.#pace.breathe();
    }
    return { ...sums, shifts, scatters };
  }
}

let works: boolean | null = null;

/** Whether this machine's WebAssembly has vectors of 128 bits. */
function vectorsWork(): boolean {
  if (works !== null) return works;
  try {
    new WebAssembly.Module(blendModule());
    works = true;
  } catch {
    works = false;
  }
  return works;
}
