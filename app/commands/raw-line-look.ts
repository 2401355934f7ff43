import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Original } from '../original/original.ts';

/** How much is done for one line. */
export interface Limits {
  /** Bytes that are unpacked. */
  readonly unpacked: number;
  /** Bytes that are compared with what was imported, once for each state of a file. */
  readonly hashed: number;
  /** A file longer than this is believed to be the imported one where size and time of last change are. */
  readonly trusted: number;
  readonly milliseconds: number;
}

export const usualLimits: Limits = { unpacked: 256 * 2 ** 20, hashed: 2 ** 30, trusted: 64 * 2 ** 20, milliseconds: 3000 };

/** Ends a look that takes too long. */
class TookLong extends Error {}

/** The thread that answers everything else waits no longer than this (ms). */
const BREATH = 20;

/** One look into originals: within its limits, and with pauses for whatever else its thread has to do. */
export class Look {
  readonly limits: Limits;
  /** It took too long, whatever error came of it. */
  over = false;
  readonly #end: number;
  #breathed = performance.now();

  constructor(limits: Limits) {
    this.limits = limits;
    this.#end = this.#breathed + limits.milliseconds;
  }

  /** Throws where it takes too long. */
  readonly step = (): void => {
    this.over ||= performance.now() > this.#end;
    if (this.over) throw new TookLong();
  };

  /** The same, with a pause where one is due. */
  readonly pass = (): Promise<void> | undefined => {
    this.step();
    return performance.now() - this.#breathed < BREATH ? undefined : this.#breathe();
  };

  async #breathe(): Promise<void> {
    await othersFirst();
    this.#breathed = performance.now();
  }
}

/** A file as it is now, and what is asked of it. */
export function keyOf({ path, state }: Original, what: string): string {
  return `${path} ${state} ${what}`;
}

/** Of what was found out so much is remembered. */
const REMEMBERED = 1000;

/** What was found out about files as they are; the oldest is forgotten first. What is being found out is waited for. */
export class Remembered<T> {
  readonly #found = new Map<string, T>();
  readonly #finding = new Map<string, Promise<T>>();

  async of(key: string, find: () => Promise<T>): Promise<T> {
    // whoever began it may have run out of time, which says nothing here
    await this.#finding.get(key)?.catch(() => null);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const finding = find();
    this.#finding.set(key, finding);
    try {
      const found = await finding;
      const [oldest] = this.#found.keys();
      if (this.#found.size >= REMEMBERED) this.#found.delete(oldest);
      this.#found.set(key, found);
      return found;
    } finally {
      if (this.#finding.get(key) === finding) this.#finding.delete(key);
    }
  }
}
