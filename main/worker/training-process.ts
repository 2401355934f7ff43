/** The training process: reads matrices from the case and learns, with threads of its own and shared memory. Ends with its run. */
import { Worker } from 'node:worker_threads';
import { openCaseForReading } from '../../app/case/open.ts';
import { runCluster } from '../../app/commands/jobs.ts';
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

serve<TrainingMethods>(hostPort(), {
  async cluster({ path, request, threads }, progress) {
    const reader = openCaseForReading(path);
    try {
      reader.refresh();
      const createThread = (): Worker => new Worker(workerEntry('learn-thread'), { execArgv: entryFlags(), name: 'learn-thread' });
      return await runCluster(reader, request, { threads, createThread }, progress);
    } finally {
      reader.close();
    }
  },
});
