import { NO_CLASS } from '../types.ts';

/** How honest probabilities are. Rows of NO_CLASS are left out; `probabilities`: rows × classes, row by row, each row sums to 1. */
export interface ProbabilityFigures {
  /** Mean of -ln of the probability given to the class that is so (kept off 0 by the type's epsilon, as in scikit-learn). */
  readonly logLoss: number;
  /** Brier 1950: mean squared difference to certainty; 0..1 for two classes (one of them counted), 0..2 for more (all of them counted). */
  readonly brier: number;
}

/** One bin of a calibration curve: rows whose probability is above `from`, up to `to` (0 belongs to the first). */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** NaN in a bin without rows. */
  readonly meanProbability: number;
  /** NaN in a bin without rows. */
  readonly shareOfPositives: number;
}

export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error (Naeini, Cooper, Hauskrecht 2015): mean distance of the two over the rows, 0..1; NaN of no rows. */
  readonly expectedCalibrationError: number;
}

export function probabilityFigures(y: Uint16Array, probabilities: Float32Array | Float64Array, classes: number): ProbabilityFigures {
  const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  let [loss, squares, rows] = [0, 0, 0];
  for (let row = 0; row < y.length; row++) {
    if (y[row] === NO_CLASS) continue;
    rows++;
    for (let c = 0; c < classes; c++) {
      const probability = probabilities[row * classes + c];
      const is = y[row] === c ? 1 : 0;
      squares += (is - probability) ** 2;
      if (is === 1) loss -= Math.log(Math.min(1 - epsilon, Math.max(epsilon, probability)));
    }
  }
  return { logLoss: loss / rows, brier: squares / rows / (classes < 3 ? 2 : 1) };
}

/**
 * Reliability curve in bins of equal width. `positive`: row → 1 where it came true, else 0. `probability`: how sure it was said.
 * The bins are those of scikit-learn's calibration_curve, which leaves out the ones without rows.
 */
export function calibration(positive: ArrayLike<number>, probability: ArrayLike<number>, bins = 10): Calibration {
  const counts = new Float64Array(bins);
  const sums = new Float64Array(bins);
  const came = new Float64Array(bins);
  const edge = (bin: number): number => (bin === bins ? 1 : bin * (1 / bins));
  for (let row = 0; row < positive.length; row++) {
    let bin = Math.min(bins - 1, Math.floor(probability[row] * bins));
    // Division and edges round differently: a probability on an edge belongs below it.
    while (bin > 0 && probability[row] <= edge(bin)) bin--;
    while (bin < bins - 1 && probability[row] > edge(bin + 1)) bin++;
    counts[bin]++;
    sums[bin] += probability[row];
    came[bin] += positive[row];
  }
  let error = 0;
  for (let bin = 0; bin < bins; bin++) error += Math.abs(came[bin] - sums[bin]);
  return {
    bins: Array.from(counts, (rows, bin) => ({
      from: edge(bin),
      to: edge(bin + 1),
      rows,
      meanProbability: sums[bin] / rows,
      shareOfPositives: came[bin] / rows,
    })),
    expectedCalibrationError: error / positive.length,
  };
}

/** Calibration of a classifier of any number of classes: how often the class it finds most probable is right, by how sure it is. */
export function confidenceCalibration(y: Uint16Array, probabilities: ArrayLike<number>, classes: number, bins = 10): Calibration {
  const right: number[] = [];
  const sure: number[] = [];
  for (let row = 0; row < y.length; row++) {
    if (y[row] === NO_CLASS) continue;
    let best = 0;
    for (let c = 1; c < classes; c++) if (probabilities[row * classes + c] > probabilities[row * classes + best]) best = c;
    right.push(best === y[row] ? 1 : 0);
    sure.push(probabilities[row * classes + best]);
  }
  return calibration(right, sure, bins);
}
