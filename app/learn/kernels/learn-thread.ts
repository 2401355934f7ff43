/** A worker thread that learns: takes segments of the round until none is left, then says so. Started by the training process, one per core. */
import { parentPort } from 'node:worker_threads';
import type { Kernel } from './kernel.ts';
import type { FromThread, ToThread } from './messages.ts';
import { makeKernel } from './registry.ts';
import { takeSegment } from './take-segments.ts';

const port = parentPort;
if (port === null) throw new Error('learn-thread.ts is the entry of a worker thread');
const works = new Map<number, { readonly kernel: Kernel<unknown, unknown>; readonly control: Int32Array }>();

function work(message: Extract<ToThread, { type: 'round' }>): FromThread {
  const parts: [number, unknown][] = [];
  const entry = works.get(message.work);
  for (;;) {
    const taken = entry === undefined ? null : takeSegment(entry.kernel, entry.control, message.segments, message.argument);
    if (taken === null) return { type: 'done', round: message.round, parts };
    if (taken.part !== undefined) parts.push([taken.segment, taken.part]);
  }
}

port.on('message', (message: ToThread) => {
  if (message.type === 'prepare') {
    works.set(message.work, { kernel: makeKernel(message.kernel, message.setup), control: message.control });
  } else if (message.type === 'forget') works.delete(message.work);
  else port.postMessage(work(message));
});
