import type { CaseWriter } from '../case/types.ts';
import { plural } from '../contract/format.ts';
import type { LiveSourceStatus, LiveWatch } from '../contract/live.ts';
import { FlowcaseError } from '../errors.ts';
import { formatById } from '../formats/registry.ts';
import type { KnownSource, LiveEngine } from './engine/engine.ts';
import type { SavedReader } from './engine/saved-reader.ts';

/** What can be read again from where it begins; of all else the next lines are read otherwise. */
const readAgain: ReadonlySet<string> = new Set<LiveWatch['source']['type']>(['file', 'kafka']);

/**
 * Has a source that is on the list read as another format than it was said, or taken, to be. As long as it has given no records it is begun anew; its
 * rejects stay what they are, in evidence of their own. Records that are in the case were read as what it was, and are not changed by that.
 */
export class ReadOtherwise {
  readonly #engine: LiveEngine;
  readonly #writer: CaseWriter;
  readonly #evidenceOf: (source: number) => ReadonlySet<number>;

  constructor(engine: LiveEngine, writer: CaseWriter, evidenceOf: (source: number) => ReadonlySet<number>) {
    this.#engine = engine;
    this.#writer = writer;
    this.#evidenceOf = evidenceOf;
  }

  /**
   * Null where there is nothing to change: no such source, none that says a format, or it is read so. `stretch`: which of its stretches is meant. `then`
   * is called when it runs.
   * @throws FlowcaseError INVALID_INPUT where there is no such format, or records of it are in the case; BUSY while a file is imported
   */
  change(watch: LiveWatch, stretch: string | null, then: () => void): Promise<LiveSourceStatus> | null {
    const { source, format } = watch;
    if (format === undefined) return null;
    formatById(format);
    const known = this.#engine.known(source);
    if (known === null) return null;
    const now = known.format ?? known.formats.get(stretch ?? '')?.format ?? [...known.formats.values()].at(0)?.format;
    if (now === format) return null;
    this.#mustBeEmpty(known, now, format);
    return this.#beginAnew(known, now, { ...watch, format }).then((status) => {
      then();
      return status;
    });
  }

  async #beginAnew(known: KnownSource, now: string | undefined, watch: LiveWatch & { readonly format: string }): Promise<LiveSourceStatus> {
    const { live } = this.#writer;
    const wanted = !this.#engine.isPaused(watch.source);
    await this.#engine.pause(known.id);
    try {
      // what waited is in the case by now
      this.#mustBeEmpty(known, now, watch.format);
      const { position, reader } = this.#stored(known.id);
      const { held = [] } = (reader ?? {}) as Partial<SavedReader>;
      const place = readAgain.has(watch.source.type)
        ? { position: null, reader: null }
        : { position, reader: held.length === 0 ? null : { stretches: [], held, current: null } };
      live.commit((transaction) => transaction.position(known.id, { ...place, evidence: null }));
    } catch (error) {
      if (wanted) this.#engine.resume(known.id);
      throw error;
    }
    // it is on the list, and does not run: what is said now holds from now on
    return this.#engine.watch(known.name, watch);
  }

  #mustBeEmpty({ id, name }: KnownSource, now: string | undefined, format: string): void {
    const own = this.#evidenceOf(id);
    const records = this.#writer.evidence().reduce((sum, { id: evidence, rows }) => sum + (own.has(evidence) ? rows : 0), 0);
    if (records === 0) return;
    const read = now === undefined ? '' : ` as ${formatById(now).title} (${now})`;
    throw new FlowcaseError(
      'INVALID_INPUT',
      `${plural(records, 'record')} of ${name} (source ${id}) are in this case, read${read}, so it cannot be read as ${format} from now on. Take it off the list of what is watched and watch it anew as ${format}, or post under another name: its records stay as they are.`,
      { field: 'format', source: id, ...(now === undefined ? {} : { format: now }) },
    );
  }

  #stored(id: number): { readonly position: unknown; readonly reader: unknown } {
    const stored = this.#writer.live.sources().find((one) => one.id === id);
    if (stored === undefined)
      throw new FlowcaseError('NOT_FOUND', `There is no source ${id} in this case any more. Watch it anew.`, { source: id });
    return stored;
  }
}
