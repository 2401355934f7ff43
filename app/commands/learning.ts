import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CaseReader } from '../case/types.ts';
import type { AnomalyRequest, ClassifyRequest, TrainRequest } from '../contract/models.ts';
import { FlowcaseError } from '../errors.ts';
import type { Progress } from '../shared/progress.ts';
import type { LearnedTask, LearningOutcome } from '../shared/run-outcome.ts';
import type { Threads } from './jobs.ts';
import { learningSources, tagSource } from './learning-sources.ts';

/** What each task is asked with. */
export interface LearningRequests {
  readonly train: TrainRequest;
  readonly classify: ClassifyRequest;
  readonly anomalies: AnomalyRequest;
}

/** Larger files are no models. */
const LARGEST_MODEL = 2 ** 31;

/** With what a task is carried out. */
export interface LearningMeans extends Threads {
  /** For the model card. */
  readonly program: string;
  /** Of what is made again: its run. What was said before it counts; a prediction's run keeps the model where that came from a file. */
  readonly again?: number | undefined;
}

/** Carries a task of learning out and changes nothing. @throws FlowcaseError what the tasks throw */
export async function runLearning<T extends LearnedTask>(
  reader: CaseReader,
  task: T,
  request: LearningRequests[T],
  threads: LearningMeans,
  progress: Progress,
): Promise<LearningOutcome<T>> {
  reader.refresh();
  const tasks: { readonly [K in LearnedTask]: (request: LearningRequests[K]) => Promise<LearningOutcome<K>> } = {
    train: (asked) => runTrain(reader, asked, threads, progress),
    classify: (asked) => runClassify(reader, asked, threads, progress),
    anomalies: (asked) => runAnomalies(reader, asked, threads, progress),
  };
  return tasks[task](request);
}

async function runTrain(
  reader: CaseReader,
  request: TrainRequest,
  { threads, createThread, program, again }: LearningMeans,
  progress: Progress,
): Promise<LearningOutcome<'train'>> {
  const { trainModel } = await import('../runs/train.ts');
  const sources = learningSources(reader, request.of, request.where, again);
  return trainModel({ sources, request, threads, createThread, tags: tagSource(reader), program }, progress);
}

async function runClassify(
  reader: CaseReader,
  request: ClassifyRequest,
  { threads, createThread, again }: LearningMeans,
  progress: Progress,
): Promise<LearningOutcome<'classify'>> {
  const [{ classify }, { readModel }] = await Promise.all([import('../runs/classify.ts'), import('../runs/model-parts.ts')]);
  const { file, name, run } = await (again !== undefined && typeof request.model === 'string'
    ? keptFile(reader, again)
    : modelFile(reader, request.model));
  const model = readModel(file, name);
  const sources = learningSources(reader, model.card.of, request.where, again);
  const input = { sources, request, threads, createThread, model, modelRun: run, modelName: name, tags: tagSource(reader) };
  return classify(input, progress);
}

async function runAnomalies(
  reader: CaseReader,
  request: AnomalyRequest,
  { threads, createThread, again }: LearningMeans,
  progress: Progress,
): Promise<LearningOutcome<'anomalies'>> {
  const { findAnomalies } = await import('../runs/anomalies.ts');
  const sources = learningSources(reader, request.of, request.where, again);
  return findAnomalies({ sources, request, threads, createThread }, progress);
}

interface ModelBytes {
  readonly file: Uint8Array;
  readonly name: string;
  readonly run: number | null;
}

/** The model that a prediction keeps, whatever became of the file it came from. @throws FlowcaseError NOT_FOUND */
function keptFile(reader: CaseReader, run: number): ModelBytes {
  const { file, name } = reader.model(run);
  return { file, name, run: null };
}

/** The bytes of a model of this case, or of a file. @throws FlowcaseError NOT_FOUND, FILE_NOT_FOUND, FILE_UNREADABLE */
async function modelFile(reader: CaseReader, model: number | string): Promise<ModelBytes> {
  if (typeof model === 'number') {
    const { file, name } = reader.model(model);
    return { file, name: `model ${model} (${name})`, run: model };
  }
  try {
    const file = await readFile(model);
    if (file.byteLength > LARGEST_MODEL)
      throw new FlowcaseError('FILE_UNREADABLE', `${model} is too large to be a model.`, { path: model });
    return { file, name: basename(model), run: null };
  } catch (error) {
    if (error instanceof FlowcaseError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new FlowcaseError('FILE_NOT_FOUND', `There is no model file ${model}.`, { path: model }, error);
    throw new FlowcaseError(
      'FILE_UNREADABLE',
      `The model file ${model} cannot be read (${code ?? 'unknown reason'}).`,
      { path: model },
      error,
    );
  }
}
