import { Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../../tools/kafka/broker.ts';
import { whyNoBroker } from '../../../tools/kafka/java.ts';
import { parseKafkaAddress } from './address.ts';
import { compressions } from './compression.ts';
import { TopicProducer } from './producer.ts';
import { KafkaSource } from './source.ts';
import { messagesOf, numbered, readTopic, writeTopic } from './testing.ts';

const sorted = (lines: readonly string[]): string[] => lines.toSorted((a, b) => Number(a.slice(5)) - Number(b.slice(5)));

describe.skipIf((await whyNoBroker()) !== null)('a Kafka topic as a source', () => {
  let broker: Broker;
  let topics = 0;

  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  /** A topic of its own, and its address. */
  async function topicOf(partitions: number, query = '', configs: Record<string, string> = {}): Promise<string> {
    const name = `topic-${++topics}`;
    await broker.createTopic(name, partitions, configs);
    return `kafka://${broker.bootstrap}/${name}${query}`;
  }
  const nameIn = (address: string): string => parseKafkaAddress(address).topic;

  it('gives every message of every partition once, in the order of its partition', async () => {
    const address = await topicOf(3);
    for (let i = 0; i < 30; i++) await writeTopic(address, numbered(i * 10, 10));
    const taken = await readTopic(address, ({ lines }) => lines.length >= 300);
    expect(sorted(taken.lines)).toEqual(numbered(0, 300));
    expect(taken.stretches).toEqual([{ path: address, name: nameIn(address), byte: null, line: null, head: null }]);
    expect(taken.faults).toEqual([]);
  });

  it('goes on where the position says, whatever the consumer group was told', async () => {
    const address = await topicOf(2, '?group=elsewhere');
    await writeTopic(address, numbered(0, 100));
    const first = await readTopic(address, ({ lines }) => lines.length >= 100);
    await writeTopic(address, numbered(100, 100));
    await readTopic(address, ({ lines }) => lines.length >= 200);
    const second = await readTopic(address, ({ lines }) => lines.length >= 100, { from: first.position });
    expect(sorted(second.lines)).toEqual(numbered(100, 100));
    expect(second.stretches).toEqual([]);
  });

  it('goes on within a batch of the broker', async () => {
    const address = await topicOf(1);
    await writeTopic(address, numbered(0, 50));
    const { position } = await readTopic(address, ({ lines }) => lines.length >= 50);
    const taken = await readTopic(address, ({ lines }) => lines.length >= 30, { from: { ...position, offsets: { '0': 20 } } });
    expect(taken.lines).toEqual(numbered(20, 30));
  });

  it('begins with what comes now where it is told to, and at the first message of partitions that are added', async () => {
    const address = await topicOf(1, '?start=latest');
    await writeTopic(address, numbered(0, 10));
    const producer = await TopicProducer.open(parseKafkaAddress(address), {});
    const source = new KafkaSource(parseKafkaAddress(address), {});
    const lines: string[] = [];
    const stop = new AbortController();
    const running = source.run(
      {
        take: ({ bytes }) => {
          lines.push(...new TextDecoder().decode(bytes).trimEnd().split('\n'));
          return Promise.resolve();
        },
        fault: () => undefined,
      },
      null,
      stop.signal,
    );
    await expect.poll(() => source.gauge.state, { timeout: 10_000 }).toBe('running');
    await producer.send(messagesOf(numbered(10, 5)));
    await expect.poll(() => lines, { timeout: 10_000 }).toEqual(numbered(10, 5));
    await broker.addPartitions(nameIn(address), 3);
    const wider = await TopicProducer.open(parseKafkaAddress(address), {});
    expect(wider.partitions).toBe(3);
    for (let i = 0; i < 3; i++) await wider.send(messagesOf([`line ${15 + i}`]));
    await expect.poll(() => sorted(lines), { timeout: 20_000 }).toEqual(numbered(10, 8));
    stop.abort();
    await running;
    await wider.close();
    await producer.close();
  });

  it('reads the partitions it is told, and no others', async () => {
    const address = await topicOf(3);
    for (let i = 0; i < 3; i++) await writeTopic(address, ['all go to the first partition of a new producer']);
    const producer = await TopicProducer.open(parseKafkaAddress(address), {});
    for (let i = 0; i < 3; i++) await producer.send(messagesOf([`line ${i}`]));
    await producer.close();
    const taken = await readTopic(`${address}?partitions=1-2`, ({ lines }) => lines.length >= 2);
    expect(sorted(taken.lines)).toEqual(['line 1', 'line 2']);
  });

  it.each(compressions)('reads what was compressed with %s', async (compression) => {
    const address = await topicOf(1);
    const producer = await TopicProducer.open(parseKafkaAddress(address), {}, { compression });
    await producer.send(messagesOf(numbered(0, 2000)));
    await producer.close();
    const taken = await readTopic(address, ({ lines }) => lines.length >= 2000);
    expect(taken.lines).toEqual(numbered(0, 2000));
  });

  it('takes several lines of one message, JSON on one line, and the line in a member of JSON', async () => {
    const address = await topicOf(1);
    await writeTopic(address, ['one\ntwo\n', 'three']);
    expect((await readTopic(address, ({ lines }) => lines.length >= 3)).lines).toEqual(['one', 'two', 'three']);
    const json = await topicOf(1);
    await writeTopic(json, ['{\n "message": "GET / \\n",\r\n "n": 1\n}', '{"message":"a\\nb"}', 'no json', '{"n":1}']);
    expect((await readTopic(`${json}?payload=json`, ({ lines }) => lines.length >= 4)).lines).toEqual([
      '{  "message": "GET / \\n",   "n": 1 }',
      '{"message":"a\\nb"}',
      'no json',
      '{"n":1}',
    ]);
    expect((await readTopic(`${json}?field=message`, ({ lines }) => lines.length >= 5)).lines).toEqual([
      'GET / ',
      'a',
      'b',
      'no json',
      '{"n":1}',
    ]);
  });

  it('leaves out what a transaction gave up, and reads what it committed', async () => {
    const address = await topicOf(1);
    const topic = nameIn(address);
    const producer = new Producer({
      clientId: 'transactions',
      bootstrapBrokers: [broker.bootstrap],
      transactionalId: `tx-${topic}`,
      idempotent: true,
      retries: 10,
    });
    for (const [text, kept] of [
      ['given up', false],
      ['kept', true],
      ['given up too', false],
      ['kept too', true],
    ] as const) {
      const transaction = await producer.beginTransaction();
      await transaction.send({ messages: [{ topic, partition: 0, value: Buffer.from(text) }] });
      await (kept ? transaction.commit() : transaction.abort());
    }
    await producer.close();
    const taken = await readTopic(address, ({ lines }) => lines.includes('kept too'));
    expect(taken.lines).toEqual(['kept', 'kept too']);
  });

  it('says what the broker removed before it was read', async () => {
    const address = await topicOf(1);
    await writeTopic(address, numbered(0, 100));
    const { position } = await readTopic(address, ({ lines }) => lines.length >= 100);
    await broker.administer((admin) =>
      admin.deleteRecords({ topics: [{ name: nameIn(address), partitions: [{ partition: 0, offset: 60n }] }] }),
    );
    const taken = await readTopic(address, ({ lines }) => lines.length >= 40, { from: { ...position, offsets: { '0': 10 } } });
    expect(taken.lines).toEqual(numbered(60, 40));
    expect(taken.faults).toEqual([expect.stringMatching(/^50 messages of partition 0 .* are gone/)]);
  });

  it('knows a topic that was deleted and made again', async () => {
    const address = await topicOf(1);
    await writeTopic(address, numbered(0, 20));
    const { position } = await readTopic(address, ({ lines }) => lines.length >= 20);
    await broker.administer((admin) => admin.deleteTopics({ topics: [nameIn(address)] }));
    await broker.createTopic(nameIn(address), 1);
    await writeTopic(address, numbered(100, 5));
    const taken = await readTopic(address, ({ lines }) => lines.length >= 5, { from: position });
    expect(taken.lines).toEqual(numbered(100, 5));
    expect(taken.stretches).toHaveLength(1);
    expect(taken.faults).toEqual([expect.stringContaining('deleted and made again')]);
  });

  it('waits for a topic that is not there yet', async () => {
    const address = `kafka://${broker.bootstrap}/later`;
    const taken = await readTopic(address, ({ lines }) => lines.length >= 1, {
      during: async (soFar) => {
        await expect.poll(() => soFar.faults, { timeout: 10_000 }).toHaveLength(1);
        await broker.createTopic('later', 1);
        await writeTopic(address, ['line 0']);
      },
    });
    expect(taken.lines).toEqual(['line 0']);
    expect(taken.faults).toEqual([`There is no topic later at ${address}.`]);
  });

  it('tells the consumer group how far it came, without being a member of it', async () => {
    const address = await topicOf(1, '?group=shown');
    await writeTopic(address, numbered(0, 40));
    await readTopic(address, ({ lines }) => lines.length >= 40);
    const groups = await broker.administer((admin) => admin.listConsumerGroupOffsets({ groups: ['shown'] }));
    expect(groups[0].topics[0].partitions[0].committedOffset).toBe(40n);
  });

  it('asks for no more while nobody takes what came, and knows how much waits', async () => {
    const address = await topicOf(1);
    const long = 'x'.repeat(10_000);
    for (let i = 0; i < 10; i++)
      await writeTopic(
        address,
        Array.from({ length: 100 }, () => long),
      );
    const source = new KafkaSource(parseKafkaAddress(address), {});
    const stop = new AbortController();
    let taken = 0;
    let goOn = (): void => undefined;
    const running = source.run(
      {
        take: ({ bytes }) => {
          taken += bytes.length;
          return new Promise((resolve) => (goOn = resolve));
        },
        fault: () => undefined,
      },
      null,
      stop.signal,
    );
    await expect.poll(() => taken, { timeout: 10_000 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const first = taken;
    expect(first).toBeLessThan(2 * 2 ** 20);
    expect(source.gauge.lag.records).toBe(1000 - source.messages);
    stop.abort();
    goOn();
    await running;
    expect(taken).toBe(first);
  });
});
