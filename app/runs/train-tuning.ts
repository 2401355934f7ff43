import { formatCount } from '../contract/format.ts';
import type { Parameters, Scoring, TrainRequest, TuneRequest, TuneTrial } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import type { Labels } from '../features/types.ts';
import type { Matrix } from '../learn/matrix.ts';
import type { Pace } from '../learn/pace.ts';
import { sampleRows } from '../learn/sample.ts';
import type { ThreadPool } from '../learn/thread-pool.ts';
import { crossValidate } from '../learn/validation/cross-validation.ts';
import { quiet } from '../learn/validation/quiet.ts';
import type { Split } from '../learn/validation/splits.ts';
import { Random } from '../shared/random.ts';
import type { Splitter } from './train-split.ts';
import { newClassifier } from './train-trees.ts';

/** What a search found. */
export interface Tuned {
  readonly scoring: Scoring;
  /** In the order in which they were tried; rank 1 is the best. */
  readonly trials: readonly TuneTrial[];
  readonly best: Parameters;
}

/** More settings than this are a mistake. */
const MOST_TRIALS = 10_000;

/** Everything that can be put together of the values, the last parameter changing first. */
export function gridOf(values: TuneRequest['values']): readonly Parameters[] {
  return Object.entries(values).reduce<readonly Parameters[]>(
    (before, [name, choices]) => before.flatMap((one) => choices.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/**
 * Tries parameters by cross-validation on what is learned from, so that the test never saw them. Of equal settings the first is the best. The
 * splits are the same for all. @throws FlowcaseError PARAMETER, CANCELLED, PROCESS_DIED
 */
export async function tuned(
  request: TrainRequest,
  tune: TuneRequest,
  {
    matrix,
    labels,
    splitter,
    split,
  }: { readonly matrix: Matrix; readonly labels: Labels; readonly splitter: Splitter; readonly split: Split },
  means: { readonly pace: Pace; readonly pool: ThreadPool | null },
): Promise<Tuned> {
  const all = gridOf(tune.values);
  if (all.length > MOST_TRIALS && tune.search === 'grid') {
    throw new FlowcaseError(
      'PARAMETER',
      `${formatCount(all.length)} settings are too many to try. Name fewer values, or draw some by chance.`,
      {
        name: 'grid',
        value: all.length,
        allowed: `at most ${MOST_TRIALS}`,
      },
    );
  }
  const settings =
    tune.search === 'grid' ? all : Array.from(sampleRows(all.length, tune.iterations, new Random(request.seed).fork()), (i) => all[i]);
  const splits = splitter.foldsOf(split.train, tune.folds);
  const { pace } = means;
  const tried: Omit<TuneTrial, 'rank'>[] = [];
  for (const [number, parameters] of settings.entries()) {
    pace.progress.report(number, settings.length, 'settings', `trying ${JSON.stringify(parameters)}`);
    const make = (): ReturnType<typeof newClassifier> =>
      newClassifier({ ...request, parameters: { ...request.parameters, ...parameters } });
    const { mean, deviation, folds } = await crossValidate(make, matrix, labels.codes, labels.classes.length, splits, quiet(means));
    const seconds = (of: 'fitSeconds' | 'scoreSeconds'): number => folds.reduce((sum, fold) => sum + fold[of], 0) / folds.length;
    tried.push({
      parameters,
      mean: mean[tune.scoring],
      deviation: deviation[tune.scoring],
      fitSeconds: seconds('fitSeconds'),
      scoreSeconds: seconds('scoreSeconds'),
    });
  }
  const better = tune.scoring === 'logLoss' ? -1 : 1;
  const order = tried.map((_, i) => i).sort((a, b) => better * (tried[b].mean - tried[a].mean) || a - b);
  const trials = tried.map((trial, i) => ({ ...trial, rank: 1 + order.indexOf(i) }));
  return { scoring: tune.scoring, trials, best: tried[order[0]].parameters };
}
