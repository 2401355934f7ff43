import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../../tools/kafka/broker.ts';
import { whyNoBroker } from '../../../tools/kafka/java.ts';
import { createCase } from '../../case/open.ts';
import { caseFields, scratchFolder } from '../../case/testing.ts';
import type { LiveWatch } from '../../contract/live.ts';
import { atItsEnd } from '../at-its-end.ts';
import { engineOf, until } from '../engine/testing.ts';
import { writeTopic } from './testing.ts';

const scratch = scratchFolder();
afterAll(() => scratch.remove());
const requests = (from: number, to: number): string[] =>
  Array.from(
    { length: to - from },
    (_, i) => `10.0.0.1 - - [21/Sep/2026:14:${String(from + i).padStart(2, '0')}:20 +0000] "GET /${from + i} HTTP/1.1" 200 1`,
  );

describe.skipIf((await whyNoBroker()) !== null)('a topic that was taken off the list', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  it('and is watched again gives what came since, and comes again where its evidence was removed', { timeout: 60_000 }, async () => {
    const writer = createCase(`${scratch.path}/topic.flowcase`, caseFields);
    const engine = engineOf(writer);
    const records = (): number => writer.evidence().reduce((sum, { rows }) => sum + rows, 0);
    await broker.createTopic('access', 2);
    const address = `kafka://${broker.bootstrap}/access`;
    const asked: LiveWatch = { source: { type: 'kafka', url: address, from: 'beginning' } };
    for (let i = 0; i < 4; i++) await writeTopic(address, requests(i * 5, i * 5 + 5));
    const first = engine.watch('topic', asked).id;
    await until(() => records() >= 20);
    await engine.remove(first);
    const second = engine.watch('topic', asked).id;
    await until(() => engine.status().sources[0].why === atItsEnd);
    expect(engine.status().sources[0]).toMatchObject({ state: 'running', lagRecords: 0 });
    await writeTopic(address, requests(20, 25));
    await until(() => records() >= 25);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(records()).toBe(25);
    await engine.remove(second);
    // by another consumer group it is the same topic
    const third = engine.watch('topic', { source: { type: 'kafka', url: `${address}?group=soc`, from: 'beginning' } }).id;
    await until(() => engine.status().sources[0].why === atItsEnd);
    await engine.remove(third);
    for (const { id } of writer.evidence()) writer.removeEvidence(id);
    engine.watch('topic', asked);
    await until(() => records() >= 25);
    await engine.close();
    expect(records()).toBe(25);
    writer.close();
  });
});
