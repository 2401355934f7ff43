import type { BaseOptions, SASLOptions } from '@platformatic/kafka';
import { FlowcaseError } from '../../errors.ts';
import type { KafkaAddress } from './address.ts';
import type { KafkaCredentials } from './credentials.ts';

/**
 * What every client of a broker is opened with. `retries` within the library; each waits `retryDelay` ms.
 * @throws FlowcaseError INVALID_INPUT where SASL is asked for and no name or password is known
 */
export function clientOptions(address: KafkaAddress, credentials: KafkaCredentials, retries: number): BaseOptions {
  const options: BaseOptions = {
    clientId: 'flowcase',
    bootstrapBrokers: address.brokers.map(({ host, port }) => ({ host, port })),
    autocreateTopics: false,
    connectTimeout: 5000,
    requestTimeout: 30_000,
    retries,
    retryDelay: 250,
    // how soon added partitions are seen
    metadataMaxAge: 2000,
  };
  const { ca, cert, key } = credentials;
  if (address.tls)
    options.tls = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  if (address.sasl !== null) options.sasl = saslOf(address, credentials);
  return options;
}

function saslOf({ sasl, topic }: KafkaAddress, { username, password }: KafkaCredentials): SASLOptions {
  if (sasl === null || username === undefined || password === undefined) {
    const message = `The broker of ${topic} is to be asked with SASL, and there is no name or no password. Set FLOWCASE_KAFKA_USERNAME and FLOWCASE_KAFKA_PASSWORD, or name a file with FLOWCASE_KAFKA_CREDENTIALS.`;
    throw new FlowcaseError('INVALID_INPUT', message);
  }
  return { mechanism: sasl, username, password };
}
