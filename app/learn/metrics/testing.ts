import { Random } from '../../shared/random.ts';
import { Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import { silhouette } from '../silhouette.ts';
import { agreement, contingencyTable } from './agreement.ts';
import { classificationReport } from './classes.ts';
import { clusterFigures } from './clusters.ts';
import { calibration, probabilityFigures } from './probabilities.ts';
import { classRanking, rankingFigures } from './ranking.ts';

/** Labels, scores and probabilities of every kind that metrics take, with ties and with some that are sure and wrong. */
export interface MetricCase {
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly x: Float32Array;
  readonly clusters: Uint16Array;
  readonly y: Uint16Array;
  readonly predicted: Uint16Array;
  readonly probabilities: Float64Array;
  readonly binary: Uint16Array;
  readonly score: Float64Array;
}

export function metricCase(seed: number): MetricCase {
  const random = new Random(seed);
  const rows = 120 + random.below(200);
  const columns = 1 + random.below(6);
  const classes = 3 + random.below(3);
  const y = Uint16Array.from({ length: rows }, (_, row) => (row < classes ? row : Math.min(random.below(classes), random.below(classes))));
  const moved = (labels: Uint16Array, kinds: number): Uint16Array =>
    labels.map((label, row) => (row < kinds ? row : random.below(4) === 0 ? random.below(kinds) : label % kinds));
  const clusters = moved(y, 4);
  const probabilities = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const weights = Array.from({ length: classes }, (_, c) => random.below(8) / 8 + (c === y[row] ? random.float() : 0));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    weights.forEach((weight, c) => (probabilities[row * classes + c] = sum === 0 ? 1 / classes : weight / sum));
  }
  const binary = y.map((label) => (label === 0 ? 1 : 0));
  return {
    rows,
    columns,
    classes,
    x: Float32Array.from({ length: rows * columns }, (_, i) => random.normal() + clusters[Math.floor(i / columns)]),
    clusters,
    y,
    predicted: moved(y, classes),
    probabilities,
    binary,
    score: Float64Array.from(binary, (is) => Math.round((0.3 * is + 0.7 * random.float()) * 20) / 20),
  };
}

export type MetricFigures = Readonly<Record<string, number | readonly number[] | null>>;

/** Every metric of a case, under the names that bench/learn/jobs/metrics.py gives them. */
export async function ourFigures(of: MetricCase): Promise<MetricFigures> {
  const { y, clusters, classes, probabilities, binary, score } = of;
  const matrix = Matrix.fromRows(of.x, of.columns);
  const k = Math.max(...clusters) + 1;
  const { inertia, daviesBouldin, calinskiHarabasz } = await clusterFigures(matrix, clusters, k);
  const shape = await silhouette(matrix, clusters, k, new Random(0), unwatched());
  const { perClass, confusion, accuracy, balancedAccuracy, macroF1 } = classificationReport(y, of.predicted, classes);
  const { adjustedRandIndex, normalisedMutualInformation, purity } = agreement(y, clusters);
  const { macroRocAuc, macroPrAuc } = classRanking(y, probabilities, classes);
  const both = Float64Array.from({ length: score.length * 2 }, (_, i) => (i % 2 === 1 ? score[(i - 1) / 2] : 1 - score[i / 2]));
  const two = probabilityFigures(binary, both, 2);
  const filled = calibration(binary, score).bins.filter((bin) => bin.rows > 0);
  return {
    ...{ inertia, silhouette: shape.score, daviesBouldin, calinskiHarabasz },
    ...{ adjustedRandIndex, normalisedMutualInformation, purity, contingency: Array.from(contingencyTable(y, clusters).counts) },
    ...{ accuracy, balancedAccuracy, macroF1, confusion: Array.from(confusion) },
    precision: perClass.map((figures) => figures.precision),
    recall: perClass.map((figures) => figures.recall),
    f1: perClass.map((figures) => figures.f1),
    support: perClass.map((figures) => figures.support),
    ...probabilityFigures(y, probabilities, classes),
    ...{ macroRocAuc, macroPrAuc, ...rankingFigures(binary, score) },
    ...{ binaryLogLoss: two.logLoss, binaryBrier: two.brier },
    calibrationShares: filled.map((bin) => bin.shareOfPositives),
    calibrationMeans: filled.map((bin) => bin.meanProbability),
  };
}

/** The names of the figures that differ by more than 1e-9, relatively. */
export function different(ours: MetricFigures, theirs: MetricFigures): string[] {
  const flat = (value: number | readonly number[] | null): readonly (number | null)[] =>
    value === null || typeof value === 'number' ? [value] : value;
  return Object.keys({ ...ours, ...theirs }).filter((name) => {
    const [a, b] = [flat(ours[name] ?? null), flat(theirs[name] ?? null)];
    const near = (one: number | null, other: number | null): boolean =>
      one !== null && other !== null && Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(other));
    return a.length !== b.length || a.some((value, i) => !near(value, b[i]));
  });
}
