import { outside } from './parameters.ts';
import { NO_CLASS, type SavedEstimator } from './types.ts';

/** `sigmoid`: Platt 1999; `isotonic`: Zadrozny and Elkan 2002. */
export const calibrationMethods = ['sigmoid', 'isotonic'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** What turns the share of the votes into the share that is so: one curve a class, against all others; of two classes the second's alone. */
export interface Curve {
  readonly at: Float64Array;
  readonly values: Float64Array;
}

/**
 * Probabilities that hold, out of shares that do not: learned from rows that were not learned from, in the shape of scikit-learn's
 * CalibratedClassifierCV over a frozen estimator (one class against the rest, then divided by their sum; where all are zero, alike).
 */
export class Calibration {
  readonly method: CalibrationMethod;
  readonly #classes: number;
  readonly #curves: readonly Curve[];

  private constructor(method: CalibrationMethod, classes: number, curves: readonly Curve[]) {
    this.method = method;
    this.#classes = classes;
    this.#curves = curves;
  }

  /** `shares`: row × class; rows whose first share is NaN, and rows without a class, are left out. @throws FlowcaseError PARAMETER without rows */
  static fit(method: CalibrationMethod, shares: Float32Array | Float64Array, y: Uint16Array, classes: number): Calibration {
    const rows = Uint32Array.from(y.keys()).filter((row) => y[row] !== NO_CLASS && !Number.isNaN(shares[row * classes]));
    if (rows.length === 0) throw outside('Calibration', 'rows', 0, 'rows that no tree learned from; grow more trees');
    const curves = calibrated(classes).map((code) => {
      const said = Float64Array.from(rows, (row) => shares[row * classes + code]);
      const is = Uint8Array.from(rows, (row) => (y[row] === code ? 1 : 0));
      return method === 'sigmoid' ? sigmoidCurve(said, is) : isotonicCurve(said, is);
    });
    return new Calibration(method, classes, curves);
  }

  /** Turns shares (row × class) into probabilities, in place; rows of NaN stay. */
  apply(shares: Float32Array): void {
    const classes = this.#classes;
    const codes = calibrated(classes);
    for (let at = 0; at < shares.length; at += classes) {
      if (Number.isNaN(shares[at])) continue;
      let sum = 0;
      codes.forEach((code, i) => {
        sum += shares[at + code] = this.#valueOf(this.#curves[i], shares[at + code]);
      });
      if (classes === 2) shares[at] = 1 - shares[at + 1];
      else for (let k = 0; k < classes; k++) shares[at + k] = sum > 0 ? shares[at + k] / sum : 1 / classes;
    }
  }

  /** Curve after curve: how many points each has, and the points. */
  save(): SavedEstimator['arrays'] {
    return {
      calibrationPoints: Uint32Array.from(this.#curves, ({ at }) => at.length),
      calibrationAt: Float64Array.from(this.#curves.flatMap(({ at }) => [...at])),
      calibrationValues: Float64Array.from(this.#curves.flatMap(({ values }) => [...values])),
    };
  }

  /** @throws FlowcaseError PARAMETER where arrays are missing or do not fit together */
  static restore(method: CalibrationMethod, arrays: SavedEstimator['arrays'], classes: number): Calibration {
    const { calibrationPoints: points, calibrationAt: at, calibrationValues: values } = arrays;
    const damaged = (): Error => outside('A saved calibration', 'its arrays', 'these', 'arrays as it was saved with');
    if (!(points instanceof Uint32Array) || !(at instanceof Float64Array) || !(values instanceof Float64Array)) throw damaged();
    const all = points.reduce((sum, count) => sum + count, 0);
    const fits =
      points.length === calibrated(classes).length && at.length === all && values.length === all && points.every((count) => count > 0);
    if (!fits) throw damaged();
    let from = 0;
    const curves = Array.from(points, (count) => {
      const curve = { at: at.slice(from, from + count), values: values.slice(from, from + count) };
      from += count;
      return curve;
    });
    return new Calibration(method, classes, curves);
  }

  #valueOf({ at, values }: Curve, share: number): number {
    return this.method === 'sigmoid' ? expit(-(at[0] * share + values[0])) : interpolated(at, values, share);
  }
}

/** The classes that have a curve of their own. */
function calibrated(classes: number): readonly number[] {
  return classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
}

function expit(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

const STEPS = 100;
/** A step that changes the parameters by less is the last. */
const ENOUGH = 1e-12;

/**
 * A and B of 1 / (1 + exp(A f + B)) by maximum likelihood, with Platt's targets; Newton's method with halved steps (Lin, Lin, Weng 2007, "A note
 * on Platt's probabilistic outputs"). One point: at A, value B.
 */
function sigmoidCurve(said: Float64Array, is: Uint8Array): Curve {
  const positives = is.reduce((sum, one) => sum + one, 0);
  const negatives = is.length - positives;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < said.length; i++) {
      const f = a * said[i] + b;
      const target = is[i] === 1 ? high : low;
      sum += f >= 0 ? target * f + Math.log1p(Math.exp(-f)) : (target - 1) * f + Math.log1p(Math.exp(f));
    }
    return sum;
  };
  let [a, b] = [0, Math.log((negatives + 1) / (positives + 1))];
  let worth = loss(a, b);
  for (let step = 0; step < STEPS; step++) {
    let [aa, bb, ab, ga, gb] = [1e-12, 1e-12, 0, 0, 0];
    for (let i = 0; i < said.length; i++) {
      const p = expit(-(a * said[i] + b));
      const weight = p * (1 - p);
      const error = (is[i] === 1 ? high : low) - p;
      aa += said[i] * said[i] * weight;
      bb += weight;
      ab += said[i] * weight;
      ga += said[i] * error;
      gb += error;
    }
    const determinant = aa * bb - ab * ab;
    const [da, db] = [-(bb * ga - ab * gb) / determinant, -(aa * gb - ab * ga) / determinant];
    let size = 1;
    let next = loss(a + da, b + db);
    while (next > worth && size > 1e-10) {
      size /= 2;
      next = loss(a + size * da, b + size * db);
    }
    if (next > worth) break;
    [a, b, worth] = [a + size * da, b + size * db, next];
    if (Math.max(Math.abs(size * da), Math.abs(size * db)) < ENOUGH) break;
  }
  return { at: Float64Array.of(a), values: Float64Array.of(b) };
}

/**
 * The step curve that never falls and is nearest to what is so (pool adjacent violators; Ayer and others 1955), joined by straight lines.
 * Equal shares count as one point.
 */
function isotonicCurve(said: Float64Array, is: Uint8Array): Curve {
  const order = Uint32Array.from(said.keys()).sort((i, j) => said[i] - said[j] || i - j);
  const points: { readonly at: number; sum: number; rows: number }[] = [];
  for (const i of order) {
    const last = points.at(-1);
    if (last !== undefined && last.at === said[i]) {
      last.sum += is[i];
      last.rows++;
    } else points.push({ at: said[i], sum: is[i], rows: 1 });
  }
  const pools: { first: number; last: number; sum: number; rows: number }[] = [];
  for (const { at, sum, rows } of points) {
    let pool = { first: at, last: at, sum, rows };
    for (let before = pools.at(-1); before !== undefined && before.sum * pool.rows >= pool.sum * before.rows; before = pools.at(-1)) {
      pools.pop();
      pool = { first: before.first, last: pool.last, sum: before.sum + pool.sum, rows: before.rows + pool.rows };
    }
    pools.push(pool);
  }
  const curve = pools.flatMap(({ first, last, sum, rows }) =>
    first === last
      ? [[first, sum / rows]]
      : [
          [first, sum / rows],
          [last, sum / rows],
        ],
  );
  return { at: Float64Array.from(curve, ([at]) => at), values: Float64Array.from(curve, ([, value]) => value) };
}

/** Straight lines between the points; before the first and behind the last as there. */
function interpolated(at: Float64Array, values: Float64Array, x: number): number {
  if (x <= at[0]) return values[0];
  const end = at.length - 1;
  if (x >= at[end]) return values[end];
  let [low, high] = [0, end];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle] <= x) low = middle;
    else high = middle;
  }
  return values[low] + ((values[high] - values[low]) * (x - at[low])) / (at[high] - at[low]);
}
