import { ListOffsetTimestamps, type Consumer } from '@platformatic/kafka';
import type { KafkaAddress } from './address.ts';
import type { TopicPosition } from './position.ts';

/** How far the topic with this id was read already; null: not at all. */
export type KnownTopic = (topic: string) => TopicPosition | null;

/** Where every partition of a topic is read next, and what its brokers have. */
export class TopicOffsets {
  readonly #consumer: Pick<Consumer, 'listOffsets'>;
  readonly #address: KafkaAddress;
  readonly #fault: (message: string) => void;
  readonly #known: KnownTopic;
  readonly #next = new Map<number, number>();
  readonly #ends = new Map<number, number>();
  #topic: string | null;
  /** Partitions that are met later begin at their first message, whatever the address says of those that are there now. */
  #begun: boolean;
  /** The topic was deleted and made again since its position was stored. */
  anew = false;
  /** It is read behind what another source read of it. */
  tookUp = false;

  /** `known`: how far the topic with this id was read by a source that was there before; asked where there is no position. */
  constructor(
    consumer: Pick<Consumer, 'listOffsets'>,
    address: KafkaAddress,
    from: TopicPosition | null,
    fault: (message: string) => void,
    known: KnownTopic = () => null,
  ) {
    this.#consumer = consumer;
    this.#address = address;
    this.#fault = fault;
    this.#known = known;
    this.#topic = from?.topic ?? null;
    this.#begun = from !== null;
    for (const [partition, offset] of from?.offsets ?? []) this.#next.set(partition, offset);
  }

  /** Messages that are there and were not read yet, by partition. */
  get lag(): ReadonlyMap<number, number> {
    return new Map([...this.#ends].map(([partition, end]) => [partition, Math.max(0, end - (this.#next.get(partition) ?? end))]));
  }

  get position(): TopicPosition {
    return { topic: this.#topic ?? '', offsets: new Map(this.#next) };
  }

  /** Where a partition is read next. */
  next(partition: number): number {
    return this.#next.get(partition) ?? 0;
  }

  /** A partition was read up to `next`, and ends at `end`. */
  moved(partition: number, next: number, end: number): void {
    this.#next.set(partition, next);
    this.#ends.set(partition, end);
  }

  /** The partitions to read of a topic that has `count` of them, each with a place to begin at. */
  async partitions(topic: string, count: number): Promise<readonly number[]> {
    this.#recognise(topic);
    const all = Array.from({ length: count }, (_, partition) => partition);
    const wanted = all.filter((partition) => this.#address.partitions?.includes(partition) ?? true);
    const unknown = wanted.filter((partition) => !this.#next.has(partition));
    if (unknown.length > 0) {
      const latest = !this.#begun && this.#address.start === 'latest';
      for (const [partition, offset] of await this.#list(unknown, latest ? ListOffsetTimestamps.LATEST : ListOffsetTimestamps.EARLIEST))
        this.#next.set(partition, offset);
    }
    this.#begun = true;
    return wanted;
  }

  /** The broker has nothing at the place where a partition is to be read: goes on where it has, and tells what is missing. */
  async outOfRange(partition: number): Promise<void> {
    const next = this.next(partition);
    const first = (await this.#list([partition], ListOffsetTimestamps.EARLIEST)).get(partition) ?? 0;
    const end = (await this.#list([partition], ListOffsetTimestamps.LATEST)).get(partition) ?? 0;
    const where = `partition ${partition} of ${this.#address.topic}`;
    if (next < first)
      this.#fault(`${first - next} messages of ${where} are gone: the broker removed them before they were read (its retention).`);
    else if (next > end)
      this.#fault(
        `The broker lost messages: ${where} ends at ${end} and was read up to ${next} already. Reading goes on with what comes now.`,
      );
    this.#next.set(partition, next < first ? first : Math.min(next, end));
  }

  #recognise(topic: string): void {
    if (this.#topic === null && this.#address.start === 'earliest') {
      const known = this.#known(topic)?.offsets ?? [];
      for (const [partition, offset] of known) this.#next.set(partition, offset);
      this.tookUp = this.#next.size > 0;
    }
    if (this.#topic !== null && this.#topic !== topic) {
      this.#fault(`The topic ${this.#address.topic} was deleted and made again. It is read from its beginning.`);
      this.#next.clear();
      this.#ends.clear();
      this.anew = true;
    }
    this.#topic = topic;
  }

  async #list(partitions: readonly number[], timestamp: bigint): Promise<ReadonlyMap<number, number>> {
    const { topic } = this.#address;
    const listed = await this.#consumer.listOffsets({ topics: [topic], partitions: { [topic]: [...partitions] }, timestamp });
    const offsets = listed.get(topic) ?? [];
    return new Map(partitions.map((partition) => [partition, Number(offsets[partition] ?? 0n)]));
  }
}
