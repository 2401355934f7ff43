/** Whether a run stands: repeated by the same means, and by an independent tool. */
import type { RepeatResult } from '../../../../app/contract.ts';
import { callJob, running } from '../../lib/state.svelte.ts';

export class Proof {
  readonly #run: () => number | null;
  #repeated = $state.raw<{ readonly run: number; readonly result: RepeatResult } | null>(null);
  /** The job that repeats or checks a run, while one does. */
  readonly job = $derived(running('run.repeat') ?? running('run.crosscheck'));

  constructor(run: () => number | null) {
    this.#run = run;
  }

  /** What repeating the run that is looked at gave in this session; null where it was not repeated. */
  get repeated(): RepeatResult | null {
    return this.#repeated !== null && this.#repeated.run === this.#run() ? this.#repeated.result : null;
  }

  async repeat(): Promise<void> {
    const run = this.#run();
    if (run === null) return;
    this.#repeated = null;
    const result = await callJob('run.repeat', { run });
    if (result !== undefined) this.#repeated = { run, result };
  }

  async crosscheck(): Promise<void> {
    const run = this.#run();
    if (run !== null) await callJob('run.crosscheck', { run });
  }
}
