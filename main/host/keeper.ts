import { FlowcaseError, fromErrorShape, toErrorShape } from '../../app/errors.ts';
import type { CallOptions, InputOf, Methods, OutputOf } from '../worker/rpc.ts';
import type { Thread } from './thread.ts';

/** After more deaths than this within a minute a thread is given up. */
const MOST_DEATHS = 3;
const WINDOW_MS = 60_000;
/** Where the reason may pass it is tried again at the next call, so long after. */
const AGAIN_MS = 1000;
const passing: ReadonlySet<string> = new Set(['WRITE_FAILED', 'CASE_LOCKED', 'BUSY']);

export interface KeeperOptions<M extends Methods<M>> {
  /** Starts the thread and brings it to where it can answer. */
  readonly begin: () => Promise<Thread<M>>;
  /** The thread died and is back (`fatal` false), or will not come back. */
  readonly trouble: (message: string, fatal: boolean) => void;
}

/** Keeps one thread alive from the moment it is first needed: when it dies, what waited for it is rejected, and it is started again. */
export class Keeper<M extends Methods<M>> {
  readonly #options: KeeperOptions<M>;
  /** null: nobody has needed it yet. */
  #current: Promise<Thread<M>> | null = null;
  #deaths: number[] = [];
  /** When it is tried again what failed for a reason that may pass. */
  #againAt = Infinity;
  #closed = false;

  constructor(options: KeeperOptions<M>) {
    this.#options = options;
  }

  /** @throws what `begin` threw */
  async ready(): Promise<void> {
    await this.#thread();
  }

  get isNeeded(): boolean {
    return this.#current !== null;
  }

  async call<K extends keyof M & string>(name: K, input: InputOf<M[K]>, options?: CallOptions): Promise<OutputOf<M[K]>> {
    this.#again();
    const thread = await this.#thread();
    return thread.caller.call(name, input, options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const thread = await this.#current?.catch(() => null);
    await thread?.stop();
  }

  #thread(): Promise<Thread<M>> {
    if (this.#closed && this.#current === null) return Promise.reject(new FlowcaseError('PROCESS_DIED', 'It was closed.'));
    return (this.#current ??= this.#start());
  }

  #start(): Promise<Thread<M>> {
    const starting = this.#options.begin();
    starting.then(
      (thread) => {
        void thread.died.then((error) => {
          this.#restart(error);
        });
      },
      () => undefined,
    );
    return starting;
  }

  /** What kept the thread from coming back may be gone: room was made on the disk. */
  #again(): void {
    if (this.#closed || performance.now() < this.#againAt) return;
    this.#againAt = Infinity;
    this.#current = this.#start();
    this.#current.catch((failure: unknown) => {
      const { code } = toErrorShape(failure);
      if (!passing.has(code)) return;
      this.#againAt = performance.now() + AGAIN_MS;
    });
  }

  #restart(error: FlowcaseError): void {
    if (this.#closed) return;
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < WINDOW_MS), now];
    if (this.#deaths.length > MOST_DEATHS) {
      this.#giveUp(
        new FlowcaseError(
          'PROCESS_DIED',
          `${error.message} It happened ${this.#deaths.length} times within a minute: close the case and open it again.`,
        ),
      );
      return;
    }
    this.#current = this.#start();
    this.#current.then(
      () => {
        this.#options.trouble(error.message, false);
      },
      (failure: unknown) => {
        const shape = toErrorShape(failure);
        this.#giveUp(fromErrorShape(shape));
        if (passing.has(shape.code)) this.#againAt = performance.now() + AGAIN_MS;
      },
    );
  }

  #giveUp(error: FlowcaseError): void {
    this.#current = Promise.reject(error);
    this.#current.catch(() => undefined);
    if (!this.#closed) this.#options.trouble(error.message, true);
  }
}
