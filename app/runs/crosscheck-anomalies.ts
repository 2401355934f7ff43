import { IsolationForest as SecondForest } from 'ml-isolation-forest';
import { formatCount, formatShare, plural } from '../contract/format.ts';
import type { AnomalyRequest } from '../contract/models.ts';
import { averagePathLength } from '../learn/isolation/isolation-forest.ts';
import type { Matrix } from '../learn/matrix.ts';
import { rankCorrelation } from '../learn/metrics/ranks.ts';
import { Pace } from '../learn/pace.ts';
import { sampleRows } from '../learn/sample.ts';
import type { Progress } from '../shared/progress.ts';
import { Random } from '../shared/random.ts';
import type { NewCrosscheck } from '../shared/run-outcome.ts';
import { flaggedRows, forestOf, prepareSearch, saidOf, searchFingerprint } from './anomalies.ts';
import { metAgain, verdictWith, type KeptRun } from './met-again.ts';
import { secondTools } from './second-tools.ts';
import { nounOf, withPool, type LearningInput } from './sources.ts';

/** Rows beside the flagged ones that both score: the second tool takes half a minute for so many. */
const SCORED_ROWS = 20_000;
/** Trees that the second tool grows at most. */
const MOST_TREES = 200;
/** So much less than between two forests of Flowcase's own with different seeds is chance: the second tool also asks where nothing differs. */
const CHANCE = 0.15;

/**
 * Scores rows by an independent implementation: ml-isolation-forest, each tree on rows that are drawn here with the run's seed. Compared are the
 * order of the scores, and who is among the strangest; the yardstick is how much two forests of Flowcase with different seeds agree. The second
 * tool takes its random numbers from nobody, so that its answer is a little different every time.
 * @param limit rows beside the flagged ones at most; 0: as many as the second tool takes well
 * @throws FlowcaseError as a search for anomalies
 */
export async function crosscheckAnomalies(
  input: LearningInput<AnomalyRequest>,
  run: KeptRun,
  limit: number,
  progress: Progress,
): Promise<NewCrosscheck> {
  const pace = new Pace(progress);
  const { request } = input;
  const { built } = await prepareSearch(input, pace);
  const { matrix } = built;
  progress.report(0, 2, 'tools', 'Flowcase');
  const began = performance.now();
  const [scores, others] = await withPool(input, async (pool) => {
    const one = await (await forestOf(request, request.seed).fit(matrix, { pace, pool })).scoreSamples(matrix, { pace, pool });
    const two = await (await forestOf(request, otherSeed(request.seed)).fit(matrix, { pace, pool })).scoreSamples(matrix, { pace, pool });
    return [one, two];
  });
  const ownSeconds = (performance.now() - began) / 2000;
  const flagged = flaggedRows(scores);
  const average = averagePathLength(Math.min(request.sample, matrix.rows));
  const again = await metAgain(run, searchFingerprint(saidOf(scores, flagged.marks, average)), matrix, pace);
  const random = new Random(request.seed).fork();
  const drawn = sampleRows(matrix.rows, limit > 0 ? limit : SCORED_ROWS, random);
  const rows = Uint32Array.from(new Set([...flagged.rows, ...drawn])).sort();
  progress.report(1, 2, 'tools', `${secondTools.isolation} on ${plural(rows.length, 'row')}`);
  const second = await bySecondTool(matrix, rows, request, random, pace);
  const mine = rows.length === matrix.rows ? scores : pick(scores, rows);
  const strangest = Math.max(1, flagged.rows.length);
  const tool = compare(mine, second.scores, strangest);
  const yardstick = compare(mine, pick(others, rows), strangest);
  const alike = tool.order >= yardstick.order - CHANCE && (flagged.rows.length === 0 || tool.share >= yardstick.share - 2 * CHANCE);
  const verdict = verdictWith(alike, again);
  return {
    run: run.id,
    tool: secondTools.isolation,
    rows: rows.length,
    sampledFrom: rows.length < matrix.rows ? matrix.rows : null,
    seed: request.seed,
    ari: null,
    equal: tool.share,
    largestDifference: null,
    accuracy: null,
    seconds: { ours: ownSeconds, theirs: second.seconds },
    words: wordsOf(request, { rows: rows.length, of: matrix.rows, strangest, tool, yardstick, alike, again: again.words }),
    agrees: verdict === 'agrees',
    verdict,
  };
}

const otherSeed = (seed: number): number => (seed + 1) % 2 ** 32;

function pick(values: Float32Array, rows: Uint32Array): Float32Array {
  return Float32Array.from(rows, (row) => values[row]);
}

/** Tree by tree, so that it can be stopped. A tree alone says its path length: its score is 2^(-length / c), with its own c. */
async function bySecondTool(
  matrix: Matrix,
  rows: Uint32Array,
  { trees, sample }: AnomalyRequest,
  random: Random,
  pace: Pace,
): Promise<{ readonly scores: Float64Array; readonly seconds: number }> {
  const values = new Float64Array(matrix.columns);
  const rowOf = (row: number): number[] => {
    matrix.copyRow(row, values);
    return [...values];
  };
  const asked = Array.from(rows, rowOf);
  const count = Math.min(trees, MOST_TREES);
  const lengths = new Float64Array(rows.length);
  const began = performance.now();
  for (let tree = 0; tree < count; tree++) {
    const drawn = sampleRows(matrix.rows, Math.min(sample, matrix.rows), random);
    const forest = new SecondForest({ nEstimators: 1 });
    forest.train(Array.from(drawn, rowOf));
    forest.predict(asked).forEach((score, i) => (lengths[i] -= Math.log2(score)));
    pace.progress.report(tree + 1, count, 'trees', secondTools.isolation);
    await pace.breathe();
  }
  // whatever c it has, the same divides all: in units of it, the mean length gives the paper's score
  return { scores: lengths.map((length) => 2 ** (-length / count)), seconds: (performance.now() - began) / 1000 };
}

interface Agreement {
  /** Spearman's rank correlation of the scores; 0 where one of them has no order. */
  readonly order: number;
  /** Share of one's strangest rows that are among as many strangest of the other. */
  readonly share: number;
}

function compare(a: Float32Array, b: ArrayLike<number>, strangest: number): Agreement {
  const top = (scores: ArrayLike<number>): Set<number> =>
    new Set(
      Array.from({ length: scores.length }, (_, i) => i)
        .sort((one, two) => scores[two] - scores[one] || one - two)
        .slice(0, strangest),
    );
  const [first, second] = [top(a), top(b)];
  return { order: rankCorrelation(a, b) ?? 0, share: [...first].filter((row) => second.has(row)).length / first.size };
}

interface Told {
  readonly rows: number;
  readonly of: number;
  readonly strangest: number;
  readonly tool: Agreement;
  readonly yardstick: Agreement;
  readonly alike: boolean;
  readonly again: string;
}

function wordsOf({ of: subject, seed, trees }: AnomalyRequest, { rows, of, strangest, tool, yardstick, alike, again }: Told): string {
  const noun = nounOf(subject);
  const on =
    rows === of
      ? `all ${plural(rows, noun)}`
      : `${formatCount(rows)} of ${plural(of, noun)} (those flagged, and a sample drawn with seed ${seed})`;
  const figures = (one: Agreement): string => `rank correlation ${one.order.toFixed(3)}, ${formatShare(one.share)} in common`;
  const top = strangest === 1 ? 'the strangest' : `the ${formatCount(strangest)} strangest`;
  const verdict = alike ? 'They agree' : 'They do NOT agree';
  const grown = trees > MOST_TREES ? `, which grew ${MOST_TREES} of ${formatCount(trees)} trees` : '';
  return `Scored ${on} with ${secondTools.isolation}${grown}: of the scores and ${top}, ${figures(tool)}; two forests of Flowcase with different seeds have ${figures(yardstick)}. ${verdict}.${again}`;
}
