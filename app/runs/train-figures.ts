import { definedFigures } from '../contract/class-figures.ts';
import type { ClassifierFigures } from '../contract/models.ts';
import { classificationReport } from '../learn/metrics/classes.ts';
import { confidenceCalibration, probabilityFigures } from '../learn/metrics/probabilities.ts';
import { classRanking } from '../learn/metrics/ranking.ts';
import { NO_CLASS } from '../learn/types.ts';

/**
 * Every figure of predictions beside what is so. `y`: row → class or NO_CLASS; `probabilities`: rows × classes, row by row; rows whose first
 * probability is NaN were not predicted and are left out. Null where no row is left.
 */
export function classifierFigures(
  on: ClassifierFigures['on'],
  y: Uint16Array,
  probabilities: Float32Array,
  classes: readonly string[],
): ClassifierFigures | null {
  const width = classes.length;
  const asked = y.map((code, row) => (Number.isNaN(probabilities[row * width]) ? NO_CLASS : code));
  const report = classificationReport(asked, mostProbable(probabilities, width), width);
  if (report.rows === 0) return null;
  const confusion = classes.map((_, is) => Array.from(report.confusion.subarray(is * width, (is + 1) * width)));
  const ranking = classRanking(asked, probabilities, width);
  return {
    on,
    rows: report.rows,
    accuracy: report.accuracy,
    balancedAccuracy: report.balancedAccuracy,
    macroF1: report.macroF1,
    rocAuc: ranking.macroRocAuc,
    prAuc: ranking.macroPrAuc,
    logLoss: probabilityFigures(asked, probabilities, width).logLoss,
    calibrationError: confidenceCalibration(asked, probabilities, width).expectedCalibrationError,
    classes: definedFigures({
      classes: report.perClass.map(({ precision, recall, f1, support }, code) => ({ name: classes[code], precision, recall, f1, support })),
      confusion,
    }),
    confusion,
  };
}

/** Row → the most probable class, the first of equals. */
export function mostProbable(probabilities: Float32Array, classes: number): Uint16Array {
  const best = new Uint16Array(probabilities.length / classes);
  for (let row = 0; row < best.length; row++) {
    const at = row * classes;
    for (let c = 1; c < classes; c++) if (probabilities[at + c] > probabilities[at + best[row]]) best[row] = c;
  }
  return best;
}

/** The codes of these rows, in their order. */
export function codesOf(codes: Uint16Array, rows: Uint32Array): Uint16Array {
  return Uint16Array.from(rows, (row) => codes[row]);
}
