/** A worker thread that reads pieces of logs. Started by the thread that imports, which puts the pieces together. */
import { parentPort } from 'node:worker_threads';
import { numberMemory } from '../../columns/kernels/number-memory.ts';
import { loadFormat } from '../../formats/loading.ts';
import type { FromParseThread, ToParseThread } from './messages.ts';
import { PieceReader } from './piece-reader.ts';

const port = parentPort;
if (port === null) throw new Error('parse-thread.ts is the entry of a worker thread');
let reader: PieceReader | null = null;

async function hear(message: ToParseThread): Promise<void> {
  if ('plan' in message) {
    reader = new PieceReader(message.plan, await loadFormat(message.plan.format), numberMemory()?.columns ?? null);
    return;
  }
  if (reader === null) throw new Error('a part came before its plan');
  port?.postMessage({ task: message.task, outcome: reader.read(message) } satisfies FromParseThread);
}

// parts wait until the format that their plan names is there
let heard = Promise.resolve();
port.on('message', (message: ToParseThread) => {
  heard = heard.then(() => hear(message));
});
