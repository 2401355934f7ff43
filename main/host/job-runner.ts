import { FlowcaseError } from '../../app/errors.ts';
import { custodyOf } from '../../app/commands/jobs.ts';
import type {
  AnomalySummary,
  AnyRun,
  Checked,
  ClusterResult,
  Crosscheck,
  ModelDetail,
  NamesOf,
  PredictionSummary,
  Preview,
  RepeatResult,
  Result,
  Scatter,
  Schedule,
  ScheduleRun,
} from '../../app/contract.ts';
import type { LearnInput, TaskThreadMethods } from '../worker/methods.ts';
import type { CallOptions } from '../worker/rpc.ts';
import type { Host } from './host.ts';
import { FailedInPart, type JobContext, type Lane } from './jobs.ts';
import { Keeper } from './keeper.ts';
import { makeSample } from './sample.ts';
import type { CaseSession } from './session.ts';
import { startThread, type Log, type StartWorker } from './thread.ts';
import { train, type ForkTraining } from './training.ts';
import { buffersOf } from './transfer.ts';

type JobName = NamesOf<'job'>;
type Works = { readonly [N in JobName]: (input: Checked<N>, context: JobContext) => Promise<Result<N>> };

export interface RunnerOptions {
  readonly session: () => CaseSession;
  readonly changed: () => void;
  readonly host: Pick<Host, 'invoke'>;
  readonly dataFolder: string;
  readonly log: Log;
  /** "Flowcase 0.1.0", for what says who made it. */
  readonly program: string;
  readonly startWorker: StartWorker;
  readonly forkTraining: ForkTraining;
}

/** More than a picture by UMAP ever has. */
const PICTURE_POINTS = 20_000;

const lanes: { readonly [N in JobName]: Lane } = {
  'evidence.import': 'case',
  'cluster.run': 'case',
  'model.train': 'case',
  'model.apply': 'case',
  'anomalies.run': 'case',
  'model.export': 'task',
  'run.repeat': 'case',
  'run.crosscheck': 'case',
  'run.picture': 'case',
  'case.sample': 'none',
  'case.verify': 'task',
  'report.export': 'task',
  'table.export': 'task',
  'schedule.run': 'case',
};

/** Carries jobs out: which thread or process does what, and what the case keeps of it. */
export class JobRunner {
  readonly #options: RunnerOptions;
  readonly #works: Works;
  #task: Keeper<TaskThreadMethods> | null = null;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#works = {
      'evidence.import': (input, context) => this.#import(input, context),
      'cluster.run': (input, context) => this.#cluster(input, context),
      'model.train': (input, context) => this.#train(input, context),
      'model.apply': async (input, context) => (await this.#learn({ task: 'classify', request: input }, context)).run as PredictionSummary,
      'anomalies.run': async (input, context) => {
        const { run, findings } = await this.#learn({ task: 'anomalies', request: input }, context);
        return { run: run as AnomalySummary, findings };
      },
      'model.export': (input, context) => this.#recorded('model.export', 'exportModel', input, context),
      'run.repeat': (input, context) => this.#repeat(input, context),
      'run.crosscheck': (input, context) => this.#crosscheck(input, context),
      'run.picture': (input, context) => this.#picture(input, context),
      'case.sample': (_, context) => this.#sample(context),
      'case.verify': (input, context) => this.#recorded('case.verify', 'verify', input, context),
      'report.export': (input, context) => this.#recorded('report.export', 'report', input, context),
      'table.export': (input, context) => this.#recorded('table.export', 'table', input, context),
      'schedule.run': (input, context) => this.#schedule(input, context),
    };
  }

  /** The lane and the work of a job; the work has not begun. */
  prepare<N extends JobName>(
    name: N,
    input: Checked<N>,
  ): { readonly lane: Lane; readonly work: (context: JobContext) => Promise<Result<N>> } {
    return { lane: lanes[name], work: (context) => this.#works[name](input, context) };
  }

  /** Reads the beginning of a file; no job, since it is done at once. */
  preview(input: Checked<'evidence.preview'>): Promise<Preview> {
    return this.#taskThread().call('preview', input);
  }

  async close(): Promise<void> {
    await this.#task?.close();
    this.#task = null;
  }

  async #import(input: Checked<'evidence.import'>, context: JobContext): Promise<Result<'evidence.import'>> {
    const { session, changed } = this.#options;
    let last = performance.now();
    try {
      return await session().writer.call('import', input, {
        signal: context.signal,
        progress: (report) => {
          context.report(report.done, report.total, report.unit, report.note);
          // files that are finished show while the next ones are read
          const now = performance.now();
          if (now - last < 1000) return;
          last = now;
          changed();
        },
      });
    } finally {
      changed();
    }
  }

  async #cluster(request: Checked<'cluster.run'>, context: JobContext): Promise<ClusterResult> {
    const { session, changed, forkTraining, log } = this.#options;
    const { path, writer } = session();
    const outcome = await train(forkTraining, 'cluster', { path, request }, context, log);
    const sizes = outcome.clusters.map((cluster) => cluster.size);
    context.signal.throwIfAborted();
    // what '' stood for is kept, so that it can be repeated when another recipe is the usual one
    const asked = { ...request, recipe: outcome.summary.recipe };
    const run = await writer.call('saveRun', { request: asked, outcome }, { transfer: buffersOf(outcome) });
    changed();
    return { run, sizes };
  }

  /** Carries a task of learning out and keeps what came of it. */
  async #learn(asked: LearnInput, context: JobContext): Promise<{ readonly run: AnyRun; readonly findings: number }> {
    const { session, changed, forkTraining, log, program } = this.#options;
    const { path, writer } = session();
    const outcome = await train(forkTraining, 'learn', { ...asked, path, program }, context, log);
    context.signal.throwIfAborted();
    // what '' stood for is kept, so that it can be repeated when another recipe is the usual one
    const request = 'recipe' in asked.request ? { ...asked.request, recipe: outcome.summary.recipe } : asked.request;
    const findings = outcome.findings.length;
    const run = await writer.call('saveLearning', { request, outcome }, { transfer: buffersOf(outcome) });
    changed();
    return { run, findings };
  }

  async #train(input: Checked<'model.train'>, context: JobContext): Promise<ModelDetail> {
    const { run } = await this.#learn({ task: 'train', request: input }, context);
    return (await this.#options.session().reader.call('read', { name: 'model.get', input: { run: run.id } })) as ModelDetail;
  }

  async #repeat(input: Checked<'run.repeat'>, context: JobContext): Promise<RepeatResult> {
    const { session, forkTraining, log, program } = this.#options;
    const result = await train(forkTraining, 'repeat', { path: session().path, run: input.run, program }, context, log);
    await this.#record('run.repeat', input, result);
    return result;
  }

  async #crosscheck(input: Checked<'run.crosscheck'>, context: JobContext): Promise<Crosscheck> {
    const { session, changed, forkTraining, log } = this.#options;
    const { path, writer } = session();
    const found = await train(forkTraining, 'crosscheck', { path, ...input }, context, log);
    context.signal.throwIfAborted();
    const kept = await writer.call('saveCrosscheck', found);
    changed();
    return kept;
  }

  /** Made once; then it is there. */
  async #picture({ run }: Checked<'run.picture'>, context: JobContext): Promise<Scatter> {
    const { session, changed, forkTraining, log } = this.#options;
    const { path, reader, writer } = session();
    const asked = { name: 'run.scatter', input: { run, points: PICTURE_POINTS, picture: 'umap' } } as const;
    const there = await reader.call('read', asked).catch((error: unknown) => {
      if (error instanceof FlowcaseError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    if (there !== null) return there as Scatter;
    const points = await train(forkTraining, 'picture', { path, run }, context, log);
    context.signal.throwIfAborted();
    await writer.call('savePicture', { run, picture: 'umap', points });
    changed();
    return (await reader.call('read', asked)) as Scatter;
  }

  async #recorded<N extends 'case.verify' | 'report.export' | 'table.export' | 'model.export'>(
    name: N,
    method: 'verify' | 'report' | 'table' | 'exportModel',
    input: Checked<N>,
    context: JobContext,
  ): Promise<Result<N>> {
    const { path } = this.#options.session();
    const result = (await this.#taskThread().call(method, { path, input } as never, optionsOf(context))) as Result<N>;
    await this.#record(name, input, result);
    return result;
  }

  async #record<N extends JobName>(name: N, input: Checked<N>, result: Result<N>): Promise<void> {
    const entry = custodyOf(name, input, result);
    // a case that is open for reading only keeps no word of it
    if (entry === null || this.#options.session().readOnly) return;
    await this.#options.session().writer.call('record', entry);
    this.#options.changed();
  }

  /** Its steps are parts of this job, in its lane. */
  async #schedule({ name }: Checked<'schedule.run'>, context: JobContext): Promise<ScheduleRun> {
    const { session, changed } = this.#options;
    const schedules = (await session().reader.call('read', { name: 'schedules.list', input: {} })) as readonly Schedule[];
    const schedule = schedules.find((one) => one.name === name);
    if (schedule === undefined) throw new FlowcaseError('NOT_FOUND', `There is no schedule “${name}” in this case.`, { schedule: name });
    const { failureOfRun, runSchedule } = await import('../../app/commands/schedules.ts');
    const run = await runSchedule(schedule, (command, input) => this.prepare(command, input).work(context));
    await session().writer.call('scheduleRan', { name, run });
    changed();
    const failure = failureOfRun(run);
    // what its other steps did holds
    if (failure !== null) throw new FailedInPart(failure, run);
    return run;
  }

  #sample(context: JobContext): Promise<Result<'case.sample'>> {
    return makeSample({
      folder: this.#options.dataFolder,
      context,
      invoke: (name, input) => this.#options.host.invoke(name, input),
      work: (name, input) => this.prepare(name, input).work(context),
      generate: (log, truth) => this.#taskThread().call('sample', { log, truth }, optionsOf(context)),
    });
  }

  #taskThread(): Keeper<TaskThreadMethods> {
    this.#task ??= new Keeper<TaskThreadMethods>({
      begin: () =>
        Promise.resolve(startThread<TaskThreadMethods>('task-thread', 'The task thread', this.#options.log, this.#options.startWorker)),
      trouble: (message) => this.#options.log(`trouble: ${message}`),
    });
    return this.#task;
  }
}

function optionsOf(context: JobContext): CallOptions {
  return {
    signal: context.signal,
    progress: ({ done, total, unit, note }) => {
      context.report(done, total, unit, note);
    },
  };
}
