import type { Schedule } from '../../app/contract.ts';
import { toErrorShape } from '../../app/errors.ts';
import type { Log } from './thread.ts';

/** How often is looked for what is due (milliseconds): cron counts in minutes. */
const LOOK_MS = 15_000;

export interface SchedulerOptions {
  readonly list: () => Promise<readonly Schedule[]>;
  /** Begins the work of a schedule, and resolves when it is done. */
  readonly run: (name: string) => Promise<unknown>;
  readonly log: Log;
}

/** Begins what is due while a case is open in a window or served. */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #running = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  start(every = LOOK_MS): void {
    this.stop();
    this.#timer = setInterval(() => void this.look(), every);
    this.#timer.unref();
    void this.look();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Begins everything that is overdue and not running already. */
  async look(): Promise<void> {
    const { list, run, log } = this.#options;
    try {
      const due = (await list()).filter(({ name, overdue }) => overdue && !this.#running.has(name));
      for (const { name } of due) {
        this.#running.add(name);
        run(name)
          .catch((error: unknown) => log(`schedule ${name}: ${toErrorShape(error).message}`))
          .finally(() => this.#running.delete(name));
      }
    } catch (error) {
      log(`schedules: ${toErrorShape(error).message}`);
    }
  }
}
