import { homedir } from 'node:os';
import { resolve } from 'node:path';
import {
  commands,
  FlowcaseError,
  fromErrorShape,
  type CaseInfo,
  type Checked,
  type Client,
  type CommandName,
  type EventName,
  type Events,
  type Input,
  type JobState,
  type NamesOf,
  type Output,
  type Result,
} from '../../app/contract.ts';
import type { IngestSink } from '../../app/api/types.ts';
import { toErrorShape, type ErrorShape } from '../../app/errors.ts';
import type { CaseThreadTells } from '../worker/methods.ts';
import { Changes } from './changes.ts';
import { Emitter } from './emitter.ts';
import { endAll } from './ending.ts';
import { listFolder } from './files.ts';
import { casesFolder, userName } from './folders.ts';
import { Jobs } from './jobs.ts';
import { JobRunner } from './job-runner.ts';
import { openLog } from './log.ts';
import { RecentCases } from './recent.ts';
import { SavedMappings } from './saved-mappings.ts';
import { Scheduler } from './scheduler.ts';
import { CaseSession } from './session.ts';
import { startWorker, type Log, type StartWorker } from './thread.ts';
import { titleOf } from './titles.ts';
import { forkTraining, type ForkTraining } from './training.ts';
import { checkInput, checkName } from './validate.ts';

export interface HostOptions {
  readonly kind: 'electron' | 'local';
  readonly version: string;
  /** Where recent cases, the sample and the log go. */
  readonly dataFolder: string;
  /** A person opens cases through a window: each opening is an entry of the custody log. */
  readonly recordOpenings: boolean;
  /** A case that is open here is there for others: what it watches is watched, its schedules run, it can be read at once; else only what is asked for. */
  readonly watches?: boolean;
  readonly forkTraining?: ForkTraining;
  /** Who acts; the account's name unless told. */
  readonly who?: string;
  readonly startWorker?: StartWorker;
}

type JobName = NamesOf<'job'>;
type Hears = (state: JobState) => void;
type AppHandlers = { readonly [N in NamesOf<'app'>]: (input: Checked<N>) => Promise<Output<N>> | Output<N> };

/** The process that owns the contract: validates, routes, keeps the jobs. Computes nothing itself. */
export class Host implements Client {
  readonly #options: HostOptions;
  readonly #log: Log;
  readonly #emitter = new Emitter<Events>();
  readonly #jobs: Jobs;
  readonly #runner: JobRunner;
  readonly #recent: RecentCases;
  readonly #mappings: SavedMappings;
  readonly #changes: Changes;
  readonly #app: AppHandlers;
  readonly #scheduler: Scheduler;
  #session: CaseSession | null = null;
  /** Why the case that was asked for from outside is not open, until one is. */
  #notOpened: ErrorShape | null = null;
  /** Opening and closing take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: HostOptions) {
    this.#options = options;
    this.#log = openLog(options.dataFolder);
    this.#recent = new RecentCases(options.dataFolder);
    this.#mappings = new SavedMappings(options.dataFolder);
    this.#jobs = new Jobs({ emit: (state) => this.#emitter.emit('job', state), log: this.#log });
    this.#changes = new Changes({
      read: async () => (this.#emitter.isHeard('case') ? this.#info() : null),
      emit: (info) => this.#emitter.emit('case', info),
    });
    this.#runner = new JobRunner({
      session: () => this.#needSession(),
      changed: () => this.#changes.soon(),
      host: this,
      dataFolder: options.dataFolder,
      log: this.#log,
      program: `Flowcase ${options.version}`,
      startWorker: options.startWorker ?? startWorker,
      forkTraining: options.forkTraining ?? forkTraining,
    });
    this.#app = this.#appHandlers();
    this.#scheduler = new Scheduler({
      list: () => this.invoke('schedules.list', {}),
      run: (name) => this.runJob('schedule.run', { name }),
      log: this.#log,
    });
  }

  /** Any caller's input is checked here, whatever its type says. @throws FlowcaseError */
  invoke<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
    return this.call(name, input) as Promise<Output<N>>;
  }

  /** As `invoke`, for names and inputs that arrive from outside. @throws FlowcaseError */
  async call(name: unknown, input: unknown): Promise<unknown> {
    const known = checkName(name);
    const checked: unknown = checkInput(known, input);
    switch (commands[known].access) {
      case 'app':
        return (this.#app[known as NamesOf<'app'>] as (input: unknown) => unknown)(checked);
      case 'read':
        return this.#needSession().reader.call('read', { name: known as NamesOf<'read'>, input: checked });
      case 'write': {
        const output = await this.#needSession().writer.call('write', { name: known as NamesOf<'write'>, input: checked });
        this.#changes.soon();
        return output;
      }
      case 'live':
        return this.#needSession().writer.call('live', { name: known as NamesOf<'live'>, input: checked });
      case 'job':
        return { job: this.#start(known as JobName, checked as Checked<JobName>).id };
    }
  }

  /**
   * Opens a case that was named outside of the window (a command line, the system's file manager). What stands in the way is told to every
   * window, also to one that comes later. @throws the same
   */
  async openFromOutside(path: string): Promise<void> {
    try {
      await this.invoke('case.open', { path });
    } catch (error) {
      const shape = toErrorShape(error);
      this.#notOpened = shape;
      this.#emitter.emit('trouble', { message: shape.message, fatal: false, error: shape });
      throw error;
    }
  }

  /** Takes lines that are posted; resolves when they are in the case. */
  readonly ingest: IngestSink = {
    accept: (source, contentType, body, format, signal, key) =>
      this.#needSession().writer.call('ingest', { source, contentType, body, format, key }, { signal }),
  };

  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Starts a job and waits for its end (`signal` cancels it): its result, also where it failed and a part of it holds. @throws FlowcaseError what it ended with */
  async runJob<N extends JobName>(name: N, input: Input<N>, onProgress?: Hears, signal?: AbortSignal): Promise<Result<N>> {
    const { id, ended } = this.#start(name, checkInput(name, input), signal);
    const off = this.#emitter.on('job', (state) => {
      if (state.id === id) onProgress?.(state);
    });
    try {
      const state = await ended;
      if (state.error !== null && state.result === null) throw fromErrorShape(state.error);
      return state.result as Result<N>;
    } finally {
      off();
    }
  }

  /** Stops the jobs, closes the case, ends the threads: in order, or after `patience` milliseconds all the same. Returns what was not finished then. */
  close(patience = Infinity): Promise<readonly string[]> {
    const session = this.#session;
    const inOrder = (): Promise<void> => this.#inTurn(() => this.#leave()).then(() => this.#runner.close());
    return endAll(patience, this.#jobs, inOrder, () => Promise.all([session?.cut(), this.#runner.close()]));
  }

  #start<N extends JobName>(name: N, input: Checked<N>, signal?: AbortSignal): { readonly id: string; readonly ended: Promise<JobState> } {
    if (name !== 'case.sample') this.#needSession();
    const { lane, work } = this.#runner.prepare(name, input);
    return this.#jobs.start({ command: name, title: titleOf(name, input), lane, ofCase: name !== 'case.sample' }, work, signal);
  }

  #needSession(): CaseSession {
    if (this.#session === null) throw new FlowcaseError('NO_CASE_OPEN', 'No case is open. Open one, or make a new one.');
    return this.#session;
  }

  async #info(): Promise<CaseInfo | null> {
    return ((await this.#session?.reader.call('read', { name: 'case.info', input: {} })) ?? null) as CaseInfo | null;
  }

  #appHandlers(): AppHandlers {
    return {
      'app.info': () => ({
        name: 'Flowcase',
        version: this.#options.version,
        host: this.#options.kind,
        platform: process.platform,
        node: process.versions.node,
        home: homedir(),
        cases: casesFolder(),
        notOpened: this.#notOpened,
      }),
      'case.recent': () => this.#recent.list(),
      'case.forget': async ({ path }) => {
        await this.#recent.forget(path);
        return null;
      },
      'case.create': (input) => this.#inTurn(() => this.#enter({ ...input, path: resolve(input.path) })),
      'case.open': (input) => this.#inTurn(() => this.#enter({ path: resolve(input.path), readOnly: input.readOnly })),
      'case.close': () => this.#inTurn(() => this.#leave()).then(() => null),
      'files.list': ({ path }) => listFolder(path),
      'formats.list': async () => {
        const { allFormats } = await import('../../app/formats/table-files.ts');
        return allFormats();
      },
      'evidence.preview': (input) => this.#runner.preview({ ...input, path: resolve(input.path) }),
      'mapping.list': () => this.#mappings.list(),
      'mapping.save': (input) => this.#mappings.save(input, Date.now() * 1000),
      'mapping.remove': async ({ name }) => {
        await this.#mappings.remove(name);
        return null;
      },
      'jobs.list': () => this.#jobs.list(),
      'job.cancel': ({ job }) => {
        this.#jobs.cancel(job);
        return null;
      },
    };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** Opens or creates a case. The one that is open stays open when this one cannot be. */
  async #enter(how: Checked<'case.open'> | Checked<'case.create'>): Promise<CaseInfo> {
    const creating = 'name' in how;
    const readOnly = !creating && how.readOnly;
    if (this.#session !== null && this.#session.path === how.path && !creating && this.#session.readOnly === readOnly) {
      const info = await this.#info();
      if (info !== null) return info;
    }
    const { version, who } = this.#options;
    const options = {
      identity: { who: who ?? userName(), program: `Flowcase ${version}` },
      log: this.#log,
      startWorker: this.#options.startWorker ?? startWorker,
      trouble: (message: string, fatal: boolean) => this.#trouble(message, fatal),
      watches: this.#options.watches ?? false,
      told: (name: string, payload: unknown) => this.#told(name as keyof CaseThreadTells, payload as never),
    };
    // what this window writes itself would lock it out
    if (this.#session?.path === how.path && !creating) await this.#leave();
    const { session, info } = readOnly ? await CaseSession.openReadOnly(how.path, options) : await CaseSession.open(how, options);
    await this.#leave();
    this.#session = session;
    if (this.#options.watches === true && !readOnly) this.#scheduler.start();
    this.#notOpened = null;
    if (!creating && !readOnly && this.#options.recordOpenings) {
      await session.writer.call('record', {
        act: 'case.opened',
        summary: `Opened the case with Flowcase ${version}.`,
        details: { program: `Flowcase ${version}` },
      });
    }
    await this.#recent.add(info, Date.now() * 1000).catch((error: unknown) => this.#log(`recent cases: ${String(error)}`));
    return (await this.#changes.now()) ?? info;
  }

  async #leave(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    this.#scheduler.stop();
    await this.#jobs.cancelAll(true);
    this.#session = null;
    await session.close();
    await this.#changes.now();
  }

  #told<N extends keyof CaseThreadTells>(name: N, payload: CaseThreadTells[N]): void {
    if (name === 'changed') this.#changes.soon();
    else this.#emitter.emit(name, payload);
  }

  #trouble(message: string, fatal: boolean): void {
    this.#log(`trouble: ${message}`);
    this.#emitter.emit('trouble', { message, fatal });
    this.#changes.soon();
  }
}

/** A host: the core with its threads, for a window (Electron or loopback) or for the terminal. */
export function createHost(options: HostOptions): Host {
  return new Host(options);
}
