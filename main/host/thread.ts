import { Worker, type Transferable } from 'node:worker_threads';
import { FlowcaseError } from '../../app/errors.ts';
import { entryFlags, workerEntry, type EntryName } from '../worker/entry.ts';
import { Caller, type Methods } from '../worker/rpc.ts';

export type Log = (text: string) => void;
/** Starts a worker thread; tests put their own in between to see threads die. */
export type StartWorker = (entry: EntryName) => Worker;

export const startWorker: StartWorker = (entry) => new Worker(workerEntry(entry), { execArgv: entryFlags(), name: entry });

/** A thread of ours that answers the methods M. */
export interface Thread<M extends Methods<M>> {
  readonly caller: Caller<M>;
  /** Resolves when the thread has ended without being stopped: with what a person should read. */
  readonly died: Promise<FlowcaseError>;
  stop(): Promise<void>;
}

/** `what`: how a person knows it: "The case thread". `told`: hears what it says unasked. */
export function startThread<M extends Methods<M>>(
  entry: EntryName,
  what: string,
  log: Log,
  start: StartWorker = startWorker,
  told?: (name: string, payload: unknown) => void,
): Thread<M> {
  const worker = start(entry);
  const caller = new Caller<M>(
    {
      shared: true,
      post: (message, transfer = []) => worker.postMessage(message, transfer as readonly Transferable[]),
      listen: (listener) => worker.on('message', listener),
    },
    log,
    told,
  );
  let stopping = false;
  let failure: unknown = null;
  worker.on('error', (error) => {
    failure = error;
    log(`${entry}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
  worker.on('messageerror', (error) => {
    log(`${entry}: ${error.message}`);
    void worker.terminate();
  });
  const died = new Promise<FlowcaseError>((resolve) => {
    worker.on('exit', () => {
      const error = stopping ? new FlowcaseError('PROCESS_DIED', `${what} was stopped.`) : deathOf(what, failure);
      caller.fail(error);
      if (!stopping) resolve(error);
    });
  });
  return {
    caller,
    died,
    async stop() {
      stopping = true;
      await worker.terminate();
    },
  };
}

function deathOf(what: string, failure: unknown): FlowcaseError {
  const code = failure instanceof Error && 'code' in failure ? failure.code : null;
  const why = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'ran out of memory' : 'ended unexpectedly';
  return new FlowcaseError('PROCESS_DIED', `${what} ${why}. What it was doing was not done; the case is as it was before. Try it again.`);
}
