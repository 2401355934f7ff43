import type { LiveTransaction, StoredSource } from '../../case/live-types.ts';
import type { LiveSourceStatus, LiveState, LiveWatch } from '../../contract/live.ts';
import { FlowcaseError, toErrorShape } from '../../errors.ts';
import type { LiveSource, Position, SourceBatch, SourceSink, Stretch } from '../types.ts';
import { linesIn, Tally } from './tally.ts';
import { StretchReader, stretchOf, type SavedStretch, type StretchOptions } from './stretch.ts';

/** A source that has handed over so much waits until it is in the case. */
const MOST_WAITING = 4 * 2 ** 20;
const NAMELESS: Stretch = { path: '', name: '', byte: null, line: null, head: null };

export interface FeedOptions extends Omit<StretchOptions, 'source' | 'watch'> {
  readonly stored: StoredSource;
  readonly watch: LiveWatch;
  readonly source: LiveSource;
  /** There is something to commit: so many lines wait. */
  readonly waiting: (lines: number) => void;
}

/** What the case keeps of how the lines of a source are read on. */
interface SavedReader {
  readonly stretches: readonly SavedStretch[];
  readonly current: string | null;
}

interface Before {
  readonly position: Position | null;
  readonly current: StretchReader | null;
  readonly stretches: ReadonlyMap<string, StretchReader>;
}

interface Queued {
  readonly batch: SourceBatch;
  readonly lines: number;
}

/** One source on its way into the case: what it handed over waits here until the next commit. */
export class Feed implements SourceSink {
  readonly id: number;
  readonly #options: FeedOptions;
  readonly #stop = new AbortController();
  readonly #stretches = new Map<string, StretchReader>();
  readonly #tally = new Tally();
  #running: Promise<void> | null = null;
  #current: StretchReader | null = null;
  #queue: Queued[] = [];
  #bytesWaiting = 0;
  #linesWaiting = 0;
  #since = 0;
  #taken = 0;
  #room: (() => void)[] = [];
  #position: Position | null;
  /** As it was before `write`, until the commit holds. */
  #before: Before | null = null;
  #failed: FlowcaseError | null = null;
  #ended = false;
  /** Of the commit under way. */
  readonly #saved = new Map<StretchReader, SavedStretch | null>();
  #leaving: StretchReader[] = [];
  #uncounted = { rows: 0, rejected: 0 };

  constructor(options: FeedOptions) {
    this.#options = options;
    this.id = options.stored.id;
    this.#position = options.stored.position as Position | null;
    const saved = options.stored.reader as SavedReader | null;
    for (const one of saved?.stretches ?? []) this.#stretches.set(one.id, this.#reader(stretchOf(one), one));
    if (saved?.current != null) this.#current = this.#stretches.get(saved.current) ?? null;
  }

  start(): void {
    this.#running = this.#options.source.run(this, this.#position, this.#stop.signal).then(
      () => {
        this.#ended = true;
      },
      (error: unknown) => {
        if (!this.#stop.signal.aborted) this.fail(error);
      },
    );
  }

  /** Nothing more is taken from the source; what it handed over already can still be committed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#letGo();
    await this.#running;
  }

  /** It cannot go on. */
  fail(error: unknown): void {
    const { code, message } = toErrorShape(error);
    this.#failed = new FlowcaseError(code, message);
    this.#queue = [];
    this.#stop.abort();
    this.#letGo();
  }

  async take(batch: SourceBatch): Promise<void> {
    if (this.#stop.signal.aborted) throw new FlowcaseError('CANCELLED', 'The source was stopped.');
    const lines = linesIn(batch.bytes) + (batch.ends === true ? 1 : 0);
    if (this.#queue.length === 0) this.#since = performance.now();
    this.#queue.push({ batch, lines });
    this.#bytesWaiting += batch.bytes.length;
    this.#linesWaiting += lines;
    this.#options.waiting(lines);
    while (this.#bytesWaiting > MOST_WAITING && !this.#stop.signal.aborted) await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  fault(message: string): void {
    this.#tally.fault(message);
  }

  get linesWaiting(): number {
    return this.#linesWaiting;
  }
  /** That came into the case since it was started. */
  get records(): number {
    return this.#tally.records;
  }
  get failed(): boolean {
    return this.#failed !== null;
  }
  /** Everything that it will ever give is in the case. */
  get over(): boolean {
    return this.#failed !== null || (this.#ended && this.#queue.length === 0);
  }

  /**
   * Takes what waits into the case, within a commit, and says whether there was anything. `force`: nobody waits for more lines to recognise a log by.
   * @throws what the lines, or the case, are to blame for
   */
  write(transaction: LiveTransaction, force: boolean): boolean {
    this.#before = { position: this.#position, current: this.#current, stretches: new Map(this.#stretches) };
    this.#taken = 0;
    const since = force || this.#ended ? -Infinity : this.#since;
    const touched = new Set<StretchReader>();
    const before = new Map<StretchReader, { rows: number; rejected: number }>();
    let after: Position | null = null;
    for (const { batch } of this.#queue) {
      const reader = this.#readerOf(batch);
      if (!this.#isReady(reader, batch, since)) break;
      this.#current = reader;
      if (!touched.has(reader)) before.set(reader, { ...reader.counts });
      touched.add(reader);
      if (batch.bytes.length > 0 || batch.ends === true) reader.take(transaction, batch);
      after = batch.after;
      this.#taken++;
    }
    if (after === null) return false;
    for (const reader of touched) {
      this.#saved.set(reader, reader.save());
      this.#count(reader, before.get(reader));
    }
    this.#position = after;
    transaction.position(this.id, { position: after, reader: this.#toSave(), evidence: this.#current?.evidence ?? null });
    return true;
  }

  /** What `write` took is in the case for good. */
  committed(): void {
    if (this.#taken === 0) return this.#restore();
    this.#before = null;
    const taken = this.#queue.splice(0, this.#taken);
    let last: number | null = null;
    for (const [reader, saved] of this.#saved) {
      reader.committed(saved);
      last = reader.last === null ? last : Math.max(last ?? -Infinity, reader.last);
      if (reader.ended) this.#drop(reader);
    }
    for (const reader of this.#leaving.splice(0)) reader.close([]);
    this.#saved.clear();
    this.#tally.add(this.#uncounted.rows, this.#uncounted.rejected, last);
    this.#uncounted = { rows: 0, rejected: 0 };
    for (const { batch, lines } of taken) {
      this.#bytesWaiting -= batch.bytes.length;
      this.#linesWaiting -= lines;
    }
    this.#since = performance.now();
    this.#taken = 0;
    if (this.#position !== null) this.#options.source.safe?.(this.#position);
    if (this.#bytesWaiting < MOST_WAITING / 2) this.#letGo();
  }

  /** It is not: everything is as it was before `write`. */
  rolledBack(): void {
    this.#restore();
    for (const reader of this.#stretches.values()) reader.rolledBack();
    this.#saved.clear();
    this.#uncounted = { rows: 0, rejected: 0 };
    this.#taken = 0;
  }

  /** Who reads what is as it was before `write`. */
  #restore(): void {
    this.#leaving = [];
    if (this.#before === null) return;
    this.#position = this.#before.position;
    this.#current = this.#before.current;
    this.#stretches.clear();
    for (const [id, reader] of this.#before.stretches) this.#stretches.set(id, reader);
    this.#before = null;
  }

  /** Seals what is under way. */
  close(remarks: readonly string[] = []): void {
    for (const reader of this.#stretches.values()) reader.close(remarks);
  }

  status(held: string): LiveSourceStatus {
    const { gauge } = this.#options.source;
    const [state, why] = this.#state(held);
    return {
      id: this.id,
      name: this.#options.stored.name,
      watch: this.#options.watch,
      state,
      why,
      kind: this.#current?.kind ?? null,
      format: this.#current?.format ?? null,
      formatTitle: this.#current?.title ?? '',
      evidence: this.#current?.evidence ?? null,
      bytes: gauge.bytes,
      lagBytes: gauge.lag.bytes === null ? null : gauge.lag.bytes + this.#bytesWaiting,
      lagRecords: gauge.lag.records === null ? null : gauge.lag.records + this.#linesWaiting,
      ...this.#tally.status(gauge.errors, this.#failed?.message ?? null),
    };
  }

  /** How its lines are read, by the id of their stretch, as far as that is known. */
  get formats(): ReadonlyMap<string, { readonly format: string; readonly title: string }> {
    return new Map([...this.#stretches].flatMap(([id, { format, title }]) => (format === null ? [] : [[id, { format, title }] as const])));
  }

  #state(held: string): readonly [LiveState, string] {
    const { state, why } = this.#options.source.gauge;
    if (this.#failed !== null) return ['failed', this.#failed.message];
    if (this.#ended) return ['ended', why];
    if (held !== '' && this.#queue.length > 0) return ['waiting', held];
    if (state === 'running' && this.#current === null) return ['starting', 'its first lines are awaited'];
    return [state, why];
  }

  #reader(stretch: Stretch, saved: SavedStretch | null): StretchReader {
    const { live, observe, watch, stored } = this.#options;
    return new StretchReader({ live, observe, watch, source: stored.id }, stretch, saved);
  }

  /** Whose lines these are: of a stretch that begins, of one that goes on, or of the one before. */
  #readerOf({ begins }: SourceBatch): StretchReader {
    if (begins === null) return (this.#current ??= this.#add(NAMELESS));
    const known = begins.id === undefined ? undefined : this.#stretches.get(begins.id);
    return known ?? this.#add(begins);
  }

  #add(stretch: Stretch): StretchReader {
    const reader = this.#reader(stretch, null);
    // of a source without ids there is one stretch at a time; the one before is sealed when its last lines are in the case
    if (stretch.id === undefined && this.#current !== null) this.#leaving.push(this.#current);
    this.#stretches.set(stretch.id ?? '', reader);
    return reader;
  }

  #drop(reader: StretchReader): void {
    reader.close([]);
    for (const [id, one] of this.#stretches) if (one === reader) this.#stretches.delete(id);
  }

  /** The bytes that wait from the one at `index` on, as far as they are of one stretch: by them its format is told. */
  #bytesFrom(index: number): Uint8Array {
    const [first, ...others] = this.#queue.slice(index);
    const next = others.findIndex(({ batch }) => batch.begins !== null);
    const same = [first, ...(next < 0 ? others : others.slice(0, next))];
    return same.length === 1 ? first.batch.bytes : Buffer.concat(same.map(({ batch }) => batch.bytes));
  }

  /** Whether the lines can be read: their format is known, or there are none. What ends has no more lines to be waited for. */
  #isReady(reader: StretchReader, batch: SourceBatch, since: number): boolean {
    if (reader.format !== null || (batch.ends === true && batch.bytes.length === 0)) return true;
    return reader.ready(this.#bytesFrom(this.#taken), batch.ends === true ? -Infinity : since, this.#formatBefore(reader));
  }

  #formatBefore(reader: StretchReader): string | null {
    if (this.#current !== null && this.#current !== reader) return this.#current.format;
    return [...this.#stretches.values()].find((one) => one !== reader && one.format !== null)?.format ?? null;
  }

  #count(reader: StretchReader, before: { rows: number; rejected: number } | undefined): void {
    const { rows, rejected } = reader.counts;
    // a piece that was begun within this commit counts from nothing
    const began = before === undefined || rows < before.rows;
    this.#uncounted.rows += rows - (began ? 0 : before.rows);
    this.#uncounted.rejected += rejected - (began ? 0 : before.rejected);
  }

  #toSave(): SavedReader {
    const stretches = [...this.#stretches.values()].flatMap((reader) => {
      const saved = this.#saved.has(reader) ? this.#saved.get(reader) : reader.saved;
      return saved == null ? [] : [saved];
    });
    return { stretches, current: this.#current?.stretch.id ?? '' };
  }

  #letGo(): void {
    for (const resolve of this.#room.splice(0)) resolve();
  }
}
