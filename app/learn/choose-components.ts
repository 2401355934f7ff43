import { formatCount } from '../contract/format.ts';
import type { CovarianceType } from '../contract/runs.ts';
import { Random } from '../shared/random.ts';
import { MOST, nothingToChoose, sampleToTry, type ChosenK, type KTried, type TriedWith } from './choose-k.ts';
import { distinctRows } from './distinct.ts';
import type { Matrix } from './matrix.ts';
import { GaussianMixture } from './mixture.ts';
import type { Pace } from './pace.ts';
import { silhouette } from './silhouette.ts';
import type { ThreadPool } from './thread-pool.ts';

const SILHOUETTE_ROWS = 2000;
/** Starts of every try in programs that tried with seeds of their own. */
const STARTS_APART = 2;
/** Differences of BIC up to this are hardly evidence (Kass and Raftery 1995: above 10 it is very strong). */
const EVIDENT = 10;

/**
 * Chooses the number of a mixture's components from 1 to 12 on a seeded sample: the fewest whose BIC is within 10 of the lowest. The curve has
 * the inertia about the components' means and the silhouette beside the BIC.
 * @param starts as the mixture that is kept has
 * @throws FlowcaseError PARAMETER (singular), CANCELLED, PROCESS_DIED
 */
export async function chooseComponents(
  matrix: Matrix,
  covarianceType: CovarianceType,
  seed: number,
  pace: Pace,
  pool: ThreadPool | null = null,
  starts: TriedWith = 1,
): Promise<ChosenK> {
  const random = new Random(seed);
  const sample = sampleToTry(matrix, random);
  const most = Math.min(MOST, distinctRows(sample, MOST).length);
  if (most < 2) return { k: 1, curve: [], rows: sample.rows, why: nothingToChoose(sample, matrix) };
  const curve: KTried[] = [];
  for (let k = 1; k <= most; k++) {
    pace.progress.report(k - 1, most, 'values of k', `trying k = ${k} on a sample`);
    const how = starts === 'apart' ? { nInit: STARTS_APART, seed: random.uint32() } : { nInit: starts, seed };
    const model = await new GaussianMixture({ nComponents: k, covarianceType, ...how }).fit(sample, { pace, pool });
    const labels = await model.predict(sample, { pace, pool });
    const { score } = await occupiedSilhouette(sample, labels, random.fork(), pace);
    curve.push({ k, inertia: inertiaOf(sample, labels, model.means_), silhouette: score, bic: await model.bic(sample, { pace, pool }) });
  }
  return { ...decideByBic(curve, sample.rows), curve, rows: sample.rows };
}

/** The rule of `chooseComponents`. `curve`: k ascending, not empty, each with its BIC; `rows`: of how many rows it is. */
export function decideByBic(curve: readonly KTried[], rows: number): { readonly k: number; readonly why: string } {
  const bicOf = (tried: KTried): number => tried.bic ?? Number.POSITIVE_INFINITY;
  const best = curve.reduce((a, b) => (bicOf(b) < bicOf(a) ? b : a));
  const chosen = curve.find((tried) => bicOf(tried) <= bicOf(best) + EVIDENT) ?? best;
  const figure = (tried: KTried): string => formatCount(Math.round(bicOf(tried))).replace('-', '−');
  const last = curve[curve.length - 1];
  const why = `k = ${chosen.k} (BIC ${figure(chosen)}): k from ${curve[0].k} to ${last.k} was tried on ${formatCount(rows)} rows`;
  if (chosen !== best)
    return { k: chosen.k, why: `${why}; the lowest BIC is ${figure(best)} at k = ${best.k}, no evidence for more components.` };
  if (chosen === last && curve.length > 1)
    return { k: chosen.k, why: `${why}, and the BIC still falls at the last of them: more may fit better.` };
  return { k: chosen.k, why: `${why}, and the BIC is lowest there.` };
}

/** The silhouette over the components that have rows of their own. */
async function occupiedSilhouette(
  matrix: Matrix,
  labels: Uint16Array,
  random: Random,
  pace: Pace,
): Promise<{ readonly score: number | null }> {
  const places = new Map([...new Set(labels)].sort((a, b) => a - b).map((label, place) => [label, place]));
  const dense = labels.map((label) => places.get(label) ?? 0);
  return silhouette(matrix, dense, places.size, random, pace, SILHOUETTE_ROWS);
}

/** Sum of the rows' squared distances to the mean of their component. */
function inertiaOf(matrix: Matrix, labels: Uint16Array, means: Float64Array): number {
  const { columns, values } = matrix;
  let sum = 0;
  for (let row = 0; row < matrix.rows; row++) {
    for (let c = 0, at = matrix.offset(row, 0); c < columns; c++, at += 4) sum += (values[at] - means[labels[row] * columns + c]) ** 2;
  }
  return sum;
}
