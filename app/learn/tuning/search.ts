import { formatCount } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';
import type { ParameterValues } from '../declared-parameters.ts';
import { estimators, type EstimatorEntry, type EstimatorName } from '../estimators.ts';
import type { Matrix } from '../matrix.ts';
import { unwatched } from '../pace.ts';
import type { Means } from '../types.ts';
import { deviationOf, meanOf, pickSplit, type PickedSplit } from '../validation/cross-validation.ts';
import { quiet } from '../validation/quiet.ts';
import { tooFew, type Split } from '../validation/splits.ts';
import { gridCandidates, randomCandidates, type Distributions, type Grid } from './candidates.ts';
import { higherIsBetter, judgeOf, type Judged, type Scoring } from './scoring.ts';

interface Asked<N extends EstimatorName> {
  readonly estimator: N;
  /** Parameters that are the same in every trial. */
  readonly fixed?: ParameterValues;
  /** Of every estimator, and of what is drawn at random. */
  readonly seed?: number;
  readonly scoring: Scoring;
  /** Clusterers do without: they are then judged on the rows they learned from. */
  readonly splits?: readonly Split[];
  /** With which parameters the best (the fixed ones among them) are refitted: what is measured once only, and not in every trial. */
  readonly refit?: (best: ParameterValues) => ParameterValues;
}

/** A grid (all of it), or distributions with how many are drawn from them. */
export type SearchRequest<N extends EstimatorName = EstimatorName> = Asked<N> &
  ({ readonly grid: Grid } | { readonly distributions: Distributions; readonly iterations: number });

export interface SearchData {
  readonly matrix: Matrix;
  /** Row → class; of outliers 1, else 0. Clusterers do without. */
  readonly y?: Uint16Array;
  readonly classes?: number;
}

/** One set of parameters, tried on every split. */
export interface Trial {
  /** Those that were varied. */
  readonly parameters: ParameterValues;
  /** One a split, in their order; null where the score is not defined there. */
  readonly scores: readonly (number | null)[];
  /** Null where a split has no score. */
  readonly mean: number | null;
  readonly deviation: number | null;
  /** Means over the splits that could be fitted; 0 where none could. */
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
  /** From 1, the best; equal means have the same, those without a mean the last. */
  readonly rank: number;
  /** Why it could not be fitted with these parameters; null where it could. */
  readonly failed: string | null;
}

export interface SearchResult<N extends EstimatorName = EstimatorName> {
  readonly scoring: Scoring;
  readonly higherIsBetter: boolean;
  /** In the order in which they were made. */
  readonly trials: readonly Trial[];
  /** The first of those ranked 1. */
  readonly best: Trial;
  /** With the best parameters, fitted on all rows. */
  readonly model: ReturnType<(typeof estimators)[N]['make']>;
}

/**
 * Tries sets of parameters on the same splits, ranks them by their mean score, and fits the best on all rows. Every set is checked before the
 * first is tried; one that turns out not to fit the data (a singular covariance) has no score and says why. Progress: fits done, of all.
 * The result is the same for any number of threads, but for the seconds.
 * @throws FlowcaseError PARAMETER, also where no set could be scored; NOT_FINITE, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function search<N extends EstimatorName>(
  request: SearchRequest<N>,
  data: SearchData,
  means: Means = {},
): Promise<SearchResult<N>> {
  const entry: EstimatorEntry = estimators[request.estimator];
  const { fixed = {}, seed = 0, scoring, refit = (best: ParameterValues): ParameterValues => best }: Asked<N> = request;
  const candidates = 'grid' in request ? gridCandidates(request.grid) : randomCandidates(request.distributions, request.iterations, seed);
  for (const candidate of candidates) entry.make({ ...fixed, ...candidate }, seed);
  const judge = judgeOf(entry, scoring, seed, data.classes ?? 2);
  const splits = splitsOf(entry, request, data);
  const watch = new Watch(candidates.length * splits.length + 1, means);
  const judged = candidates.map((): (Judged | string)[] => []);
  // Split by split, so that only one pair of matrices is held at a time.
  for (const split of splits) {
    const picked = split();
    for (const [i, candidate] of candidates.entries()) {
      judged[i].push(await tried(() => judge({ ...fixed, ...candidate }, picked, watch.quiet)));
      watch.next();
    }
  }
  const trials = ranked(candidates, judged, higherIsBetter(scoring));
  const best = trials.find(({ rank, mean }) => rank === 1 && mean !== null);
  if (best === undefined) {
    const why = trials.find(({ failed }) => failed !== null)?.failed ?? 'the score is not defined for any of them';
    throw new FlowcaseError('PARAMETER', `None of ${formatCount(trials.length)} sets of parameters could be scored: ${why}`, {
      name: 'scoring',
      value: scoring,
    });
  }
  const model = await refitted(entry, refit({ ...fixed, ...best.parameters }), seed, data, watch.quiet);
  watch.next();
  // The entry is the one of this name, so what it makes is what the name says.
  return { scoring, higherIsBetter: higherIsBetter(scoring), trials, best, model: model as SearchResult<N>['model'] };
}

async function refitted(
  entry: EstimatorEntry,
  parameters: ParameterValues,
  seed: number,
  { matrix, y, classes }: SearchData,
  means: Means,
): Promise<unknown> {
  if (entry.task !== 'classify') return entry.make(parameters, seed).fit(matrix, means);
  return entry.make(parameters, seed).fit(matrix, y ?? new Uint16Array(), classes ?? 0, means);
}

/** Both sides of every split, made when they are asked for. */
function splitsOf(
  entry: EstimatorEntry,
  { splits = [] }: Pick<SearchRequest, 'splits'>,
  { matrix, y, classes }: SearchData,
): (() => PickedSplit)[] {
  const missing = (what: string): FlowcaseError => tooFew(`${entry.title} cannot be tuned without ${what}.`, { name: 'splits' });
  if (entry.task === 'cluster' && splits.length === 0) {
    const none = new Uint16Array(matrix.rows);
    return [() => ({ train: matrix, trainY: none, test: matrix, testY: none })];
  }
  if (splits.length === 0) throw missing('splits to validate with');
  if (entry.task !== 'cluster' && y?.length !== matrix.rows) throw missing('a class of every row');
  if (entry.task === 'classify' && classes === undefined) throw missing('the number of classes');
  return splits.map((split) => () => pickSplit(matrix, y ?? new Uint16Array(matrix.rows), split));
}

/** What it gave, or why it cannot be with these parameters; whatever else goes wrong ends the search. */
async function tried(judge: () => Promise<Judged>): Promise<Judged | string> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof FlowcaseError && error.code === 'PARAMETER') return error.message;
    throw error;
  }
}

function ranked(candidates: readonly ParameterValues[], judged: readonly (readonly (Judged | string)[])[], higher: boolean): Trial[] {
  const unranked = candidates.map((parameters, i): Omit<Trial, 'rank'> => {
    const done = judged[i].filter((one) => typeof one !== 'string');
    const scores = judged[i].map((one) => (typeof one === 'string' || !Number.isFinite(one.score) ? null : one.score));
    const known = scores.filter((score) => score !== null);
    const whole = known.length === scores.length;
    return {
      parameters,
      scores,
      mean: whole ? meanOf(known) : null,
      deviation: whole ? deviationOf(known) : null,
      fitSeconds: done.length === 0 ? 0 : meanOf(done.map(({ fitSeconds }) => fitSeconds)),
      scoreSeconds: done.length === 0 ? 0 : meanOf(done.map(({ scoreSeconds }) => scoreSeconds)),
      failed: judged[i].find((one) => typeof one === 'string') ?? null,
    };
  });
  const worth = ({ mean }: { readonly mean: number | null }): number => (mean === null ? Number.NEGATIVE_INFINITY : higher ? mean : -mean);
  return unranked.map((trial) => ({ ...trial, rank: 1 + unranked.filter((other) => worth(other) > worth(trial)).length }));
}

/** Counts fits, tells how many are left, and stops between them. */
class Watch {
  readonly quiet: Means;
  readonly #total: number;
  readonly #pace: ReturnType<typeof unwatched>;
  #done = 0;

  constructor(total: number, means: Means) {
    this.#total = total;
    this.#pace = means.pace ?? unwatched();
    this.quiet = quiet(means);
    this.#tell();
  }

  /** @throws FlowcaseError CANCELLED */
  next(): void {
    this.#done++;
    this.#tell();
    this.#pace.check();
  }

  #tell(): void {
    this.#pace.progress.report(this.#done, this.#total, 'fits', `${formatCount(this.#total - this.#done)} left`);
  }
}
