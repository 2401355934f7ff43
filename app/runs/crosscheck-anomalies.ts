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
import { opinionOf, opinionWords, type Agreement } from './crosscheck-strangest.ts';
import { metAgain, verdictWith, type KeptRun } from './met-again.ts';
import { secondTools } from './second-tools.ts';
import { nounOf, withPool, type LearningInput } from './sources.ts';

/** Rows drawn that both score: the second tool takes half a minute for so many. */
const SCORED_ROWS = 20_000;
/** Trees that the second tool grows at most. */
const MOST_TREES = 200;
/** Of the rows flagged, the strangest that are looked for among the second tool's strangest. */
const MOST_STRANGEST = 500;
/** For each of them so many rows that Flowcase finds strangest are scored, whatever is drawn: who else could be among the strangest is there. */
const RIVALS = 20;
/** Forests of Flowcase with other seeds, beside which the run's own is set: the yardstick is their mean. */
const OTHER_SEEDS = 3;

/**
 * Scores rows by an independent implementation: ml-isolation-forest, each tree on rows that are drawn here with the run's seed. Compared are the
 * order of the scores over the rows drawn, and who is among the strangest of all rows; the yardstick of both is what the run has in common with
 * forests of Flowcase that have other seeds and as many trees as the second tool, on the same rows. The rows among which the strangest are looked
 * for hold all that Flowcase finds strange, so that it makes no difference to them how many others are drawn. The second tool takes its random
 * numbers from nobody, so that its answer is a little different every time.
 * @param limit rows drawn at most; 0: as many as the second tool takes well
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
  const { scores, others, seconds } = await withPool(input, async (pool) => {
    const scored = async (asked: AnomalyRequest, seed: number): Promise<Float32Array> =>
      (await forestOf(asked, seed).fit(matrix, { pace, pool })).scoreSamples(matrix, { pace, pool });
    const own = await scored(request, request.seed);
    const taken = (performance.now() - began) / 1000;
    const beside: Float32Array[] = [];
    for (let step = 1; step <= OTHER_SEEDS; step++) {
      beside.push(await scored({ ...request, trees: Math.min(request.trees, MOST_TREES) }, (request.seed + step) % 2 ** 32));
    }
    return { scores: own, others: beside, seconds: taken };
  });
  const flagged = flaggedRows(scores);
  const average = averagePathLength(Math.min(request.sample, matrix.rows));
  const again = await metAgain(run, searchFingerprint(saidOf(scores, flagged.marks, average)), matrix, pace);
  const random = new Random(request.seed).fork();
  const drawn = sampleRows(matrix.rows, limit > 0 ? limit : SCORED_ROWS, random);
  const strangest = Math.min(flagged.rows.length, MOST_STRANGEST);
  const rivals = [scores, ...others].flatMap((of) => strangestOf(of, strangest * RIVALS));
  const rows = Uint32Array.from(new Set([...rivals, ...drawn])).sort();
  progress.report(1, 2, 'tools', `${secondTools.isolation} on ${plural(rows.length, 'row')}`);
  const second = await bySecondTool(matrix, rows, request, random, pace);
  const places = new Map(Array.from(rows, (row, place) => [row, place]));
  const asked = { drawn: Uint32Array.from(drawn, (row) => places.get(row) ?? 0), strangest };
  const mine = pick(scores, rows);
  const tool = compare(mine, second.scores, asked);
  const yardstick = meanOf(others.map((other) => compare(mine, pick(other, rows), asked)));
  const found = opinionOf(tool, yardstick, strangest);
  const looks = verdictWith(found !== 'differs', again);
  const verdict = looks === 'agrees' ? found : looks;
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
    seconds: { ours: seconds, theirs: second.seconds },
    words: `${wordsOf(request, { rows: rows.length, drawn: drawn.length, of: matrix.rows, tool, yardstick, strangest })} ${opinionWords(found, yardstick, strangest)}${again.words}`,
    agrees: verdict === 'agrees',
    verdict,
  };
}

function pick(values: ArrayLike<number>, rows: Uint32Array): Float32Array {
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

/** Places of the highest scores, of equal ones the first. */
function strangestOf(scores: ArrayLike<number>, count: number): readonly number[] {
  return Array.from({ length: scores.length }, (_, i) => i)
    .sort((one, two) => scores[two] - scores[one] || one - two)
    .slice(0, count);
}

/** `drawn`: places of the rows drawn, over which the order is compared; `strangest`: how many of the strangest of all are. */
function compare(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { drawn, strangest }: { readonly drawn: Uint32Array; readonly strangest: number },
): Agreement {
  const second = new Set(strangestOf(b, strangest));
  const both = strangestOf(a, strangest).filter((row) => second.has(row)).length;
  return { order: rankCorrelation(pick(a, drawn), pick(b, drawn)) ?? 0, share: strangest === 0 ? 1 : both / strangest };
}

function meanOf(all: readonly Agreement[]): Agreement {
  const mean = (of: (one: Agreement) => number): number => all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return { order: mean(({ order }) => order), share: mean(({ share }) => share) };
}

interface Told {
  readonly rows: number;
  readonly drawn: number;
  readonly of: number;
  readonly strangest: number;
  readonly tool: Agreement;
  readonly yardstick: Agreement;
}

function wordsOf({ of: subject, seed, trees }: AnomalyRequest, { rows, drawn, of, tool, yardstick, strangest }: Told): string {
  const noun = nounOf(subject);
  const sample = `${formatCount(drawn)} drawn with seed ${seed}${strangest === 0 ? '' : ', and those that Flowcase finds strangest'}`;
  const on = rows === of ? `all ${plural(rows, noun)}` : `${formatCount(rows)} of ${plural(of, noun)} (${sample})`;
  const grown = trees > MOST_TREES ? `, which grew ${MOST_TREES} of ${formatCount(trees)} trees` : '';
  const over = rows === of && drawn === of ? 'over all of them' : 'over those drawn';
  const top = strangest === 1 ? 'the strangest' : `of the ${formatCount(strangest)} strangest`;
  const figures = ({ order, share }: Agreement): string =>
    `rank correlation ${order.toFixed(3)} ${over}${strangest === 0 ? '' : `, ${top} ${formatShare(share)} in common`}`;
  return `Scored ${on} with ${secondTools.isolation}${grown}: of the scores, ${figures(tool)}. The yardstick, Flowcase beside itself with ${OTHER_SEEDS} other seeds on the same rows (mean): ${figures(yardstick)}.`;
}
