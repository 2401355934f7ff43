import type { CaseWriter } from '../case/types.ts';
import type { IngestAnswer, LiveSourceSpec, LiveWatch } from '../contract.ts';
import { liveSource } from '../contract/live.ts';
import { FlowcaseError } from '../errors.ts';
import type { LiveEngine } from './engine/engine.ts';
import { IngestSource, stretchOf } from './http/ingest-source.ts';
import { PostedOnce, requestOf, type Keep } from './http/posted-once.ts';
import type { ReadOtherwise } from './read-otherwise.ts';
import { sourceName } from './sources.ts';
import type { LiveSource } from './types.ts';

export interface PostingOptions {
  readonly writer: CaseWriter;
  readonly engine: LiveEngine;
  readonly reading: ReadOtherwise;
  /** Why nothing can be kept on this disk, or "". */
  readonly noRoom: () => string;
  /** Something is watched that was not. */
  readonly began: () => void;
}

/** What whoever posts says beside it. */
export interface PostedHow {
  readonly format?: string | undefined;
  readonly key?: string | undefined;
}

interface Posted {
  readonly name: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly format: string | undefined;
  readonly gone: (() => boolean) | undefined;
}

/** Takes what is posted into the case. */
export class Posting {
  readonly #options: PostingOptions;
  readonly #posted: PostedOnce;

  constructor(options: PostingOptions) {
    this.#options = options;
    this.#posted = new PostedOnce(options.writer.live);
  }

  /**
   * Takes lines that were posted under a name; resolves when they are in the case. What is posted under a new name is watched from then on. `format`: how
   * they are read; recognised by the first of them where it is not given. `key`: posts that have the same one are one post.
   * @throws FlowcaseError INVALID_INPUT, also where the lines of this name are read in another way; BUSY where more waits than can be kept; of a key what
   * `PostedOnce` throws
   */
  ingest(
    name: string,
    contentType: string,
    body: Uint8Array,
    { format, key }: PostedHow = {},
    gone?: () => boolean,
  ): Promise<IngestAnswer> {
    const posted = { name, contentType, body, format, gone };
    if (key === undefined) return this.#take(posted, null);
    const request = requestOf({ source: name, type: contentType, format }, body);
    return this.#posted.answer({ key, request }, (keep) => this.#take(posted, keep));
  }

  /** Forgets what nobody sends again any more. */
  tidy(): void {
    this.#posted.tidy();
  }

  async #take({ name, contentType, body, format, gone }: Posted, keep: ((recognised: boolean) => Keep) | null): Promise<IngestAnswer> {
    const source = liveSource.safeParse({ type: 'http', name });
    if (!source.success) throw new FlowcaseError('INVALID_INPUT', `“${name}” is no name of a source: ${source.error.issues[0].message}.`);
    if (this.#options.engine.isPaused(source.data))
      throw new FlowcaseError('BUSY', `The source ${name} is paused, and nothing was taken. Go on watching it, then send this again.`, {
        source: name,
      });
    // whoever waited for an import would give up, send the same again, and have it twice
    if (this.#options.writer.live.busy)
      throw new FlowcaseError('BUSY', 'A file is being imported into this case: nothing was taken. Send this again when that is done.', {
        source: name,
      });
    const full = this.#options.noRoom();
    if (full !== '') throw new FlowcaseError('BUSY', `${full} Nothing of this was taken; send it again then.`, { source: name });
    await this.#options.reading.change({ source: source.data, format }, stretchOf(contentType), this.#options.began);
    const found = this.#options.engine.find(source.data) ?? this.#watchPosted(source.data, { format });
    if (!(found instanceof IngestSource)) throw new Error('what is posted goes to a source of another type');
    const told = this.#options.engine.known(source.data)?.format !== undefined;
    const taken = await found.accept(contentType, body, gone, keep?.(!told) ?? null);
    const known = this.#options.engine.known(source.data);
    const read = known?.formats.get(stretchOf(contentType) ?? '');
    return {
      ...taken,
      format: read?.format ?? null,
      formatTitle: read?.title ?? '',
      recognised: read !== undefined && known?.format === undefined,
    };
  }

  #watchPosted(source: LiveSourceSpec, reading: Pick<LiveWatch, 'format' | 'options'>, name = sourceName(source)): LiveSource | null {
    const given = Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined));
    this.#options.engine.watch(name, { source, ...given });
    this.#options.began();
    return this.#options.engine.find(source);
  }
}
