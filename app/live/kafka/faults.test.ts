import { expect, it } from 'vitest';
import { parseKafkaAddress } from './address.ts';
import { kafkaFault } from './faults.ts';

const address = parseKafkaAddress('kafka://broker.example:9092/access');
const withCode = (code: string): Error => Object.assign(new Error('as the library says it'), { code });

it.each([
  ['ENOTFOUND', 'no machine is known by this name'],
  ['ECONNREFUSED', 'nothing listens on this port'],
  ['ECONNRESET', 'does it want TLS'],
  ['ETIMEDOUT', 'nothing came back in time'],
])('%s is told in words, however deep it lies, and waited out', (code, words) => {
  const deep = new AggregateError([new Error('outer', { cause: withCode(code) })], 'all brokers');
  const { message, lasting } = kafkaFault(deep, address);
  expect(message).toMatch(/^The broker of kafka:\/\/broker\.example:9092\/access does not answer: /);
  expect(message).toContain(words);
  expect(message).not.toContain('as the library says it');
  expect(message).toMatch(/[^.?][.?]$/);
  expect(lasting).toBe(false);
});

it('what nobody has words for keeps its own', () => {
  expect(kafkaFault(withCode('EODD'), address).message).toContain('as the library says it');
});
