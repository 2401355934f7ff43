import type { Parameters, Scoring, TrainRequest, TuneRequest, TuneTrial } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import { estimators } from '../learn/estimators.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { Distribution, Distributions, Grid } from '../learn/tuning/candidates.ts';
import { search, type Trial } from '../learn/tuning/search.ts';
import type { Means } from '../learn/types.ts';
import type { Split } from '../learn/validation/splits.ts';
import type { Splitter } from './train-split.ts';
import { checkNames, withOutOfBag, type TreeModel } from './train-trees.ts';

/** What a search found. */
export interface Tuned {
  readonly scoring: Scoring;
  /** In the order in which they were made; rank 1 is the best, equal means have the same. */
  readonly trials: readonly TuneTrial[];
  /** Where a tree was pruned and the best lies at an end of what was tried, in words; not there where it was tried as programs before did. */
  readonly edge?: string | null;
  /** Fitted with the best on everything that is learned from. */
  readonly model: TreeModel;
}

/** Rows to learn from, by themselves. */
export interface TrainingPart {
  readonly matrix: Matrix;
  readonly y: Uint16Array;
  readonly classes: number;
}

/**
 * Tries parameters by cross-validation on what is learned from, with splits of the request's kind, so that the test never saw them. Of equal
 * settings the first is the best. @throws FlowcaseError PARAMETER, OUT_OF_MEMORY, CANCELLED, PROCESS_DIED
 */
export async function tuned(
  { model: estimator, seed, parameters }: Pick<TrainRequest, 'model' | 'seed' | 'parameters'>,
  asked: TuneRequest,
  part: TrainingPart,
  { splitter, split }: { readonly splitter: Splitter; readonly split: Split },
  means: Means,
): Promise<Tuned> {
  checkNames(estimator, { ...parameters, ...asked.values });
  const alphas = asked.values[ALPHA] ?? [];
  const along = alphas.includes(AUTO) || alphas.includes(AUTO_THEN);
  const tune = along ? await withAlphas(asked, parameters, seed, part, means) : asked;
  const splits = withinPart(split.train, splitter.foldsOf(split.train, tune.folds));
  const refit = (best: Parameters): Parameters => withOutOfBag(estimator, best);
  const request = { estimator, seed, fixed: parameters, scoring: tune.scoring, splits, refit, ...candidatesOf(tune) };
  const { trials, model } = await search(request, part, means);
  const found = { scoring: tune.scoring, trials: trials.map(trialOf), model };
  return alphas.includes(AUTO_THEN) ? found : { ...found, edge: alphas.includes(AUTO) ? edgeOf(trials) : null };
}

const ALPHA = 'ccpAlpha';
const AUTO = 'auto';
/** In requests of runs from before the root alone was tried: what they tried then. */
const AUTO_THEN = 'auto then';
/** Trees on the way from the whole one to its root that are tried, at most. */
const MOST_ALPHAS = 20;

/**
 * The search with the costs at which the tree over all these rows loses a branch, in place of 'auto'. The largest come first, so that of equally
 * good trees the smallest is taken.
 */
async function withAlphas(
  tune: TuneRequest,
  parameters: Parameters,
  seed: number,
  { matrix, y, classes }: TrainingPart,
  means: Means,
): Promise<TuneRequest> {
  means.pace?.progress.report(0, null, 'steps', 'finding where the tree can be pruned');
  const { ccpAlphas } = await estimators.tree
    .make({ ...parameters, [ALPHA]: 0 }, seed)
    .costComplexityPruningPath(matrix, y, classes, means);
  const asked = tune.values[ALPHA] ?? [];
  const tried = asked.includes(AUTO) ? alphasOf(ccpAlphas, classes) : alphasThen(ccpAlphas);
  const own = asked.filter((value) => value !== AUTO && value !== AUTO_THEN);
  const all = [...new Set([...tried.filter((alpha) => Number.isFinite(alpha)).reverse(), ...own])];
  return { ...tune, values: { ...tune.values, [ALPHA]: all.length === 0 ? [0] : all } };
}

/** Between each two costs of the path their geometric mean (Breiman, Friedman, Olshen, Stone 1984, 3.4.2). */
function middlesOf(path: readonly number[]): readonly number[] {
  return path.slice(0, -1).map((alpha, i) => (i === 0 ? 0 : Math.sqrt(alpha * path[i + 1])));
}

/** Ascending, spread evenly over the way where there are many: from the whole tree to its root alone, both among them. */
function alphasOf(path: readonly number[], classes: number): readonly number[] {
  if (path.length < 2) return [];
  const middles = middlesOf(path);
  const count = Math.min(middles.length, MOST_ALPHAS - 1);
  const spread = Array.from({ length: count }, (_, i) => middles[Math.round((i * (middles.length - 1)) / Math.max(1, count - 1))]);
  // no branch can save more than the impurity of the root, which is at most this by every criterion: the root alone, in every fold
  return [...spread, Math.max(1, Math.log2(classes))];
}

function alphasThen(path: readonly number[]): readonly number[] {
  const middles = middlesOf(path);
  const step = Math.max(1, middles.length / MOST_ALPHAS);
  return Array.from({ length: Math.min(middles.length, MOST_ALPHAS) }, (_, i) => middles[Math.floor(i * step)]);
}

/** Where the best is one end of the way. */
function edgeOf(trials: readonly Trial[]): string | null {
  const alphas = trials.map(({ parameters }) => Number(parameters[ALPHA]));
  const best = Number(trials.find(({ rank }) => rank === 1)?.parameters[ALPHA]);
  if (Math.max(...alphas) === Math.min(...alphas)) return null;
  if (best === Math.max(...alphas))
    return best >= 1
      ? 'The best of the trees that were tried is its root alone, which says the most frequent class of every row: no question that a tree asks of these rows held for others.'
      : `The best lies at the strongest pruning that was tried, ${ALPHA} = ${Number(best.toPrecision(4))}: a smaller tree may do better still.`;
  return best === 0 ? 'The best of the trees that were tried is the whole one: pruning made none better.' : null;
}

function candidatesOf({
  search: kind,
  values,
  iterations,
}: TuneRequest): { readonly grid: Grid } | { readonly distributions: Distributions; readonly iterations: number } {
  if (kind === 'grid') return { grid: values };
  const choices = Object.entries(values).map(([name, of]): [string, Distribution] => [name, { type: 'choice', values: of }]);
  return { distributions: Object.fromEntries(choices), iterations };
}

/** Trees can be fitted with whatever their parameters may be, and every score that trainings are tuned by is defined. */
function trialOf({ parameters, mean, deviation, rank, fitSeconds, scoreSeconds, failed }: Trial): TuneTrial {
  if (mean === null || deviation === null) {
    const text = `${JSON.stringify(parameters)} could not be scored${failed === null ? '' : `: ${failed}`}. Leave it out of what is tried.`;
    throw new FlowcaseError('PARAMETER', text, { name: 'tune', value: JSON.stringify(parameters) });
  }
  return { parameters, mean, deviation, rank, fitSeconds, scoreSeconds };
}

/** Splits of rows of the whole, as splits of the part that `rows` are. */
function withinPart(rows: Uint32Array, splits: readonly Split[]): readonly Split[] {
  const places = new Uint32Array(rows.reduce((most, row) => Math.max(most, row + 1), 0));
  for (let place = 0; place < rows.length; place++) places[rows[place]] = place;
  const placed = (of: Uint32Array): Uint32Array => of.map((row) => places[row]);
  return splits.map(({ train, test }) => ({ train: placed(train), test: placed(test) }));
}
