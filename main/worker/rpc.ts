import type { Progress } from '../../app/shared/progress.ts';
import { actingBy, actingToken } from '../../app/shared/acting.ts';
import { FlowcaseError, fromErrorShape, toErrorShape, type ErrorShape } from '../../app/errors.ts';

/**
 * Calls between the host and its threads and processes. One message asks, one answers; in between the callee may tell its progress,
 * and the caller may ask it to stop. Values are cloned by the channel (structured clone, or v8's own between processes).
 */

/** One end of a channel: a MessagePort, a Worker, a child process. */
export interface Port {
  /** Memory can be shared across it: a thread hears "stop" even while it computes. */
  readonly shared: boolean;
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  listen(listener: (message: unknown) => void): void;
}

export interface ProgressReport {
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly note: string;
}

interface Ask {
  readonly ask: number;
  readonly name: string;
  readonly input: unknown;
  readonly stop: Int32Array | null;
  /** The token by which it is asked for over the API, or null. */
  readonly by: string | null;
}
interface Stop {
  readonly stop: number;
}
type ToCallee = Ask | Stop;
type ToCaller =
  | { readonly answer: number; readonly output: unknown }
  | { readonly answer: number; readonly error: ErrorShape; readonly stack: string | null }
  | { readonly progress: number; readonly report: ProgressReport }
  | { readonly told: string; readonly payload: unknown };

/** What can be called: names, each with one input and one output. */
export type Methods<M> = { readonly [K in keyof M]: (input: never) => unknown };
export type InputOf<F> = F extends (input: infer I) => unknown ? I : never;
export type OutputOf<F> = F extends (input: never) => infer O ? O : never;
export type Implementation<M extends Methods<M>> = {
  readonly [K in keyof M]: (input: InputOf<M[K]>, progress: Progress) => OutputOf<M[K]> | Promise<OutputOf<M[K]>>;
};
type Handler = (input: unknown, progress: Progress) => unknown;

/** Progress is told at most this often. */
const REPORT_MS = 50;

/** Tells the other end something that it did not ask for. */
export function tell(port: Port, name: string, payload: unknown): void {
  port.post({ told: name, payload } satisfies ToCaller);
}

/** Answers calls that arrive at `port`. Calls are begun in the order they arrive. */
export function serve<M extends Methods<M>>(port: Port, implementation: Implementation<M>): void {
  const handlers = new Map(Object.entries(implementation as unknown as Readonly<Record<string, Handler>>));
  const stopped = new Set<number>();
  port.listen((raw) => {
    const message = raw as ToCallee;
    if (!('ask' in message)) stopped.add(message.stop);
    else void answer(port, message, handlers.get(message.name), stopped);
  });
}

async function answer(port: Port, { ask, name, input, stop, by }: Ask, handler: Handler | undefined, stopped: Set<number>): Promise<void> {
  let last = 0;
  const progress: Progress = {
    report(done, total, unit, note) {
      const now = performance.now();
      if (now - last < REPORT_MS && done !== total) return;
      last = now;
      port.post({ progress: ask, report: { done, total, unit, note } } satisfies ToCaller);
    },
    stopped: () => (stop === null ? stopped.has(ask) : Atomics.load(stop, 0) !== 0),
  };
  try {
    if (handler === undefined) throw new Error(`nothing here answers ${name}`);
    const output = await actingBy(by, () => handler(input, progress));
    port.post({ answer: ask, output } satisfies ToCaller);
  } catch (error) {
    const stack = error instanceof Error && !(error instanceof FlowcaseError) ? (error.stack ?? null) : null;
    port.post({ answer: ask, error: shapeOf(error), stack } satisfies ToCaller);
  } finally {
    stopped.delete(ask);
  }
}

function shapeOf(error: unknown): ErrorShape {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'SQLITE_FULL');
  if (full)
    return { code: 'WRITE_FAILED', message: 'The disk is full. Nothing was kept of what was being written; make room and try again.' };
  const memory = error instanceof RangeError && /allocation failed|Array buffer/i.test(error.message);
  if (memory)
    return {
      code: 'OUT_OF_MEMORY',
      message: 'There was not enough memory for this. The case is as it was before; try with fewer records.',
    };
  return toErrorShape(error);
}

export interface CallOptions {
  readonly progress?: ((report: ProgressReport) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly transfer?: readonly ArrayBuffer[] | undefined;
}

interface Pending {
  readonly name: string;
  readonly progress: ((report: ProgressReport) => void) | undefined;
  resolve(output: unknown): void;
  reject(error: FlowcaseError): void;
}

/** The calling end. Every call ends: with an answer, an error, or with `fail` when the other end is gone. */
export class Caller<M extends Methods<M>> {
  readonly #port: Port;
  readonly #log: (text: string) => void;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #gone: FlowcaseError | null = null;
  readonly #told: (name: string, payload: unknown) => void;

  /** `told`: hears what the other end says unasked. */
  constructor(port: Port, log: (text: string) => void, told: (name: string, payload: unknown) => void = () => undefined) {
    this.#port = port;
    this.#log = log;
    this.#told = told;
    port.listen((message) => {
      this.#take(message as ToCaller);
    });
  }

  /** @throws FlowcaseError what the other end threw; PROCESS_DIED when it is gone */
  call<K extends keyof M & string>(name: K, input: InputOf<M[K]>, options: CallOptions = {}): Promise<OutputOf<M[K]>> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== null) {
        reject(this.#gone);
        return;
      }
      const ask = this.#next++;
      const stop = this.#port.shared ? new Int32Array(new SharedArrayBuffer(4)) : null;
      const onAbort = (): void => {
        if (stop !== null) Atomics.store(stop, 0, 1);
        else if (this.#gone === null) this.#port.post({ stop: ask } satisfies ToCallee);
      };
      const end = (): void => options.signal?.removeEventListener('abort', onAbort);
      this.#pending.set(ask, {
        name,
        progress: options.progress,
        resolve: (output) => {
          end();
          resolve(output as OutputOf<M[K]>);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      });
      try {
        this.#port.post({ ask, name, input, stop, by: actingToken() } satisfies ToCallee, options.transfer);
      } catch (error) {
        this.#pending.delete(ask);
        reject(fromErrorShape(toErrorShape(error)));
        return;
      }
      if (options.signal?.aborted === true) onAbort();
      else options.signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** The other end is gone: everything that waits, and everything asked from now on, is rejected. */
  fail(error: FlowcaseError): void {
    this.#gone ??= error;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of waiting) one.reject(error);
  }

  #take(message: ToCaller): void {
    if ('told' in message) {
      this.#told(message.told, message.payload);
      return;
    }
    if ('progress' in message) {
      this.#pending.get(message.progress)?.progress?.(message.report);
      return;
    }
    const pending = this.#pending.get(message.answer);
    if (pending === undefined) return;
    this.#pending.delete(message.answer);
    if ('error' in message) {
      if (message.stack !== null) this.#log(`${pending.name}: ${message.stack}`);
      pending.reject(fromErrorShape(message.error));
    } else pending.resolve(message.output);
  }
}
