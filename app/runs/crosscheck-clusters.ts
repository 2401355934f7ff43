import { kmeansGenerator } from 'ml-kmeans';

import { formatCount, formatFigure, formatShare, plural } from '../contract/format.ts';
import type { UsedFeature } from '../features/build-matrix.ts';
import { distinctRows } from '../learn/distinct.ts';
import { kmeansPlusPlus } from '../learn/kmeans-start.ts';
import { KMeans } from '../learn/kmeans.ts';
import type { Matrix } from '../learn/matrix.ts';
import { adjustedRandIndex, contingencyTable } from '../learn/metrics/agreement.ts';
import { GaussianMixture } from '../learn/mixture.ts';
import { Pace } from '../learn/pace.ts';
import { sampleRows } from '../learn/sample.ts';
import type { ThreadPool } from '../learn/thread-pool.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { NewCrosscheck } from '../shared/run-outcome.ts';
import { USUAL_STARTS } from './cluster-tuning.ts';
import { prepareCluster, type ClusterInput } from './cluster.ts';
import { likenessOf, rowsMatched } from './crosscheck-match.ts';
import { resultFingerprint } from './fingerprint.ts';
import { metAgain, verdictWith, type KeptRun } from './met-again.ts';
import { numberClusters } from './numbering.ts';
import { secondTools } from './second-tools.ts';
import { withPool } from './sources.ts';

/** The run that is checked. */
export interface CheckedRun extends KeptRun {
  /** Clusters that it has. */
  readonly k: number;
}

/** Rows that the second tools take in a minute or so. */
export const CHECKED_ROWS = { kmeans: 200_000, gmm: 50_000 } as const;
const TOLERANCE = 1e-6;
const MAX_PASSES = 300;

/** One tool's answer. Both tools begin from the same centres, so that cluster i of one is cluster i of the other. */
interface Answer {
  readonly labels: Uint16Array;
  /** k × columns. */
  readonly centres: Float64Array;
  readonly seconds: number;
  /** What each made as small, or as large, as it could. */
  readonly goal: number;
}

/**
 * Carries a clustering out again with an independent implementation, on all rows or a seeded sample: k-means by ml-kmeans from the same
 * starting centres, a mixture by its plain twin in float64.
 * @param limit rows that are checked at most; 0: as many as the second tool takes well
 * @throws FlowcaseError as `prepareCluster`
 */
export async function crosscheckClusters(input: ClusterInput, run: CheckedRun, limit: number, progress: Progress): Promise<NewCrosscheck> {
  const pace = new Pace(progress);
  const { request } = input;
  const { built } = await prepareCluster(input, pace);
  const most = limit === 0 ? CHECKED_ROWS[request.method] : limit;
  const all = built.matrix;
  const sampled = all.rows > most;
  const matrix = sampled ? all.pick(sampleRows(all.rows, most, new Random(request.seed))) : all;
  const k = request.k === 'auto' ? run.k : request.k;
  const { ours, theirs } = await withPool(input, async (pool) =>
    request.method === 'kmeans' ? bothKMeans(matrix, k, request, pace, pool) : bothMixtures(matrix, input, k, pace, pool),
  );
  const table = contingencyTable(ours.labels, theirs.labels);
  const [ari, matched] = [adjustedRandIndex(table), rowsMatched(table)];
  const largest = largestDifference(ours, theirs, built.used, matrix.columns);
  const again =
    sampled || request.method === 'gmm' ? null : await metAgain(run, fingerprintOf(matrix, built.used.length, ours), matrix, pace);
  const tool = request.method === 'kmeans' ? secondTools.kmeans : secondTools.mixture;
  const verdict = verdictWith(likenessOf(matched, matrix.rows, ari) !== 'different', again);
  return {
    run: run.id,
    tool,
    rows: matrix.rows,
    sampledFrom: sampled ? all.rows : null,
    seed: request.seed,
    ari,
    equal: null,
    largestDifference: largest?.sigma ?? null,
    accuracy: null,
    seconds: { ours: ours.seconds, theirs: theirs.seconds },
    words: wordsOf(input, { tool, rows: matrix.rows, of: all.rows, ours, theirs, ari, matched, largest, again: again?.words ?? '' }),
    agrees: verdict === 'agrees',
    verdict,
  };
}

async function bothKMeans(
  matrix: Matrix,
  k: number,
  { seed, starts: asked }: Pick<ClusterInput['request'], 'seed' | 'starts'>,
  pace: Pace,
  pool: ThreadPool | null,
): Promise<{ readonly ours: Answer; readonly theirs: Answer }> {
  const found = distinctRows(matrix, k).length;
  const starts = asked ?? USUAL_STARTS.kmeans;
  const random = new Random(seed);
  let best: { readonly start: Float64Array; readonly ours: Answer } | null = null;
  // as KMeans itself begins each of its starts, so that the start which it kept is checked
  for (let one = 1; one <= starts; one++) {
    pace.progress.report(one - 1, starts + 1, 'starts', `k-means again: start ${one} of ${starts}`);
    const start = await kmeansPlusPlus(matrix, found, random.fork(), pace);
    const began = performance.now();
    const model = await new KMeans({ nClusters: found, init: start }).fit(matrix, { pace, pool });
    const seconds = (performance.now() - began) / 1000;
    const ours = { labels: model.labels_, centres: model.clusterCenters_, goal: model.inertia_, seconds };
    if (best === null || ours.goal < best.ours.goal) best = { start, ours };
  }
  if (best === null) throw new Error('k-means has a start at least');
  pace.progress.report(starts, starts + 1, 'starts', `${secondTools.kmeans} from the same centres`);
  return { ours: best.ours, theirs: await byMlKMeans(matrix, found, best.start, pace) };
}

/** Pass by pass, so that it can be stopped. @throws FlowcaseError CANCELLED */
async function byMlKMeans(matrix: Matrix, k: number, start: Float64Array, pace: Pace): Promise<Answer> {
  const { columns, values } = { columns: matrix.columns, values: matrix.values };
  const data = Array.from({ length: matrix.rows }, (_, row) => Array.from({ length: columns }, (_one, c) => values[matrix.offset(row, c)]));
  const initialization = Array.from({ length: k }, (_, c) => [...start.subarray(c * columns, (c + 1) * columns)]);
  const began = performance.now();
  let last: { readonly clusters: number[]; readonly centroids: number[][] } | null = null;
  const settings = { initialization, tolerance: TOLERANCE, maxIterations: MAX_PASSES };
  for (const result of kmeansGenerator(data, k, settings)) {
    last = result;
    await pace.breathe();
  }
  const seconds = (performance.now() - began) / 1000;
  const labels = Uint16Array.from(last?.clusters ?? []);
  const centres = Float64Array.from((last?.centroids ?? []).flat());
  let goal = 0;
  data.forEach((row, i) => row.forEach((value, c) => (goal += (value - centres[labels[i] * columns + c]) ** 2)));
  return { labels, centres, goal, seconds };
}

async function bothMixtures(
  matrix: Matrix,
  { request }: ClusterInput,
  k: number,
  pace: Pace,
  pool: ThreadPool | null,
): Promise<{ readonly ours: Answer; readonly theirs: Answer }> {
  const fit = async (twin: boolean): Promise<Answer> => {
    pace.progress.report(Number(twin), 2, 'implementations', twin ? secondTools.mixture : 'the mixture again');
    const began = performance.now();
    const mixture = new GaussianMixture({
      nComponents: k,
      covarianceType: request.covariance,
      nInit: request.starts ?? USUAL_STARTS.gmm,
      seed: request.seed,
    });
    await mixture.fit(matrix, { pace, pool, twin });
    const seconds = (performance.now() - began) / 1000;
    const labels = await mixture.predict(matrix, { pace, pool, twin });
    return { labels, centres: mixture.means_, goal: await mixture.score(matrix, { pace, pool, twin }), seconds };
  };
  return { ours: await fit(false), theirs: await fit(true) };
}

interface Difference {
  readonly sigma: number;
  readonly feature: string;
}

/** The largest difference of a centre in one feature, in standard deviations of the feature. */
function largestDifference(ours: Answer, theirs: Answer, used: readonly UsedFeature[], columns: number): Difference | null {
  let largest: Difference | null = null;
  if (ours.centres.length !== theirs.centres.length) return null;
  ours.centres.forEach((value, i) => {
    const feature = used.at(i % columns);
    if (feature === undefined) return;
    const sigma = Math.abs(value - theirs.centres[i]) / feature.spec.weight;
    if (largest === null || sigma > largest.sigma) largest = { sigma, feature: feature.spec.title };
  });
  return largest;
}

/** What the run would be called that this answer belongs to. */
function fingerprintOf({ rows, columns }: Matrix, used: number, { labels, centres }: Answer): string {
  const found = centres.length / columns;
  const numbered = numberClusters({ found, labels, centres, distance: new Float32Array(rows) }, columns);
  return resultFingerprint(numbered.k, used, used === 0 ? new Float64Array() : numbered.centres, numbered.labels);
}

interface Told {
  readonly tool: string;
  readonly rows: number;
  readonly of: number;
  readonly ours: Answer;
  readonly theirs: Answer;
  readonly ari: number;
  readonly largest: Difference | null;
  readonly matched: number;
  readonly again: string;
}

function wordsOf({ request }: ClusterInput, { tool, rows, of, ours, theirs, ari, matched, largest, again }: Told): string {
  const on =
    rows === of
      ? `all ${plural(rows, 'row')}`
      : `a sample of ${formatCount(rows)} of ${plural(of, 'row')} (drawn with seed ${request.seed})`;
  const how = request.method === 'kmeans' ? 'from the same starting centres' : 'from the same start';
  const goal = request.method === 'kmeans' ? 'inertia' : 'mean log-likelihood';
  const centre =
    largest === null
      ? ''
      : largest.sigma === 0
        ? '; the centres are the same'
        : `; the centres differ by at most ${largest.sigma < 1e-3 ? largest.sigma.toExponential(1) : largest.sigma.toFixed(3)} standard deviations (${largest.feature.toLowerCase()})`;
  const likeness = likenessOf(matched, rows, ari);
  const groups = `${likeness === 'different' ? 'DIFFERENT' : likeness} groups`;
  const same = `${plural(matched, 'row')} (${formatShare(matched / rows)}) ${matched === 1 ? 'is' : 'are'} in the same group by the best matching of clusters`;
  return `Compared with ${tool} on ${on}, ${how}: ${groups}. ${same}; adjusted Rand index ${formatFigure(ari, 4)}, ${goal} ${ours.goal.toFixed(4)} here and ${theirs.goal.toFixed(4)} there${centre}.${again}`;
}
