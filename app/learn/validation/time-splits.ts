import { checkWhole } from '../parameters.ts';
import { checkShare, tooFew, type Split } from './splits.ts';

/**
 * Learn from the past, be asked about the future: the last `testShare` of the rows is tested, everything before it is learned from.
 * Rows of the same time are on the same side; rows without a time (NaN) on neither.
 * @param times row → when, in any unit
 * @throws FlowcaseError PARAMETER where all rows are of one time
 */
export function timeSplit(times: Float64Array, { testShare = 0.25 }: { readonly testShare?: number } = {}): Split {
  checkShare(testShare);
  const sorted = timesInOrder(times);
  const cut = cutNear(sorted, sorted.length * (1 - testShare));
  return between(times, cut, Number.POSITIVE_INFINITY);
}

/**
 * Expanding windows: time is cut into `folds` + 1 pieces of about the same number of rows; split i learns from the first i + 1 pieces and is
 * tested on the next. Rows of the same time are in the same piece; rows without a time (NaN) in none.
 * @throws FlowcaseError PARAMETER where there are not that many different times
 */
export function expandingWindows(times: Float64Array, { folds = 5 }: { readonly folds?: number } = {}): Split[] {
  checkWhole('Splitting', 'folds', folds, 1, 1000);
  const sorted = timesInOrder(times);
  const cuts = Array.from({ length: folds }, (_, i) => cutNear(sorted, ((i + 1) * sorted.length) / (folds + 1)));
  if (new Set(cuts).size < folds) {
    throw tooFew(`The rows have too few different times for ${folds} windows. Choose fewer windows.`, { folds });
  }
  return cuts.map((cut, i) => between(times, cut, i + 1 < folds ? cuts[i + 1] : Number.POSITIVE_INFINITY));
}

function timesInOrder(times: Float64Array): Float64Array {
  const sorted = times.filter((time) => Number.isFinite(time)).sort();
  if (sorted.length < 2 || sorted[0] === sorted[sorted.length - 1]) {
    throw tooFew('All rows have the same time: there is no before and after. Split them by class or by group.', { rows: sorted.length });
  }
  return sorted;
}

/** The time that is the first of a piece, nearest to place `at`; never the first of all, so that something lies before it. */
function cutNear(sorted: Float64Array, at: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, Math.round(at)));
  let [low, high] = [place, place];
  while (low > 0 && sorted[low - 1] === sorted[place]) low--;
  while (high < sorted.length && sorted[high] === sorted[place]) high++;
  return low > 0 && (high === sorted.length || at - low <= high - at) ? sorted[low] : sorted[high];
}

/** Rows before `from` to learn from, those from there to before `to` to be tested. */
function between(times: Float64Array, from: number, to: number): Split {
  const train: number[] = [];
  const test: number[] = [];
  for (let row = 0; row < times.length; row++) {
    if (times[row] < from) train.push(row);
    else if (times[row] < to) test.push(row);
  }
  return { train: Uint32Array.from(train), test: Uint32Array.from(test) };
}
