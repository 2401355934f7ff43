import { commands, type CommandName, type EventName, type Events, type Input, type JobState, type NamesOf } from '../contract.ts';
import type { Output, Result } from '../contract.ts';
import { FlowcaseError } from '../errors.ts';
import type { CliHost } from './io.ts';

/**
 * A host that can be told to stop at any moment, also before it has a case, and between two of its jobs: a job that runs is cancelled, one that is
 * asked for later ends as cancelled before it begins, and what only reads is no longer waited for. What is written at once is written to its end.
 */
export class StoppableHost implements CliHost {
  readonly #host: CliHost;
  readonly #stop = new AbortController();
  readonly #stopping: Promise<never>;
  /** Something was done that the case keeps. */
  #kept = false;

  constructor(host: CliHost) {
    this.#host = host;
    this.#stopping = new Promise((_, reject) => {
      this.#stop.signal.addEventListener('abort', () => reject(this.#stopped()), { once: true });
    });
    this.#stopping.catch(() => undefined);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** @throws FlowcaseError CANCELLED where it was told to stop */
  throwIfStopped(): void {
    if (this.#stop.signal.aborted) throw this.#stopped();
  }

  async invoke<N extends CommandName>(name: N, input: Input<N>): Promise<Output<N>> {
    this.throwIfStopped();
    const answer = this.#host.invoke(name, input);
    // who closes a case while it is being opened would leave its lock behind
    if (name === 'case.open') return answer.finally(() => this.throwIfStopped());
    if (name !== 'case.create' && commands[name].access !== 'write') return Promise.race([answer, this.#stopping]);
    const output = await answer;
    this.#kept = true;
    return output;
  }

  async runJob<N extends NamesOf<'job'>>(name: N, input: Input<N>, onProgress?: (state: JobState) => void): Promise<Result<N>> {
    const result = await this.#host.runJob(name, input, onProgress, this.#stop.signal);
    this.#kept = true;
    return result;
  }

  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
    return this.#host.on(event, listener);
  }

  close(patience?: number): Promise<readonly string[]> {
    return this.#host.close(patience);
  }

  #stopped(): FlowcaseError {
    const what = this.#kept ? 'What was done before is kept.' : 'The case is as it was before.';
    return new FlowcaseError('CANCELLED', `The command was cancelled. ${what}`);
  }
}
