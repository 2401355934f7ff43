import { setImmediate } from 'node:timers/promises';
import { FlowcaseError } from '../errors.ts';
import type { Progress } from '../shared/progress.ts';

/** Computing longer than this without letting messages in would make "stop" and progress late. */
const BREATH_MS = 40;

/** Lets long computing breathe: hands the thread back now and then, and ends it where it was stopped. */
export class Pace {
  readonly progress: Progress;
  #last = performance.now();

  constructor(progress: Progress) {
    this.progress = progress;
  }

  /** True where `breathe` should be awaited: cheap enough for inner loops of about a millisecond. */
  get due(): boolean {
    return performance.now() - this.#last > BREATH_MS;
  }

  /** Call it at least every few milliseconds of work. @throws FlowcaseError CANCELLED */
  async breathe(): Promise<void> {
    if (this.due) {
      await setImmediate();
      this.#last = performance.now();
    }
    this.check();
  }

  /** @throws FlowcaseError CANCELLED */
  check(): void {
    if (this.progress.stopped()) throw new FlowcaseError('CANCELLED', 'Grouping was stopped. The case is as it was before.');
  }
}

/** Work that nobody watches and nobody stops. */
export function unwatched(): Pace {
  return new Pace({ report: () => undefined, stopped: () => false });
}
