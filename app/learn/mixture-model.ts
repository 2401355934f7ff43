import type { CovarianceType } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { cholesky, invertLower } from './mixture-algebra.ts';
import type { Whitening } from './kernels/mixture-layout.ts';

/** The parameters of a mixture of `components` Gaussians over `columns` columns. */
export interface MixtureModel {
  /** How a component may be shaped: freely; freely but all alike; along the axes; as a ball. */
  readonly type: CovarianceType;
  readonly components: number;
  readonly columns: number;
  /** Add up to one. */
  readonly weights: Float64Array;
  /** components × columns, row by row. */
  readonly means: Float64Array;
  /** As scikit-learn has them: full components × columns × columns, tied columns × columns, diag components × columns, spherical components. */
  readonly covariances: Float64Array;
}

/** Sums of an E step over all rows, each row with its share in the component. */
export interface MixtureSums {
  /** Sum of the rows' log-likelihoods. */
  readonly logLikelihood: number;
  /** components × columns: what the sums are about, as near the means of the E step as float32 comes. */
  readonly about: Float64Array;
  /** Per component the sum of shares. */
  readonly weights: Float64Array;
  /** components × columns: of x − about. */
  readonly shifts: Float64Array;
  /** Per component: of (x − about)(x − about)ᵀ, the lower triangle packed, or its diagonal. */
  readonly scatters: readonly Float64Array[];
}

/** What brings a component's rows to zero mean and unit covariance: y = A (x − mean). */
export interface Whitener {
  /** A: a packed lower triangle, or its diagonal. */
  readonly factors: Float64Array;
  /** ln |A|, A's determinant. */
  readonly logDeterminant: number;
}

export function whiteningOf(type: CovarianceType): Whitening {
  return type === 'full' || type === 'tied' ? 'full' : 'diagonal';
}

/** Free parameters, as BIC and AIC count them. */
export function parameterCount({ type, components, columns }: Omit<MixtureModel, 'weights' | 'means' | 'covariances'>): number {
  const triangle = (columns * (columns + 1)) / 2;
  const shapes = { full: components * triangle, tied: triangle, diag: components * columns, spherical: components }[type];
  return shapes + components * columns + components - 1;
}

/** One per component; tied ones are the same object. @throws FlowcaseError PARAMETER where a covariance is singular */
export function whitenersOf(model: MixtureModel): Whitener[] {
  const { type, components, columns, covariances } = model;
  if (type === 'tied') {
    const one = triangular(packed(covariances, columns), columns, 0);
    return new Array<Whitener>(components).fill(one);
  }
  return Array.from({ length: components }, (_, k) => {
    if (type === 'full') {
      const size = columns * columns;
      return triangular(packed(covariances.subarray(k * size, (k + 1) * size), columns), columns, k);
    }
    const variance = (c: number): number => covariances[type === 'diag' ? k * columns + c : k];
    const factors = Float64Array.from({ length: columns }, (_one, c) => 1 / Math.sqrt(variance(c)));
    if (!factors.every((factor) => factor > 0 && factor < Number.POSITIVE_INFINITY)) throw singular(k);
    return { factors, logDeterminant: factors.reduce((sum, factor) => sum + Math.log(factor), 0) };
  });
}

/** Whether every covariance has a width in every direction. */
export function isRegular(model: MixtureModel): boolean {
  try {
    return whitenersOf(model).length > 0;
  } catch {
    return false;
  }
}

/** ln (weight of the component × density at its mean). */
export function logPeak(model: MixtureModel, { logDeterminant }: Whitener, k: number): number {
  return Math.log(model.weights[k]) + logDeterminant - 0.5 * model.columns * Math.log(2 * Math.PI);
}

/** As much as scikit-learn adds to every sum of shares, so that nothing is divided by zero. */
const SMALLEST = 10 * Number.EPSILON;

/**
 * The M step. A component that has lost all its rows keeps its mean and its covariance, with next to no weight.
 * @throws FlowcaseError PARAMETER where the sums are not finite
 */
export function nextModel(model: MixtureModel, sums: MixtureSums, regCovar: number): MixtureModel {
  const { type, components, columns } = model;
  const counts = sums.weights.map((weight) => weight + SMALLEST);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!Number.isFinite(total + sums.logLikelihood) || !sums.scatters.every((scatter) => scatter.every(Number.isFinite))) throw tooFar();
  const means = model.means.slice();
  const covariances = type === 'tied' ? new Float64Array(model.covariances.length) : model.covariances.slice();
  for (let k = 0; k < components; k++) {
    if (sums.weights[k] === 0) continue;
    const shift = sums.shifts.subarray(k * columns, (k + 1) * columns).map((sum) => sum / counts[k]);
    for (let c = 0; c < columns; c++) means[k * columns + c] = sums.about[k * columns + c] + shift[c];
    const scatter = aboutMean(sums.scatters[k], shift, counts[k], whiteningOf(type));
    if (type === 'full') {
      const own = covariances.subarray(k * columns * columns, (k + 1) * columns * columns).fill(0);
      unpack(scatter, columns, 1 / counts[k], own);
      regularise(own, columns, regCovar);
    } else if (type === 'tied') unpack(scatter, columns, 1 / total, covariances);
    else if (type === 'diag') scatter.forEach((sum, c) => (covariances[k * columns + c] = sum / counts[k] + regCovar));
    else covariances[k] = scatter.reduce((sum, of) => sum + of, 0) / counts[k] / columns + regCovar;
  }
  if (type === 'tied') regularise(covariances, columns, regCovar);
  return { ...model, weights: counts.map((count) => count / total), means, covariances };
}

/** The scatter about the mean that was `shift` away from where it was taken. */
function aboutMean(scatter: Float64Array, shift: Float64Array, count: number, whitening: Whitening): Float64Array {
  if (whitening === 'diagonal') return scatter.map((sum, c) => Math.max(0, sum - count * shift[c] * shift[c]));
  const about = scatter.slice();
  for (let i = 0, at = 0; i < shift.length; i++) for (let j = 0; j <= i; j++) about[at++] -= count * shift[i] * shift[j];
  return about;
}

/** Adds a packed triangle times `factor` to a whole matrix. */
function unpack(triangle: Float64Array, n: number, factor: number, to: Float64Array): void {
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j <= i; j++, at++) {
      to[i * n + j] += triangle[at] * factor;
      to[j * n + i] = to[i * n + j];
    }
  }
}

function regularise(covariance: Float64Array, n: number, regCovar: number): void {
  for (let i = 0; i < n; i++) covariance[i * n + i] += regCovar;
}

function packed(square: Float64Array, n: number): Float64Array {
  const triangle = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j <= i; j++) triangle[at++] = square[i * n + j];
  return triangle;
}

function triangular(covariance: Float64Array, n: number, component: number): Whitener {
  const lower = cholesky(covariance, n);
  if (lower === null) throw singular(component);
  const factors = invertLower(lower, n);
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += Math.log(factors[(i * (i + 1)) / 2 + i]);
  if (!Number.isFinite(logDeterminant)) throw singular(component);
  return { factors, logDeterminant };
}

function singular(component: number): FlowcaseError {
  return new FlowcaseError(
    'PARAMETER',
    `Component ${component + 1} of the Gaussian mixture has no width in some direction: its rows are too few or too much alike. Choose fewer components, a simpler covariance type, or a larger regCovar.`,
    { name: 'regCovar', component },
  );
}

function tooFar(): FlowcaseError {
  return new FlowcaseError(
    'PARAMETER',
    'The Gaussian mixture was given values so far apart that their squares are beyond what numbers hold. Scale the features first.',
    { name: 'values' },
  );
}
