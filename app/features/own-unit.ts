import type { FittedFeature } from './fitted.ts';
import { rawValue } from './raw-values.ts';

type Unit = Pick<FittedFeature, 'log' | 'how'>;

/**
 * A value as a recipe gives it, in the feature's own unit: conn-v1 takes logarithms itself, whatever the scaling, and no person reads those. Where
 * it is the matrix that takes them (`log`), `rawValue` undoes it.
 */
export function ownUnit({ log, how }: Unit, value: number): number {
  return !log && how.startsWith('log(1 + ') ? Math.expm1(value) : value;
}

/** A value of the matrix in the feature's own unit. */
export function ownValue(feature: FittedFeature, value: number): number {
  return ownUnit(feature, rawValue(feature, value));
}

/** Half of the distance between two float32 near 1. */
const HALF_STEP = 2 ** -24;
/** What a matrix, its scaling and its logarithm may leave in the last place, in such steps. */
const STEPS = 8;

/**
 * The same with the digits that float32 has: a whole number that lies within them is meant, so that of nothing nothing is left. A value near 0
 * comes of two large ones that cancel each other out, whose last digit is worth more than it is.
 */
export function ownFigure(feature: FittedFeature, value: number): number {
  const own = ownValue(feature, value);
  const { divisor, shift, weight, log, how } = feature;
  const error = STEPS * HALF_STEP * (Math.abs((value / weight) * divisor) + Math.abs(shift));
  const grown = log || how.startsWith('log(1 + ') ? error * (1 + Math.abs(own)) : error;
  const whole = Math.round(own);
  // + 0: never -0
  return Math.abs(own - whole) <= Math.min(grown, 0.01) ? whole + 0 : Number(own.toPrecision(7));
}
