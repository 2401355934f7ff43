import { FlowcaseError, toErrorShape } from '../../app/errors.ts';
import type { JobState } from '../../app/contract.ts';
import { Rate } from './rate.ts';

/** What a job's work gets: where to tell its progress, and where it hears that it should stop. */
export interface JobContext {
  readonly signal: AbortSignal;
  report(done: number, total: number | null, unit: string, note: string): void;
}

/** Jobs of one lane run one after the other; jobs of different lanes side by side. */
export type Lane = 'case' | 'task' | 'none';

export interface NewJob {
  readonly command: string;
  readonly title: string;
  readonly lane: Lane;
  /** Ends with the case it works on; null for a job that outlives it. */
  readonly ofCase: boolean;
}

export interface JobsOptions {
  readonly emit: (state: JobState) => void;
  readonly log: (text: string) => void;
}

/** Progress is told to faces at most this often. */
const EMIT_MS = 100;
const KEPT = 50;

interface Job {
  readonly job: NewJob;
  readonly stop: AbortController;
  readonly rate: Rate;
  readonly ended: Promise<JobState>;
  state: JobState;
  lastEmit: number;
  timer: NodeJS.Timeout | null;
}

/** What a job throws that failed, and of which a part holds: its result is kept beside the error. */
export class FailedInPart extends FlowcaseError {
  readonly result: unknown;

  constructor({ code, message, details }: FlowcaseError, result: unknown) {
    super(code, message, details);
    this.result = result;
  }
}

/** Long work: each piece has an id, progress, cancel, and a result or one clear error. */
export class Jobs {
  readonly #options: JobsOptions;
  readonly #jobs = new Map<string, Job>();
  readonly #lanes = new Map<Lane, Promise<unknown>>();
  #next = 1;

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** Begins `work`, or queues it behind what runs in its lane. `signal` cancels it; it does not begin where that was given before. */
  start(
    job: NewJob,
    work: (context: JobContext) => Promise<unknown>,
    signal?: AbortSignal,
  ): { readonly id: string; readonly ended: Promise<JobState> } {
    const id = `job-${this.#next++}`;
    const { promise, resolve } = Promise.withResolvers<JobState>();
    const entry: Job = {
      job,
      stop: new AbortController(),
      rate: new Rate(),
      ended: promise,
      state: newState(id, job),
      lastEmit: -Infinity,
      timer: null,
    };
    this.#jobs.set(id, entry);
    this.#forgetOld();
    const stop = (): void => entry.stop.abort();
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    void promise.then(() => signal?.removeEventListener('abort', stop));
    const before = job.lane === 'none' ? undefined : this.#lanes.get(job.lane);
    const run = async (): Promise<void> => {
      // a job that is stopped while it waits for its turn ends at once
      if (before !== undefined) await Promise.race([before, abortOf(entry.stop.signal)]);
      resolve(await this.#run(entry, work));
    };
    const running = run();
    if (job.lane !== 'none') this.#lanes.set(job.lane, Promise.all([before, running]));
    if (before !== undefined && entry.state.status === 'queued') this.#emit(entry);
    return { id, ended: promise };
  }

  /** Asks a job to stop; it ends soon after. A job that has ended stays as it is. @throws NOT_FOUND */
  cancel(id: string): void {
    const entry = this.#jobs.get(id);
    if (entry === undefined) throw new FlowcaseError('NOT_FOUND', `There is no job ${id}.`, { job: id });
    entry.stop.abort();
  }

  /** Running and queued jobs and the latest that ended, oldest first. */
  list(): readonly JobState[] {
    return [...this.#jobs.values()].map((entry) => entry.state);
  }

  /** Stops every job (of the case, or all) and waits for their ends. */
  async cancelAll(onlyOfCase: boolean): Promise<void> {
    const running = [...this.#jobs.values()].filter((entry) => entry.state.ended === null && (entry.job.ofCase || !onlyOfCase));
    for (const entry of running) entry.stop.abort();
    await Promise.all(running.map((entry) => entry.ended));
  }

  async #run(entry: Job, work: (context: JobContext) => Promise<unknown>): Promise<JobState> {
    const { signal } = entry.stop;
    try {
      if (signal.aborted) throw cancelled(entry.job.title);
      this.#set(entry, { status: 'running' }, true);
      const result = await work({
        signal,
        report: (done, total, unit, note) => {
          if (entry.state.ended === null) this.#progress(entry, done, total, unit, note);
        },
      });
      const done = entry.state.total ?? entry.state.done;
      this.#set(entry, { status: 'done', done, remaining: 0, result, ended: Date.now() * 1000 }, true);
    } catch (error) {
      const shape = toErrorShape(error);
      if (!(error instanceof FlowcaseError))
        this.#options.log(`${entry.job.command}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
      const stopped = shape.code === 'CANCELLED' || (signal.aborted && shape.code === 'PROCESS_DIED');
      const ended = { remaining: null, ended: Date.now() * 1000 };
      this.#set(
        entry,
        stopped
          ? { status: 'cancelled', error: cancelled(entry.job.title).toShape(), ...ended }
          : { status: 'failed', error: shape, ...ended, ...(error instanceof FailedInPart ? { result: error.result } : {}) },
        true,
      );
    }
    return entry.state;
  }

  #progress(entry: Job, done: number, total: number | null, unit: string, note: string): void {
    const now = performance.now();
    if (now - entry.lastEmit < EMIT_MS && entry.timer === null) {
      entry.timer = setTimeout(() => {
        this.#emit(entry);
      }, EMIT_MS);
      entry.timer.unref();
    }
    entry.rate.take(done, unit, now);
    this.#set(
      entry,
      { done, total, unit, note, rate: entry.rate.rate(now), remaining: entry.rate.remaining(total, now) },
      entry.timer === null,
    );
  }

  #set(entry: Job, change: Partial<JobState>, emit: boolean): void {
    entry.state = { ...entry.state, ...change };
    if (emit) this.#emit(entry);
  }

  #emit(entry: Job): void {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
    entry.lastEmit = performance.now();
    this.#options.emit(entry.state);
  }

  #forgetOld(): void {
    for (const [id, entry] of this.#jobs) {
      if (this.#jobs.size <= KEPT) return;
      if (entry.state.ended !== null) this.#jobs.delete(id);
    }
  }
}

function newState(id: string, job: NewJob): JobState {
  return {
    id,
    command: job.command,
    title: job.title,
    status: 'queued',
    done: 0,
    total: null,
    unit: '',
    rate: null,
    remaining: null,
    note: '',
    started: Date.now() * 1000,
    ended: null,
    result: null,
    error: null,
  };
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export function cancelled(title: string): FlowcaseError {
  return new FlowcaseError('CANCELLED', `${title} was cancelled. The case is as it was before.`);
}
