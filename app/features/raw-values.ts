import { formatBytes, formatCount, formatShare } from '../contract/format.ts';
import type { FittedFeature } from './fitted.ts';

/** A value of the matrix in the feature's own unit. */
export function rawValue({ log, shift, divisor, weight }: FittedFeature, value: number): number {
  const plain = (value / weight) * divisor + shift;
  if (!log) return plain;
  return plain < 0 ? -Math.expm1(-plain) : Math.expm1(plain);
}

/** The same with the digits that float32 has. */
export function rawFigure(feature: FittedFeature, value: number): number {
  return Number(rawValue(feature, value).toPrecision(7));
}

/** Smaller than this, a value is what the arithmetic left of nothing. */
const NOTHING = 1e-6;

/** A feature's value as a person reads it; what is kept in microseconds is said in milliseconds. */
export function valueWords(feature: Pick<FittedFeature, 'name' | 'how'>, value: number): string {
  const size = Math.abs(/\bin microseconds\b/.test(feature.how) ? value / 1000 : value);
  return value < 0 && size >= NOTHING ? `−${sizeWords(feature, size)}` : sizeWords(feature, size);
}

function sizeWords({ name, how }: Pick<FittedFeature, 'name' | 'how'>, value: number): string {
  if (/bytes/.test(name) && !/\(|\//.test(how.replace(/^log\(1 \+ (.*)\).*$/, '$1'))) return formatBytes(Math.round(value));
  const unit = /\b(?:in micro|milli)seconds\b/.test(how) ? ' ms' : '';
  // float32 and logarithms cost the last digits of whole numbers
  const near = Math.round(value);
  if (value >= 1 && Math.abs(value - near) <= 1e-4 * value) return `${formatCount(near)}${unit}`;
  if (value >= 1000) return `${formatCount(near)}${unit}`;
  return value < NOTHING ? `0${unit}` : `${Number(value.toPrecision(3))}${unit}`;
}

/** Shares come from means, which round: what is nearer to none or all than one in a million is that. */
export function shareWords(share: number): string {
  return share < 1e-6 ? 'none' : share > 1 - 1e-6 ? 'all' : formatShare(Math.min(1, Math.max(0, share)));
}
