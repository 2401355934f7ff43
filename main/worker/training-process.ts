/** The training process: reads matrices from the case and learns, with threads of its own and shared memory. Ends with its run. */
import { Worker } from 'node:worker_threads';
import { openCaseForReading } from '../../app/case/open.ts';
import type { CaseReader } from '../../app/case/types.ts';
import { runCluster, runRepeat } from '../../app/commands/jobs.ts';
import { runLearning } from '../../app/commands/learning.ts';
import { entryFlags, workerEntry } from './entry.ts';
import type { TrainingMethods } from './methods.ts';
import { serve, type Port } from './rpc.ts';

/** What Electron gives a utility process in place of process.send. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

function hostPort(): Port {
  const parent = (process as NodeJS.Process & { readonly parentPort?: ParentPort }).parentPort;
  if (parent !== undefined) {
    return {
      shared: false,
      post: (message) => parent.postMessage(message),
      listen: (listener) => parent.on('message', ({ data }) => listener(data)),
    };
  }
  // the host is gone: nobody is left to compute for
  process.on('disconnect', () => process.exit(0));
  return {
    shared: false,
    post: (message) => {
      if (process.connected) process.send?.(message);
    },
    listen: (listener) => process.on('message', listener),
  };
}

const createThread = (): Worker => new Worker(workerEntry('learn-thread'), { execArgv: entryFlags(), name: 'learn-thread' });

async function withCase<T>(path: string, work: (reader: CaseReader) => Promise<T>): Promise<T> {
  const reader = openCaseForReading(path);
  try {
    reader.refresh();
    return await work(reader);
  } finally {
    reader.close();
  }
}

// Loaded when it is needed: it brings the second tools along.
const additions = (): Promise<typeof import('../../app/commands/crosscheck.ts')> => import('../../app/commands/crosscheck.ts');

serve<TrainingMethods>(hostPort(), {
  cluster: ({ path, request, threads }, progress) =>
    withCase(path, (reader) => runCluster(reader, request, { threads, createThread }, progress)),
  repeat: ({ path, run, threads, program }, progress) =>
    withCase(path, (reader) => runRepeat(reader, run, { threads, createThread, program }, progress)),
  crosscheck: ({ path, run, rows, threads }, progress) =>
    withCase(path, async (reader) => (await additions()).runCrosscheck(reader, { run, rows }, { threads, createThread }, progress)),
  picture: ({ path, run, threads }, progress) =>
    withCase(path, async (reader) => (await additions()).runPicture(reader, run, { threads, createThread }, progress)),
  learn: ({ path, task, request, threads, program }, progress) =>
    withCase(path, (reader) => runLearning(reader, task, request as never, { threads, createThread, program }, progress)),
});
