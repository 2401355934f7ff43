import type { FeatureInfo } from '../contract/runs.ts';
import type { FittedFeature } from './fitted.ts';
import { ownUnit } from './own-unit.ts';
import { isHeavyTailed, median, quartiles } from './order-statistics.ts';
import { valueWords } from './raw-values.ts';
import type { Absent, FeatureDescription, FeatureKind, Scaling } from './types.ts';

/** The unit of a feature in the matrix is its standard deviation, but at least this. */
const leastScale: Readonly<Record<FeatureKind, number>> = { measure: 0, flag: 0.25, cycle: 0.5 };

/** A standard deviation of less than this share of the mean's size is noise of the arithmetic: the feature is constant. */
const CONSTANT = 1e-12;

/** Interquartile range of a normal distribution, in standard deviations. */
const NORMAL_IQR = 1.3489795003921634;

/** What float32 can hold; squares of it still add up in float64. */
const LARGEST = 3.4028234663852886e38;

export interface FittedOne {
  readonly fitted: FittedFeature;
  readonly info: FeatureInfo;
}

/**
 * Learns how a feature becomes a column, and takes its logarithm where it has one. Mean and deviation in float64, two passes in the order of
 * the rows, over the values that are there. `values` is changed. `info.dropped` says why it cannot be used (it is constant, or never there).
 * @param noun what a row is called
 */
export function fitFeature(
  spec: FeatureDescription,
  values: Float64Array,
  { scaling, absent, noun }: { readonly scaling: Scaling; readonly absent: Absent; readonly noun: string },
): FittedOne {
  const log = takesLog(spec, values, scaling);
  if (log) takeLogs(values);
  const least = scaling === 'none' ? 0 : leastScale[spec.kind];
  const seen = figuresOf(values, least, spec.neutral);
  const { mean, scale } = scaling === 'robust' && spec.kind === 'measure' && !seen.constant ? robust(values, spec.neutral, seen) : seen;
  const plain = scaling === 'none';
  const isConstant = absent === 'nan' ? seen.absent === 0 && seen.constant : seen.constant;
  const how = log ? `log(1 + ${spec.how})` : spec.how;
  const fitted: FittedFeature = {
    name: spec.name,
    title: spec.title,
    how: plain ? how : `${how}${unitWords(spec)}`,
    kind: spec.kind,
    made: spec.made ?? null,
    log,
    shift: plain ? 0 : mean,
    divisor: plain ? 1 : scale,
    weight: plain ? 1 : spec.weight,
    fill: absent === 'nan' ? null : plain ? mean : 0,
    mean,
    scale,
  };
  return {
    fitted,
    info: infoOf(fitted, seen.absent, isConstant || seen.absent === values.length ? whyDropped(fitted, seen, values.length, noun) : null),
  };
}

/** Turns raw values into a column of the matrix; `values` is changed. Returns how many are absent. */
export function applyFeature(values: Float64Array, fitted: FittedFeature): number {
  if (fitted.log) takeLogs(values);
  return scaleFeature(values, fitted);
}

/** The second half of `applyFeature`, for values that `fitFeature` has seen. */
export function scaleFeature(values: Float64Array, { shift, divisor, weight, fill }: FittedFeature): number {
  const none = fill ?? Number.NaN;
  let absent = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) {
      values[i] = within(((within(values[i]) - shift) / divisor) * weight);
    } else {
      values[i] = none;
      absent++;
    }
  }
  return absent;
}

export function infoOf({ name, title, how, mean, scale }: FittedFeature, absent: number, dropped: string | null): FeatureInfo {
  return { name, title, how, absent, mean, scale, dropped };
}

/** What is said of a feature that was never computed. */
export function leftOut({ name, title, how }: Pick<FeatureInfo, 'name' | 'title' | 'how'>, absent: number, dropped: string): FeatureInfo {
  return { name, title, how, absent, mean: 0, scale: 0, dropped };
}

export function unitWords({ kind, weight }: FeatureDescription): string {
  const least = leastScale[kind] === 0 ? '' : `; unit at least ${leastScale[kind]}`;
  return weight === 1 ? least : `${least}; weight ${weight}`;
}

function takesLog({ log, kind }: FeatureDescription, values: Float64Array, scaling: Scaling): boolean {
  if (log === undefined || kind !== 'measure' || scaling === 'none') return false;
  return log === 'always' || (scaling === 'log' && isHeavyTailed(values));
}

/** log(1 + x), with its mirror image below zero. */
function takeLogs(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    values[i] = value < 0 ? -Math.log1p(-value) : Math.log1p(value);
  }
}

/** What is beyond float32 becomes its largest number. */
function within(value: number): number {
  return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
}

interface Figures {
  readonly absent: number;
  readonly mean: number;
  /** The mean of the values there are, where `mean` is a neutral value. */
  readonly average: number;
  /** Unit in the matrix. */
  readonly scale: number;
  readonly constant: boolean;
}

function figuresOf(values: Float64Array, least: number, neutral: number | null): Figures {
  let count = 0;
  let sum = 0;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    const value = within(values[i]);
    count++;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const average = count === 0 ? 0 : sum / count;
  const mean = neutral ?? average;
  let squares = 0;
  let fromAverage = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    const value = within(values[i]);
    squares += (value - mean) ** 2;
    fromAverage += (value - average) ** 2;
  }
  const deviation = Math.sqrt(squares / Math.max(1, count));
  const none = CONSTANT * Math.max(1, Math.abs(average));
  // Where absent values stand at the neutral value, one known value beside them is a difference.
  const [all, spread] = [count === values.length, Math.sqrt(fromAverage / Math.max(1, count))];
  // of many equal values the sum is rounded, and none of them is their average then
  const constant = (low === high && (all || neutral === null)) || (all ? spread : deviation) <= none;
  return { absent: values.length - count, mean, average, scale: constant ? 0 : Math.max(least, deviation), constant };
}

function robust(values: Float64Array, neutral: number | null, { scale }: Figures): { readonly mean: number; readonly scale: number } {
  const present = values.filter((value) => Number.isFinite(value)).map(within);
  const [low, high] = quartiles(present);
  return { mean: neutral ?? median(present), scale: high > low ? (high - low) / NORMAL_IQR : scale };
}

/** With the figure in the unit of the log, and not as the recipe or the matrix works with it. */
function whyDropped(fitted: FittedFeature, { absent, average }: Figures, rows: number, noun: string): string {
  if (absent === rows) return `absent in every ${noun}`;
  const figure = valueWords(fitted, ownUnit(fitted, fitted.log ? mirroredExp(average) : average));
  if (absent === 0) return `the same in every ${noun} (${figure})`;
  return absent === rows - 1 ? `known of one ${noun} alone (${figure})` : `the same wherever it is known (${figure})`;
}

/** Undoes `takeLogs`. */
function mirroredExp(value: number): number {
  return value < 0 ? -Math.expm1(-value) : Math.expm1(value);
}
