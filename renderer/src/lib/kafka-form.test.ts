import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyKafka, kafkaErrors, kafkaUrl, pastedKafka, saslWords, type KafkaForm } from './kafka-form.ts';

const form = (part: Partial<KafkaForm>): KafkaForm => ({ ...emptyKafka, brokers: 'broker:9092', topic: 'access', ...part });

it('what is typed is what the core reads, whatever is typed', () => {
  const text = fc.string({ maxLength: 30 });
  fc.assert(
    fc.property(
      fc.record({
        brokers: fc.oneof(text, fc.constantFrom('a:1', 'a, b:2 [::1]:3', '127.0.0.1', 'a:99999', 'me:secret@a:1')),
        topic: fc.oneof(text, fc.constantFrom('access', 'a.b-c_d')),
        group: text,
        tls: fc.boolean(),
        sasl: fc.constantFrom(...(Object.keys(saslWords) as KafkaForm['sasl'][])),
        partitions: fc.constantFrom('', '0-3, 7', '1', 'x'),
        payload: fc.constantFrom('lines', 'json', 'field'),
        key: text,
      }),
      (typed) => {
        if (kafkaErrors(typed).size > 0) return;
        const [, brokers = '', topic = '', query = ''] = /^kafka:\/\/([^/?#@]+)\/([\w.-]+)(?:\?([^#]*))?$/.exec(kafkaUrl(typed)) ?? [];
        expect(brokers.split(',').every((one) => /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(one))).toBe(true);
        expect(topic).toBe(typed.topic.trim());
        const { payload, sasl } = typed;
        const said = [
          ['group', typed.group.trim()],
          ['tls', typed.tls ? 'true' : ''],
          ['sasl', sasl],
          ['partitions', typed.partitions.replace(', ', ',')],
          ['payload', payload === 'json' ? 'json' : ''],
          ['field', payload === 'field' ? typed.key.trim() : ''],
        ].filter(([, value]) => value !== '');
        expect(Object.fromEntries(new URLSearchParams(query))).toEqual(Object.fromEntries(said));
        expect(kafkaUrl(pastedKafka(kafkaUrl(typed)) ?? emptyKafka)).toBe(kafkaUrl(typed));
      },
    ),
  );
});

it('says what is wrong at its field', () => {
  const fields = (part: Partial<KafkaForm>): string[] => [...kafkaErrors(form(part)).keys()];
  expect(fields({})).toEqual([]);
  expect(fields({ brokers: '', topic: ' ' })).toEqual(['brokers', 'topic']);
  expect(fields({ brokers: 'a:70000' })).toEqual(['brokers']);
  expect(kafkaErrors(form({ brokers: 'me:secret@a:1' })).get('brokers')).toContain('FLOWCASE_KAFKA_PASSWORD');
  expect(fields({ topic: 'a b' })).toEqual(['topic']);
  expect(fields({ partitions: 'none' })).toEqual(['partitions']);
  expect(fields({ partitions: ' All ' })).toEqual([]);
  expect(fields({ payload: 'field' })).toEqual(['key']);
});

it('takes a pasted address apart', () => {
  expect(pastedKafka(' kafka://a:1,b/access?group=soc&tls=true&sasl=scram-sha-512&partitions=0-3&field=message ')).toEqual({
    brokers: 'a:1, b',
    topic: 'access',
    group: 'soc',
    tls: true,
    sasl: 'SCRAM-SHA-512',
    partitions: '0-3',
    payload: 'field',
    key: 'message',
  });
  for (const text of ['', 'broker:9092', 'kafka://broker', 'http://a/b']) expect(pastedKafka(text), text).toBeNull();
});
