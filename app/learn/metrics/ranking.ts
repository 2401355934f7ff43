import { NO_CLASS } from '../types.ts';

/** How well scores put one kind of rows before the others, whatever threshold is chosen. Null where one of the two kinds has no rows. */
export interface RankingFigures {
  /** Area under the receiver operating characteristic: the chance that a positive row scores above a negative one, ties half. */
  readonly rocAuc: number | null;
  /** Average precision: Σ (Rₙ - Rₙ₋₁) Pₙ over the thresholds, without interpolation. */
  readonly prAuc: number | null;
}

/** Ranking figures of every class against the rest. */
export interface ClassRanking {
  /** By class code. */
  readonly perClass: readonly RankingFigures[];
  /** Means over the classes that have rows and leave rows to the rest; null where there are none. */
  readonly macroRocAuc: number | null;
  readonly macroPrAuc: number | null;
}

/**
 * `positive`: row → 1 where it is what the score looks for, else 0. `scores`: the higher, the more so; no NaN.
 * Equal scores are one threshold, as in scikit-learn's roc_auc_score and average_precision_score.
 */
export function rankingFigures(positive: ArrayLike<number>, scores: ArrayLike<number>): RankingFigures {
  const hits = sortedScores(positive, scores, true);
  const others = sortedScores(positive, scores, false);
  if (hits.length === 0) return { rocAuc: null, prAuc: null };
  let [above, below] = [0, 0];
  let [area, precision] = [0, 0];
  // From the highest score down; both lists ascend.
  let [i, j] = [hits.length - 1, others.length - 1];
  while (i >= 0 || j >= 0) {
    const score = Math.max(i >= 0 ? hits[i] : Number.NEGATIVE_INFINITY, j >= 0 ? others[j] : Number.NEGATIVE_INFINITY);
    const [hitsBefore, othersBefore] = [above, below];
    for (; i >= 0 && hits[i] === score; i--) above++;
    for (; j >= 0 && others[j] === score; j--) below++;
    area += (below - othersBefore) * ((above + hitsBefore) / 2);
    precision += (above - hitsBefore) * (above / (above + below));
  }
  return { rocAuc: others.length === 0 ? null : area / (hits.length * others.length), prAuc: precision / hits.length };
}

/**
 * Each class against the rest, by its probability. Rows of NO_CLASS are left out.
 * `probabilities`: rows × classes, row by row.
 */
export function classRanking(y: Uint16Array, probabilities: ArrayLike<number>, classes: number): ClassRanking {
  const rows: number[] = [];
  for (let row = 0; row < y.length; row++) if (y[row] !== NO_CLASS) rows.push(row);
  const perClass = Array.from({ length: classes }, (_, c): RankingFigures => {
    const positive = Uint8Array.from(rows, (row) => (y[row] === c ? 1 : 0));
    const figures = rankingFigures(
      positive,
      Float64Array.from(rows, (row) => probabilities[row * classes + c]),
    );
    return figures.rocAuc === null ? { rocAuc: null, prAuc: null } : figures;
  });
  return {
    perClass,
    macroRocAuc: meanOfKnown(perClass.map(({ rocAuc }) => rocAuc)),
    macroPrAuc: meanOfKnown(perClass.map(({ prAuc }) => prAuc)),
  };
}

function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function sortedScores(positive: ArrayLike<number>, scores: ArrayLike<number>, wanted: boolean): Float64Array {
  let count = 0;
  for (let row = 0; row < positive.length; row++) if ((positive[row] !== 0) === wanted) count++;
  const picked = new Float64Array(count);
  for (let row = 0, to = 0; row < positive.length; row++) if ((positive[row] !== 0) === wanted) picked[to++] = scores[row];
  return picked.sort();
}
