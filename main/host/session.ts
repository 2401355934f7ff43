import { FlowcaseError } from '../../app/errors.ts';
import type { CaseInfo, Checked } from '../../app/contract.ts';
import type { CaseThreadMethods, ReaderThreadMethods, Who } from '../worker/methods.ts';
import { endsWithin } from './ending.ts';
import { Keeper } from './keeper.ts';
import { startThread, type Log, type StartWorker } from './thread.ts';

export interface SessionOptions {
  readonly identity: Who;
  readonly log: Log;
  readonly startWorker: StartWorker;
  readonly trouble: (message: string, fatal: boolean) => void;
  /** What is to be watched is watched while the case is open, and the thread that reads is there when the case is; else once it is asked. */
  readonly watches: boolean;
  /** Hears what the case thread says unasked. */
  readonly told: (name: string, payload: unknown) => void;
}

/** A thread that does not close its case within this long is ended. */
const CLOSE_MS = 20_000;

/** The open case: the thread that writes it and the thread that reads it, both kept alive until it is closed. */
export class CaseSession {
  readonly path: string;
  readonly reader: Keeper<ReaderThreadMethods>;
  readonly #writer: Keeper<CaseThreadMethods> | null;

  private constructor(path: string, writer: Keeper<CaseThreadMethods> | null, reader: Keeper<ReaderThreadMethods>) {
    this.path = path;
    this.#writer = writer;
    this.reader = reader;
  }

  get readOnly(): boolean {
    return this.#writer === null;
  }

  /** @throws FlowcaseError CASE_READ_ONLY where the case was opened for reading only */
  get writer(): Keeper<CaseThreadMethods> {
    if (this.#writer !== null) return this.#writer;
    const message = `${this.path} is open for reading only, so nothing in it can be changed. Close it and open it for writing.`;
    throw new FlowcaseError('CASE_READ_ONLY', message, { path: this.path });
  }

  /**
   * Without the case thread: beside another program that writes the case, or where it cannot be written.
   * @throws what makes it impossible to open the case
   */
  static async openReadOnly(path: string, options: SessionOptions): Promise<{ session: CaseSession; info: CaseInfo }> {
    const reader = new Keeper<ReaderThreadMethods>({
      trouble: options.trouble,
      begin: async () => {
        const thread = startThread<ReaderThreadMethods>('reader-thread', 'The reader thread', options.log, options.startWorker);
        await begun(thread, () => thread.caller.call('open', { path, readOnly: true }));
        return thread;
      },
    });
    try {
      await reader.ready();
      const info = (await reader.call('read', { name: 'case.info', input: {} })) as CaseInfo;
      return { session: new CaseSession(path, null, reader), info };
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  /** @throws what makes it impossible to open or create the case */
  static async open(
    how: { readonly path: string } | Checked<'case.create'>,
    options: SessionOptions,
  ): Promise<{ session: CaseSession; info: CaseInfo }> {
    let info: CaseInfo | null = null;
    const writer = new Keeper<CaseThreadMethods>({
      trouble: options.trouble,
      begin: async () => {
        // what is started again after a death is there already
        const create = info === null && 'name' in how ? how : null;
        const thread = startThread<CaseThreadMethods>('case-thread', 'The case thread', options.log, options.startWorker, options.told);
        info = await begun(thread, () =>
          create === null
            ? thread.caller.call('open', { path: info?.path ?? how.path, watches: options.watches, ...options.identity })
            : thread.caller.call('create', { ...create, ...options.identity }),
        );
        return thread;
      },
    });
    const ready = writer.ready().then(() => {
      if (info === null) throw new FlowcaseError('INTERNAL', 'The case thread did not say what it opened.');
      return info;
    });
    const reader = new Keeper<ReaderThreadMethods>({
      trouble: options.trouble,
      begin: async () => {
        // started while the other thread opens the case, to be there when it has
        const thread = startThread<ReaderThreadMethods>('reader-thread', 'The reader thread', options.log, options.startWorker);
        await begun(thread, async () => thread.caller.call('open', { path: (await ready).path, readOnly: false }));
        return thread;
      },
    });
    try {
      const both = options.watches ? reader.ready() : null;
      both?.catch(() => undefined);
      const opened = await ready;
      const session = new CaseSession(opened.path, writer, reader);
      await both;
      return { session, info: opened };
    } catch (error) {
      await reader.close();
      await endsWithin(CLOSE_MS, writer.call('close', null));
      await writer.close();
      throw error;
    }
  }

  /** Ends the threads as they are: what was not committed is lost, and the case put in order when it is opened the next time. */
  async cut(): Promise<void> {
    await Promise.all([this.reader.close(), this.#writer?.close()]);
  }

  /** The case is a single file again afterwards. Never throws: what cannot be closed in order is closed by the end of its thread. */
  async close(): Promise<void> {
    if (this.reader.isNeeded) await endsWithin(CLOSE_MS, this.reader.call('close', null));
    await this.reader.close();
    if (this.#writer === null) return;
    await endsWithin(CLOSE_MS, this.#writer.call('close', null));
    await this.#writer.close();
  }
}

/** Stops the thread again when its first step fails. */
async function begun<T>(thread: { stop(): Promise<void> }, first: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    await thread.stop();
    throw error;
  }
}
