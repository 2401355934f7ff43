import { createReadStream, type ReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FlowcaseError, type Client, type JobHandle, type JobState } from '../contract.ts';
import { encodeOutput, encodeResult } from './encode.ts';
import { call } from './types.ts';
import type { AnyRoute } from './routes.ts';

/** As many as the core remembers jobs. */
const KEPT = 50;

/** Jobs as the API tells of them, and the files that they write for whoever asked. */
export class ApiJobs {
  readonly #core: Client;
  readonly #scratch: string;
  readonly #base: string;
  /** Files by job, oldest first. */
  readonly #files = new Map<string, string>();

  /** @param base where the API is: "/api/v1" */
  constructor(core: Client, scratch: string, base: string) {
    this.#core = core;
    this.#scratch = scratch;
    this.#base = base;
  }

  /** Starts a job; one that writes a file writes it to a place of the server's own. @throws FlowcaseError */
  async start(route: AnyRoute, input: Record<string, unknown>): Promise<JobHandle> {
    const { download } = route;
    if (download === null) return (await call(this.#core, route.command, input)) as JobHandle;
    const folder = await mkdtemp(join(this.#scratch, 'export-'));
    const path = join(folder, basename(download.name(input)));
    try {
      const handle = (await call(this.#core, route.command, { ...input, [download.field]: path })) as JobHandle;
      await this.#keep(handle.job, path);
      return handle;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async list(): Promise<readonly unknown[]> {
    return (await this.#core.invoke('jobs.list', {})).map((state) => this.brief(state));
  }

  /** One job with what it ended with. @throws FlowcaseError NOT_FOUND */
  async get(id: string): Promise<unknown> {
    return this.told(await this.#state(id));
  }

  /** A state as JSON, without what it ended with, which can be large. */
  brief(state: JobState): unknown {
    return this.told({ ...state, result: null });
  }

  /** A state as JSON. What failed in part has what became of it all the same. A file that was written for the client has the address where it can be had. */
  told(state: JobState): unknown {
    const [told] = encodeOutput('jobs.list', [state]) as readonly Readonly<Record<string, unknown>>[];
    const result = state.result === null ? null : encodeResult(state.command, state.result);
    const hasFile = this.#files.has(state.id) && typeof result === 'object' && result !== null;
    return { ...told, result: hasFile ? { ...result, file: `${this.#base}/jobs/${state.id}/file` } : result };
  }

  /** The file that a job wrote. @throws FlowcaseError NOT_FOUND, BUSY while it is written, what the job ended with */
  async file(id: string): Promise<{ readonly name: string; readonly stream: ReadStream }> {
    const state = await this.#state(id);
    const path = this.#files.get(id);
    if (path === undefined) throw new FlowcaseError('NOT_FOUND', `${id} wrote no file, or it was too long ago.`, { job: id });
    if (state.error !== null) throw new FlowcaseError(state.error.code, state.error.message, state.error.details);
    if (state.status !== 'done') throw new FlowcaseError('BUSY', `${id} has not ended; its file is not there yet.`, { job: id });
    return { name: basename(path), stream: createReadStream(path) };
  }

  async #state(id: string): Promise<JobState> {
    const found = (await this.#core.invoke('jobs.list', {})).find((state) => state.id === id);
    if (found === undefined) throw new FlowcaseError('NOT_FOUND', `There is no job ${id.slice(0, 100)}.`, { job: id });
    return found;
  }

  async #keep(job: string, path: string): Promise<void> {
    this.#files.set(job, path);
    for (const [old, oldPath] of this.#files) {
      if (this.#files.size <= KEPT) return;
      this.#files.delete(old);
      await rm(dirname(oldPath), { recursive: true, force: true });
    }
  }
}
