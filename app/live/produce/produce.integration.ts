import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../../tools/kafka/broker.ts';
import { whyNoBroker } from '../../../tools/kafka/java.ts';
import { generatorOf } from '../../generate/registry.ts';
import { parseKafkaAddress } from '../kafka/address.ts';
import { TopicProducer } from '../kafka/producer.ts';
import { messagesOf, numbered, readTopic } from '../kafka/testing.ts';
import { flowcase, startProduce } from '../testing-exactly-once.ts';

describe.skipIf((await whyNoBroker()) !== null)('producing to a topic', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowcase-produce-'));
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function topicOf(name: string, partitions: number): Promise<string> {
    await broker.createTopic(name, partitions);
    return `kafka://${broker.bootstrap}/${name}`;
  }

  it('puts every line of a log into it, and its header into every partition', async () => {
    const parts: Uint8Array[] = [];
    await generatorOf('zeek-conn').generate({ rows: 20_000, seed: 5, days: 1 }, (block) => void parts.push(block));
    const log = join(folder, 'conn.log');
    await writeFile(log, Buffer.concat(parts));
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
    const head = lines.slice(
      0,
      lines.findIndex((line) => !line.startsWith('#')),
    );
    const address = await topicOf('conn', 3);
    expect(await startProduce('--to', address, '--from', log, '--compression', 'zstd')).toMatchObject({ records: 20_000 });
    for (let partition = 0; partition < 3; partition++) {
      const { lines: there } = await readTopic(`${address}?partitions=${partition}`, (taken) => taken.lines.length >= 1000);
      expect(there.slice(0, head.length)).toEqual(head);
    }
    const all = await readTopic(address, (taken) => taken.lines.length >= 20_000 + 3 * (head.length + 1));
    expect(all.lines.filter((line) => !line.startsWith('#')).sort()).toEqual(lines.filter((line) => !line.startsWith('#')).sort());
  });

  it('keeps its pace, and writes each line once though the broker dies meanwhile', async () => {
    const address = await topicOf('dying', 2);
    const producer = await TopicProducer.open(parseKafkaAddress(address), {});
    const killing = wait(300).then(async () => {
      await broker.kill();
      await wait(500);
      await broker.restart();
    });
    for (let i = 0; i < 100; i++) {
      await producer.send(messagesOf(numbered(i * 50, 50)));
      await wait(10);
    }
    await killing;
    await producer.close();
    const { lines } = await readTopic(address, (taken) => taken.lines.length >= 5000);
    expect(lines.toSorted((a, b) => Number(a.slice(5)) - Number(b.slice(5)))).toEqual(numbered(0, 5000));
  });

  it('sends alerts as JSON, those of one key to one partition in their order', async () => {
    const address = await topicOf('alerts', 4);
    const producer = await TopicProducer.open(parseKafkaAddress(address), {});
    for (let i = 0; i < 5; i++) await producer.sendAlert('host 10.0.0.1', { severity: 'high', why: 'a "quoted"\nline', number: i });
    await producer.close();
    const { lines } = await readTopic(`${address}?payload=json`, (taken) => taken.lines.length >= 5);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      Array.from({ length: 5 }, (_, number) => ({ severity: 'high', why: 'a "quoted"\nline', number })),
    );
  });

  it('says what is wrong in one line', async () => {
    expect(() => flowcase('produce', '--to', `kafka://${broker.bootstrap}/none`, '--rows', '5')).toThrow(
      /There is no topic none at kafka:/,
    );
    expect(() => flowcase('produce', '--to', 'kafka://127.0.0.1:9/none', '--rows', '5')).toThrow(/does not answer/);
    const address = await topicOf('narrow', 1);
    const log = join(folder, 'long.log');
    await writeFile(log, `192.0.2.1 - - [15/Apr/2024:09:30:00 +0000] "GET /${'x'.repeat(1_048_000)} HTTP/1.1" 200 5\n`);
    await broker.administer((admin) =>
      admin.incrementalAlterConfigs({
        resources: [
          { resourceType: 2, resourceName: 'narrow', configs: [{ name: 'max.message.bytes', configOperation: 0, value: '1000' }] },
        ],
      }),
    );
    expect(() => flowcase('produce', '--to', address, '--from', log)).toThrow(/longer than the topic takes/);
  });
});
