import type { ApiCore } from '../api/types.ts';
import type { Client, Input, JobState, NamesOf, Result } from '../contract.ts';

/** A core that the terminal drives: the contract, and jobs awaited to their end. */
export interface CliHost extends Client, Pick<ApiCore, 'ingest'> {
  /** Starts a job and waits for it; `signal` cancels it, also before it begins. @throws the job's error as FlowcaseError */
  runJob<N extends NamesOf<'job'>>(
    name: N,
    input: Input<N>,
    onProgress?: (state: JobState) => void,
    signal?: AbortSignal,
  ): Promise<Result<N>>;
  /** Ends in order, or after so many milliseconds all the same; returns what was not finished then. */
  close(patience?: number): Promise<readonly string[]>;
}

/** Everything the terminal's commands may touch, passed in so that tests can drive them. */
export interface CliIo {
  /** `watches`: what a case watches is watched while it is open, and its schedules run. */
  openHost(options?: { readonly watches?: boolean }): CliHost;
  /** Text for standard output, written as it is. */
  out(text: string): void;
  /** The same of bytes that are no text. */
  outBytes?(bytes: Uint8Array): void;
  /** Standard input, from now on. */
  input(): AsyncIterable<Uint8Array>;
  /** Text for standard error. */
  err(text: string): void;
  /** Standard error is a terminal: a progress bar may be drawn. */
  readonly isTerminal: boolean;
  /** Standard output is a terminal: what a log says is shown there, never obeyed. */
  readonly showsOutput?: boolean;
  /** Where relative paths start. */
  readonly cwd: string;
  /** Called once on Ctrl-C, and when the program is told to end (SIGTERM, SIGHUP); asked once more, it ends at once. */
  onInterrupt(listener: () => void): void;
}
