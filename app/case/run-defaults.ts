import type { ModelDetail, TrainRequest } from '../contract/models.ts';
import type { FindingCauses } from '../contract/records.ts';
import type { ClusterRequest, ClusterSummary, RunSummary } from '../contract/runs.ts';
import type { LearnedSummaries, LearnedTask, Unkept } from '../shared/run-outcome.ts';

/*
 * Runs are kept as the program of their day wrote them. What was not known then has the value that says so, or that was meant.
 */

/**
 * What was asked for, so that it gives the same again: programs that did not say how k was tried did it with seeds and starts of their own.
 * @param summary of the same run @throws SyntaxError where either is no JSON
 */
export function readRequest(text: string, summary: string): ClusterRequest {
  const defaults = { covariance: 'full', scaling: null, features: [], window: null, starts: null, tune: null } as const;
  const request = { ...defaults, ...(JSON.parse(text) as Omit<ClusterRequest, keyof typeof defaults>) };
  return request.k !== 'auto' || readSummary(summary).kTrials !== undefined ? request : { ...request, trials: 'apart' };
}

export function readSummary(text: string): Omit<RunSummary, Unkept> {
  const unknown = {
    task: 'cluster',
    inertia: null,
    logLikelihood: null,
    bic: null,
    aic: null,
    covariance: null,
    daviesBouldin: null,
    calinskiHarabasz: null,
    window: null,
    tuning: null,
  } as const;
  return { ...unknown, ...(JSON.parse(text) as Omit<RunSummary, Unkept | keyof typeof unknown>) };
}

/**
 * What is to be asked so that a run of another task is carried out as it was: models of programs that did not say where rows without a value go
 * sent them with the lesser values, and those that do not say where the best of their prunings lies did not try a tree's root alone.
 * @param detail of the same run
 */
export function askedThen(request: unknown, summary: LearnedSummaries[LearnedTask], detail: unknown = null): unknown {
  if (summary.task !== 'train') return request;
  const asked = prunedThen(request as TrainRequest, detail as Pick<ModelDetail, 'tuning'> | null);
  return 'absentValues' in summary.parameters ? asked : { ...asked, parameters: { ...asked.parameters, absentValues: 'left' } };
}

function prunedThen(asked: TrainRequest, detail: Pick<ModelDetail, 'tuning'> | null): TrainRequest {
  const alphas = asked.tune?.values['ccpAlpha'];
  if (!asked.tune || alphas?.includes('auto') !== true || detail?.tuning?.edge !== undefined) return asked;
  const then = alphas.map((value) => (value === 'auto' ? 'auto then' : value));
  return { ...asked, tune: { ...asked.tune, values: { ...asked.tune.values, ccpAlpha: then } } };
}

type Detail = Omit<ClusterSummary, 'cluster' | 'name' | 'autoName' | 'suspect' | 'size' | 'tags'>;

export function readClusterDetail(text: string): Detail {
  const unknown = { typicalHost: null, separates: [], purity: null } as const;
  return { ...unknown, ...(JSON.parse(text) as Omit<Detail, keyof typeof unknown>) };
}

/** null where it says nothing, or is no JSON any more: verifying tells of that. */
export function readCauses(text: string | null): FindingCauses | null {
  try {
    return text === null ? null : (JSON.parse(text) as FindingCauses);
  } catch {
    return null;
  }
}
