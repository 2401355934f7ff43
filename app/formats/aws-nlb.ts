import { QuotedFields } from './access-fields.ts';
import type { Problem } from './line-outcome.ts';
import { commonRemarks } from './line-remarks.ts';
import { SessionReader, originator, responder, sessionCount, sessionText, sessionTook, type SessionField } from './session-reader.ts';
import { headLines } from './table-head.ts';
import { quoted } from './texts.ts';
import type { LogFormat, RecordSink } from './types.ts';

const BLANK = 32;
const CREATED: SessionField = { as: 'time', column: 'tls_connection_creation_time' };
const ENDED: SessionField = { as: 'time', column: 'end_time' };
const DURATION = sessionTook('duration', 'milliseconds');

/** Fields of an entry, from the first on (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html). */
const fields: readonly SessionField[] = [
  sessionText('type'),
  sessionText('version'),
  ENDED,
  sessionText('elb'),
  sessionText('listener'),
  originator,
  responder,
  DURATION,
  sessionTook('tls_handshake_time', 'milliseconds'),
  sessionCount('orig_bytes'),
  sessionCount('resp_bytes'),
  ...[
    'incoming_tls_alert',
    'chosen_cert_arn',
    'chosen_cert_serial',
    'tls_cipher',
    'tls_protocol_version',
    'tls_named_group',
    'domain_name',
    'alpn_fe_protocol',
    'alpn_be_protocol',
    'alpn_client_preference_list',
  ].map(sessionText),
  CREATED,
];
const PROTO = sessionText('proto');
const TCP = Buffer.from('tcp');
/** Fields of the first version's first days; others were added behind. */
const LEAST = 16;

/**
 * Access logs of AWS network load balancers: a line for each TLS connection, which is a connection and no request. Its bytes are what was sent within TLS,
 * as the load balancer decrypted it. It began when its entry says that it was created, else as long before its end as it lasted.
 */
export const awsNlb: LogFormat = {
  id: 'aws-nlb',
  title: 'AWS network load balancer log',
  example: [
    'tls 2.0 2024-02-10T16:42:12 net/my-lb/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.7:51341 10.0.0.66:443 5012 2 98 246 - arn:aws:acm:us-east-2:123456789012:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - www.example.com h2 h2 "h2","http/1.1" 2024-02-10T16:42:07',
    'tls 2.0 2024-02-10T16:42:13 net/my-lb/c6e77e28c25b2234 g3d4b5e8bb8464cd 2001:db8::1:51342 10.0.0.66:443 1000 - 0 0 48 - - - - - - - - - -',
    '',
  ].join('\n'),
  detect(head) {
    const found = headLines(head).slice(0, 20).some(isEntry);
    if (found) return { confidence: 0.97, why: 'its fields are those of an AWS network load balancer' };
    return { confidence: 0, why: 'its fields are not those of an AWS network load balancer' };
  },
  open: (_head, options) => ({
    kind: 'connection',
    title: 'AWS network load balancer log',
    read: (sink) => new NlbReader(sink, options.timeZone),
    remarks: (tallies) => commonRemarks(tallies),
  }),
};

function isEntry(line: Uint8Array): boolean {
  const text = Buffer.from(line.subarray(0, 60)).toString('latin1');
  return /^tls \d\.\d \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* \S/.test(text) && line.filter((byte) => byte === BLANK).length >= LEAST - 1;
}

class NlbReader extends SessionReader {
  readonly #fields = new QuotedFields();

  constructor(sink: RecordSink, zone: string | undefined) {
    super(sink, 'connection', [...fields, PROTO], zone);
  }

  protected session(bytes: Uint8Array, start: number, end: number): number | Problem {
    const { starts, ends } = this.#fields;
    this.#fields.scan(bytes, start, end, BLANK);
    const { count } = this.#fields;
    if (count < LEAST) return { reason: 'TOO_FEW_FIELDS', what: `${count} fields where there should be ${fields.length}` };
    for (const [i, field] of fields.entries()) {
      const problem = i < count ? this.put(field, bytes, starts[i], ends[i]) : null;
      if (problem !== null) return problem;
    }
    for (const needed of [originator, responder]) {
      const i = fields.indexOf(needed);
      if (ends[i] - starts[i] <= 1) return { reason: 'NO_ADDRESS', what: `${needed.column} is ${quoted(bytes, starts[i], ends[i])}` };
    }
    this.cells.plain(this.place('proto'), TCP, 0, TCP.length);
    const time = (field: SessionField): number => {
      const i = fields.indexOf(field);
      return i < count ? this.time.read(bytes, starts[i], ends[i]) : NaN;
    };
    const created = time(CREATED);
    if (!Number.isNaN(created)) return created;
    const ended = time(ENDED);
    if (Number.isNaN(ended)) return { reason: 'BAD_TIME', what: 'it says neither when it began nor when it ended' };
    const i = fields.indexOf(DURATION);
    const took = Number(Buffer.from(bytes.subarray(starts[i], ends[i])).toString('latin1'));
    return took > 0 ? ended - took * 1000 : ended;
  }
}
