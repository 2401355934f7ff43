import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../contract/format.ts';
import { FlowcaseError } from '../../errors.ts';

/** How long a broker that is away is waited for, milliseconds: a restart of a machine fits in. */
const PATIENCE = 180_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
/** A broker that has not answered for so long is spoken of. */
const SILENCE = 3000;

export interface Patience {
  /** Is told what is waited for. */
  readonly waiting: (words: string) => void;
  readonly stopped: AbortSignal;
}

/** The clock, so that a test need not wait. */
export interface Clock {
  readonly now: () => number;
  readonly wait: (milliseconds: number, stopped: AbortSignal) => Promise<void>;
}

const wallClock: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};

/**
 * Tries again while a broker does not answer, later and later, three minutes in all; what a broker refuses is not tried again.
 * @throws FlowcaseError of `work`
 */
export async function withPatience<T>(work: () => Promise<T>, { waiting, stopped }: Patience, clock: Clock = wallClock): Promise<T> {
  const begun = clock.now();
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    // the client tries by itself for a while, and says nothing
    const silence = setTimeout(() => {
      waiting(`The broker has not answered for ${formatDuration(SILENCE * 1000)}; it is asked again and again.`);
    }, SILENCE);
    try {
      return await work();
    } catch (error) {
      const left = begun + PATIENCE - clock.now();
      if (!(error instanceof FlowcaseError) || error.code !== 'REMOTE_UNREACHABLE' || left <= 0 || stopped.aborted) throw error;
      const next = Math.min(pause, left);
      waiting(`${error.message} Tried again in ${formatDuration(next * 1000)}, for ${formatDuration(left * 1000)} at most.`);
      await clock.wait(next, stopped);
    } finally {
      clearTimeout(silence);
    }
  }
}
