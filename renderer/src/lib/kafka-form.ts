/** The address of a topic as a person types it: its parts in fields. The core reads the address itself (app/live/kafka/address.ts), and has the last word. */

export interface KafkaForm {
  /** "broker-1:9092, broker-2:9092" */
  readonly brokers: string;
  readonly topic: string;
  readonly group: string;
  readonly tls: boolean;
  /** "": nobody signs in. */
  readonly sasl: '' | 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  /** "0-3,7"; "": all. */
  readonly partitions: string;
  readonly payload: 'lines' | 'json' | 'field';
  /** The key under which a message has the line. */
  readonly key: string;
}

export const saslWords = {
  '': 'nobody signs in',
  PLAIN: 'PLAIN',
  'SCRAM-SHA-256': 'SCRAM-SHA-256',
  'SCRAM-SHA-512': 'SCRAM-SHA-512',
} as const satisfies Record<KafkaForm['sasl'], string>;

export const emptyKafka: KafkaForm = {
  brokers: '',
  topic: '',
  group: '',
  tls: false,
  sasl: '',
  partitions: '',
  payload: 'lines',
  key: '',
};

const scheme = /^kafka:\/\//i;
const broker = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i;
const listed = (text: string): string[] =>
  text
    .split(/[,\s]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');

const isAll = (partitions: string): boolean => ['', 'all'].includes(partitions.trim().toLowerCase());

/** The address of what was typed. */
export function kafkaUrl({ brokers, topic, group, tls, sasl, partitions, payload, key }: KafkaForm): string {
  const query = new URLSearchParams();
  if (group.trim() !== '') query.set('group', group.trim());
  if (tls) query.set('tls', 'true');
  if (sasl !== '') query.set('sasl', sasl);
  if (!isAll(partitions)) query.set('partitions', listed(partitions).join(','));
  if (payload === 'json') query.set('payload', 'json');
  if (payload === 'field') query.set('field', key.trim());
  const text = query.toString();
  return `kafka://${listed(brokers).join(',')}/${topic.trim()}${text === '' ? '' : `?${text}`}`;
}

/** Whole addresses can be pasted where brokers stand: they are taken apart. Null where it is none. */
export function pastedKafka(text: string): KafkaForm | null {
  const [, brokers, topic, rest = ''] = /^kafka:\/\/([^/?#]+)\/([^/?#]+)(?:\?([^#]*))?$/i.exec(text.trim()) ?? [];
  if (brokers === undefined || topic === undefined) return null;
  const query = new URLSearchParams(rest);
  const asked = (query.get('sasl') ?? '').toUpperCase();
  const key = query.get('field');
  return {
    brokers: brokers.replaceAll(',', ', '),
    topic,
    group: query.get('group') ?? '',
    tls: !['false', '0', null].includes(query.get('tls')),
    sasl: asked in saslWords ? (asked as KafkaForm['sasl']) : '',
    partitions: query.get('partitions') ?? '',
    payload: key !== null ? 'field' : query.get('payload') === 'json' ? 'json' : 'lines',
    key: key ?? '',
  };
}

/** What is wrong, by field. */
export function kafkaErrors(form: KafkaForm): ReadonlyMap<string, string> {
  const errors = new Map<string, string>();
  const brokers = listed(form.brokers);
  const odd = brokers.find((one) => !broker.test(one) || Number(/:(\d+)$/.exec(one)?.[1] ?? 9092) > 65_535);
  if (brokers.length === 0) errors.set('brokers', 'This is needed.');
  else if (form.brokers.includes('@'))
    errors.set('brokers', 'A name and password never stand here: they come from FLOWCASE_KAFKA_USERNAME and FLOWCASE_KAFKA_PASSWORD.');
  else if (scheme.test(form.brokers.trim()) || odd !== undefined)
    errors.set('brokers', 'Brokers are written HOST:PORT, with commas between them.');
  if (form.topic.trim() === '') errors.set('topic', 'This is needed.');
  else if (!/^[\w.-]{1,249}$/.test(form.topic.trim())) errors.set('topic', 'A topic has letters, digits, dots, dashes and underscores.');
  if (!isAll(form.partitions) && !listed(form.partitions).every((one) => /^\d{1,6}(-\d{1,6})?$/.test(one)))
    errors.set('partitions', 'Numbers and ranges: 0-3, 7.');
  if (form.payload === 'field' && form.key.trim() === '') errors.set('key', 'This is needed.');
  return errors;
}
