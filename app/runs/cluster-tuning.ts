import { formatCount, plural } from '../contract/format.ts';
import type { ClusterRequest, ClusterTrial, ClusterTuneRequest, ClusterTuning, CovarianceType } from '../contract/runs.ts';
import { FlowcaseError } from '../errors.ts';
import { sampleToTry } from '../learn/choose-k.ts';
import type { ParameterValues } from '../learn/declared-parameters.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { Distribution } from '../learn/tuning/candidates.ts';
import { higherIsBetter } from '../learn/tuning/scoring.ts';
import { search, type Trial } from '../learn/tuning/search.ts';
import type { Means } from '../learn/types.ts';
import { Random } from '../shared/random.ts';

/** Starts where nobody says how many: k-means depends on its start, and is quick; a mixture begins with such groups. */
export const USUAL_STARTS = { kmeans: 4, gmm: 1 } as const;

/** As often as a clustering starts anew. */
export function startsOf({ method, starts }: Pick<ClusterRequest, 'method' | 'starts'>): number {
  return starts ?? USUAL_STARTS[method];
}

type Asked = Pick<ClusterRequest, 'method' | 'k' | 'covariance' | 'starts' | 'seed'>;

/**
 * Tries settings of a clustering on the rows, or on a seeded sample of many, each judged on the rows it grouped.
 * @throws FlowcaseError PARAMETER where a setting cannot be, or none can be scored; OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function tuneClusters(matrix: Matrix, asked: Asked, tune: ClusterTuneRequest, means: Means): Promise<ClusterTuning> {
  check(asked, tune);
  const sample = sampleToTry(matrix, new Random(asked.seed));
  const { method, k, covariance, starts, seed } = asked;
  const words = wordsOf(method);
  const fixed: ParameterValues = {
    ...(k === 'auto' ? {} : { [words.k]: k }),
    ...(method === 'gmm' ? { [words.covariance]: covariance } : {}),
    [words.starts]: starts ?? USUAL_STARTS[method],
  };
  const { k: ks, covariance: shapes, starts: numbers } = tune.values;
  const values = {
    ...(ks === undefined ? {} : { [words.k]: ks }),
    ...(shapes === undefined ? {} : { [words.covariance]: shapes }),
    ...(numbers === undefined ? {} : { [words.starts]: numbers }),
  };
  const all = { estimator: method, fixed, seed, scoring: tune.scoring };
  const request =
    tune.search === 'grid' ? { ...all, grid: values } : { ...all, distributions: choices(values), iterations: tune.iterations };
  const { trials } = await search(request, { matrix: sample }, means);
  return { scoring: tune.scoring, rows: sample.rows, trials: trials.map((trial) => trialOf(trial, fixed, method)) };
}

/** The request with the best of what was tried in place of what was searched for. */
export function withBest<R extends Asked>(request: R, tuning: ClusterTuning | null): R {
  const best = tuning?.trials.find(({ rank, score }) => rank === 1 && score !== null);
  if (best === undefined) return request;
  return { ...request, k: best.k, starts: best.starts, covariance: best.covariance ?? request.covariance };
}

/** What was tried, what is best, and by how much, in one sentence. */
export function tuningWords({ scoring, rows, trials }: ClusterTuning, of: number): string {
  const known = trials.filter(({ score }) => score !== null).sort((a, b) => a.rank - b.rank);
  const [best, next] = known;
  const on = rows < of ? `a sample of ${formatCount(rows)} rows` : `all ${formatCount(rows)} rows`;
  const tried = `${plural(trials.length, 'setting')} tried on ${on} by ${scoringWords[scoring]} (${higherIsBetter(scoring) ? 'higher' : 'lower'} is better)`;
  const second = known.length < 2 ? '' : `; the next is ${settingWords(next)} with ${figure(next)}`;
  const failed = trials.length - known.length;
  const unknown = failed === 0 ? '' : `; ${plural(failed, 'setting')} could not be scored`;
  return `${settingWords(best)} is the best of ${tried}: ${figure(best)}${second}${unknown}.`;
}

const scoringWords = {
  silhouette: 'silhouette',
  daviesBouldin: 'Davies-Bouldin',
  calinskiHarabasz: 'Calinski-Harabasz',
  bic: 'BIC',
} as const;

function figure({ score }: ClusterTrial): string {
  if (score === null) return 'no score';
  const size = Math.abs(score);
  return `${score < 0 ? '−' : ''}${size >= 1000 ? formatCount(Math.round(size)) : size.toFixed(4)}`;
}

function settingWords({ k, covariance, starts }: ClusterTrial): string {
  return `k = ${k}${covariance === null ? '' : `, ${covariance} covariance`}, ${plural(starts, 'start')}`;
}

/** What the estimators call it. */
function wordsOf(method: ClusterRequest['method']): { readonly k: string; readonly covariance: string; readonly starts: string } {
  return { k: method === 'kmeans' ? 'nClusters' : 'nComponents', covariance: 'covarianceType', starts: 'nInit' };
}

function check({ method, k }: Asked, { values, scoring }: ClusterTuneRequest): void {
  const refuse = (text: string, value: unknown): never => {
    throw new FlowcaseError('PARAMETER', text, { name: 'tune', value, allowed: null });
  };
  if (Object.values(values).every((list) => list === undefined)) refuse('There is no setting to try: name k, covariance or starts.', null);
  if (method === 'kmeans' && values.covariance !== undefined)
    refuse('k-means has no covariance: its clusters are balls. Group by a Gaussian mixture, or leave covariance out.', 'covariance');
  if (method === 'kmeans' && scoring === 'bic') refuse('k-means has no likelihood and so no BIC. Choose another score.', scoring);
  if (k === 'auto' && values.k === undefined)
    refuse('k cannot be automatic beside a search that does not try k: name the k to try, or one k.', 'k');
}

function choices(values: Readonly<Record<string, readonly (number | string)[]>>): Readonly<Record<string, Distribution>> {
  return Object.fromEntries(Object.entries(values).map(([name, of]): [string, Distribution] => [name, { type: 'choice', values: of }]));
}

function trialOf(trial: Trial, fixed: ParameterValues, method: ClusterRequest['method']): ClusterTrial {
  const words = wordsOf(method);
  const all = { ...fixed, ...trial.parameters };
  return {
    k: Number(all[words.k]),
    covariance: method === 'gmm' ? (all[words.covariance] as CovarianceType) : null,
    starts: Number(all[words.starts]),
    score: trial.mean,
    rank: trial.rank,
    seconds: trial.fitSeconds + trial.scoreSeconds,
    failed: trial.failed,
  };
}
