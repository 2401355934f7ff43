import { ProduceAcks, Producer, type MessageToProduce } from '@platformatic/kafka';
import { FlowcaseError } from '../../errors.ts';
import { topicPath, type KafkaAddress } from './address.ts';
import type { Compression } from './compression.ts';
import { clientOptions } from './client-options.ts';
import type { KafkaCredentials } from './credentials.ts';
import { kafkaFault } from './faults.ts';
import { withPatience, type Patience } from './patience.ts';

/** A broker that is away for so many tries (250 ms each) is waited for. */
const PATIENCE = 240;
/** Messages of one question are one batch of one partition, which topics limit to 1 MiB unless told otherwise. */
const BATCH_BYTES = 900_000;
const BATCH_MESSAGES = 10_000;
/** What a record takes beside its value. */
const RECORD_BYTES = 24;

/** A message of a topic: a line or a document. */
export interface OutgoingMessage {
  readonly value: Uint8Array;
  readonly key?: string | undefined;
}

export interface ProducerOptions {
  /** "none" unless told. */
  readonly compression?: Compression;
  /**
   * How much longer than the client's own minute a broker is waited for; null: no longer. What is sent after that minute has another producer's number: a
   * batch that the broker had stored and not acknowledged just before may be there twice then.
   */
  readonly patience?: Patience | null;
}

/**
 * Writes to a topic so that each message is there once: acknowledged by all replicas, numbered so that what is sent again after a broker's death is
 * recognised (idempotent producer), one batch at a time. Batches go round the partitions, in each of which the order is kept.
 */
export class TopicProducer {
  readonly #address: KafkaAddress;
  readonly #producer: Producer;
  readonly #patience: Patience | null;
  #partitions = 0;
  #turn = 0;

  private constructor(address: KafkaAddress, credentials: KafkaCredentials, { compression = 'none', patience = null }: ProducerOptions) {
    this.#address = address;
    this.#patience = patience;
    this.#producer = new Producer({
      ...clientOptions(address, credentials, PATIENCE),
      idempotent: true,
      acks: ProduceAcks.ALL,
      compression,
    });
  }

  /** @throws FlowcaseError REMOTE_UNREACHABLE, REMOTE_REFUSED, or NOT_FOUND where there is no such topic */
  static async open(address: KafkaAddress, credentials: KafkaCredentials, options: ProducerOptions = {}): Promise<TopicProducer> {
    const producer = new TopicProducer(address, credentials, options);
    try {
      await producer.#guard(producer.#countPartitions(3));
      return producer;
    } catch (error) {
      await producer.close();
      throw error;
    }
  }

  /** How many partitions the topic had when it was last looked at. */
  get partitions(): number {
    return this.#partitions;
  }

  /** Sends messages; resolves when the broker has all of them. @throws FlowcaseError REMOTE_UNREACHABLE after a minute without it, REMOTE_REFUSED */
  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const batch of batches(messages)) {
      const partition = this.#turn++ % this.#partitions;
      await this.#send(batch, partition);
    }
  }

  /** Sends messages to every partition: what a reader of any of them must know first. */
  async sendToAll(messages: readonly OutgoingMessage[]): Promise<void> {
    for (let partition = 0; partition < this.#partitions; partition++)
      for (const batch of batches(messages)) await this.#send(batch, partition);
  }

  /** Sends one alert as JSON. The same key, the same partition: alerts of one matter keep their order. */
  async sendAlert(key: string, alert: unknown): Promise<void> {
    const value = Buffer.from(JSON.stringify(alert));
    await this.#guard(this.#producer.send({ messages: [{ topic: this.#address.topic, key: Buffer.from(key), value }] }));
  }

  async close(): Promise<void> {
    await this.#producer.close(true).catch(() => undefined);
  }

  async #send(batch: readonly OutgoingMessage[], partition: number): Promise<void> {
    const { topic } = this.#address;
    const messages = batch.map(({ key, value }): MessageToProduce => {
      const message: MessageToProduce = { topic, partition, value: Buffer.from(value.buffer, value.byteOffset, value.length) };
      if (key !== undefined) message.key = Buffer.from(key);
      return message;
    });
    const send = (): Promise<unknown> => this.#guard(this.#producer.send({ messages }));
    await (this.#patience === null ? send() : withPatience(send, this.#patience));
  }

  async #countPartitions(retries: number): Promise<void> {
    const { topic } = this.#address;
    const metadata = await this.#producer.metadata({ topics: [topic], retries });
    this.#partitions = metadata.topics.get(topic)?.partitionsCount ?? 0;
    if (this.#partitions === 0)
      throw new FlowcaseError('NOT_FOUND', `There is no topic ${topic} at ${topicPath(this.#address)}. Create it first.`);
  }

  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof FlowcaseError) throw error;
      const { message, lasting, missing = false } = kafkaFault(error, this.#address);
      const code = missing ? 'NOT_FOUND' : lasting ? 'REMOTE_REFUSED' : 'REMOTE_UNREACHABLE';
      throw new FlowcaseError(code, message, { target: topicPath(this.#address) }, error);
    }
  }
}

/** Runs of messages that fit into one batch each. */
function* batches(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < messages.length; i++) {
    const more = messages[i].value.length + RECORD_BYTES;
    if (i > from && (bytes + more > BATCH_BYTES || i - from >= BATCH_MESSAGES)) {
      yield messages.slice(from, i);
      from = i;
      bytes = 0;
    }
    bytes += more;
  }
  if (from < messages.length) yield messages.slice(from);
}
