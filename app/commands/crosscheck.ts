import type { CaseReader } from '../case/types.ts';
import { FlowcaseError } from '../errors.ts';
import type { AnomalyRequest, AnyRun, ClassifyRequest, TrainRequest } from '../contract/models.ts';
import type { FeatureMatrix } from '../features/build-matrix.ts';
import { recordId } from '../features/selection.ts';
import type { Selection } from '../features/types.ts';
import { Pace } from '../learn/pace.ts';
import type { ClusterInput } from '../runs/cluster.ts';
import type { KeptRun } from '../runs/met-again.ts';
import type { TrainInput } from '../runs/train.ts';
import type { Progress } from '../shared/progress.ts';
import type { NewCrosscheck, NewPicture } from '../shared/run-outcome.ts';
import { changesSince } from './case-changes.ts';
import type { Threads } from './jobs.ts';
import { learningSources, tagSource } from './learning-sources.ts';

/*
 * What is worked out about runs that are there, as the training process calls it. Nothing is saved here.
 */

/** A second opinion on a run. `rows`: at most; 0: as many as the second tool takes well. @throws FlowcaseError NOT_FOUND, PARAMETER, CANCELLED */
export async function runCrosscheck(
  reader: CaseReader,
  { run, rows }: { readonly run: number; readonly rows: number },
  threads: Threads,
  progress: Progress,
): Promise<NewCrosscheck> {
  reader.refresh();
  const { task } = reader.anyRun(run);
  if (task === 'train') {
    const { crosscheckModel } = await import('../runs/crosscheck-models.ts');
    return crosscheckModel(lessonOf(reader, run, threads), run, rows, progress);
  }
  if (task === 'anomalies') {
    const { crosscheckAnomalies } = await import('../runs/crosscheck-anomalies.ts');
    const { request, summary } = reader.learned('anomalies', run);
    const asked = request as AnomalyRequest;
    const sources = learningSources(reader, asked.of, asked.where, run);
    return crosscheckAnomalies({ sources, request: asked, ...threads }, keptOf(reader, summary), rows, progress);
  }
  if (task === 'classify') return predictionCheck(reader, run, rows, threads, progress);
  const [{ crosscheckClusters }, { withBest }] = await Promise.all([
    import('../runs/crosscheck-clusters.ts'),
    import('../runs/cluster-tuning.ts'),
  ]);
  const kept = reader.run(run).run;
  const { k, tuning } = kept;
  const input = inputOf(reader, run, threads);
  return crosscheckClusters({ ...input, request: withBest(input.request, tuning) }, { ...keptOf(reader, kept), k }, rows, progress);
}

/** The run as it was kept, and whether the case has changed since. */
function keptOf(reader: CaseReader, run: AnyRun): KeptRun {
  return { id: run.id, fingerprint: run.fingerprint, changedSince: (now) => changesSince(reader, run, now) };
}

async function predictionCheck(
  reader: CaseReader,
  run: number,
  rows: number,
  threads: Threads,
  progress: Progress,
): Promise<NewCrosscheck> {
  const [{ crosscheckPrediction }, { readModel }] = await Promise.all([
    import('../runs/crosscheck-predictions.ts'),
    import('../runs/model-parts.ts'),
  ]);
  const { request, summary } = reader.learned('classify', run);
  if (summary.model === null) {
    throw new FlowcaseError(
      'PARAMETER',
      `Run ${run} was predicted by a model file of another case (${summary.modelName}): the rows that it learned from are not here, so no second tool can learn from them.`,
      { name: 'run', value: run },
    );
  }
  const model = readModel(reader.model(summary.model).file, summary.modelName);
  const asked = request as ClassifyRequest;
  const sources = learningSources(reader, model.card.of, asked.where, run);
  const input = {
    sources,
    request: asked,
    ...threads,
    model,
    modelRun: summary.model,
    modelName: summary.modelName,
    tags: tagSource(reader),
  };
  return crosscheckPrediction(input, lessonOf(reader, summary.model, threads), keptOf(reader, summary), rows, progress);
}

/** The training of a model, with the parameters that it has in the end. */
function lessonOf(reader: CaseReader, run: number, threads: Threads): TrainInput {
  const { request: asked, summary } = reader.learned('train', run);
  const request = { ...(asked as TrainRequest), parameters: summary.parameters, tune: null };
  const sources = learningSources(reader, request.of, request.where, run);
  return { sources, request, ...threads, tags: tagSource(reader), program: '' };
}

/** A picture of a clustering by UMAP. @throws FlowcaseError NOT_FOUND, CANCELLED */
export async function runPicture(reader: CaseReader, run: number, threads: Threads, progress: Progress): Promise<NewPicture> {
  const [{ umapPicture }, { prepareCluster }] = await Promise.all([import('../runs/umap-picture.ts'), import('../runs/cluster.ts')]);
  reader.refresh();
  const pace = new Pace(progress);
  const { clusters, run: summary } = reader.run(run);
  const { selections, built } = await prepareCluster(inputOf(reader, run, threads), pace);
  const labels = labelsOf(reader, run, selections, built);
  const { hosts } = built;
  const idOf = (row: number): number => (hosts === null ? recordId(selections[0], row) : hosts.hosts[row]);
  return umapPicture(built.matrix, labels, clusters.length, idOf, summary.seed, pace);
}

function inputOf(reader: CaseReader, run: number, { threads, createThread }: Threads): ClusterInput {
  const request = reader.runRequest(run);
  return { sources: learningSources(reader, request.of, request.where, run), request, threads, createThread };
}

/** Row of the matrix → cluster from 1, as the run said. @throws FlowcaseError NOT_FOUND where the records are not those of the run any more */
function labelsOf(reader: CaseReader, run: number, [selection]: readonly Selection[], { matrix, hosts }: FeatureMatrix): Uint16Array {
  if (hosts !== null) {
    const kept = reader.hostAssignment(run)?.labels;
    if (kept?.length === hosts.rows) return kept;
    throw changed(run);
  }
  const labels = new Uint16Array(matrix.rows);
  for (const { chunk, rows, start } of selection.parts) {
    const kept = reader.assignment(run, chunk.id)?.labels;
    if (kept === undefined) throw changed(run);
    for (let i = 0; i < rows.length; i++) labels[start + i] = kept[rows[i]];
  }
  if (labels.includes(0)) throw changed(run);
  return labels;
}

function changed(run: number): FlowcaseError {
  return new FlowcaseError('NOT_FOUND', `The records of run ${run} are not all there any more, or others came. Group them again.`, { run });
}
