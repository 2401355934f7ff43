import { fileURLToPath } from 'node:url';
import { parentPort, type Transferable } from 'node:worker_threads';
import type { Port } from './rpc.ts';

export type EntryName = 'case-thread' | 'reader-thread' | 'task-thread' | 'training-process' | 'learn-thread' | 'parse-thread';

/** In a checkout the entries are TypeScript where they were written; in a build they lie beside each other as JavaScript. */
const inCheckout = import.meta.url.endsWith('.ts');

/** Entries of threads that belong to a room of app/, from here. */
const roomOf: ReadonlyMap<EntryName, string> = new Map([
  ['learn-thread', '../../app/learn/kernels/'],
  ['parse-thread', '../../app/import/pieces/'],
]);

/** The file that a thread or process of this name starts with. */
export function workerEntry(name: EntryName): string {
  const folder = (inCheckout ? roomOf.get(name) : undefined) ?? './';
  return fileURLToPath(new URL(`${folder}${name}.${inCheckout ? 'ts' : 'js'}`, import.meta.url));
}

/** Flags for threads and processes of our own: those with which this process was told to run TypeScript (Node before 22.18), none else. */
export function entryFlags(): string[] {
  return process.execArgv.filter((flag) => flag === '--experimental-strip-types' || flag === '--disable-warning=ExperimentalWarning');
}

/** The port of a thread to the one that started it. */
export function threadPort(): Port {
  const port = parentPort;
  if (port === null) throw new Error('this file is the entry of a thread; Flowcase starts it');
  return {
    shared: true,
    post: (message, transfer) => port.postMessage(message, transfer as readonly Transferable[]),
    listen: (listener) => port.on('message', listener),
  };
}
