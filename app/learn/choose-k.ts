import { formatCount } from '../contract/format.ts';
import { Random } from '../shared/random.ts';
import { distinctRows } from './distinct.ts';
import { KMeans } from './kmeans.ts';
import type { Matrix } from './matrix.ts';
import type { Pace } from './pace.ts';
import { sampleRows } from './sample.ts';
import { silhouette } from './silhouette.ts';
import type { ThreadPool } from './thread-pool.ts';

const FEWEST = 2;
export const MOST = 12;
/** k is chosen on a seeded sample of at most this many rows, its silhouettes on fewer still. */
const SAMPLE_ROWS = 20_000;
const SILHOUETTE_ROWS = 2000;
/** Starts of every try in programs that tried with seeds of their own. */
const STARTS_APART = 3;
/** Silhouettes nearer to the best than this say the same. */
const SAME = 0.05;

export interface KTried {
  readonly k: number;
  readonly inertia: number;
  readonly silhouette: number | null;
  /** Of a mixture: Bayesian information criterion, the lower the better. */
  readonly bic?: number;
}

export interface ChosenK {
  readonly k: number;
  readonly curve: readonly KTried[];
  /** That each was tried on. */
  readonly rows: number;
  /** One sentence. */
  readonly why: string;
}

/**
 * How numbers of clusters are tried: with so many starts from the seed that was asked for, so that what is kept is what was tried; or 'apart', with
 * seeds and starts of their own, as programs before did.
 */
export type TriedWith = number | 'apart';

/**
 * Chooses k from 2 to 12 on a seeded sample: of the k whose mean silhouette is within 0.05 of the best, the one where the curve of inertia
 * bends most (farthest below the line from its first to its last point). The silhouette alone favours two or three heaps and hides the
 * small groups that matter here; the bend alone finds an elbow even in a straight line.
 * @param starts as the clustering that is kept has
 * @throws FlowcaseError CANCELLED
 */
export async function chooseK(
  matrix: Matrix,
  seed: number,
  pace: Pace,
  pool: ThreadPool | null = null,
  starts: TriedWith = 1,
): Promise<ChosenK> {
  const random = new Random(seed);
  const sample = sampleToTry(matrix, random);
  const most = Math.min(MOST, distinctRows(sample, MOST).length);
  if (most < FEWEST) return { k: 1, curve: [], rows: sample.rows, why: nothingToChoose(sample, matrix) };
  const curve: KTried[] = [];
  for (let k = FEWEST; k <= most; k++) {
    pace.progress.report(k - FEWEST, most - FEWEST + 1, 'values of k', `trying k = ${k} on a sample`);
    const how = starts === 'apart' ? { nInit: STARTS_APART, seed: random.uint32() } : { nInit: starts, seed };
    const model = await new KMeans({ nClusters: k, ...how }).fit(sample, { pace, pool });
    const { score } = await silhouette(sample, model.labels_, k, random.fork(), pace, SILHOUETTE_ROWS);
    curve.push({ k, inertia: model.inertia_, silhouette: score });
  }
  return { ...decide(curve, sample.rows), curve, rows: sample.rows };
}

/** On what numbers of clusters are tried: all rows, or a seeded sample. */
export function sampleToTry(matrix: Matrix, random: Random): Matrix {
  return matrix.rows > SAMPLE_ROWS ? matrix.pick(sampleRows(matrix.rows, SAMPLE_ROWS, random)) : matrix;
}

/** Why there is one group alone; what was seen of a sample is said of the sample. */
export function nothingToChoose(sample: Matrix, matrix: Matrix): string {
  if (matrix.rows === 1) return 'k = 1: there is one row alone.';
  const rows = sample === matrix ? 'all rows' : `the ${formatCount(sample.rows)} rows of a sample that were looked at`;
  return `k = 1: ${rows} are alike in every feature.`;
}

/** The rule of `chooseK`. `curve` is not empty; k ascending; `rows`: of how many rows it is. */
export function decide(curve: readonly KTried[], rows: number): { readonly k: number; readonly why: string } {
  const score = (tried: KTried): number => tried.silhouette ?? -1;
  const best = curve.reduce((a, b) => (score(b) > score(a) ? b : a));
  const near = curve.filter((tried) => score(tried) >= score(best) - SAME);
  const chosen = near.reduce((a, b) => (bend(curve, b) > bend(curve, a) ? b : a));
  const range = `k from ${curve[0].k} to ${formatCount(curve.at(-1)?.k ?? 0)} was tried on ${formatCount(rows)} rows${rows > SILHOUETTE_ROWS ? ` (silhouettes: ${formatCount(SILHOUETTE_ROWS)} of them)` : ''}`;
  const why =
    near.length === 1
      ? `k = ${best.k} has by far the best silhouette (${score(best).toFixed(2)}); ${range}.`
      : `k = ${chosen.k} (silhouette ${score(chosen).toFixed(2)}): ${range}; for k = ${near.map((one) => one.k).join(', ')} the silhouette is within ${SAME} of the best (${score(best).toFixed(2)} at k = ${best.k}), and of these the inertia curve bends most at ${chosen.k}.`;
  return { k: chosen.k, why };
}

/** How far the point lies below the line from the curve's first point to its last, both axes from 0 to 1. */
function bend(curve: readonly KTried[], tried: KTried): number {
  const [first, last] = [curve[0], curve[curve.length - 1]];
  const height = first.inertia - last.inertia;
  if (height <= 0 || last.k === first.k) return 0;
  return (first.inertia - tried.inertia) / height - (tried.k - first.k) / (last.k - first.k);
}
