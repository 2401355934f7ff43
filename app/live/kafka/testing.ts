import { setTimeout as wait } from 'node:timers/promises';
import type { Position, SourceBatch, Stretch } from '../types.ts';
import { parseKafkaAddress } from './address.ts';
import type { KafkaCredentials } from './credentials.ts';
import type { OutgoingMessage } from './producer.ts';
import { TopicProducer } from './producer.ts';
import { KafkaSource } from './source.ts';

/** What a source handed over to a test. */
export class Taken {
  readonly lines: string[] = [];
  readonly faults: string[] = [];
  readonly stretches: Stretch[] = [];
  position: Position | null = null;

  take(batch: SourceBatch): void {
    this.lines.push(...new TextDecoder().decode(batch.bytes).replace(/\n$/, '').split('\n'));
    if (batch.begins !== null) this.stretches.push(batch.begins);
    this.position = batch.after;
  }
}

/** Reads a topic until `enough`, then stops it. @throws Error where that is not so within half a minute, with what was there */
export async function readTopic(
  address: string,
  enough: (taken: Taken) => boolean,
  options: { from?: Position | null; credentials?: KafkaCredentials; during?: (taken: Taken) => Promise<void> } = {},
): Promise<Taken> {
  const source = new KafkaSource(parseKafkaAddress(address), options.credentials ?? {});
  const taken = new Taken();
  const stop = new AbortController();
  const running = source.run(
    {
      take: (batch) => {
        taken.take(batch);
        source.safe(batch.after);
        if (enough(taken)) stop.abort();
        return Promise.resolve();
      },
      fault: (message) => {
        taken.faults.push(message);
        if (enough(taken)) stop.abort();
      },
    },
    options.from ?? null,
    stop.signal,
  );
  const patience = wait(30_000, 'late', { signal: stop.signal }).catch(() => 'enough');
  await options.during?.(taken);
  if ((await Promise.race([patience, running])) === 'late') {
    stop.abort();
    await running;
    throw new Error(
      `${taken.lines.length} lines came (${taken.lines.slice(0, 3).join(' | ')}), faults: ${taken.faults.join(' | ')}; ${source.gauge.why}`,
    );
  }
  await running;
  return taken;
}

/** Writes texts to a topic, a message each. */
export async function writeTopic(address: string, texts: readonly string[], credentials: KafkaCredentials = {}): Promise<void> {
  const producer = await TopicProducer.open(parseKafkaAddress(address), credentials);
  try {
    await producer.send(messagesOf(texts));
  } finally {
    await producer.close();
  }
}

export function messagesOf(texts: readonly string[]): readonly OutgoingMessage[] {
  return texts.map((text) => ({ value: new TextEncoder().encode(text) }));
}

/** `count` numbered lines from `first` on. */
export function numbered(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${first + i}`);
}
