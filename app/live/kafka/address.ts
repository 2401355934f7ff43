import { z } from 'zod';
import { FlowcaseError } from '../../errors.ts';

export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** Where a topic is, and how it is read. Credentials are no part of it: see credentials.ts. */
export interface KafkaAddress {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  readonly topic: string;
  /** The consumer group under which the broker is told how far the case has come; null: it is not told. */
  readonly group: string | null;
  readonly tls: boolean;
  readonly sasl: SaslMechanism | null;
  /** Where a partition is begun that the case knows nothing of. */
  readonly start: 'earliest' | 'latest';
  /** Those that are read; null: all, those that are added later too. */
  readonly partitions: readonly number[] | null;
  /** `lines`: a message is a line, or several. `json`: a message is one JSON document, whatever line ends are in it. */
  readonly payload: 'lines' | 'json';
  /** A message is a JSON object, as log shippers write them, and the log's line is the text under this key. */
  readonly field: string | null;
}

const DEFAULT_PORT = 9092;
const usage = 'kafka://HOST[:PORT][,HOST:PORT…]/TOPIC?group=&tls=&sasl=&start=&partitions=&payload=&field=';

const parameters = z.strictObject({
  group: z.string().min(1).max(249).optional(),
  tls: z.enum(['true', 'false', '1', '0', '']).optional(),
  sasl: z.preprocess((text) => (typeof text === 'string' ? text.toUpperCase() : text), z.enum(saslMechanisms)).optional(),
  start: z.enum(['earliest', 'latest']).optional(),
  partitions: z
    .string()
    .regex(/^\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*$/)
    .optional(),
  payload: z.enum(['lines', 'json']).optional(),
  field: z.string().min(1).optional(),
});

/**
 * Reads `kafka://host:port,host:port/topic?group=…&tls=true&sasl=SCRAM-SHA-512&start=latest&partitions=0-3,7&payload=json&field=message`.
 * @throws FlowcaseError INVALID_INPUT; its message repeats nothing that could be a secret
 */
export function parseKafkaAddress(text: string): KafkaAddress {
  const match = /^kafka:\/\/([^/?#]+)\/([^/?#]+)(?:\?([^#]*))?$/i.exec(text.trim());
  if (match === null) throw refused(`A Kafka address is written ${usage}`);
  const [, hosts, topic, query = ''] = match;
  if (hosts.includes('@'))
    throw refused(
      'A Kafka address takes no user and password, because addresses are kept and shown. Put them into FLOWCASE_KAFKA_USERNAME and ' +
        'FLOWCASE_KAFKA_PASSWORD, or into a file that FLOWCASE_KAFKA_CREDENTIALS names',
    );
  const brokers = hosts.split(',').map(brokerOf);
  if (!/^[\w.-]{1,249}$/.test(topic) || topic === '.' || topic === '..')
    throw refused(`"${topic}" is no name of a topic: letters, digits, dots, dashes and underscores`);
  const told = parameters.safeParse(Object.fromEntries(new URLSearchParams(query)));
  if (!told.success)
    throw refused(`The Kafka address of ${topic} has something that is not understood: ${issueOf(told.error)}. It is written ${usage}`);
  const { group, tls, sasl, start, partitions, payload, field } = told.data;
  return {
    brokers,
    topic,
    group: group ?? null,
    tls: tls !== undefined && tls !== 'false' && tls !== '0',
    sasl: sasl ?? null,
    start: start ?? 'earliest',
    partitions: partitions === undefined ? null : numbersIn(partitions),
    payload: payload ?? 'lines',
    field: field ?? null,
  };
}

/** The address as it is kept in a case: `kafka://127.0.0.1:9092/access?group=soc`. Parsing it gives the same again. */
export function kafkaAddressText(address: KafkaAddress): string {
  const query = new URLSearchParams();
  if (address.group !== null) query.set('group', address.group);
  if (address.tls) query.set('tls', 'true');
  if (address.sasl !== null) query.set('sasl', address.sasl);
  if (address.start !== 'earliest') query.set('start', address.start);
  if (address.partitions !== null) query.set('partitions', address.partitions.join(','));
  if (address.payload !== 'lines') query.set('payload', address.payload);
  if (address.field !== null) query.set('field', address.field);
  const text = query.toString();
  return `${topicPath(address)}${text === '' ? '' : `?${text}`}`;
}

/** What is read, without how: what evidence is called after. */
export function topicPath({ brokers, topic }: KafkaAddress): string {
  return `kafka://${brokers.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',')}/${topic}`;
}

/** Is this text meant as a Kafka address? */
export function isKafkaAddress(text: string): boolean {
  return /^kafka:\/\//i.test(text.trim());
}

function brokerOf(text: string): { host: string; port: number } {
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text);
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) throw refused(`"${text}" is no broker: HOST:PORT`);
  return { host, port };
}

/** `0-3,7` as numbers, ascending, each once. */
function numbersIn(text: string): readonly number[] {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-').map(Number);
    if (last < first || last - first > 10_000) throw refused(`"${part}" is no range of partitions`);
    for (let i = first; i <= last; i++) numbers.add(i);
  }
  return [...numbers].sort((a, b) => a - b);
}

function issueOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue.code === 'unrecognized_keys') return issue.keys.join(', ');
  return issue.path.join('.');
}

function refused(message: string): FlowcaseError {
  return new FlowcaseError('INVALID_INPUT', `${message}.`);
}
