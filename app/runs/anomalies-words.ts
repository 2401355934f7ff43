import { formatBytes, formatCount, formatShare } from '../contract/format.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { FittedFeature } from '../features/fitted.ts';
import { sampleRows } from '../learn/sample.ts';
import type { Random } from '../shared/random.ts';

/** Middle and spread of every feature among the ordinary rows, in the units of the matrix. */
export interface Peers {
  /** How many rows they are. */
  readonly rows: number;
  readonly median: Float64Array;
  /** Median distance to the median × 1.4826, or where that is nothing the mean distance × 1.2533: both are the standard deviation of a normal distribution (Iglewicz and Hoaglin 1993). */
  readonly spread: Float64Array;
  readonly mean: Float64Array;
}

/** Medians need every value sorted: a seeded sample of this many rows is exact enough. */
const SAMPLE = 20_000;

/** Of the rows that are not flagged; of a seeded sample of them where they are many. */
export function peersOf({ matrix }: FeatureMatrix, flagged: Uint8Array, random: Random): Peers {
  const ordinary = new Uint32Array(matrix.rows);
  let count = 0;
  for (let row = 0; row < matrix.rows; row++) if (flagged[row] === 0) ordinary[count++] = row;
  const drawn = sampleRows(count, SAMPLE, random).map((i) => ordinary[i]);
  const peers = { rows: drawn.length, median: zeros(), spread: zeros(), mean: zeros() };
  const { values } = matrix;
  for (let c = 0; c < matrix.columns; c++) {
    const column = Float64Array.from(drawn, (row) => values[matrix.offset(row, c)]);
    const median = middle(column);
    const distances = column.map((value) => Math.abs(value - median));
    const meanDistance = distances.reduce((sum, distance) => sum + distance, 0) / Math.max(1, distances.length);
    const typical = middle(distances);
    peers.median[c] = median;
    peers.spread[c] = typical > 0 ? 1.4826 * typical : 1.2533 * meanDistance;
    peers.mean[c] = column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length);
  }
  return peers;

  function zeros(): Float64Array {
    return new Float64Array(matrix.columns);
  }
}

/** A feature of a finding beside its peers. */
export interface Deviant {
  readonly feature: string;
  readonly words: string;
  /** Distance to the median of the peers in their robust standard deviations; null where they are all alike. */
  readonly z: number | null;
}

/**
 * One feature in words and figures: "Bytes sent 1.2 GiB (median of its peers 3.4 KiB, robust z +38.2)"; of a flag the shares. `rows`: what the
 * finding rests on; the median of them stands for them.
 */
export function deviantWords({ matrix, fitted }: FeatureMatrix, column: number, rows: Uint32Array, peers: Peers): Deviant {
  const feature = fitted.features[column];
  const { values } = matrix;
  const own = Float64Array.from(rows, (row) => values[matrix.offset(row, column)]);
  if (feature.kind === 'flag') {
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const share = shareWords(rawValue(feature, mean));
    const among = shareWords(rawValue(feature, peers.mean[column]));
    return {
      feature: feature.name,
      words: `${feature.title}: ${rows.length === 1 ? yesNo(share) : share} (${among} of its peers)`,
      z: null,
    };
  }
  const value = middle(own);
  const z = peers.spread[column] > 0 ? (value - peers.median[column]) / peers.spread[column] : null;
  const figures = `${valueWords(feature, rawValue(feature, value))} (median of its peers ${valueWords(feature, rawValue(feature, peers.median[column]))}, ${z === null ? 'which are all alike' : `robust z ${signed(z)}`})`;
  return { feature: feature.name, words: `${feature.title} ${figures}`, z };
}

/** A value of the matrix in the feature's own unit. */
export function rawValue({ log, shift, divisor, weight }: FittedFeature, value: number): number {
  const plain = (value / weight) * divisor + shift;
  if (!log) return plain;
  return plain < 0 ? -Math.expm1(-plain) : Math.expm1(plain);
}

/** A feature's value as a person reads it. */
export function valueWords(feature: Pick<FittedFeature, 'name' | 'how'>, value: number): string {
  return value < 0 ? `−${sizeWords(feature, -value)}` : sizeWords(feature, value);
}

function sizeWords({ name, how }: Pick<FittedFeature, 'name' | 'how'>, value: number): string {
  if (/bytes/.test(name) && !/\(|\//.test(how.replace(/^log\(1 \+ (.*)\).*$/, '$1'))) return formatBytes(Math.round(value));
  const unit = /\bmilliseconds\b/.test(how) ? ' ms' : '';
  const size = Math.abs(value);
  // float32 and logarithms cost the last digits of whole numbers
  const near = Math.round(value);
  if (size >= 1 && Math.abs(value - near) <= 1e-4 * size) return `${formatCount(near)}${unit}`;
  if (size >= 1000) return `${formatCount(near)}${unit}`;
  return size < 1e-6 ? `0${unit}` : `${Number(value.toPrecision(3))}${unit}`;
}

function shareWords(share: number): string {
  return share < 1e-6 ? 'none' : share > 1 - 1e-6 ? 'all' : formatShare(Math.min(1, Math.max(0, share)));
}

function yesNo(share: string): string {
  // one record has a flag or has it not; what the log does not say stands at the mean
  return share === 'all' ? 'yes' : share === 'none' ? 'no' : 'not known';
}

function signed(value: number): string {
  const size = Math.abs(value);
  const text = size >= 1000 ? formatCount(Math.round(size)) : size.toFixed(1);
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** The median; 0 of nothing. Changes the order of `values`. */
function middle(values: Float64Array): number {
  if (values.length === 0) return 0;
  values.sort();
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}
