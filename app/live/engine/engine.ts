import type { LiveStore, LiveTransaction, StoredSource } from '../../case/live-types.ts';
import { heldByImport, type LiveSourceStatus, type LiveStatus, type LiveWatch } from '../../contract/live.ts';
import { FlowcaseError, toErrorShape } from '../../errors.ts';
import { formatById } from '../../formats/registry.ts';
import type { LiveSource, RecordBatch } from '../types.ts';
import { Feed } from './feed.ts';
import { RateMeter } from './rate.ts';
import { isDefect, isOfLines } from './recognise.ts';
import { withLost, type LostRecords } from './lost-records.ts';
import { pausedStatus } from './paused-status.ts';
import { isSameSource, saidAgain } from './same-source.ts';
import { turnAway } from './turn-away.ts';
import { savedFormats, type SavedReader } from './saved-reader.ts';

/** What goes along with the records: windows, detectors, alerts. Everything it keeps is written in the commit of the records that it is about. */
export interface Companion {
  observe(batch: RecordBatch): void;
  /** The records of this commit have all been observed. */
  settle(transaction: LiveTransaction): void;
  /** The commit holds; or it does not, and what was observed since the last one that held is forgotten. */
  committed(): void;
  rolledBack(): void;
  readonly status: Pick<LiveStatus, 'alerts' | 'learning'>;
  /** What keeps it from writing what it has to write beside the records, or "". */
  readonly held: string;
  /** Of a source. */
  lost(source: number): LostRecords;
}

export interface EngineOptions {
  readonly live: LiveStore;
  readonly companion: Companion;
  readonly sourceOf: (watch: LiveWatch, id: number) => LiveSource;
  /** Something can be seen in the case that was not there before. */
  readonly changed: () => void;
  readonly caseBytes: () => number;
  /** A commit comes after so many lines, or so long after the first of them (milliseconds). */
  readonly lines?: number;
  readonly delay?: number;
}

/** A source on the list, and how its lines are read. */
export interface KnownSource extends Pick<LiveWatch, 'format' | 'options'> {
  readonly id: number;
  readonly name: string;
  /** By the id of the stretch; `format` above is what somebody told. */
  readonly formats: ReadonlyMap<string, { readonly format: string; readonly title: string }>;
}

/** How long it takes to look again where nothing could be done (milliseconds). */
const AGAIN = 250;
const TIDY = 5000;

/** Brings what sources give into the case, in micro-batches, each line exactly once. Lives where the case is written; one at a time. */
export class LiveEngine {
  readonly #options: EngineOptions;
  readonly #feeds = new Map<number, Feed>();
  readonly #sources = new Map<number, LiveSource>();
  readonly #meter = new RateMeter();
  readonly #lines: number;
  readonly #delay: number;
  #timer: NodeJS.Timeout | null = null;
  #due = Infinity;
  #tidied = performance.now();
  #held = '';
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#lines = options.lines ?? 5000;
    this.#delay = options.delay ?? 1000;
  }

  /** Begins every source of the case that is to run. One that cannot be begun is shown as failed, and the others run. */
  start(): void {
    for (const stored of this.#options.live.sources()) {
      // what came in by a pipe went with the program that read it
      if (stored.wanted && (stored.spec as LiveWatch).source.type !== 'pipe') this.#begin(stored);
    }
  }

  /** @throws FlowcaseError INVALID_INPUT where there can be no such source; BUSY where it is watched already */
  watch(name: string, watch: LiveWatch): LiveSourceStatus {
    const { live, sourceOf } = this.#options;
    const same = live.sources().find(({ spec }) => isSameSource((spec as LiveWatch).source, watch.source));
    if (same !== undefined) {
      if (this.#feeds.get(same.id)?.failed === false) throw alreadyWatched(same);
      live.changeSource(same.id, saidAgain(same.spec as LiveWatch, watch));
      return this.resume(same.id);
    }
    // before anything is written down
    if (watch.format !== undefined) formatById(watch.format);
    const source = sourceOf(watch, 0);
    const stored = live.addSource(name, watch);
    const feed = this.#run(stored, watch, source);
    return this.#statusOf(feed);
  }

  /** @throws FlowcaseError NOT_FOUND */
  async pause(id: number): Promise<void> {
    this.#need(id);
    await this.#end(id);
    this.#options.live.setWanted(id, false);
  }

  /** @throws FlowcaseError NOT_FOUND */
  resume(id: number): LiveSourceStatus {
    const before = this.#feeds.get(id);
    if (before !== undefined && !before.over) return this.#statusOf(before);
    const stored = this.#need(id);
    this.#options.live.setWanted(id, true);
    return this.#statusOf(this.#begin(stored));
  }

  /** @throws FlowcaseError NOT_FOUND */
  async remove(id: number): Promise<void> {
    this.#need(id);
    await this.#end(id);
    this.#options.live.removeSource(id);
  }

  /** The source that was asked for with these words, where it runs now: for whoever brings it what it gives. */
  find(spec: LiveWatch['source']): LiveSource | null {
    const stored = this.#options.live.sources().find((one) => isSameSource((one.spec as LiveWatch).source, spec));
    return stored === undefined || this.#feeds.get(stored.id)?.over !== false ? null : (this.#sources.get(stored.id) ?? null);
  }

  /** What is known of what was asked for with these words; null where it is not on the list. */
  known(spec: LiveWatch['source']): KnownSource | null {
    const stored = this.#options.live.sources().find((one) => isSameSource((one.spec as LiveWatch).source, spec));
    if (stored === undefined) return null;
    const { format, options } = stored.spec as LiveWatch;
    const { id, name } = stored;
    return { id, name, format, options, formats: this.#feeds.get(id)?.formats ?? savedFormats(stored.reader as SavedReader | null) };
  }

  /** Whether somebody paused what was asked for with these words. */
  isPaused(spec: LiveWatch['source']): boolean {
    return this.#options.live.sources().some((one) => !one.wanted && isSameSource((one.spec as LiveWatch).source, spec));
  }

  status(): LiveStatus {
    const { live, companion, caseBytes } = this.#options;
    const sources = live.sources().map((stored) => {
      const feed = this.#feeds.get(stored.id);
      return feed === undefined ? pausedStatus(stored) : this.#statusOf(feed);
    });
    return {
      at: Date.now() * 1000,
      running: [...this.#feeds.values()].some((feed) => !feed.over),
      sources,
      rates: this.#meter.minute(),
      ...companion.status,
      held: this.#held || companion.held,
      caseBytes: caseBytes(),
    };
  }

  /** Stops at once: what was not committed comes again, and nothing is sealed. */
  async abandon(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all([...this.#feeds.values()].map((feed) => feed.stop()));
  }

  /** Everything that was handed over is committed, and everything sealed. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#feeds.values()].map((feed) => feed.stop()));
    this.#commit(true);
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const feed of this.#feeds.values()) sealOrLeave(feed);
    this.#feeds.clear();
    this.#sources.clear();
  }

  #statusOf(feed: Feed): LiveSourceStatus {
    return withLost(feed.status(this.#held), this.#options.companion.lost(feed.id));
  }

  #begin(stored: StoredSource): Feed {
    const watch = stored.spec as LiveWatch;
    return this.#run(stored, watch, this.#options.sourceOf(watch, stored.id));
  }

  #run(stored: StoredSource, watch: LiveWatch, source: LiveSource): Feed {
    const { live, companion } = this.#options;
    const feed = new Feed({
      live,
      stored,
      watch,
      source,
      observe: (batch) => companion.observe(batch),
      waiting: () => this.#schedule(feed.linesWaiting >= this.#lines ? 0 : this.#delay),
    });
    this.#feeds.set(stored.id, feed);
    this.#sources.set(stored.id, source);
    feed.start();
    return feed;
  }

  async #end(id: number): Promise<void> {
    const feed = this.#feeds.get(id);
    if (feed === undefined) return;
    await feed.stop();
    this.#commit(true);
    feed.close();
    this.#feeds.delete(id);
    this.#sources.delete(id);
  }

  #need(id: number): StoredSource {
    const stored = this.#options.live.sources().find((one) => one.id === id);
    if (stored === undefined) throw new FlowcaseError('NOT_FOUND', `There is no source ${id} in this case: see its list.`, { source: id });
    return stored;
  }

  #schedule(delay: number): void {
    const due = performance.now() + delay;
    if (this.#closed || due >= this.#due) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#tick(), delay);
  }

  #tick(): void {
    this.#timer = null;
    this.#due = Infinity;
    this.#commit(false);
    if (performance.now() - this.#tidied > TIDY) this.#tidy();
    const waiting = [...this.#feeds.values()].filter((feed) => feed.linesWaiting > 0);
    if (waiting.length === 0) return;
    const much = this.#held === '' && waiting.some((feed) => feed.linesWaiting >= this.#lines);
    this.#schedule(much ? 0 : AGAIN);
  }

  /** What can be done later as well: where it fails it is tried again. */
  #tidy(): void {
    this.#tidied = performance.now();
    for (const feed of this.#feeds.values()) feed.seal();
    try {
      this.#options.live.tidy();
    } catch (error) {
      // what is in the way is said of the next records
      if (isDefect(error)) throw error;
    }
  }

  /** All that waits, in one transaction. A source whose lines cannot be taken fails alone; so does one that meets a defect, where it is known which. */
  #commit(force: boolean): void {
    const { live, companion, changed } = this.#options;
    this.#held = live.busy ? turnAway(this.#feeds.values(), heldByImport) : '';
    if (live.busy) return;
    const feeds = [...this.#feeds.values()].filter((feed) => feed.linesWaiting > 0 && !feed.failed);
    if (feeds.length === 0) return;
    let at: Feed | null = null;
    let took = 0;
    try {
      took = live.commit((transaction) => {
        let count = 0;
        for (const feed of feeds) {
          at = feed;
          if (feed.write(transaction, force)) count++;
        }
        at = null;
        if (count > 0) companion.settle(transaction);
        return count;
      });
    } catch (error) {
      for (const feed of feeds) feed.rolledBack();
      companion.rolledBack();
      return this.#failed(error, at === null ? feeds : [at], at !== null && isOfLines(error), force);
    }
    const before = feeds.reduce((sum, feed) => sum + feed.records, 0);
    for (const feed of feeds) feed.committed();
    this.#meter.add(feeds.reduce((sum, feed) => sum + feed.records, 0) - before);
    companion.committed();
    if (took > 0) changed();
  }

  #failed(error: unknown, feeds: readonly Feed[], ofLines: boolean, force: boolean): void {
    if (ofLines || isDefect(error)) {
      for (const feed of feeds) feed.fail(error);
      this.#commit(force);
    } else this.#held = turnAway(this.#feeds.values(), toErrorShape(error).message);
  }
}

/** On a full disk it is sealed when the case is opened the next time. */
function sealOrLeave(feed: Feed): void {
  try {
    feed.close();
  } catch (error) {
    if (isDefect(error)) throw error;
  }
}

function alreadyWatched({ id, name }: StoredSource): FlowcaseError {
  return new FlowcaseError('BUSY', `${name} is being watched already (source ${id}); pause it to watch it otherwise.`, { source: id });
}
