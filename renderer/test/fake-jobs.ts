import type { CommandName, JobState } from '../../app/contract.ts';

/** Jobs that only let time pass, for progress bars to be looked at. */
export class FakeJobs {
  list: readonly JobState[] = [];
  #next = 1;
  readonly #cancelled = new Set<string>();
  readonly #tell: (state: JobState) => void;

  constructor(tell: (state: JobState) => void) {
    this.#tell = tell;
  }

  cancel(job: string): null {
    this.#cancelled.add(job);
    return null;
  }

  /** Answers at once; `end` gives the result when `seconds` are over. */
  start(command: CommandName, title: string, seconds: number, note: (part: number) => string, end: () => unknown): { job: string } {
    const id = `job-${this.#next++}`;
    const started = Date.now() * 1000;
    const all = 361_000;
    const tell = (part: number, more: Partial<JobState>): void => {
      const state: JobState = {
        id,
        command,
        title,
        status: 'running',
        done: Math.round(all * part),
        total: all,
        unit: 'records',
        rate: part === 0 ? null : 1_910_000,
        remaining: part === 0 ? null : seconds * (1 - part),
        note: note(part),
        started,
        ended: null,
        result: null,
        error: null,
        ...more,
      };
      this.list = [state, ...this.list.filter((job) => job.id !== id)];
      this.#tell(state);
    };
    tell(0, {});
    let part = 0;
    const timer = setInterval(() => {
      const cancelled = this.#cancelled.has(id);
      part = Math.min(1, part + 0.1 / seconds);
      if (!cancelled && part < 1) {
        tell(part, {});
        return;
      }
      clearInterval(timer);
      if (cancelled) tell(part, { status: 'cancelled', ended: Date.now() * 1000 });
      else tell(1, { status: 'done', result: end(), ended: Date.now() * 1000, remaining: null });
    }, 100);
    return { job: id };
  }
}
