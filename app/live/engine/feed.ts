import type { LiveTransaction, StoredSource } from '../../case/live-types.ts';
import type { LiveSourceStatus, LiveState, LiveWatch } from '../../contract/live.ts';
import { FlowcaseError, fromErrorShape, toErrorShape } from '../../errors.ts';
import type { BatchFigures, LiveSource, Position, SourceBatch, SourceSink } from '../types.ts';
import { linesIn, Tally } from './tally.ts';
import { isOfLines } from './recognise.ts';
import { keepPlace, keepStates } from './place.ts';
import type { SavedReader, SavedStretch } from './saved-reader.ts';
import { StretchReader, type Readiness, type StretchOptions } from './stretch.ts';
import { Stretches } from './stretches.ts';
import { hasMany } from './unreadable.ts';

/** A source that has handed over so much waits until it is in the case. */
const MOST_WAITING = 4 * 2 ** 20;

export interface FeedOptions extends Omit<StretchOptions, 'source' | 'watch'> {
  readonly stored: StoredSource;
  readonly watch: LiveWatch;
  readonly source: LiveSource;
  /** There is something to commit: so many lines wait. */
  readonly waiting: (lines: number) => void;
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
  readonly #stretches: Stretches;
  readonly #tally = new Tally();
  #running: Promise<void> | null = null;
  #queue: Queued[] = [];
  #bytesWaiting = 0;
  #linesWaiting = 0;
  #since = 0;
  #taken = 0;
  #room: (() => void)[] = [];
  #position: Position | null;
  /** As it was before `write`, until the commit holds. */
  #before: Position | null;
  #failed: FlowcaseError | null = null;
  #ended = false;
  /** Of the commit under way. */
  readonly #saved = new Map<StretchReader, SavedStretch | null>();
  #uncounted = { rows: 0, rejected: 0 };
  /** What the source is to be told when the commit holds, in its order. */
  #told: (() => void)[] = [];

  constructor(options: FeedOptions) {
    this.#options = options;
    this.id = options.stored.id;
    this.#position = options.stored.position as Position | null;
    this.#before = this.#position;
    const { live, observe, watch, stored } = options;
    this.#stretches = new Stretches(
      (stretch, saved, held) => new StretchReader({ live, observe, watch, source: stored.id }, stretch, saved, held),
      stored.reader as SavedReader | null,
    );
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
    this.#failed = fromErrorShape(toErrorShape(error));
    this.#stop.abort();
    this.turnAway(this.#failed, true);
  }

  /** Nothing of what waits is taken, and whoever sent it is told. Where there is nobody to be told it stays, unless `all`. */
  turnAway(error: FlowcaseError, all = false): void {
    if (this.#options.source.refused === undefined && !all) return;
    for (const { batch } of this.#queue.splice(0)) this.#options.source.refused?.(batch.after, error);
    this.#bytesWaiting = 0;
    this.#linesWaiting = 0;
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
    this.#before = this.#position;
    this.#stretches.begin();
    this.#taken = 0;
    const since = force || this.#ended ? -Infinity : this.#since;
    this.#told = [];
    const touched = new Set<StretchReader>();
    let after: Position | null = null;
    for (const [i, { batch }] of this.#queue.entries()) {
      const reader = this.#stretches.readerOf(batch);
      const readiness = this.#readinessOf(reader, batch, since);
      if (readiness === 'wait') break;
      this.#taken++;
      if (readiness === 'refused') continue;
      this.#stretches.current = reader;
      touched.add(reader);
      if (readiness === 'hold') reader.hold(batch.bytes);
      else if (readiness === 'nothing') reader.pass(transaction);
      else this.#takeWith(reader, transaction, batch, this.#queue[i + 1]?.batch.begins === null);
      after = batch.after;
    }
    if (after === null) return false;
    for (const reader of touched) this.#saved.set(reader, reader.save());
    this.#position = after;
    keepPlace(transaction, this.id, this.#options.source, {
      position: after,
      reader: this.#stretches.toSave(this.#saved),
      evidence: this.#stretches.current?.evidence ?? null,
    });
    return true;
  }

  /** What `write` took is in the case for good. */
  committed(): void {
    if (this.#taken === 0) {
      this.#position = this.#before;
      return this.#stretches.restore();
    }
    this.#before = this.#position;
    const taken = this.#queue.splice(0, this.#taken);
    let last: number | null = null;
    for (const [reader, saved] of this.#saved) {
      reader.committed(saved);
      last = reader.last === null ? last : Math.max(last ?? -Infinity, reader.last);
    }
    this.#stretches.committed([...this.#saved.keys()].filter(({ ended }) => ended));
    this.#saved.clear();
    this.#tally.add(this.#uncounted.rows, this.#uncounted.rejected, last);
    this.#uncounted = { rows: 0, rejected: 0 };
    for (const { batch, lines } of taken) {
      this.#bytesWaiting -= batch.bytes.length;
      this.#linesWaiting -= lines;
    }
    this.#since = performance.now();
    this.#taken = 0;
    for (const tell of this.#told.splice(0)) tell();
    if (this.#position !== null) this.#options.source.safe?.(this.#position);
    if (this.#bytesWaiting < MOST_WAITING / 2) this.#letGo();
  }

  /** Seals what has ended. */
  seal(): void {
    this.#stretches.seal();
  }

  /** It is not: everything is as it was before `write`. */
  rolledBack(): void {
    this.#position = this.#before;
    this.#stretches.rolledBack();
    this.#saved.clear();
    this.#uncounted = { rows: 0, rejected: 0 };
    this.#taken = 0;
  }

  /** Seals what is under way. */
  close(remarks: readonly string[] = []): void {
    this.turnAway(new FlowcaseError('BUSY', 'It is not watched any more: nothing of this was taken. Send it again when it is.'));
    this.#stretches.close(remarks);
  }

  /** But for what its windows lost. */
  status(held: string): Omit<LiveSourceStatus, 'late' | 'early'> {
    const { gauge } = this.#options.source;
    const [state, why] = this.#state(held);
    const { current } = this.#stretches;
    return {
      id: this.id,
      name: this.#options.stored.name,
      watch: this.#options.watch,
      state,
      why,
      kind: current?.kind ?? null,
      format: current?.format ?? null,
      formatTitle: current?.title ?? '',
      evidence: current?.evidence ?? null,
      bytes: gauge.bytes,
      lagBytes: gauge.lag.bytes === null ? null : gauge.lag.bytes + this.#bytesWaiting,
      lagRecords: gauge.lag.records === null ? null : gauge.lag.records + this.#linesWaiting,
      ...this.#tally.status(gauge.errors, this.#failed?.message ?? null),
    };
  }

  /** How its lines are read, by the id of their stretch, as far as that is known. */
  get formats(): ReadonlyMap<string, { readonly format: string; readonly title: string }> {
    return this.#stretches.formats;
  }

  #state(held: string): readonly [LiveState, string] {
    const { state, why } = this.#options.source.gauge;
    if (this.#failed !== null) return ['failed', this.#failed.message];
    if (this.#ended) return ['ended', why];
    if (held !== '' && this.#queue.length > 0) return ['waiting', held];
    if (state !== 'running') return [state, why];
    const { current } = this.#stretches;
    if (current === null) return why === '' ? ['starting', 'its first lines are awaited'] : [state, why];
    if (current.holds !== null) return ['waiting', `${current.stretch.name} has too little to recognise it by yet`];
    return [state, why];
  }

  /** The bytes that wait from the one at `index` on, as far as they are of one stretch: by them its format is told. */
  #bytesFrom(index: number): Uint8Array {
    const [first, ...others] = this.#queue.slice(index);
    const next = others.findIndex(({ batch }) => batch.begins !== null);
    const same = [first, ...(next < 0 ? others : others.slice(0, next))];
    return same.length === 1 ? first.batch.bytes : Buffer.concat(same.map(({ batch }) => batch.bytes));
  }

  /**
   * What is to be done with the lines. Those of a stretch that cannot be recognised do not stop a source that has others: they are rejected, or whoever sent
   * them is told. What ends has no more lines to be waited for.
   */
  #readinessOf(reader: StretchReader, batch: SourceBatch, since: number): Readiness | 'refused' {
    const { source, watch } = this.#options;
    // what was stopped goes on later
    const final = batch.ends === true || (this.#ended && !this.#stop.signal.aborted);
    const answers = source.refused !== undefined;
    const next = reader.format === null ? this.#bytesFrom(this.#taken) : batch.bytes;
    const ask = { since: final || answers ? -Infinity : since, before: this.#stretches.formatBeside(reader), final, holds: !answers };
    try {
      return reader.ready(next, ask);
    } catch (error) {
      if (!isOfLines(error)) throw error;
      if (answers) {
        this.#told.push(() => source.refused?.(batch.after, error));
        return 'refused';
      }
      const others = this.#stretches.formatBeside(reader) !== null;
      if (reader.stretch.id === undefined || !(hasMany(watch) || others || batch.ends === true)) throw error;
      reader.giveUp(next, error);
      this.#told.push(() => this.#tally.fault(`${error.message} Its lines are kept among the rejects; what else is watched goes on.`));
      return 'read';
    }
  }

  #takeWith(reader: StretchReader, transaction: LiveTransaction, batch: SourceBatch, more: boolean): void {
    if (batch.bytes.length === 0 && batch.ends !== true) return;
    const figures: BatchFigures = reader.take(transaction, batch, more);
    this.#uncounted.rows += figures.rows;
    this.#uncounted.rejected += figures.rejected;
    keepStates(transaction, this.#options.source, batch.after, { ...figures, format: reader.format, title: reader.title });
    this.#told.push(() => this.#options.source.counted?.(batch.after, figures));
  }

  #letGo(): void {
    for (const resolve of this.#room.splice(0)) resolve();
  }
}
