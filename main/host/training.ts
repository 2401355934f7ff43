import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { FlowcaseError } from '../../app/errors.ts';
import { entryFlags, workerEntry } from '../worker/entry.ts';
import type { TrainingMethods } from '../worker/methods.ts';
import { Caller, type InputOf, type OutputOf } from '../worker/rpc.ts';
import type { JobContext } from './jobs.ts';
import type { Log } from './thread.ts';

/** The training process as the host sees it: child_process here, utilityProcess in Electron. */
export interface TrainingChild {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process has ended for whatever reason. `why`: an exit code or a signal. */
  onExit(listener: (why: string) => void): void;
  kill(): void;
}
export type ForkTraining = () => TrainingChild;

/** Starts the training process with child_process. */
export const forkTraining: ForkTraining = () => {
  const child = fork(workerEntry('training-process'), [], {
    serialization: 'advanced',
    execArgv: entryFlags(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    post: (message) => {
      if (child.connected) child.send(message as object);
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      let told = false;
      const tell = (why: string): void => {
        if (!told) listener(why);
        told = true;
      };
      child.on('error', (error) => tell(error.message));
      child.on('exit', (code, signal) => tell(signal ?? `exit code ${code ?? 0}`));
    },
    kill: () => child.kill('SIGKILL'),
  };
};

/** A training process that was asked to stop has this long to do so by itself; it may be in the hands of a library that does not listen. */
const GRACE_MS = 150;

/** What a task of the training process is asked with; how many threads it may have is told by `train`. */
type Asked<M extends keyof TrainingMethods> = Omit<InputOf<TrainingMethods[M]>, 'threads'>;

/**
 * Runs one task of learning in a process of its own, which ends with it: its memory goes back to the system, and its death costs nothing but
 * the run. @throws FlowcaseError PROCESS_DIED, CANCELLED, and what the run throws
 */
export async function train<M extends keyof TrainingMethods>(
  start: ForkTraining,
  method: M,
  input: Asked<M>,
  context: JobContext,
  log: Log,
): Promise<OutputOf<TrainingMethods[M]>> {
  const child = start();
  const caller = new Caller<TrainingMethods>({ shared: false, post: child.post, listen: child.onMessage }, log);
  let timer: NodeJS.Timeout | undefined;
  child.onExit((why) => {
    caller.fail(deathOf(why));
  });
  const onAbort = (): void => {
    // it may be computing and not hear; it only reads, so ending it harms nothing
    timer = setTimeout(() => {
      caller.fail(new FlowcaseError('CANCELLED', 'The run was cancelled. The case is as it was before.'));
    }, GRACE_MS);
  };
  context.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { signal } = context;
    const progress = (report: { done: number; total: number | null; unit: string; note: string }): void => {
      context.report(report.done, report.total, report.unit, report.note);
    };
    const asked = { ...input, threads: Math.max(1, availableParallelism()) } as unknown as InputOf<TrainingMethods[M]>;
    return await caller.call(method, asked, { progress, signal });
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener('abort', onAbort);
    child.kill();
  }
}

function deathOf(why: string): FlowcaseError {
  const killed = why === 'SIGKILL' ? ' (the system may have run out of memory)' : '';
  return new FlowcaseError(
    'PROCESS_DIED',
    `The training process ended unexpectedly: ${why}${killed}. No run was kept; the case is as it was before. Try it again, or with fewer records.`,
  );
}
