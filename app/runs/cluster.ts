import { formatCount, plural } from '../contract/format.ts';
import type { ClusterRequest, ClusterTuning } from '../contract/runs.ts';
import { failingHosts } from '../detect/failing-hosts.ts';
import { farFromCluster } from '../detect/far-from-cluster.ts';
import { farHosts } from '../detect/far-hosts.ts';
import { knownMeans } from '../detect/known-means.ts';
import { firstToLookAt, oddClusters } from '../detect/odd-cluster.ts';
import { regularCalls } from '../detect/regular-calls.ts';
import type { Grouping, NewFinding } from '../detect/types.ts';
import { buildMatrix, type FeatureMatrix } from '../features/build-matrix.ts';
import type { Selection } from '../features/types.ts';
import { chooseComponents } from '../learn/choose-components.ts';
import { chooseK, MOST, type ChosenK } from '../learn/choose-k.ts';
import { clusterFigures } from '../learn/metrics/clusters.ts';
import type { Matrix } from '../learn/matrix.ts';
import { Pace } from '../learn/pace.ts';
import { silhouette } from '../learn/silhouette.ts';
import type { ThreadPool } from '../learn/thread-pool.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { RunOutcome } from '../shared/run-outcome.ts';
import { startsOf, tuneClusters, tuningWords, withBest } from './cluster-tuning.ts';
import { answersByChunk, answersByHost } from './answers.ts';
import { labelAgreement } from './explain.ts';
import { inputFingerprint, mixtureFingerprint, resultFingerprint } from './fingerprint.ts';
import { rowNouns } from '../contract/row-words.ts';
import { groupRows, type Grouped } from './group.ts';
import { checkMemory, columnsAtMost, memoryFor } from './memory.ts';
import { mixtureWords } from './mixture-words.ts';
import { numberClusters, type Numbered } from './numbering.ts';
import { recordsOfHosts, runRows, type RunRows } from './run-rows.ts';
import { scatterSample } from './scatter.ts';
import { nounOf, recipeFor, rowsOf, selectSources, withPool, type LearningInput } from './sources.ts';
import { summarise } from './summaries.ts';

export type ClusterInput = LearningInput<ClusterRequest>;

/**
 * What connections are grouped by where nobody says otherwise. conn-v2 knows more, and trees learn more from it; but among seventy columns the
 * few that tell a beacon apart weigh less, and seven groups are services and ports.
 */
const CONNECTION_RECIPE = 'conn-v1';
const MAX_FINDINGS = 100;
const MAX_REGULAR = 20;
const MAX_FAILING = 10;

/** The rows of a clustering, computed but not yet grouped. */
export interface Prepared {
  readonly selections: readonly Selection[];
  readonly built: FeatureMatrix;
}

/**
 * Selects and computes the matrix that a clustering works on; the same request gives the same bits.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED
 */
export async function prepareCluster(input: ClusterInput, pace: Pace): Promise<Prepared> {
  const { request, sources, threads } = input;
  const usual = request.of === 'connections' ? CONNECTION_RECIPE : '';
  const recipe = recipeFor(request.recipe === '' ? usual : request.recipe, request.of, sources);
  const selections = await selectSources(sources, request, pace);
  const rows = rowsOf(selections);
  const columns = columnsAtMost(recipe, selections[0].table.columns.length, request.features);
  const work = { rows, columns, method: request.method, k: mostClusters(request), threads };
  checkMemory(work, memoryFor(input), nounOf(request.of === 'hosts' ? 'connections' : request.of));
  const { scaling, features, window } = request;
  const built = await buildMatrix(selections, recipe, pace, {
    ...(scaling === null ? {} : { scaling }),
    absent: 'neutral',
    markAbsent: true,
    ...(features.length === 0 ? {} : { features }),
    window,
  });
  return { selections, built };
}

/** The most that can be asked for, of which there are sums. */
function mostClusters({ k, tune }: ClusterRequest): number {
  return Math.max(k === 'auto' ? MOST : k, ...(tune?.values.k ?? []));
}

/**
 * One clustering: features, k, groups, and everything that is said about the result. The same records, request and recipe give the same
 * fingerprint on every machine and with any number of threads. The summary names the recipe that '' stood for.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function cluster(input: ClusterInput, progress: Progress): Promise<RunOutcome> {
  const began = performance.now();
  const { request } = input;
  const pace = new Pace(progress);
  const { selections, built } = await prepareCluster(input, pace);
  const { matrix } = built;
  const { chosen, tuning, grouped } = await withPool(input, async (pool) => {
    const tried = request.tune === null ? null : await tuneClusters(matrix, request, request.tune, { pace, pool });
    const best = withBest(request, tried);
    const how = best.k === 'auto' ? await choose(matrix, best, pace, pool) : null;
    return { chosen: how, tuning: tried, grouped: await groupRows(matrix, best, how?.k ?? Number(best.k), pace, pool) };
  });
  const numbered = numberClusters(grouped, matrix.columns);
  const random = new Random(request.seed);
  progress.report(0, 3, 'steps', 'silhouette');
  const quality = await silhouette(matrix, numbered.labels, numbered.k, random.fork(), pace);
  const { daviesBouldin, calinskiHarabasz } = await clusterFigures(matrix, numbered.labels, numbered.k, { pace });
  progress.report(1, 3, 'steps', 'principal components');
  const rows = await runRows(request.of, selections, built, pace);
  const scatter = await scatterSample(rows.idOf, matrix, numbered, random.fork(), pace);
  progress.report(2, 3, 'steps', 'describing clusters and ranking hosts');
  const known = await knownMeans(built, numbered.labels, numbered.k, pace);
  const clusters = await summarise(rows, built, numbered, known, pace);
  const grouping: Grouping = { ...built, ...numbered, centres: known.filled, of: request.of, selection: selections[0], clusters, known };
  await pace.breathe();
  const odd = oddClusters(grouping);
  const findings = await findingsOf(grouping, rows, odd, pace);
  const columns = built.used.length;
  const centres = columns === 0 ? new Float64Array() : numbered.centres;
  const { mixture } = grouped;
  return {
    summary: {
      task: 'cluster',
      of: request.of,
      method: request.method,
      recipe: built.fitted.recipe,
      requestedK: request.tune?.values.k === undefined ? request.k : 'auto',
      k: numbered.k,
      ...(chosen === null || request.trials === 'apart' ? {} : { kTrials: { rows: chosen.rows, starts: startsOf(request) } }),
      seed: request.seed,
      where: request.where,
      window: request.window,
      rows: matrix.rows,
      iterations: grouped.iterations,
      converged: grouped.converged,
      inertia: grouped.inertia,
      logLikelihood: mixture?.logLikelihood ?? null,
      bic: mixture?.bic ?? null,
      aic: mixture?.aic ?? null,
      covariance: mixture?.type ?? null,
      silhouette: quality.score,
      silhouetteSample: quality.sample,
      daviesBouldin,
      calinskiHarabasz,
      labelAgreement: await labelAgreement(selections, rows.hosts, numbered.labels, pace),
      fingerprint: fingerprintOf(grouped, numbered, columns, centres),
      input: await inputFingerprint(matrix, pace),
      tuning,
      remarks: remarksOf(
        withBest(request, tuning),
        chosen === null ? [] : [chosen.why, keptWords(grouped, quality, matrix.rows)],
        tuning,
        grouped,
        built,
        scatter.id.length,
      ),
      seconds: (performance.now() - began) / 1000,
    },
    features: built.features,
    clusters,
    odd: firstToLookAt(odd, grouping),
    curve: chosen?.curve ?? [],
    centres,
    ...labelsOf(rows, numbered),
    scatter,
    findings,
  };
}

function fingerprintOf({ mixture }: Grouped, numbered: Numbered, columns: number, centres: Float64Array): string {
  if (mixture === null) return resultFingerprint(numbered.k, columns, centres, numbered.labels);
  return mixtureFingerprint(mixture, { ...numbered, centres }, columns);
}

/** From all detectors, the strongest first. Scores of different detectors are no common measure; they order. */
async function findingsOf(
  grouping: Grouping,
  rows: RunRows,
  odd: ReturnType<typeof oddClusters>,
  pace: Pace,
): Promise<readonly NewFinding[]> {
  if (grouping.of === 'hosts') return farHosts(grouping, MAX_FINDINGS, (wanted) => recordsOfHosts(rows, wanted, pace), pace);
  const ofTraffic = grouping.of === 'connections';
  const regular = ofTraffic ? await regularCalls(grouping, odd, MAX_REGULAR, pace) : [];
  const failing = ofTraffic ? failingHosts(grouping, MAX_FAILING) : [];
  const far = await farFromCluster(grouping, MAX_FINDINGS - regular.length - failing.length, pace);
  return [...regular, ...failing, ...far].sort((a, b) => b.score - a.score || (a.subject < b.subject ? -1 : 1));
}

function labelsOf({ hosts, selections }: RunRows, { labels, distance, z }: Numbered): Pick<RunOutcome, 'assignments' | 'hostAssignment'> {
  const answers = { labels: labels.map((label) => label + 1), distance, z };
  if (hosts !== null) return { assignments: [], hostAssignment: answersByHost(hosts, answers) };
  return { assignments: answersByChunk(selections[0], answers), hostAssignment: null };
}

function choose(matrix: Matrix, request: ClusterRequest, pace: Pace, pool: ThreadPool | null): Promise<ChosenK> {
  const starts = request.trials ?? startsOf(request);
  if (request.method === 'gmm') return chooseComponents(matrix, request.covariance, request.seed, pace, pool, starts);
  return chooseK(matrix, request.seed, pace, pool, starts);
}

/** The figures of the clustering itself, beside those of the trials that its k was chosen by. */
function keptWords(
  { inertia, mixture }: Grouped,
  { score, sample }: { readonly score: number | null; readonly sample: number },
  rows: number,
): string {
  const fit = mixture === null ? `inertia ${figureOf(inertia ?? 0)}` : `BIC ${figureOf(mixture.bic)}`;
  const apart = score === null ? '' : `, silhouette ${score.toFixed(2)}${sample < rows ? ` (${formatCount(sample)} of the rows)` : ''}`;
  return `The clustering that is kept, on all ${plural(rows, 'row')}: ${fit}${apart}.`;
}

function figureOf(value: number): string {
  const size = Math.abs(value);
  return `${value < 0 ? '−' : ''}${size < 100 ? size.toFixed(2) : formatCount(Math.round(size))}`;
}

function remarksOf(
  request: ClusterRequest,
  chosen: readonly string[],
  tuning: ClusterTuning | null,
  grouped: Grouped,
  { features, matrix }: FeatureMatrix,
  drawn: number,
): readonly string[] {
  const [, nouns] = rowNouns(request);
  const dropped = features.filter((feature) => feature.dropped !== null);
  const asked = request.k;
  const alike = grouped.found === 1 ? `all ${nouns} are alike` : `there are only ${formatCount(grouped.found)} ${nouns} that differ`;
  const fewer = `k = ${asked} was asked for, but ${alike} in these features: k = ${grouped.found}.`;
  const unsettled =
    request.method === 'kmeans'
      ? `k-means was ended after ${plural(grouped.iterations, 'pass', 'passes')} without settling.`
      : `The mixture was ended after ${plural(grouped.iterations, 'iteration')} without settling.`;
  return [
    ...chosen,
    ...(tuning === null ? [] : [tuningWords(tuning, matrix.rows)]),
    ...(asked !== 'auto' && grouped.found < asked ? [fewer] : []),
    ...(dropped.length === 0
      ? []
      : [`Features left out: ${dropped.map(({ title, dropped: why }) => `${title} (${why ?? ''})`).join(', ')}.`]),
    ...(grouped.converged ? [] : [unsettled]),
    ...mixtureWords(grouped, matrix.columns),
    ...(drawn < matrix.rows
      ? [
          `The scatter shows ${formatCount(drawn)} of ${formatCount(matrix.rows)} ${nouns}${grouped.found > 1 ? ', small clusters with a larger share' : ''}.`,
        ]
      : []),
  ];
}
