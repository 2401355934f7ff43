import { formatCount, plural } from '../contract/format.ts';
import type { AnomalyRequest, AnomalySummary } from '../contract/models.ts';
import { buildMatrix, type FeatureMatrix } from '../features/build-matrix.ts';
import type { Recipe, Selection } from '../features/types.ts';
import { averagePathLength, IsolationForest } from '../learn/isolation/isolation-forest.ts';
import { Pace } from '../learn/pace.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { LearningOutcome } from '../shared/run-outcome.ts';
import { namedSelection, strangeFindings } from './anomalies-findings.ts';
import { stabilityOf, stabilityWords } from './anomalies-stability.ts';
import { peersOf } from './anomalies-words.ts';
import { answersByChunk, answersByHost, type Answers } from './answers.ts';
import { bins } from './classify.ts';
import { inputFingerprint } from './fingerprint.ts';
import { answersFingerprint } from './learning-fingerprint.ts';
import { anomalyMemory, checkTrees, columnsAtMost, memoryFor, refuseBeyond } from './memory.ts';
import { nounOf, recipeFor, rowsOf, selectSources, withPool, type LearningInput } from './sources.ts';
import { shortList } from './train-split.ts';

/** Liu, Ting and Zhou 2008: scores well above 0.5 are anomalies; about 0.5 there are none. */
export const LEAST_SCORE = 0.6;
/** However many score so high, no more than one row in a hundred (or this many) is strange. */
const MOST_SHARE = 0.01;
const MOST_ROWS = 20;

const SCORE_BINS = 50;

/** What the case keeps beside the summary. */
export interface AnomalyDetail {
  /** Mean number of questions that tell a row of a tree's sample apart: path length of a score s is -log2(s) × this. */
  readonly averagePath: number;
  readonly meanScore: number;
  /** Kind of the records that findings name: of hosts their connections, or their requests where there is nothing else. */
  readonly restsOn: 'connections' | 'requests';
}

/**
 * Scores every row by how easily random questions tell it apart from the others (isolation forest), and makes findings of what stands out. A row
 * is flagged where its score is above 0.6 and among the highest hundredth (or the highest 20). In the outcome `labels` is 1, of flagged rows 2,
 * `distance` the score, `z` the path length. What comes often is no anomaly, however regular: a beacon's thousand calls stand close together and
 * hide each other (Liu, Ting and Zhou 2008, on masking), so that among connections it is for the detector of regular calls to find (`detect`), and
 * here among hosts. The same records, request and recipe give the same fingerprint with any number of threads.
 * @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function findAnomalies(input: LearningInput<AnomalyRequest>, progress: Progress): Promise<LearningOutcome<'anomalies'>> {
  const began = performance.now();
  const pace = new Pace(progress);
  const { request } = input;
  const { of } = request;
  const { recipe, selections, built } = await prepareSearch(input, pace);
  const { matrix } = built;
  const sample = Math.min(request.sample, matrix.rows);
  const averagePath = averagePathLength(sample);
  const { scores, flagged, attribution, stability } = await withPool(input, async (pool) => {
    const forest = await forestOf(request, request.seed).fit(matrix, { pace, pool });
    const all = await forest.scoreSamples(matrix, { pace, pool });
    const above = flaggedRows(all);
    const why = await forest.attribution(matrix.pick(above.rows), { pace, pool });
    const holds = await stabilityOf(forest, matrix, above, averagePath, pace);
    return { scores: all, flagged: above, attribution: why, stability: holds };
  });
  progress.report(0, null, 'steps', 'putting what stands out into words');
  const meanScore = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const peers = peersOf(built, flagged.marks, new Random(request.seed).fork());
  const { findings, found } = strangeFindings(
    { built, selections, scores, rows: flagged.rows, attribution, peers, averagePath, meanScore },
    request.limit,
  );
  const answers = saidOf(scores, flagged.marks, averagePath);
  const summary: Omit<AnomalySummary, 'id' | 'created' | 'by' | 'program'> = {
    task: 'anomalies',
    method: 'isolation',
    of,
    recipe: recipe.name,
    where: request.where,
    seed: request.seed,
    rows: matrix.rows,
    trees: request.trees,
    sample,
    threshold: flagged.threshold,
    flagged: flagged.rows.length,
    scores: bins(scores, SCORE_BINS),
    fingerprint: searchFingerprint(answers),
    input: await inputFingerprint(matrix, pace),
    seconds: (performance.now() - began) / 1000,
    remarks: [
      ...(stability === null ? [] : [stabilityWords(stability, nounOf(of), flagged.rows.length)]),
      ...remarksOf(built, found, request),
    ],
  };
  const restsOn = namedSelection(selections).table.kind === 'request' ? 'requests' : 'connections';
  const detail: AnomalyDetail = { averagePath, meanScore, restsOn };
  return {
    summary,
    words: `Searched ${plural(matrix.rows, nounOf(of))} for anomalies with ${plural(request.trees, 'isolation tree')}; ${plural(findings.length, 'finding')}`,
    detail,
    features: built.features,
    assignments: built.hosts === null ? answersByChunk(selections[0], answers) : [],
    hostAssignment: built.hosts === null ? null : answersByHost(built.hosts, answers),
    findings,
    model: null,
  };
}

/** The rows of a search and their features, before anything is scored. */
export interface PreparedSearch {
  readonly recipe: Recipe;
  readonly selections: readonly Selection[];
  readonly built: FeatureMatrix;
}

/** The same request gives the same bits. @throws FlowcaseError NOTHING_TO_CLUSTER, PARAMETER, OUT_OF_MEMORY, CANCELLED */
export async function prepareSearch(input: LearningInput<AnomalyRequest>, pace: Pace): Promise<PreparedSearch> {
  const { request, sources } = input;
  const { of, features } = request;
  const recipe = recipeFor(request.recipe, of, sources);
  const selections = await selectSources(sources, request, pace);
  checkSearch(input, recipe, selections);
  const chosen = features.length === 0 ? {} : { features };
  const how = { absent: 'neutral', markAbsent: true, ...chosen } as const;
  const built = await buildMatrix(of === 'hosts' ? selections : selections[0], recipe, pace, how);
  checkTrees(built.matrix, request);
  return { recipe, selections, built };
}

/** Unfitted; trees of a small matrix are grown on all of its rows. */
export function forestOf({ trees, sample }: AnomalyRequest, seed: number): IsolationForest {
  return new IsolationForest({ nEstimators: trees, maxSamples: sample, seed });
}

/** What the case keeps of every row. `averagePath`: of a tree's sample. */
export function saidOf(scores: Float32Array, marks: Uint8Array, averagePath: number): Answers {
  return {
    labels: Uint16Array.from(marks, (mark) => mark + 1),
    distance: scores,
    z: scores.map((score) => -Math.log2(score) * averagePath),
  };
}

export function searchFingerprint(answers: Answers): string {
  return answersFingerprint('isolation', answers);
}

/** @throws FlowcaseError OUT_OF_MEMORY where rows and trees cannot fit */
function checkSearch(input: LearningInput<AnomalyRequest>, recipe: Recipe, selections: readonly Selection[]): void {
  const { of, features, trees, sample } = input.request;
  const shape = { rows: rowsOf(selections), columns: columnsAtMost(recipe, selections[0].table.columns.length, features) };
  const noun = nounOf(of === 'hosts' ? 'connections' : of);
  const doing = `Searching ${plural(shape.rows, noun)} for anomalies by ${formatCount(shape.columns)} features`;
  // hosts are not counted yet
  if (of !== 'hosts') checkTrees({ rows: shape.rows, columns: 0 }, input.request);
  refuseBeyond(anomalyMemory({ ...shape, trees, sample }), memoryFor(input), shape, doing, 'take fewer trees or a smaller sample');
}

/** Rows above the threshold, the strangest first; of equal scores the first. */
export function flaggedRows(scores: Float32Array): {
  readonly threshold: number;
  readonly rows: Uint32Array;
  readonly marks: Uint8Array;
} {
  const most = Math.max(MOST_ROWS, Math.floor(scores.length * MOST_SHARE));
  const sorted = scores.slice().sort();
  const threshold = sorted.length <= most ? LEAST_SCORE : Math.max(LEAST_SCORE, sorted[sorted.length - 1 - most]);
  const marks = Uint8Array.from(scores, (score) => (score > threshold ? 1 : 0));
  const rows = Uint32Array.from(marks.keys())
    .filter((row) => marks[row] === 1)
    .sort((a, b) => scores[b] - scores[a] || a - b);
  return { threshold, rows, marks };
}

/** `found`: findings without a limit. */
function remarksOf({ features, used }: FeatureMatrix, found: number, { limit, of }: AnomalyRequest): readonly string[] {
  const dropped = features.filter((feature) => feature.dropped !== null);
  return [
    ...(used.length === 0 ? [`No feature tells one ${nounOf(of)} from another.`] : []),
    ...(found > limit
      ? [`Only the ${plural(limit, 'strongest finding', 'strongest findings')} are listed; ask for more with a higher limit.`]
      : []),
    ...(dropped.length === 0
      ? []
      : [`Features left out: ${shortList(dropped.map(({ title, dropped: why }) => `${title} (${why ?? ''})`))}.`]),
  ];
}
