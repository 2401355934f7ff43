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

/** The same with the digits that float32 has. */
export function ownFigure(feature: FittedFeature, value: number): number {
  return Number(ownValue(feature, value).toPrecision(7));
}
