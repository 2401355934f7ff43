import { statSync } from 'node:fs';
import type { CaseWriter } from '../case/types.ts';
import type { RecordTable } from '../columns/types.ts';
import type { Checked, IngestAnswer, KeptAlert, LiveRules, LiveStatus, LiveWatch, NamesOf, Output } from '../contract.ts';
import type { RecordKind } from '../contract/case.ts';
import { FlowcaseError, toErrorShape } from '../errors.ts';
import { actingBy } from '../shared/acting.ts';
import { LiveEngine } from './engine/engine.ts';
import { Alerting, matchingOrNone } from './alerting.ts';
import { besideSource, takesIn } from './beside-sources.ts';
import { LiveCompanion } from './companion.ts';
import { parseKafkaAddress } from './kafka/address.ts';
import { kafkaCredentials } from './kafka/credentials.ts';
import { TopicProducer } from './kafka/producer.ts';
import { ReadOtherwise } from './read-otherwise.ts';
import { Posting } from './posting.ts';
import { readRules } from './rules.ts';
import { retain } from './retention.ts';
import { sourceName, sourceOf } from './sources.ts';

export type LiveHandlers = { readonly [N in NamesOf<'live'>]: (input: Checked<N>) => Output<N> | Promise<Output<N>> };

export interface DeskOptions {
  readonly writer: CaseWriter;
  /** Something can be seen in the case that was not there before. */
  readonly changed: () => void;
  /** Is told about once a second while anything is watched, and once when nothing is any more. */
  readonly tell: (status: LiveStatus) => void;
  /** An alert was raised, went on, or is over. */
  readonly alert: (alert: KeptAlert) => void;
  /** Records that a filter lets through. @throws FlowcaseError */
  readonly matching: (kind: string, filter: string) => Float64Array;
  /** Records as they are committed. */
  readonly table: (kind: RecordKind) => RecordTable;
}

const TELL_MS = 1000;
const RETAIN_MS = 60_000;
/** Of the records of an alert so many are named in its finding; its filter finds them all. */
const MOST_RECORDS = 100_000;

/** Everything about live data that is asked of the thread that writes the case. */
export class LiveDesk {
  readonly handlers: LiveHandlers;
  readonly #options: DeskOptions;
  readonly #engine: LiveEngine;
  readonly #alerting: Alerting;
  readonly #companion: LiveCompanion;
  readonly #reading: ReadOtherwise;
  readonly #posting: Posting;
  readonly #stopped = new AbortController();
  /** As the case has them: only this thread changes them. */
  #rules: LiveRules;
  #timer: NodeJS.Timeout | null = null;
  #retainAt = 0;
  #roomAt = 0;
  #full = '';
  /** Why the rules of retention cannot be followed, or "". */
  #retainHeld = '';

  constructor(options: DeskOptions) {
    this.#options = options;
    const { live, path } = options.writer;
    this.#rules = readRules(live.state('rules'));
    this.#alerting = new Alerting({
      live,
      rules: () => this.#rules.alerts,
      frame: { case: options.writer.info().name, program: options.writer.program },
      matching: (kind, filter) => matchingOrNone(() => options.matching(kind, filter).subarray(0, MOST_RECORDS)),
      tell: options.alert,
      means: { produce: (topic, key, value) => this.#produce(topic, key, value), notify: () => undefined },
    });
    this.#companion = new LiveCompanion({
      rules: () => this.#rules.windows,
      live,
      table: options.table,
      evidenceOf: (source) => evidenceOf(options.writer, source),
      alerting: this.#alerting,
    });
    this.#engine = new LiveEngine({
      live,
      companion: this.#companion,
      sourceOf: (watch, id) => sourceOf(watch, besideSource(options.writer, watch, id)),
      changed: options.changed,
      caseBytes: () => bytesOf(path),
    });
    this.#reading = new ReadOtherwise(this.#engine, options.writer, (source) => evidenceOf(options.writer, source));
    this.#posting = new Posting({
      writer: options.writer,
      engine: this.#engine,
      reading: this.#reading,
      noRoom: () => this.#noRoom(),
      began: () => this.#talk(),
    });
    this.handlers = {
      'live.status': () => this.#status(),
      'live.watch': ({ source, name, ...reading }) => {
        const changed = this.#reading.change({ source, ...reading }, null, () => this.#talk());
        if (changed !== null) return changed;
        const status = this.#engine.watch(name === '' ? sourceName(source) : name, { source, ...reading });
        this.#talk();
        return status;
      },
      'live.pause': async ({ source }) => {
        await this.#engine.pause(source);
        return null;
      },
      'live.resume': ({ source }) => {
        const status = this.#engine.resume(source);
        this.#talk();
        return status;
      },
      'live.remove': async ({ source }) => {
        await this.#engine.remove(source);
        this.#companion.remove(source);
        return null;
      },
      'live.setRules': (change) => this.#setRules(change),
    };
  }

  /** Goes on with everything that was being watched. */
  start(): void {
    this.#engine.start();
    this.#talk();
  }

  /** @throws FlowcaseError as `Posting.ingest` says */
  ingest(...posted: Parameters<Posting['ingest']>): Promise<IngestAnswer> {
    return this.#posting.ingest(...posted);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#engine.close();
    try {
      this.#companion.save();
    } catch {
      // on a full disk: it is worked out from the records when it is taken up again
    }
  }

  /** The source that reads the file at this path from its beginning, at the moment: it brings what comes of it. */
  watching(path: string): { readonly source: number; readonly name: string } | null {
    const found = this.#engine.status().sources.find(({ state, watch: { source } }) => {
      const runs = state === 'starting' || state === 'running' || state === 'waiting';
      return runs && source.type === 'file' && source.from === 'beginning' && takesIn(source, path);
    });
    return found === undefined ? null : { source: found.id, name: found.name };
  }

  /** Records are about to be removed: what was worked out from them and not written yet is written. */
  beforeRemoval(): void {
    this.#companion.save();
  }

  /** To a topic beside one that is watched. @throws FlowcaseError */
  async #produce(topic: string, key: string, value: string): Promise<void> {
    const watched = this.#options.writer.live.sources().map(({ spec }) => (spec as LiveWatch).source);
    const kafka = watched.find((source) => source.type === 'kafka');
    if (kafka === undefined)
      throw new FlowcaseError(
        'WRITE_FAILED',
        `The alert cannot go to the topic ${topic}: no Kafka is watched. It is kept and tried again: watch a topic of the broker that it belongs to, or take this sender out of the rules.`,
      );
    const producer = await TopicProducer.open({ ...parseKafkaAddress(kafka.url), topic }, kafkaCredentials());
    try {
      await producer.send([{ key, value: Buffer.from(value) }]);
    } finally {
      await producer.close();
    }
  }

  #setRules(change: Checked<'live.setRules'>): LiveRules {
    const given = withoutAbsent(change);
    const rules: LiveRules = { ...this.#rules, ...given };
    this.#options.writer.live.setRules(rules, `Changed the rules of what is watched: ${Object.keys(given).join(', ')}.`);
    this.#rules = rules;
    if (change.windows !== undefined) this.#companion.renew();
    if (change.retention !== undefined) this.#retainAt = 0;
    return this.#rules;
  }

  /** What the rules take away, one piece after the other; never while a file is imported. */
  #retain(): void {
    const { writer } = this.#options;
    if (writer.live.busy || performance.now() < this.#retainAt) return;
    const { retention, windows } = this.#rules;
    this.beforeRemoval();
    const more = retain(writer, retention, windows.width, Date.now() * 1000);
    this.#posting.tidy();
    if (more) this.#options.changed();
    else this.#retainAt = performance.now() + RETAIN_MS;
  }

  #talk(): void {
    // what it does by itself is no act of whoever asked for what made it begin
    this.#timer ??= actingBy(null, () => this.#beat());
  }

  #status(): LiveStatus {
    const status = this.#engine.status();
    return { ...status, held: status.held || (status.running ? this.#noRoom() : '') || this.#retainHeld };
  }

  /** Why nothing can be kept on this disk, or ""; looked at once a second. */
  #noRoom(): string {
    if (performance.now() < this.#roomAt) return this.#full;
    this.#roomAt = performance.now() + TELL_MS;
    try {
      this.#options.writer.live.needRoom();
      this.#full = '';
    } catch (error) {
      this.#full = toErrorShape(error).message;
    }
    return this.#full;
  }

  #beat(): NodeJS.Timeout {
    return setInterval(() => {
      const status = this.#status();
      this.#options.tell(status);
      this.#alerting.raise();
      void this.#alerting.deliver(Date.now(), this.#stopped.signal);
      this.#tryToRetain();
      if (status.running || this.#alerting.waits || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    }, TELL_MS);
  }

  /** Whatever keeps the case from being written is said, and it is tried again. */
  #tryToRetain(): void {
    try {
      this.#retain();
      this.#retainHeld = '';
    } catch (error) {
      this.#retainHeld = `the rules of what is kept wait: ${toErrorShape(error).message}`;
    }
  }
}

function withoutAbsent<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** What a source gave is known by its number. */
function evidenceOf(writer: CaseWriter, source: number): ReadonlySet<number> {
  return new Set(
    writer
      .evidence()
      .filter(({ options }) => options['source'] === source)
      .map(({ id }) => id),
  );
}

function bytesOf(path: string): number {
  return [path, `${path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}
