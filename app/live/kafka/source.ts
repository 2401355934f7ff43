import { FlowcaseError } from '../../errors.ts';
import { atItsEnd } from '../at-its-end.ts';
import type { LiveSource, Position, SourceGauge, SourceSink, Stretch } from '../types.ts';
import { kafkaAddressText, topicPath, type KafkaAddress } from './address.ts';
import type { KafkaCredentials } from './credentials.ts';
import type { KafkaFault } from './faults.ts';
import { furthest, placeOf, storedPosition, topicPosition } from './position.ts';
import type { Fetched, TopicReader } from './topic-reader.ts';

/** What is known of one partition. */
export interface PartitionGauge {
  readonly partition: number;
  /** Messages that are there and were not handed over. */
  readonly lag: number;
}

/** A Kafka topic as a source of lines: its position is the next offset of every partition, kept by who takes the lines. */
export class KafkaSource implements LiveSource {
  readonly #address: KafkaAddress;
  readonly #credentials: KafkaCredentials;
  readonly #places: () => readonly unknown[];
  #reader: TopicReader | null = null;
  #state: SourceGauge['state'] = 'starting';
  #why = '';
  #bytes = 0;
  #messages = 0;
  #errors = 0;
  #newest: number | null = null;

  /** `places`: what sources of this topic that are there no more kept with their evidence (`placeOf`). */
  constructor(address: KafkaAddress, credentials: KafkaCredentials, places: () => readonly unknown[] = () => []) {
    this.#address = address;
    this.#credentials = credentials;
    this.#places = places;
  }

  /** As it is kept and shown. */
  get name(): string {
    return kafkaAddressText(this.#address);
  }

  get gauge(): SourceGauge {
    const records = this.#reader === null ? null : this.partitions.reduce((sum, { lag }) => sum + lag, 0);
    const known = this.#state === 'running' && this.#reader?.tookUp === true && this.#messages === 0 && records === 0;
    const why = known ? atItsEnd : this.#why;
    return { state: this.#state, why, lag: { bytes: null, records }, bytes: this.#bytes, errors: this.#errors };
  }

  /** Lag by partition, of those that were asked for already. */
  get partitions(): readonly PartitionGauge[] {
    return [...(this.#reader?.lag ?? [])].map(([partition, lag]) => ({ partition, lag })).sort((a, b) => a.partition - b.partition);
  }

  /** Messages handed over since it was started. */
  get messages(): number {
    return this.#messages;
  }

  /** Newest time stamp of the messages handed over, milliseconds since 1970 UTC. */
  get newest(): number | null {
    return this.#newest;
  }

  async run(sink: SourceSink, from: Position | null, stopped: AbortSignal): Promise<void> {
    const position = from === null ? null : topicPosition(from);
    // the client takes a second to load: only who reads a topic waits for it
    const { TopicReader: Reader } = await import('./topic-reader.ts');
    const events = {
      running: () => this.#stands('running', ''),
      waiting: ({ message }: KafkaFault) => {
        // the same again is no news
        if (this.#state !== 'waiting' || this.#why !== message) this.#fault(sink, message);
        this.#stands('waiting', message);
      },
      fault: (message: string) => this.#fault(sink, message),
    };
    const reader = new Reader(this.#address, this.#credentials, position, events, (topic) =>
      furthest(this.#places(), topic, this.#address),
    );
    this.#reader = reader;
    let begins = from === null;
    try {
      for await (const fetched of reader.read(stopped)) {
        this.#count(fetched);
        const stretch = begins || fetched.anew ? this.#stretch() : null;
        begins = false;
        await sink.take({ bytes: fetched.lines, after: storedPosition(fetched.after), begins: stretch });
      }
      this.#stands('ended', '');
    } catch (error) {
      const cancelled = error instanceof FlowcaseError && error.code === 'CANCELLED';
      this.#stands(cancelled ? 'ended' : 'failed', cancelled ? '' : error instanceof Error ? error.message : String(error));
      if (!cancelled) throw error;
    }
  }

  safe(position: Position): void {
    this.#reader?.safe(topicPosition(position));
  }

  placeOf(position: Position): Readonly<Record<string, unknown>> {
    return placeOf(position, this.#address);
  }

  #count({ lines, count, newest }: Fetched): void {
    this.#bytes += lines.length;
    this.#messages += count;
    if (newest !== null) this.#newest = Math.max(this.#newest ?? newest, newest);
  }

  #stretch(): Stretch {
    return { path: topicPath(this.#address), name: this.#address.topic, byte: null, line: null, head: null };
  }

  #fault(sink: SourceSink, message: string): void {
    this.#errors++;
    sink.fault(message);
  }

  #stands(state: SourceGauge['state'], why: string): void {
    this.#state = state;
    this.#why = why;
  }
}
