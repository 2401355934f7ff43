import { setTimeout as wait } from 'node:timers/promises';
import type { Consumer } from '@platformatic/kafka';
import { answeredWith } from './faults.ts';
import type { TopicPosition } from './position.ts';

const EVERY_MS = 1000;
const PATIENCE_MS = 2000;

/**
 * Tells a consumer group how far a case has come, so that the tools that people watch brokers with show its lag. The case never asks back: what it has
 * stored is where it goes on. It is no member of the group (a commit without a member, as consumers with assigned partitions send it).
 */
export class GroupProgress {
  readonly #consumer: Consumer;
  readonly #topic: string;
  readonly #group: string | null;
  readonly #fault: (message: string) => void;
  #latest: TopicPosition | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> = Promise.resolve();
  #complained = false;
  #ended = false;

  constructor(consumer: Consumer, topic: string, group: string | null, fault: (message: string) => void) {
    this.#consumer = consumer;
    this.#topic = topic;
    this.#group = group;
    this.#fault = fault;
    consumer.memberId = '';
    consumer.generationId = -1;
  }

  /** Everything before this position is safe. Sent within a second, the latest only. */
  tell(position: TopicPosition): void {
    if (this.#group === null) return;
    this.#latest = position;
    this.#plan();
  }

  /** Sends what was told last, if the broker takes it soon. */
  async end(): Promise<void> {
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#send();
    const patience = new AbortController();
    await Promise.race([this.#sending, wait(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }

  #plan(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#send();
    }, EVERY_MS);
  }

  #send(): void {
    const position = this.#latest;
    if (position === null) return;
    this.#latest = null;
    const offsets = [...position.offsets].map(([partition, offset]) => ({
      topic: this.#topic,
      partition,
      offset: BigInt(offset),
      leaderEpoch: -1,
    }));
    this.#sending = this.#sending.then(async () => {
      try {
        await this.#consumer.commit({ offsets });
      } catch (error) {
        this.#failed(error, position);
      }
    });
  }

  #failed(error: unknown, position: TopicPosition): void {
    const member = answeredWith(error, 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS');
    if (!member && !answeredWith(error, 'GROUP_AUTHORIZATION_FAILED', 'INVALID_GROUP_ID', 'TOPIC_AUTHORIZATION_FAILED')) {
      // the broker or the group's coordinator is away: where the topic is read, that is told
      this.#latest ??= position;
      if (!this.#ended) this.#plan();
      return;
    }
    if (this.#complained) return;
    this.#complained = true;
    const why = member ? 'other consumers are members of it' : 'the broker refuses it';
    this.#fault(`How far the case has come is not shown in the consumer group ${this.#group ?? ''}: ${why}.`);
  }
}
