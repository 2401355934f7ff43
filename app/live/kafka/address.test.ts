import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowcaseError } from '../../errors.ts';
import { isKafkaAddress, kafkaAddressText, parseKafkaAddress, saslMechanisms, topicPath, type KafkaAddress } from './address.ts';

const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,20}$/);
const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constant('::1'), fc.constant('localhost'));
const addresses: fc.Arbitrary<KafkaAddress> = fc.record({
  brokers: fc.array(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }), { minLength: 1, maxLength: 3 }),
  topic: word,
  group: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })),
  tls: fc.boolean(),
  sasl: fc.option(fc.constantFrom(...saslMechanisms)),
  start: fc.constantFrom('earliest', 'latest'),
  partitions: fc.option(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 5 }).map((list) => list.sort((a, b) => a - b))),
  payload: fc.constantFrom('lines', 'json'),
  field: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })),
});

function refusal(text: string): FlowcaseError {
  try {
    parseKafkaAddress(text);
  } catch (error) {
    if (error instanceof FlowcaseError) return error;
  }
  throw new Error(`${text} was taken`);
}

describe('an address of a topic', () => {
  it('is read as people write it', () => {
    expect(
      parseKafkaAddress('kafka://a.example,b.example:9093,[::1]:9094/web.access?group=soc&tls=1&sasl=scram-sha-256&partitions=4,0-2'),
    ).toEqual({
      brokers: [
        { host: 'a.example', port: 9092 },
        { host: 'b.example', port: 9093 },
        { host: '::1', port: 9094 },
      ],
      topic: 'web.access',
      group: 'soc',
      tls: true,
      sasl: 'SCRAM-SHA-256',
      start: 'earliest',
      partitions: [0, 1, 2, 4],
      payload: 'lines',
      field: null,
    });
    expect(isKafkaAddress(' KAFKA://x/y')).toBe(true);
    expect(isKafkaAddress('/var/log/kafka://x')).toBe(false);
  });

  it('is read again as it is written', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseKafkaAddress(kafkaAddressText(address))).toEqual(address);
        expect(kafkaAddressText(address).startsWith(topicPath(address))).toBe(true);
      }),
    );
  });

  it.each([
    'kafka://host',
    'kafka:///topic',
    'kafka://host/topic/more',
    'kafka://host/bad topic',
    'kafka://host:0/topic',
    'kafka://host:99999/topic',
    'kafka://ho st/topic',
    'kafka://host/topic?nothing=1',
    'kafka://host/topic?sasl=GSSAPI',
    'kafka://host/topic?start=now',
    'kafka://host/topic?partitions=3-1',
    'kafka://host/topic?partitions=0-999999',
    'kafka://host/topic?group=',
    'http://host/topic',
  ])('%s is none', (text) => {
    expect(refusal(text).code).toBe('INVALID_INPUT');
  });

  it('holds no password, and no message repeats one', () => {
    for (const text of ['kafka://ada:hunter2@host/topic', 'kafka://host/topic?password=hunter2', 'kafka://host/topic?sasl=hunter2'])
      expect(refusal(text).message).not.toContain('hunter2');
    expect(refusal('kafka://ada:hunter2@host/topic').message).toContain('FLOWCASE_KAFKA_PASSWORD');
  });
});
