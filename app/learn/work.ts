import type { Kernel } from './kernels/kernel.ts';
import { CONTROL_WORDS, DONE, STOP } from './kernels/messages.ts';
import { makeKernel, type ArgumentOf, type KernelName, type PartOf, type SetupOf } from './kernels/registry.ts';
import { takeSegment } from './kernels/take-segments.ts';
import type { Pace } from './pace.ts';
import type { ThreadPool } from './thread-pool.ts';

/** How often a stop is looked for, and progress told, while threads work. */
const WATCH_MS = 40;

/**
 * Rounds of one kernel over shared memory, by the threads of a pool or, without one, here. Same segments, same parts, same order: the same
 * result (kernels/kernel.ts).
 */
export class Work<N extends KernelName> {
  readonly #pace: Pace;
  readonly #pool: ThreadPool | null;
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT));
  readonly #kernel: Kernel<unknown, unknown> | null;
  readonly #number: number;

  /** `setup` is cloned to every thread: large data belong in shared memory. */
  constructor(name: N, setup: SetupOf<N>, pace: Pace, pool: ThreadPool | null) {
    this.#pace = pace;
    this.#pool = pool;
    this.#kernel = pool === null ? makeKernel(name, setup) : null;
    this.#number = pool?.prepare(name, setup, this.#control) ?? 0;
  }

  /**
   * Works off segments 0 to `segments` - 1; returns what each gave, in their order. `onDone` is told now and then how many are done.
   * @throws FlowcaseError CANCELLED, PROCESS_DIED
   */
  async round(segments: number, argument: ArgumentOf<N>, onDone?: (done: number) => void): Promise<PartOf<N>[]> {
    this.#control.fill(0);
    const parts =
      this.#kernel === null ? await this.#withThreads(segments, argument, onDone) : await this.#here(segments, argument, onDone);
    await this.#pace.breathe();
    return parts as PartOf<N>[];
  }

  /** Lets the threads go of the memory that the set-up named. */
  close(): void {
    this.#pool?.forget(this.#number);
  }

  async #here(segments: number, argument: unknown, onDone?: (done: number) => void): Promise<unknown[]> {
    const parts = new Array<unknown>(segments).fill(undefined);
    for (;;) {
      const taken = this.#kernel === null ? null : takeSegment(this.#kernel, this.#control, segments, argument);
      if (taken === null) return parts;
      parts[taken.segment] = taken.part;
      if (!this.#pace.due) continue;
      onDone?.(this.#control[DONE]);
      await this.#pace.breathe();
    }
  }

  async #withThreads(segments: number, argument: unknown, onDone?: (done: number) => void): Promise<unknown[]> {
    const watch = setInterval(() => {
      if (this.#pace.progress.stopped()) Atomics.store(this.#control, STOP, 1);
      onDone?.(Atomics.load(this.#control, DONE));
    }, WATCH_MS);
    try {
      return (await this.#pool?.round(this.#number, segments, argument)) ?? [];
    } finally {
      clearInterval(watch);
    }
  }
}
