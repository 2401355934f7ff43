import type { Worker } from 'node:worker_threads';
import { FlowcaseError } from '../../errors.ts';
import { formatById } from '../../formats/registry.ts';
import type { FromParseThread, PartToRead, PieceOutcome, ReadingPlan, ToParseThread } from './messages.ts';
import { PieceReader } from './piece-reader.ts';

/** One who reads pieces, in the order in which they are given. */
export interface PieceHand {
  /** Parts that are waiting or under way. */
  readonly load: number;
  /** So many parts keep it busy. */
  readonly most: number;
  /**
   * What came of it. Its memory may be used again then.
   * @throws FlowcaseError PROCESS_DIED, OUT_OF_MEMORY where the hand is lost
   */
  read(plan: ReadingPlan, part: PartToRead): Promise<PieceOutcome>;
}

export interface CrewOptions {
  /** How many threads `createThread` may be asked for; what is read does not depend on it. */
  readonly threads: number;
  /** Starts a thread on parse-thread.ts; null: everything is read here. */
  readonly createThread: (() => Worker) | null;
}

/** Files shorter than this are read in the thread that imports: a thread of their own costs more than it gives. */
export const SMALL = 2 ** 22;
/** A thread takes a quarter of a second until it is at its best. */
const BYTES_OF_ONE = 2 ** 28;

/** Those who read the pieces of a job's logs: threads, kept until the job ends, and this thread itself. */
export class Crew {
  /** Reads here and now. */
  readonly self: PieceHand = new OwnHand();
  readonly #options: CrewOptions;
  readonly #threads: ThreadHand[] = [];

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** The threads for a file of so many bytes, started when they are first needed; this thread itself where there are none. */
  hands(bytes: number): readonly PieceHand[] {
    const { threads, createThread } = this.#options;
    if (createThread === null || threads < 1) return [this.self];
    // two threads and the one that puts their work together share two cores: the second pays only where there is much to read
    const wanted = threads > 2 ? threads : Math.min(threads, Math.ceil(bytes / BYTES_OF_ONE));
    while (this.#threads.length < wanted) this.#threads.push(new ThreadHand(createThread()));
    return this.#threads;
  }

  /** Starts the first thread for files of so many bytes: it takes as long as it takes to recognise a log. */
  prepare(bytes: number): void {
    if (this.#threads.length === 0) this.hands(Math.min(bytes, BYTES_OF_ONE));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }
}

class OwnHand implements PieceHand {
  readonly load = 0;
  readonly most = 1;
  #plan = 0;
  #reader: PieceReader | null = null;

  read(plan: ReadingPlan, part: PartToRead): Promise<PieceOutcome> {
    if (this.#reader === null || this.#plan !== plan.number) this.#reader = new PieceReader(plan, formatById(plan.format), null);
    this.#plan = plan.number;
    return Promise.resolve(this.#reader.read(part));
  }
}

interface Waiting {
  resolve(outcome: PieceOutcome): void;
  reject(error: FlowcaseError): void;
}

class ThreadHand implements PieceHand {
  /** One that it reads and one that waits. */
  readonly most = 2;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #plan = 0;
  #task = 0;
  #failed: FlowcaseError | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: FromParseThread) => {
      this.#waiting.get(message.task)?.resolve(message.outcome);
      this.#waiting.delete(message.task);
    });
    worker.on('error', (error) => this.#fail(deathOf(error)));
    worker.on('messageerror', (error) => this.#fail(deathOf(error)));
    worker.on('exit', () => this.#fail(deathOf(null)));
  }

  get load(): number {
    return this.#waiting.size;
  }

  read(plan: ReadingPlan, part: PartToRead): Promise<PieceOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#failed !== null) {
        reject(this.#failed);
        return;
      }
      if (this.#plan !== plan.number) this.#tell({ plan });
      this.#plan = plan.number;
      const task = ++this.#task;
      this.#waiting.set(task, { resolve, reject });
      this.#tell({ task, ...part });
    });
  }

  async close(): Promise<void> {
    this.#fail(new FlowcaseError('PROCESS_DIED', 'The import has ended.'));
    await this.#worker.terminate();
  }

  #tell(message: ToParseThread): void {
    this.#worker.postMessage(message);
  }

  #fail(error: FlowcaseError): void {
    this.#failed ??= error;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const one of waiting) one.reject(this.#failed);
  }
}

function deathOf(failure: unknown): FlowcaseError {
  const code = failure instanceof Error && 'code' in failure ? failure.code : null;
  const [what, advice] =
    code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? ['ran out of memory', 'Close other programs and import it again.']
      : ['ended unexpectedly', 'Import it again.'];
  const message = `A thread that reads logs ${what}. Nothing of the file was kept; the case is as it was before. ${advice}`;
  return new FlowcaseError('PROCESS_DIED', message, undefined, failure ?? undefined);
}
