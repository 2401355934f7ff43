import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../../tools/kafka/broker.ts';
import { whyNoBroker } from '../../../tools/kafka/java.ts';
import { saslMechanisms } from './address.ts';
import { numbered, readTopic, writeTopic } from './testing.ts';

describe.skipIf((await whyNoBroker()) !== null)('a Kafka broker that asks who is there', () => {
  let broker: Broker;

  beforeAll(async () => {
    broker = await startBroker();
    await broker.createTopic('secret', 1);
    await writeTopic(`kafka://${broker.bootstrap}/secret`, numbered(0, 3));
  });
  afterAll(() => broker.stop());

  const three = ({ lines }: { lines: readonly string[] }): boolean => lines.length >= 3;
  const never = (): boolean => false;

  it('is read over TLS, its certificate checked', async () => {
    const address = `kafka://${broker.tls}/secret?tls=true`;
    const taken = await readTopic(address, three, { credentials: { ca: broker.certificate } });
    expect(taken.lines).toEqual(numbered(0, 3));
    await expect(readTopic(address, never)).rejects.toMatchObject({
      code: 'REMOTE_REFUSED',
      message: expect.stringContaining('signed by itself') as string,
    });
  });

  it.each(saslMechanisms)('is read with SASL %s, with TLS and without', async (mechanism) => {
    const credentials = { ...broker.account, ca: broker.certificate };
    for (const address of [
      `kafka://${broker.sasl}/secret?sasl=${mechanism}`,
      `kafka://${broker.saslTls}/secret?sasl=${mechanism}&tls=true`,
    ])
      expect((await readTopic(address, three, { credentials })).lines).toEqual(numbered(0, 3));
  });

  it.each(saslMechanisms)('refuses a wrong password by SASL %s, which nothing repeats', async (mechanism) => {
    const address = `kafka://${broker.sasl}/secret?sasl=${mechanism}`;
    const credentials = { username: broker.account.username, password: 'hunter2' };
    const reading = readTopic(address, never, { credentials });
    await expect(reading).rejects.toMatchObject({ code: 'REMOTE_REFUSED' });
    const error: unknown = await reading.catch((one: unknown) => one);
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    await expect(writeTopic(address, ['x'], credentials)).rejects.toMatchObject({ code: 'REMOTE_REFUSED' });
  });

  it('is told apart from a port that speaks otherwise', async () => {
    await expect(
      readTopic(`kafka://${broker.bootstrap}/secret?tls=true`, never, { credentials: { ca: broker.certificate } }),
    ).rejects.toMatchObject({
      code: 'REMOTE_REFUSED',
      message: expect.stringContaining('does not speak TLS') as string,
    });
    await expect(readTopic(`kafka://${broker.tls}/secret`, never)).rejects.toMatchObject({
      code: 'REMOTE_REFUSED',
      message: expect.stringContaining('tls=true') as string,
    });
  });

  it('is not asked without a password', async () => {
    await expect(readTopic(`kafka://${broker.sasl}/secret?sasl=PLAIN`, never)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
