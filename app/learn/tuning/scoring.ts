import { FlowcaseError } from '../../errors.ts';
import { Random } from '../../shared/random.ts';
import type { ParameterValues } from '../declared-parameters.ts';
import type { EstimatorEntry } from '../estimators.ts';
import type { Matrix } from '../matrix.ts';
import { clusterFigures } from '../metrics/clusters.ts';
import { rankingFigures } from '../metrics/ranking.ts';
import { GaussianMixture } from '../mixture.ts';
import { unwatched } from '../pace.ts';
import { silhouette } from '../silhouette.ts';
import type { Classifier, Clusterer, Means, OutlierDetector } from '../types.ts';
import { classifierFigures, type ClassifierFigures, type PickedSplit } from '../validation/cross-validation.ts';

export type ClassifierScoring = keyof ClassifierFigures;
export type ClustererScoring = 'silhouette' | 'daviesBouldin' | 'calinskiHarabasz' | 'bic';
/** Of rows whose class is 1 where they are known to be outliers, else 0. */
export type OutlierScoring = 'rocAuc' | 'prAuc';
export type Scoring = ClassifierScoring | ClustererScoring | OutlierScoring;

/** What each task can be judged by. */
export const scorings = {
  classify: ['accuracy', 'balancedAccuracy', 'macroF1', 'rocAuc', 'prAuc', 'logLoss', 'brier'],
  cluster: ['silhouette', 'daviesBouldin', 'calinskiHarabasz', 'bic'],
  outliers: ['rocAuc', 'prAuc'],
} as const satisfies Readonly<Record<EstimatorEntry['task'], readonly Scoring[]>>;

const lowerIsBetter: ReadonlySet<Scoring> = new Set(['logLoss', 'brier', 'daviesBouldin', 'bic']);

export function higherIsBetter(scoring: Scoring): boolean {
  return !lowerIsBetter.has(scoring);
}

/** One fit, judged. `score`: null where it is not defined (one cluster only, one class only). */
export interface Judged {
  readonly score: number | null;
  readonly fitSeconds: number;
  readonly scoreSeconds: number;
}

/** Fits on one side and judges on the other. */
export type Judge = (parameters: ParameterValues, split: PickedSplit, means: Means) => Promise<Judged>;

/** @throws FlowcaseError PARAMETER where the estimator cannot be judged by that */
export function judgeOf(entry: EstimatorEntry, scoring: Scoring, seed: number, classes: number): Judge {
  const allowed: readonly Scoring[] = scorings[entry.task];
  if (!allowed.includes(scoring)) {
    const text = `${entry.title} cannot be scored by ${scoring}. It can by ${allowed.join(', ')}.`;
    throw new FlowcaseError('PARAMETER', text, { name: 'scoring', value: scoring, allowed });
  }
  if (scoring === 'bic' && entry.kind !== 'mixture') {
    throw new FlowcaseError('PARAMETER', `${entry.title} has no likelihood and so no BIC. Choose another score.`, {
      name: 'scoring',
      value: scoring,
    });
  }
  return async (parameters, split, means) => {
    const began = performance.now();
    const ask = await fitted(entry, parameters, seed, split, classes, scoring, means);
    const between = performance.now();
    const score = await ask();
    return { score, fitSeconds: (between - began) / 1000, scoreSeconds: (performance.now() - between) / 1000 };
  };
}

/** Fits, and returns what gives the score. */
async function fitted(
  entry: EstimatorEntry,
  parameters: ParameterValues,
  seed: number,
  { train, trainY, test, testY }: PickedSplit,
  classes: number,
  scoring: Scoring,
  means: Means,
): Promise<() => Promise<number | null>> {
  if (entry.task === 'classify') {
    const model: Classifier = await entry.make(parameters, seed).fit(train, trainY, classes, means);
    return async () => classifierFigures(testY, await model.predictProba(test, means), classes)[scoring as ClassifierScoring];
  }
  if (entry.task === 'outliers') {
    const model: OutlierDetector = await entry.make(parameters, seed).fit(train, means);
    return async () => rankingFigures(testY, await model.scoreSamples(test, means))[scoring as OutlierScoring];
  }
  const model: Clusterer = await entry.make(parameters, seed).fit(train, means);
  return () => clusterScore(model, test, scoring as ClustererScoring, seed, means);
}

async function clusterScore(model: Clusterer, test: Matrix, scoring: ClustererScoring, seed: number, means: Means): Promise<number | null> {
  if (scoring === 'bic') return model instanceof GaussianMixture ? model.bic(test, means) : null;
  const labels = await model.predict(test, means);
  const k = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  if (scoring !== 'silhouette') return (await clusterFigures(test, labels, k, means))[scoring];
  return (await silhouette(test, labels, k, new Random(seed), means.pace ?? unwatched())).score;
}
