import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { DeviantFeature } from '../contract/records.ts';
import { ownFigure } from '../features/own-unit.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import type { FittedFeature } from '../features/fitted.ts';
import { rawValue, shareWords, valueWords } from '../features/raw-values.ts';
import { tstatCodes } from '../features/tstat-v1.ts';
import { circleOf, momentOf, momentsApart, momentWords } from './anomalies-moments.ts';
import { sampleRows } from '../learn/sample.ts';
import type { Random } from '../shared/random.ts';

/** Middle and spread of every feature among the ordinary rows that have a value of it, in the units of the matrix. */
export interface Peers {
  /** How many rows they are. */
  readonly rows: number;
  /** Feature → how many of them have a value. What stands in the matrix for an absent one is no figure of anybody's. */
  readonly known: Uint32Array;
  readonly median: Float64Array;
  /** The same in the log's own unit: of an even number of values it is the middle of two of the log's, and not of their logarithms. */
  readonly ownMedian: Float64Array;
  /** Median distance to the median × 1.4826, or where that is nothing the mean distance × 1.2533: both are the standard deviation of a normal distribution (Iglewicz and Hoaglin 1993). */
  readonly spread: Float64Array;
  /**
   * Feature → share of those with a value that have the median itself, where these are half or more: the median distance is nothing then, and the
   * mean distance stands in. 0 where it is not.
   */
  readonly alike: Float64Array;
  readonly mean: Float64Array;
}

/** Medians need every value sorted: a seeded sample of this many rows is exact enough. */
const SAMPLE = 20_000;

/** Of the rows that are not flagged; of a seeded sample of them where they are many. */
export function peersOf(built: FeatureMatrix, flagged: Uint8Array, random: Random): Peers {
  const { matrix } = built;
  const ordinary = new Uint32Array(matrix.rows);
  let count = 0;
  for (let row = 0; row < matrix.rows; row++) if (flagged[row] === 0) ordinary[count++] = row;
  const drawn = Uint32Array.from(sampleRows(count, SAMPLE, random), (i) => ordinary[i]);
  const known = new Uint32Array(matrix.columns);
  const peers = { rows: drawn.length, known, median: zeros(), ownMedian: zeros(), spread: zeros(), alike: zeros(), mean: zeros() };
  for (let c = 0; c < matrix.columns; c++) {
    const column = knownValues(built, c, drawn);
    const median = middle(column);
    const distances = column.map((value) => Math.abs(value - median));
    const meanDistance = meanOf(distances);
    const typical = middle(distances);
    known[c] = column.length;
    if (!(typical > 0)) peers.alike[c] = distances.filter((distance) => distance === 0).length / Math.max(1, distances.length);
    peers.median[c] = median;
    peers.ownMedian[c] = c < built.fitted.features.length ? ownMiddle(built.fitted.features[c], column) : median;
    peers.spread[c] = typical > 0 ? 1.4826 * typical : 1.2533 * meanDistance;
    peers.mean[c] = meanOf(column);
  }
  return peers;

  function zeros(): Float64Array {
    return new Float64Array(matrix.columns);
  }
}

/** A column's values of these rows, without those that the log does not have. */
function knownValues({ matrix, absent }: FeatureMatrix, column: number, rows: Uint32Array): Float64Array {
  const there = absent === null ? rows : rows.filter((row) => !absent.has(row, column));
  return Float64Array.from(there, (row) => matrix.values[matrix.offset(row, column)]);
}

/** Of fewer peers that have a value no figure is made: they are no measure of anything. */
export const FEW_PEERS = 10;

/** A feature of a finding beside its peers, in figures and as a sentence of them. */
export interface Deviant extends DeviantFeature {
  readonly said: string;
}

/** Nearer to its peers than so many of their standard deviations, a value is one of theirs and no reason: 95 of 100 normal ones are. */
const LEAST_DEVIATION = 2;

/**
 * One feature in words and figures: "Bytes sent 1.2 GiB (median of its peers 3.4 KiB, robust z +38.2)"; of a flag the shares. Beside fewer
 * than `FEW_PEERS` that have a value it says how many, and no deviation. `rows`: what the
 * finding rests on; the median of those that have a value stands for them. null: none of them has one, it is like its peers',
 * or it is a code, of which no figure says anything to a person. Of sine and cosine of a circle of time it is the moment: "Hour of day 03:12 UTC (its
 * peers about 14:20, +5.1 circular standard deviations)", the same for both.
 */
export function deviantWords(built: FeatureMatrix, column: number, rows: Uint32Array, peers: Peers): Deviant | null {
  const feature = built.fitted.features[column];
  if (feature.made !== null && tstatCodes.has(feature.made.column)) return null;
  const own = knownValues(built, column, rows);
  if (own.length === 0) return null;
  const deviant =
    feature.kind === 'flag'
      ? deviantFlag(feature, own, peers, column)
      : feature.kind === 'cycle'
        ? deviantMoment(built, column, rows, peers)
        : deviantMeasure(feature, own, peers, column);
  if (deviant === null) return null;
  return deviant.deviation !== null && Math.abs(deviant.deviation) < LEAST_DEVIATION ? null : deviant;
}

function deviantFlag(feature: FittedFeature, own: Float64Array, peers: Peers, column: number): Deviant {
  const had = rawValue(feature, meanOf(own));
  const share = shareWords(had);
  const answer = own.length === 1 ? yesNo(share) : share;
  const { name, title } = feature;
  const told = { feature: name, title, measure: 'share', value: had } as const;
  if (peers.known[column] === 0) return { ...told, ...unknown(answer), said: `${title}: ${answer} (${peersWords(peers, column)} tell)` };
  if (few(peers, column)) return { ...told, ...fewKnown(peers, column, answer), said: `${title}: ${answer} (${fewWords(peers, column)})` };
  const having = rawValue(feature, peers.mean[column]);
  const spread = Math.sqrt(Math.max(0, having * (1 - having)));
  const usual = shareWords(having);
  return {
    ...{ ...told, typical: having, deviation: deviation(had - having, spread < 1e-6 ? 0 : spread), words: [answer, usual] },
    said: `${title}: ${answer} (${usual} of ${peersWords(peers, column)})`,
  };
}

function deviantMeasure(feature: FittedFeature, own: Float64Array, peers: Peers, column: number): Deviant {
  const value = middle(own);
  const { name, title } = feature;
  const ownMedian = ownMiddle(feature, own);
  const words = valueWords(feature, ownMedian);
  const told = { feature: name, title, measure: 'value', value: ownMedian } as const;
  const had = own.length === 1 ? words : `${words} in the median of the ${formatCount(own.length)}`;
  if (peers.known[column] === 0) return { ...told, ...unknown(words), said: `${title} ${had} (${peersWords(peers, column)} have it)` };
  if (few(peers, column)) return { ...told, ...fewKnown(peers, column, words), said: `${title} ${had} (${fewWords(peers, column)})` };
  const median = peers.median[column];
  const usual = valueWords(feature, peers.ownMedian[column]);
  const z = deviation(value - median, peers.spread[column]);
  const beside = z === null ? 'which are all alike' : measureWords(peers.alike[column], z);
  return {
    ...{ ...told, typical: peers.ownMedian[column], deviation: z, words: [words, usual] },
    said: `${title} ${had} (median of ${peersWords(peers, column)} ${usual}, ${beside})`,
  };
}

function deviantMoment(built: FeatureMatrix, column: number, rows: Uint32Array, peers: Peers): Deviant | null {
  const { features } = built.fitted;
  const circle = circleOf(built.fitted, column);
  if (circle === null || peers.known[column] === 0 || few(peers, column)) return null;
  const own = momentOf(features, circle, (half) => meanOf(knownValues(built, half, rows)));
  const usual = momentOf(features, circle, (half) => peers.mean[half]);
  const { distance, spread } = momentsApart(own, usual);
  const z = deviation(distance, spread < 1e-6 ? 0 : spread);
  const [here, there] = [momentWords(circle, own), momentWords(circle, usual)];
  const beside = z === null ? 'all of them' : `${signed(z)} circular standard deviations`;
  const figures = {
    value: rawValue(features[column], meanOf(knownValues(built, column, rows))),
    typical: rawValue(features[column], peers.mean[column]),
  };
  return {
    ...{ feature: features[column].name, title: circle.title, measure: 'value', ...figures, deviation: z, words: [here, there] },
    said: `${circle.title} ${here} UTC (${peersWords(peers, column)} about ${there}, ${beside})`,
  };
}

/** Beside peers none of which has the feature. */
function unknown(words: string): Pick<DeviantFeature, 'typical' | 'deviation' | 'words'> {
  return { typical: null, deviation: null, words: [words, 'none has it'] };
}

/** Whether some of its peers have a value, but too few. */
function few({ rows, known }: Peers, column: number): boolean {
  return known[column] < Math.min(FEW_PEERS, rows);
}

function fewWords({ rows, known }: Peers, column: number): string {
  return `only ${formatCount(known[column])} of its ${plural(rows, 'peer')} ${known[column] === 1 ? 'has' : 'have'} it, too few to measure by`;
}

/** Beside so few peers that their figures say nothing. */
function fewKnown({ known }: Peers, column: number, words: string): Pick<DeviantFeature, 'typical' | 'deviation' | 'words' | 'few'> {
  return {
    typical: null,
    deviation: null,
    words: [words, `${formatCount(known[column])} ${known[column] === 1 ? 'has' : 'have'} it`],
    few: known[column],
  };
}

/** What the deviation is measured by: a robust z is one by the median distance; where that is nothing it is another measure. */
function measureWords(alike: number, z: number): string {
  return alike > 0 ? `as ${formatShare(alike)} of them have it, z by the mean distance ${signed(z)}` : `robust z ${signed(z)}`;
}

/** "its peers", and where not all of them have a value "the 72 of its 883 peers that have it". */
function peersWords({ rows, known }: Peers, column: number): string {
  if (known[column] === rows) return 'its peers';
  return known[column] === 0 ? 'none of its peers' : `the ${formatCount(known[column])} of its ${plural(rows, 'peer')} that have it`;
}

/** Values are float32: what differs by less is the same. */
const SAME = 1e-6;

/** In standard deviations; null where there are none and it differs all the same. */
function deviation(distance: number, spread: number): number | null {
  if (spread > 0) return distance / spread;
  return Math.abs(distance) <= SAME ? 0 : null;
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

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** The median in the feature's own unit. `values`: of the matrix, in ascending order, as `middle` leaves them. */
function ownMiddle(feature: FittedFeature, values: Float64Array): number {
  if (values.length === 0) return 0;
  const [below, above] = [values[(values.length - 1) >> 1], values[values.length >> 1]].map((value) => ownFigure(feature, value));
  return (below + above) / 2;
}

/** The median; 0 of nothing. Changes the order of `values`. */
function middle(values: Float64Array): number {
  if (values.length === 0) return 0;
  values.sort();
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}
