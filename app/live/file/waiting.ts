import { watch, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time, in milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or earlier when the signal says so. */
  sleep(ms: number, until: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, until) => sleep(ms, undefined, { signal: until }).catch(() => undefined),
};

/** Between two looks at least so many milliseconds pass, however many changes are told. */
const LEAST = 20;
/** More folders than this are looked at from time to time alone. */
const MOST_WATCHED = 64;

/** What the system told of: files by their paths. */
export interface Changes {
  readonly paths: ReadonlySet<string>;
  /** Names came or went, which a pattern may take in. */
  readonly names: boolean;
  /** Which file it was is not known: it may have been any. */
  readonly any: boolean;
}

/**
 * What the system tells of changes in the folders of some files. A hint that makes the next look come earlier: on network file systems, and where too
 * many files are watched, nothing is told.
 */
export class FolderWatch {
  readonly #wanted: boolean;
  readonly #watchers = new Map<string, FSWatcher | null>();
  #wake: () => void = () => undefined;
  #paths = new Set<string>();
  #names = false;
  #any = false;

  constructor(wanted: boolean) {
    this.#wanted = wanted;
  }

  on(paths: Iterable<string>): void {
    if (!this.#wanted) return;
    for (const path of paths) {
      const folder = dirname(path);
      if (!this.#watchers.has(folder) && this.#watchers.size < MOST_WATCHED) this.#watchers.set(folder, this.#watch(folder));
    }
  }

  /** What was told since this was asked last. */
  take(): Changes {
    const changes = { paths: this.#paths, names: this.#names, any: this.#any };
    this.#paths = new Set();
    this.#names = false;
    this.#any = false;
    return changes;
  }

  /** Waits until it is time for the next look. */
  async wait(clock: Clock, ms: number, stopped: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    // not AbortSignal.any: it would be remembered by `stopped`, for days
    stopped.addEventListener('abort', wake);
    if (stopped.aborted) wake();
    await clock.sleep(Math.min(LEAST, ms), woken.signal);
    this.#wake = wake;
    const happened = this.#any || this.#names || this.#paths.size > 0;
    if (!happened && ms > LEAST) await clock.sleep(ms - LEAST, woken.signal);
    this.#wake = () => undefined;
    stopped.removeEventListener('abort', wake);
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher?.close();
    this.#watchers.clear();
  }

  #watch(folder: string): FSWatcher | null {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        // the name of what changed is not always told
        if (typeof name === 'string') this.#paths.add(join(folder, name));
        else this.#any = true;
        if (event === 'rename') this.#names = true;
        this.#wake();
      });
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return null;
    }
  }
}
