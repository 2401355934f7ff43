import { setTimeout as wait } from 'node:timers/promises';
import { Consumer, FetchIsolationLevels, NetworkError, UserError } from '@platformatic/kafka';
import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';
import { topicPath, type KafkaAddress } from './address.ts';
import { clientOptions } from './client-options.ts';
import type { KafkaCredentials } from './credentials.ts';
import { answeredWith, kafkaFault, type KafkaFault } from './faults.ts';
import { readPartition, type FetchedPart, type FetchResponse } from './fetched.ts';
import { GroupProgress } from './group-progress.ts';
import { joinLines, payloadReader, type PayloadReader } from './payload.ts';
import type { TopicPosition } from './position.ts';
import { TopicOffsets, type KnownTopic } from './topic-offsets.ts';

/** One answer holds no more than this, a partition's share no more than that; a single larger batch still comes whole. */
const ANSWER_BYTES = 4 * 2 ** 20;
const PARTITION_BYTES = 2 ** 20;
/** So long a broker waits for news before it answers that there is none. */
const WAIT_MS = 500;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
/** Kafka's error of a fetch outside of what the partition holds. */
const OFFSET_OUT_OF_RANGE = 1;

const errorResponse = z.object({
  response: z.object({
    responses: z.array(z.object({ partitions: z.array(z.object({ partitionIndex: z.number(), errorCode: z.number() })) })),
  }),
});

/** Lines of one answer of a broker, and what they were of. */
export interface Fetched {
  /** Whole lines. */
  readonly lines: Uint8Array;
  readonly parts: readonly FetchedPart[];
  /** Messages. */
  readonly count: number;
  /** Newest time stamp of the messages, milliseconds since 1970 UTC. */
  readonly newest: number | null;
  /** Where reading goes on behind them. */
  readonly after: TopicPosition;
  /** The first of a topic that was deleted and made again since the position before. */
  readonly anew: boolean;
}

/** How things stand, told as it changes. */
export interface ReaderEvents {
  /** The broker answered. */
  running(): void;
  /** It did not, or not as it should; it is tried again. */
  waiting(fault: KafkaFault): void;
  /** Something is not as anybody would expect, and reading goes on. */
  fault(message: string): void;
}

interface Answer {
  readonly node: number;
  /** The topic's id. */
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly response: FetchResponse | null;
  readonly error: unknown;
}

/**
 * Reads a topic from offsets of its own, all partitions that the address names: whoever reads one topic with two cases names the partitions of each.
 * One answer of each broker is fetched ahead; where nobody takes what came, nothing more is asked for.
 */
export class TopicReader {
  readonly #address: KafkaAddress;
  readonly #events: ReaderEvents;
  readonly #consumer: Consumer;
  readonly #payload: PayloadReader;
  readonly #offsets: TopicOffsets;
  readonly #progress: GroupProgress;
  /** By broker: what it was asked for. Never rejects. */
  readonly #pending = new Map<number, Promise<Answer>>();
  /** Partitions in a question that was not answered yet. */
  readonly #asked = new Set<number>();
  #asking: Promise<void> | null = null;
  #failures = 0;
  #answered = false;

  constructor(address: KafkaAddress, credentials: KafkaCredentials, from: TopicPosition | null, events: ReaderEvents, known?: KnownTopic) {
    this.#address = address;
    this.#events = events;
    this.#payload = payloadReader(address);
    this.#consumer = new Consumer({ ...clientOptions(address, credentials, 0), groupId: address.group ?? 'flowcase', autocommit: false });
    this.#consumer.topics.track(address.topic);
    this.#offsets = new TopicOffsets(this.#consumer, address, from, (message) => events.fault(message), known);
    this.#progress = new GroupProgress(this.#consumer, address.topic, address.group, (message) => events.fault(message));
  }

  /** Messages that are there and were not handed over, by partition. */
  get lag(): ReadonlyMap<number, number> {
    return this.#offsets.lag;
  }

  /** It goes on behind what another source read of the topic. */
  get tookUp(): boolean {
    return this.#offsets.tookUp;
  }

  /** Everything before this position is safe: the consumer group is told. */
  safe(position: TopicPosition): void {
    this.#progress.tell(position);
  }

  /** Everything that comes, until `stopped`. May be called once. @throws FlowcaseError where the broker refuses for good before it ever answered */
  async *read(stopped: AbortSignal): AsyncGenerator<Fetched> {
    const end = new Promise<null>((resolve) => {
      if (stopped.aborted) resolve(null);
      else stopped.addEventListener('abort', () => resolve(null), { once: true });
    });
    try {
      while (!stopped.aborted) {
        const fetched = await this.#next(end, stopped);
        if (fetched === null) continue;
        // ahead of who takes it; what fails here is met in the next round
        void this.#ask().catch(() => undefined);
        yield fetched;
      }
    } finally {
      await this.#progress.end();
      await this.#consumer.close(true).catch(() => undefined);
    }
  }

  /** Lines of the answer that comes first; null where there were none, or it failed and is to be tried again. */
  async #next(end: Promise<null>, stopped: AbortSignal): Promise<Fetched | null> {
    try {
      await this.#ask();
      const answer = await Promise.race([end, ...this.#pending.values()]);
      return answer === null ? null : this.#take(answer);
    } catch (error) {
      if (!stopped.aborted) await this.#recover(error, stopped);
      return null;
    }
  }

  /** Asks every broker that leads partitions of the topic and is not busy with an answer. */
  #ask(): Promise<void> {
    this.#asking ??= this.#askLeaders().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #askLeaders(): Promise<void> {
    const { topic } = this.#address;
    const metadata = await this.#consumer.metadata({ topics: [topic] });
    const known = metadata.topics.get(topic);
    if (known === undefined) throw new UserError(`Unknown topic ${topic}.`);
    const byLeader = new Map<number, number[]>();
    for (const partition of await this.#offsets.partitions(known.id, known.partitionsCount)) {
      const leader = known.partitions[partition].leader;
      if (this.#asked.has(partition) || this.#pending.has(leader) || !metadata.brokers.has(leader)) continue;
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
    }
    for (const [leader, partitions] of byLeader) this.#pending.set(leader, this.#fetch(leader, known.id, partitions));
    if (this.#pending.size === 0) throw new NetworkError(`no broker leads a partition of ${topic} at the moment.`);
  }

  #fetch(node: number, topic: string, partitions: readonly number[]): Promise<Answer> {
    for (const partition of partitions) this.#asked.add(partition);
    const asked = partitions.map((partition) => ({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(this.#offsets.next(partition)),
      lastFetchedEpoch: -1,
      partitionMaxBytes: PARTITION_BYTES,
    }));
    const limits = { minBytes: 1, maxBytes: ANSWER_BYTES, maxWaitTime: WAIT_MS, isolationLevel: FetchIsolationLevels.READ_COMMITTED };
    return this.#consumer.fetch({ node, topics: [{ topicId: topic, partitions: asked }], ...limits }).then(
      (response) => ({ node, topic, partitions, response, error: null }),
      (error: unknown) => ({ node, topic, partitions, response: null, error }),
    );
  }

  /** Turns an answer into lines and moves on behind them. @throws what the broker answered instead */
  #take({ node, topic, partitions, response, error }: Answer): Fetched | null {
    this.#pending.delete(node);
    for (const partition of partitions) this.#asked.delete(partition);
    if (response === null) throw error;
    this.#failures = 0;
    this.#answered = true;
    this.#events.running();
    if (topic !== this.#offsets.position.topic) return null;
    const values: Uint8Array[] = [];
    const parts: FetchedPart[] = [];
    for (const answer of response.responses.flatMap((one) => one.partitions)) {
      if (!partitions.includes(answer.partitionIndex)) continue;
      const part = readPartition(answer, this.#offsets.next(answer.partitionIndex), values);
      this.#offsets.moved(part.partition, part.next, part.highWatermark);
      if (part.count > 0) parts.push(part);
    }
    if (values.length === 0) return null;
    const anew = this.#offsets.anew;
    this.#offsets.anew = false;
    return {
      lines: joinLines(values.map(this.#payload)),
      parts,
      count: values.length,
      newest: Math.max(...parts.map((part) => part.newest ?? -Infinity)),
      after: this.#offsets.position,
      anew,
    };
  }

  /** Waits before the next try, longer from time to time. @throws FlowcaseError where that is of no use */
  async #recover(error: unknown, stopped: AbortSignal): Promise<void> {
    this.#consumer.clearMetadata();
    if (answeredWith(error, 'OFFSET_OUT_OF_RANGE')) {
      await this.#comeIntoRange(error).catch(() => undefined);
      return;
    }
    const fault = kafkaFault(error, this.#address);
    if (fault.lasting && !this.#answered) throw new FlowcaseError('REMOTE_REFUSED', fault.message, { source: topicPath(this.#address) });
    // sessions of fetching end with a broker: one failure after each is no news
    if (this.#failures > 0 || !answeredWith(error, 'FETCH_SESSION_ID_NOT_FOUND', 'INVALID_FETCH_SESSION_EPOCH'))
      this.#events.waiting(fault);
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.#failures++, LONGEST_DELAY_MS);
    await wait(delay, undefined, { signal: stopped }).catch(() => undefined);
  }

  async #comeIntoRange(error: unknown): Promise<void> {
    for (const { partitionIndex, errorCode } of answeredPartitions(error))
      if (errorCode === OFFSET_OUT_OF_RANGE) await this.#offsets.outOfRange(partitionIndex);
  }
}

/** The partitions of a fetch that was answered with errors. */
function answeredPartitions(error: unknown): readonly { readonly partitionIndex: number; readonly errorCode: number }[] {
  const told = errorResponse.safeParse(error);
  return told.success ? told.data.response.responses.flatMap(({ partitions }) => partitions) : [];
}
