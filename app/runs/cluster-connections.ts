import type { Worker } from 'node:worker_threads';
import type { RecordTable } from '../columns/types.ts';
import { formatCount, plural } from '../contract/format.ts';
import type { ClusterRequest, FeatureInfo } from '../contract/runs.ts';
import { failingHosts } from '../detect/failing-hosts.ts';
import { farFromCluster } from '../detect/far-from-cluster.ts';
import { firstToLookAt, oddClusters } from '../detect/odd-cluster.ts';
import { regularCalls } from '../detect/regular-calls.ts';
import type { Grouping, NewFinding } from '../detect/types.ts';
import { FlowcaseError } from '../errors.ts';
import { buildMatrix, type FeatureMatrix } from '../features/build-matrix.ts';
import { recipeNamed } from '../features/recipes.ts';
import { selectRows } from '../features/selection.ts';
import type { Selection } from '../features/types.ts';
import { chooseK, type ChosenK } from '../learn/choose-k.ts';
import { KMeans } from '../learn/kmeans.ts';
import { Pace } from '../learn/pace.ts';
import { silhouette } from '../learn/silhouette.ts';
import { ThreadPool } from '../learn/thread-pool.ts';
import type { RowFilter } from '../columns/scan/slices.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { ChunkAssignment, RunOutcome } from '../shared/run-outcome.ts';
import { inputFingerprint, resultFingerprint } from './fingerprint.ts';
import { numberClusters, type Numbered } from './numbering.ts';
import { scatterSample } from './scatter.ts';
import { summarise } from './summaries.ts';

export interface ClusterInput {
  readonly table: RecordTable;
  readonly filter: RowFilter;
  readonly request: ClusterRequest;
  /** How many threads `createThread` may be asked for; the result does not depend on it. */
  readonly threads: number;
  /** Starts a thread on app/learn/kernels/learn-thread.ts; null: everything happens here. */
  readonly createThread: (() => Worker) | null;
}

/** Starts of k-means; the best is kept. */
const STARTS = 4;
const MAX_FINDINGS = 100;
const MAX_REGULAR = 20;
const MAX_FAILING = 10;

/**
 * One run: features, k, k-means, and everything that is said about the result. The same records, request and recipe give the same
 * fingerprint on every machine and with any number of threads.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function clusterConnections(input: ClusterInput, progress: Progress): Promise<RunOutcome> {
  const began = performance.now();
  const { request, table, filter } = input;
  const pace = new Pace(progress);
  const recipe = recipeNamed(request.recipe);
  const selection = await selectRows(table, filter, pace);
  if (selection.rows === 0) throw nothingToCluster(table, request);
  const built = await buildMatrix(selection, recipe, pace);
  const chosen = request.k === 'auto' ? await chooseK(built.matrix, request.seed, pace) : null;
  const model = await fit(input, built, chosen?.k ?? Number(request.k), pace);
  const numbered = numberClusters(model, built.matrix);
  const random = new Random(request.seed);
  progress.report(0, 3, 'steps', 'silhouette');
  const quality = await silhouette(built.matrix, numbered.labels, numbered.k, random.fork(), pace);
  progress.report(1, 3, 'steps', 'principal components');
  const scatter = await scatterSample(selection, built.matrix, numbered, random.fork(), pace);
  progress.report(2, 3, 'steps', 'describing clusters and ranking hosts');
  const grouping: Grouping = { ...built, ...numbered, selection, clusters: summarise(selection, built, numbered) };
  await pace.breathe();
  const odd = oddClusters(grouping);
  const findings = await findingsOf(grouping, odd, pace);
  const columns = built.used.length;
  const centres = columns === 0 ? new Float64Array() : numbered.centres;
  return {
    summary: {
      task: 'cluster',
      of: request.of,
      method: request.method,
      recipe: request.recipe,
      requestedK: request.k,
      k: numbered.k,
      seed: request.seed,
      where: request.where,
      rows: selection.rows,
      iterations: model.nIter_,
      converged: model.converged_,
      inertia: model.inertia_,
      logLikelihood: null,
      bic: null,
      aic: null,
      covariance: null,
      daviesBouldin: null,
      calinskiHarabasz: null,
      window: request.window,
      silhouette: quality.score,
      silhouetteSample: quality.sample,
      fingerprint: resultFingerprint(numbered.k, columns, centres, numbered.labels),
      input: await inputFingerprint(built.matrix, pace),
      remarks: remarksOf(request, chosen, model, built.features, selection, scatter.id.length),
      seconds: (performance.now() - began) / 1000,
    },
    features: built.features,
    clusters: grouping.clusters,
    odd: firstToLookAt(odd, grouping),
    curve: chosen?.curve ?? [],
    centres,
    hostAssignment: null,
    assignments: assignmentsOf(selection, numbered),
    scatter,
    findings,
  };
}

function nothingToCluster(table: RecordTable, request: ClusterRequest): FlowcaseError {
  const text =
    table.rows === 0
      ? 'The case holds no connections. Import a connection log first.'
      : `No connection passes the filter “${request.where}”. Widen it and run again.`;
  return new FlowcaseError('NOTHING_TO_CLUSTER', text, { where: request.where });
}

async function fit(input: ClusterInput, { matrix }: FeatureMatrix, k: number, pace: Pace): Promise<KMeans> {
  const pool = input.createThread !== null ? new ThreadPool(input.createThread, input.threads) : null;
  const model = new KMeans({ nClusters: k, nInit: STARTS, seed: input.request.seed });
  try {
    return await model.fit(matrix, {
      pace,
      pool,
      onStep: ({ start, iteration }) =>
        pace.progress.report(start - 1, STARTS, 'starts', `k-means: start ${start} of ${STARTS}, pass ${iteration}`),
    });
  } finally {
    await pool?.close();
  }
}

/** From all detectors, the strongest first. Scores of different detectors are no common measure; they order. */
async function findingsOf(grouping: Grouping, odd: ReturnType<typeof oddClusters>, pace: Pace): Promise<readonly NewFinding[]> {
  const regular = await regularCalls(grouping, odd, MAX_REGULAR, pace);
  const failing = failingHosts(grouping, MAX_FAILING);
  const far = await farFromCluster(grouping, MAX_FINDINGS - regular.length - failing.length, pace);
  return [...regular, ...failing, ...far].sort((a, b) => b.score - a.score || (a.subject < b.subject ? -1 : 1));
}

/** One entry per chunk that took part; label 0 and NaN where a row of it did not. */
function assignmentsOf({ parts }: Selection, { labels, distance, z }: Numbered): readonly ChunkAssignment[] {
  return parts.map(({ chunk, rows, start }) => {
    const of = {
      chunk: chunk.id,
      labels: new Uint16Array(chunk.rows),
      distance: new Float32Array(chunk.rows).fill(Number.NaN),
      z: new Float32Array(chunk.rows).fill(Number.NaN),
    };
    for (let i = 0; i < rows.length; i++) {
      of.labels[rows[i]] = labels[start + i] + 1;
      of.distance[rows[i]] = distance[start + i];
      of.z[rows[i]] = z[start + i];
    }
    return of;
  });
}

function remarksOf(
  request: ClusterRequest,
  chosen: ChosenK | null,
  model: KMeans,
  features: readonly FeatureInfo[],
  { rows }: Selection,
  drawn: number,
): readonly string[] {
  const dropped = features.filter((feature) => feature.dropped !== null);
  const asked = request.k;
  return [
    ...(chosen === null ? [] : [chosen.why]),
    ...(asked !== 'auto' && model.nClusters_ < asked
      ? [
          `k = ${asked} was asked for, but only ${plural(model.nClusters_, 'connection differs', 'connections differ')} from each other in these features: k = ${model.nClusters_}.`,
        ]
      : []),
    ...(dropped.length === 0
      ? []
      : [`Features left out: ${dropped.map(({ title, dropped: why }) => `${title} (${why ?? ''})`).join(', ')}.`]),
    ...(model.converged_ ? [] : [`k-means was ended after ${plural(model.nIter_, 'pass', 'passes')} without settling.`]),
    ...(drawn < rows
      ? [`The scatter shows ${formatCount(drawn)} of ${formatCount(rows)} connections, small clusters with a larger share.`]
      : []),
  ];
}
