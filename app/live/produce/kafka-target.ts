import { topicPath, type KafkaAddress } from '../kafka/address.ts';
import type { KafkaCredentials } from '../kafka/credentials.ts';
import type { OutgoingMessage, ProducerOptions, TopicProducer } from '../kafka/producer.ts';
import type { LogLine } from './log-lines.ts';
import type { Target } from './target.ts';

const LF = 10;

/** A topic: a message a line. Header lines go to every partition, because each of them is read by itself. */
export class KafkaTarget implements Target {
  readonly name: string;
  readonly #producer: TopicProducer;

  private constructor(address: KafkaAddress, producer: TopicProducer) {
    this.name = topicPath(address);
    this.#producer = producer;
  }

  /** @throws FlowcaseError REMOTE_UNREACHABLE, REMOTE_REFUSED, NOT_FOUND */
  static async open(address: KafkaAddress, credentials: KafkaCredentials, options: ProducerOptions): Promise<KafkaTarget> {
    const { TopicProducer: Producer } = await import('../kafka/producer.ts');
    return new KafkaTarget(address, await Producer.open(address, credentials, options));
  }

  async write(lines: readonly LogLine[]): Promise<void> {
    for (let from = 0; from < lines.length;) {
      const isHead = lines[from].kind === 'head';
      let to = from + 1;
      while (to < lines.length && (lines[to].kind === 'head') === isHead) to++;
      const messages = lines.slice(from, to).map(messageOf);
      await (isHead ? this.#producer.sendToAll(messages) : this.#producer.send(messages));
      from = to;
    }
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}

/** Where a message ends its line does. */
function messageOf({ bytes }: LogLine): OutgoingMessage {
  return { value: bytes[bytes.length - 1] === LF ? bytes.subarray(0, -1) : bytes };
}
