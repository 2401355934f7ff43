import type { Worker } from 'node:worker_threads';
import { FlowcaseError } from '../errors.ts';
import type { FromThread, ToThread } from './kernels/messages.ts';
import type { KernelName } from './kernels/registry.ts';

interface Waiting {
  left: number;
  readonly parts: unknown[];
  readonly resolve: (parts: unknown[]) => void;
  readonly reject: (error: Error) => void;
}

/** Worker threads that learn. One round at a time; what works with them is `Work`. */
export class ThreadPool {
  readonly #workers: readonly Worker[];
  #round = 0;
  #works = 0;
  #waiting: Waiting | null = null;
  #failed: FlowcaseError | null = null;

  /** `createThread` starts a worker thread on kernels/learn-thread.ts. */
  constructor(createThread: () => Worker, threads: number) {
    this.#workers = Array.from({ length: threads }, () => {
      const worker = createThread();
      worker.on('message', (message: FromThread) => this.#done(message));
      worker.on('error', (error) => this.#fail(`failed: ${error instanceof Error ? error.message : String(error)}`));
      worker.on('exit', () => this.#fail('ended'));
      return worker;
    });
  }

  /** How many threads there are: for room that each needs of its own, never for how work is cut. */
  get threads(): number {
    return this.#workers.length;
  }

  /** Gives every thread what it needs for a work; returns its number. */
  prepare(kernel: KernelName, setup: unknown, control: Int32Array): number {
    const work = ++this.#works;
    this.#tell({ type: 'prepare', work, kernel, setup, control });
    return work;
  }

  /** Lets go of a work's memory. */
  forget(work: number): void {
    this.#tell({ type: 'forget', work });
  }

  /** One round of all threads over all segments: what each segment gave, by its number. @throws FlowcaseError PROCESS_DIED */
  round(work: number, segments: number, argument: unknown): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      if (this.#failed !== null) {
        reject(this.#failed);
        return;
      }
      this.#waiting = { left: this.#workers.length, parts: new Array<unknown>(segments).fill(undefined), resolve, reject };
      this.#tell({ type: 'round', work, round: ++this.#round, segments, argument });
    });
  }

  /** Ends the threads; who still waits for a round is told so. */
  async close(): Promise<void> {
    this.#fail('was ended');
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #tell(message: ToThread): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  #done(message: FromThread): void {
    const waiting = this.#waiting;
    if (waiting === null || message.round !== this.#round) return;
    for (const [segment, part] of message.parts) waiting.parts[segment] = part;
    if (--waiting.left > 0) return;
    this.#waiting = null;
    waiting.resolve(waiting.parts);
  }

  #fail(how: string): void {
    this.#failed ??= new FlowcaseError('PROCESS_DIED', `A computing thread ${how}. The case is as it was before; run it again.`);
    this.#waiting?.reject(this.#failed);
    this.#waiting = null;
  }
}
