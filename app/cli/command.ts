import { resolve } from 'node:path';
import type { CaseReader } from '../case/types.ts';
import { openCaseForReading } from '../case/open.ts';
import { toErrorShape, type JobState } from '../contract.ts';
import { UsageError, type Args, type OptionSpecs } from './args.ts';
import type { CliHost, CliIo } from './io.ts';
import { printable, ProgressLine } from './progress-line.ts';
import { StoppableHost } from './stoppable.ts';
import { copiesBeside, leftCopies } from './standard-input.ts';

/** Exit codes of the terminal: 0 done; 1 it failed, one line says why; 2 wrong usage; 3 a difference was found. */
export const exitCodes = { done: 0, failed: 1, usage: 2, difference: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What keeps a case from being opened for writing, and not from being read: a disk that is full, too. */
const readable: ReadonlySet<string> = new Set(['CASE_READ_ONLY', 'CASE_LOCKED', 'WRITE_FAILED']);

/** One command of the terminal. */
export interface CliCommand {
  readonly name: string;
  /** What stands after the name in the usage line. */
  readonly usage: string;
  readonly about: string;
  /** What "flowcase help COMMAND" says beside: fields of JSON, units. */
  readonly more?: string;
  readonly options: OptionSpecs;
  run(context: CliContext): Promise<ExitCode>;
}

/** What a command works with. */
export class CliContext {
  readonly args: Args;
  readonly io: CliIo;
  /** The copy of standard input that this command made. */
  ownCopy: string | null = null;

  constructor(args: Args, io: CliIo) {
    this.args = args;
    this.io = io;
  }

  /** @throws UsageError for -, which commands that read or write a stream take before */
  path(text: string): string {
    if (text === '-') throw new UsageError('"-" is standard input or output, which cannot stand here; a file of that name is ./-');
    return resolve(this.io.cwd, text);
  }

  /** The file that --out names. */
  outPath(): string | undefined {
    const out = this.args.text('out');
    return out === undefined ? undefined : this.path(out);
  }

  /** The case named by the first argument. */
  casePath(): string {
    return this.path(this.args.required(0, 'CASE'));
  }

  /** Prints one JSON document, or text for a person; nothing where there is nothing to say. */
  answer(json: unknown, text: () => string): void {
    const said = this.args.json ? JSON.stringify(json, null, 2) : text();
    if (said !== '') this.io.out(`${said}\n`);
  }

  /** Reads a case without taking its lock: it may be open in a window meanwhile. */
  async read<T>(work: (reader: CaseReader) => T | Promise<T>): Promise<T> {
    const reader = openCaseForReading(this.casePath());
    try {
      return await work(reader);
    } finally {
      reader.close();
    }
  }

  /**
   * Works on a case through a host of its own. `open` false: no case is opened first; 'reading': a case that cannot be written now, because it is
   * write-protected or open elsewhere, is read all the same. Ctrl-C cancels it, whenever it comes.
   */
  async withHost<T>(open: boolean | 'reading', work: (host: CliHost, progress: (state: JobState) => void) => Promise<T>): Promise<T> {
    const host = new StoppableHost(this.io.openHost());
    const line = new ProgressLine(this.io);
    this.io.onInterrupt(() => host.stop());
    try {
      if (open !== false) await this.#open(host, open === 'reading');
      return await work(host, (state) => line.show(state));
    } finally {
      line.end();
      await host.close();
    }
  }

  async #open(host: CliHost, reading: boolean): Promise<void> {
    const path = this.casePath();
    await this.#openOrRead(host, path, reading);
    const copies = copiesBeside(path).filter((copy) => copy !== this.ownCopy);
    if (copies.length > 0) this.tellLeft(leftCopies(copies, await host.invoke('evidence.list', {})));
  }

  /** Copies of standard input that nothing rests on, on standard error. */
  tellLeft(sentences: readonly string[]): void {
    for (const sentence of sentences) this.io.err(`${printable(sentence)}\n`);
  }

  async #openOrRead(host: CliHost, path: string, reading: boolean): Promise<void> {
    try {
      await host.invoke('case.open', { path });
    } catch (error) {
      const { code, message } = toErrorShape(error);
      if (!reading || !readable.has(code)) throw error;
      await host.invoke('case.open', { path, readOnly: true }).catch(() => {
        throw error;
      });
      this.io.err(`${message} It was read only: this act is not in its custody log.\n`);
    }
  }
}
