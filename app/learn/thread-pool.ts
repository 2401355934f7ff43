import type { Worker } from 'node:worker_threads';
import { FlowcaseError } from '../errors.ts';
import type { SweepLayout } from './kernels/kmeans-kernel.ts';
import type { FromThread, ToThread } from './kernels/messages.ts';

/** Worker threads that sweep over one matrix at a time. */
export class ThreadPool {
  readonly #workers: readonly Worker[];
  #sweep = 0;
  #waiting: { left: number; resolve: () => void; reject: (error: Error) => void } | null = null;
  #failed: FlowcaseError | null = null;

  /** `createThread` starts a worker thread on kernels/kmeans-thread.ts. */
  constructor(createThread: () => Worker, threads: number) {
    this.#workers = Array.from({ length: threads }, () => {
      const worker = createThread();
      worker.on('message', (message: FromThread) => this.#done(message));
      worker.on('error', (error) => this.#fail(`failed: ${error instanceof Error ? error.message : String(error)}`));
      worker.on('exit', () => this.#fail('ended'));
      return worker;
    });
  }

  prepare(layout: SweepLayout, memory: WebAssembly.Memory): void {
    this.#tell({ type: 'prepare', layout, memory });
  }

  /** One pass of all threads over all segments. @throws FlowcaseError PROCESS_DIED */
  sweep(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failed !== null) {
        reject(this.#failed);
        return;
      }
      this.#waiting = { left: this.#workers.length, resolve, reject };
      this.#tell({ type: 'sweep', sweep: ++this.#sweep });
    });
  }

  /** Ends the threads; who still waits for a pass is told so. */
  async close(): Promise<void> {
    this.#fail('was ended');
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #tell(message: ToThread): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  #done(message: FromThread): void {
    const waiting = this.#waiting;
    if (waiting === null || message.sweep !== this.#sweep || --waiting.left > 0) return;
    this.#waiting = null;
    waiting.resolve();
  }

  #fail(how: string): void {
    this.#failed ??= new FlowcaseError('PROCESS_DIED', `A computing thread ${how}. The case is as it was before; run it again.`);
    this.#waiting?.reject(this.#failed);
    this.#waiting = null;
  }
}
