import { NO_CLASS } from '../types.ts';

/** How well one class was found. */
export interface ClassFigures {
  /** Of the rows that were called so, the share that is so; 0 where none was. */
  readonly precision: number;
  /** Of the rows that are so, the share that was called so; 0 where there are none. */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f1: number;
  /** Rows that are so. */
  readonly support: number;
}

/** What was predicted beside what is so. Named and computed as in scikit-learn, which calls it the classification report. */
export interface ClassificationReport {
  /** Rows that have a class. */
  readonly rows: number;
  /** Share of rows whose class was found; NaN of no rows. */
  readonly accuracy: number;
  /** Mean recall of the classes that have rows; NaN of no rows. */
  readonly balancedAccuracy: number;
  /** Mean F1 of the classes that have rows or were predicted; NaN of no rows. */
  readonly macroF1: number;
  /** By class code. */
  readonly perClass: readonly ClassFigures[];
  /** classes × classes: class that is so (row), class that was predicted (column), row by row. */
  readonly confusion: Float64Array;
}

/** Rows of NO_CLASS are left out. `y`, `predicted`: row → code below `classes`. */
export function confusionMatrix(y: Uint16Array, predicted: Uint16Array, classes: number): Float64Array {
  const counts = new Float64Array(classes * classes);
  for (let row = 0; row < y.length; row++) {
    if (y[row] !== NO_CLASS && predicted[row] !== NO_CLASS) counts[y[row] * classes + predicted[row]]++;
  }
  return counts;
}

/** Every figure that needs predicted classes only. Rows of NO_CLASS (without a class, or without a prediction) are left out. */
export function classificationReport(y: Uint16Array, predicted: Uint16Array, classes: number): ClassificationReport {
  return reportOf(confusionMatrix(y, predicted, classes), classes);
}

/** The report of a confusion matrix (classes × classes). */
export function reportOf(confusion: Float64Array, classes: number): ClassificationReport {
  const actual = new Float64Array(classes);
  const called = new Float64Array(classes);
  let found = 0;
  for (let i = 0; i < confusion.length; i++) {
    const [is, as] = [Math.floor(i / classes), i % classes];
    actual[is] += confusion[i];
    called[as] += confusion[i];
    if (is === as) found += confusion[i];
  }
  const rows = actual.reduce((sum, count) => sum + count, 0);
  const perClass = Array.from(actual, (support, c): ClassFigures => {
    const right = confusion[c * classes + c];
    const share = (of: number): number => (of === 0 ? 0 : right / of);
    return { precision: share(called[c]), recall: share(support), f1: share((support + called[c]) / 2), support };
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    rows,
    accuracy: found / rows,
    balancedAccuracy: mean(perClass.filter(({ support }) => support > 0).map(({ recall }) => recall)),
    macroF1: mean(perClass.filter((_, c) => actual[c] + called[c] > 0).map(({ f1 }) => f1)),
    perClass,
    confusion,
  };
}
