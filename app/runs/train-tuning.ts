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
  const tune = (asked.values[ALPHA]?.includes('auto') ?? false) ? await withAlphas(asked, parameters, seed, part, means) : asked;
  const splits = withinPart(split.train, splitter.foldsOf(split.train, tune.folds));
  const refit = (best: Parameters): Parameters => withOutOfBag(estimator, best);
  const request = { estimator, seed, fixed: parameters, scoring: tune.scoring, splits, refit, ...candidatesOf(tune) };
  const { trials, model } = await search(request, part, means);
  return { scoring: tune.scoring, trials: trials.map(trialOf), model };
}

const ALPHA = 'ccpAlpha';
/** Trees on the way from the whole one to its root that are tried, at most. */
const MOST_ALPHAS = 20;

/**
 * The search with the costs at which the tree over all these rows loses a branch, in place of 'auto': between each two, their geometric mean
 * (Breiman, Friedman, Olshen, Stone 1984, 3.4.2). The largest come first, so that of equally good trees the smallest is taken.
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
  const middles = ccpAlphas.slice(0, -1).map((alpha, i) => (i === 0 ? 0 : Math.sqrt(alpha * ccpAlphas[i + 1])));
  const step = Math.max(1, middles.length / MOST_ALPHAS);
  const tried = Array.from({ length: Math.min(middles.length, MOST_ALPHAS) }, (_, i) => middles[Math.floor(i * step)]);
  const own = (tune.values[ALPHA] ?? []).filter((value) => value !== 'auto');
  const all = [...new Set([...tried.filter((alpha) => Number.isFinite(alpha)).reverse(), ...own])];
  return { ...tune, values: { ...tune.values, [ALPHA]: all.length === 0 ? [0] : all } };
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
