/** A worker thread of k-means: takes segments until none is left, then says so. Started by the training process, one per core. */
import { parentPort } from 'node:worker_threads';
import { KMeansKernel } from './kmeans-kernel.ts';
import type { FromThread, ToThread } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('kmeans-thread.ts is the entry of a worker thread');
let kernel: KMeansKernel | null = null;
port.on('message', (message: ToThread) => {
  if (message.type === 'prepare') {
    kernel = new KMeansKernel(message.layout, message.memory);
    return;
  }
  let more = true;
  while (more) more = kernel?.next() ?? false;
  port.postMessage({ type: 'done', sweep: message.sweep } satisfies FromThread);
});
