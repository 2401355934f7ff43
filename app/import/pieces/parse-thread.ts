/** A worker thread that reads pieces of logs. Started by the thread that imports, which puts the pieces together. */
import { parentPort } from 'node:worker_threads';
import type { FromParseThread, ToParseThread } from './messages.ts';
import { PieceReader } from './piece-reader.ts';

const port = parentPort;
if (port === null) throw new Error('parse-thread.ts is the entry of a worker thread');
let reader: PieceReader | null = null;
port.on('message', (message: ToParseThread) => {
  if ('plan' in message) {
    reader = new PieceReader(message.plan);
    return;
  }
  if (reader === null) throw new Error('a part came before its plan');
  port.postMessage({ task: message.task, outcome: reader.read(message) } satisfies FromParseThread);
});
