import type { CaseInfo } from '../../app/contract.ts';

export interface ChangesOptions {
  /** The open case as it is now; null without one, and where nobody is there to be told. */
  readonly read: () => Promise<CaseInfo | null>;
  readonly emit: (info: CaseInfo | null) => void;
}

/** At most this often; the last state is always told. */
const THROTTLE_MS = 100;

/** Tells faces what the open case is like after a change, once for many changes at a time, and not when nothing changed. */
export class Changes {
  readonly #options: ChangesOptions;
  #timer: NodeJS.Timeout | null = null;
  #told = '';

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** Something may have changed. */
  soon(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      void this.now().catch(() => undefined);
    }, THROTTLE_MS);
    this.#timer.unref();
  }

  /** Reads and tells at once; answers with what was read. */
  async now(): Promise<CaseInfo | null> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const info = await this.#options.read();
    const mark = info === null ? 'none' : JSON.stringify([info.path, info.id, info.revision, info.custody.head]);
    if (mark !== this.#told) {
      this.#told = mark;
      this.#options.emit(info);
    }
    return info;
  }
}
