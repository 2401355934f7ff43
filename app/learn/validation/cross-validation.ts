import { formatCount } from '../../contract/format.ts';
import type { Matrix } from '../matrix.ts';
import { classificationReport, type ClassificationReport } from '../metrics/classes.ts';
import { probabilityFigures } from '../metrics/probabilities.ts';
import { classRanking } from '../metrics/ranking.ts';
import { unwatched } from '../pace.ts';
import { NO_CLASS, type Classifier, type Means } from '../types.ts';
import { quiet } from './quiet.ts';
import { tooFew, type Split } from './splits.ts';

/** A classifier's figures on rows that it has not learned from. */
export interface ClassifierFigures {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  readonly logLoss: number;
  readonly brier: number;
  /** Null where no class has rows on the tested side and leaves some to the others. */
  readonly rocAuc: number | null;
  readonly prAuc: number | null;
}

export interface FoldFigures extends ClassifierFigures {
  readonly trainRows: number;
  readonly testRows: number;
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
}

export interface CrossValidation {
  /** One a split, in their order. */
  readonly folds: readonly FoldFigures[];
  /** Means over the folds, each fold counting as much; null where every fold has null. */
  readonly mean: ClassifierFigures;
  /** Standard deviations over the folds (divided by their number). */
  readonly deviation: ClassifierFigures;
  /** Row → class predicted while the row was tested, NO_CLASS where it never was; by the mean of its probabilities where more than once. */
  readonly predicted: Uint16Array;
  /** rows × classes, row by row; NaN in rows that were never tested. */
  readonly probabilities: Float32Array;
  /** Over all rows that were tested, together. */
  readonly pooled: ClassificationReport;
}

/** A classifier asked about rows that it has not learned from. */
export interface Tried extends FoldFigures {
  /** Test rows × classes, row by row. */
  readonly probabilities: Float32Array;
}

/**
 * Learns and tests once for every split. `make` gives a new, unfitted classifier each time; rows of NO_CLASS take no part.
 * Progress: splits done. Figures and predictions are the same bits for any number of threads; the seconds are not.
 * @throws FlowcaseError PARAMETER where a side of a split is empty, NOT_FINITE, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function crossValidate(
  make: () => Classifier,
  matrix: Matrix,
  y: Uint16Array,
  classes: number,
  splits: readonly Split[],
  means: Means = {},
): Promise<CrossValidation> {
  if (splits.length === 0) throw tooFew('There is no split to validate with.', { splits: 0 });
  const { pace = unwatched() } = means;
  const pooled = new Pool(matrix.rows, classes);
  const folds: FoldFigures[] = [];
  for (const split of splits) {
    pace.check();
    pace.progress.report(folds.length, splits.length, 'folds', `learning from ${formatCount(split.train.length)} rows`);
    const { probabilities, ...figures } = await tryOn(make(), pickSplit(matrix, y, split), classes, means);
    pooled.add(split.test, probabilities);
    folds.push(figures);
  }
  pace.progress.report(folds.length, splits.length, 'folds', '');
  const { predicted, probabilities } = pooled.finish();
  return {
    folds,
    mean: overFolds(folds, meanOf),
    deviation: overFolds(folds, deviationOf),
    predicted,
    probabilities,
    pooled: classificationReport(y, predicted, classes),
  };
}

/** Both sides of a split as matrices of their own. */
export interface PickedSplit {
  readonly train: Matrix;
  readonly trainY: Uint16Array;
  readonly test: Matrix;
  readonly testY: Uint16Array;
}

/** @throws FlowcaseError PARAMETER where a side has no rows, OUT_OF_MEMORY */
export function pickSplit(matrix: Matrix, y: Uint16Array, { train, test }: Split): PickedSplit {
  for (const [side, rows] of [['learn from', train] as const, ['test with', test] as const]) {
    if (rows.length === 0) throw tooFew(`A split has no rows to ${side}.`, { train: train.length, test: test.length });
  }
  const codes = (rows: Uint32Array): Uint16Array => Uint16Array.from(rows, (row) => y[row]);
  return { train: matrix.pick(train), trainY: codes(train), test: matrix.pick(test), testY: codes(test) };
}

/** Fits on one side, tests with the other. */
export async function tryOn(model: Classifier, split: PickedSplit, classes: number, means: Means): Promise<Tried> {
  // Progress of a fold's own steps would hide which fold it is.
  const silent = quiet(means);
  const began = performance.now();
  await model.fit(split.train, split.trainY, classes, silent);
  const fitted = performance.now();
  const probabilities = await model.predictProba(split.test, silent);
  const scored = performance.now();
  return {
    ...classifierFigures(split.testY, probabilities, classes),
    trainRows: split.train.rows,
    testRows: split.test.rows,
    fitSeconds: (fitted - began) / 1000,
    scoreSeconds: (scored - fitted) / 1000,
    probabilities,
  };
}

/** `probabilities`: rows × classes. Rows of NO_CLASS are left out. */
export function classifierFigures(y: Uint16Array, probabilities: Float32Array, classes: number): ClassifierFigures {
  const { accuracy, balancedAccuracy, macroF1 } = classificationReport(y, mostProbable(probabilities, classes), classes);
  const { macroRocAuc, macroPrAuc } = classRanking(y, probabilities, classes);
  return { accuracy, balancedAccuracy, macroF1, ...probabilityFigures(y, probabilities, classes), rocAuc: macroRocAuc, prAuc: macroPrAuc };
}

/** Row → the class of the highest probability, the first of equal ones; NO_CLASS where there is NaN. */
export function mostProbable(probabilities: Float32Array, classes: number): Uint16Array {
  return Uint16Array.from({ length: probabilities.length / classes }, (_, row) => {
    const from = row * classes;
    if (Number.isNaN(probabilities[from])) return NO_CLASS;
    let best = 0;
    for (let c = 1; c < classes; c++) if (probabilities[from + c] > probabilities[from + best]) best = c;
    return best;
  });
}

/** What was said of every row while it was tested. */
class Pool {
  readonly #sums: Float64Array;
  readonly #times: Uint32Array;
  readonly #classes: number;

  constructor(rows: number, classes: number) {
    this.#sums = new Float64Array(rows * classes);
    this.#times = new Uint32Array(rows);
    this.#classes = classes;
  }

  add(rows: Uint32Array, probabilities: Float32Array): void {
    for (let i = 0; i < rows.length; i++) {
      this.#times[rows[i]]++;
      for (let c = 0; c < this.#classes; c++) this.#sums[rows[i] * this.#classes + c] += probabilities[i * this.#classes + c];
    }
  }

  finish(): { readonly predicted: Uint16Array; readonly probabilities: Float32Array } {
    // Never tested: 0 / 0, which is NaN.
    const probabilities = Float32Array.from(this.#sums, (sum, i) => sum / this.#times[Math.floor(i / this.#classes)]);
    return { predicted: mostProbable(probabilities, this.#classes), probabilities };
  }
}

function overFolds(folds: readonly FoldFigures[], summary: (values: readonly number[]) => number): ClassifierFigures {
  const of = (name: keyof ClassifierFigures): number | null => {
    const known = folds.map((fold) => fold[name]).filter((value) => value !== null);
    return known.length === 0 ? null : summary(known);
  };
  const sure = (name: keyof ClassifierFigures): number => of(name) ?? Number.NaN;
  return {
    accuracy: sure('accuracy'),
    balancedAccuracy: sure('balancedAccuracy'),
    macroF1: sure('macroF1'),
    logLoss: sure('logLoss'),
    brier: sure('brier'),
    rocAuc: of('rocAuc'),
    prAuc: of('prAuc'),
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
