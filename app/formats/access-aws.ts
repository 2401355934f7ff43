import { isDash } from './access-line.ts';
import type { Problem } from './line-outcome.ts';
import { FieldsReader, QuotedFields, type FieldLayout } from './access-fields.ts';
import { openedWithColumns, type Taken } from './access-reader.ts';
import type { RequestColumn } from './request-columns.ts';
import { count, text, took, type Target } from './access-values.ts';
import { headLines } from './table-head.ts';
import type { LogFormat, RecordSink } from './types.ts';

/** Logs of Amazon's services that have no header: which field is what is told by its place alone. */
interface Service {
  readonly title: string;
  readonly layout: FieldLayout;
  /** Whether a line's fields are of this service. */
  readonly is: (field: (place: number) => string, count: number) => boolean;
}

const time: Target = { how: 'time', written: 'common' };
const client: Target = { how: 'host', column: 'orig_h' };

const special: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['time', time],
  ['client', client],
  ['remote_ip', client],
  ['elb_status_code', { how: 'status' }],
  ['http_status', { how: 'status' }],
  ['received_bytes', count('request_bytes')],
  ['sent_bytes', count('bytes')],
  ['bytes_sent', count('bytes')],
  ['request', { how: 'request' }],
  ['request_uri', { how: 'request' }],
  ['user_agent', { how: 'agent' }],
  ['referer', text('referrer')],
  ['domain_name', { how: 'vhost' }],
  ['host_header', { how: 'vhost' }],
  ['requester', text('user')],
  ['request_processing_time', took('seconds', 'request_processing_time')],
  ['target_processing_time', took('seconds', 'target_processing_time')],
  ['response_processing_time', took('seconds', 'response_processing_time')],
  ['total_time', took('milliseconds')],
  ['turn_around_time', took('milliseconds', 'turn_around_time')],
  ['object_size', count('object_size')],
]);

function layoutOf(names: string, least: number): FieldLayout {
  return { delimiter: 32, fields: names.split(' ').map((name) => ({ name, target: special.get(name) ?? text(name) })), least };
}

const isIso = (field: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(field);
const isStatus = (field: string): boolean => /^(?:\d{3}|-)$/.test(field);

const services: readonly Service[] = [
  {
    title: 'AWS application load balancer log',
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
    layout: layoutOf(
      'type time elb client target request_processing_time target_processing_time response_processing_time elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher ssl_protocol target_group_arn trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time actions_executed redirect_url error_reason target_port_list target_status_code_list classification classification_reason conn_trace_id',
      13,
    ),
    is: (field, fields) => fields >= 13 && /^(?:https?|h2|grpcs|wss?)$/.test(field(0)) && isIso(field(1)) && isStatus(field(8)),
  },
  {
    title: 'AWS classic load balancer log',
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
    layout: layoutOf(
      'time elb client target request_processing_time target_processing_time response_processing_time elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher ssl_protocol',
      12,
    ),
    is: (field, fields) => fields >= 12 && isIso(field(0)) && isStatus(field(7)) && / HTTP\/|^- - -/.test(field(11)),
  },
  {
    title: 'Amazon S3 server access log',
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
    layout: layoutOf(
      'bucket_owner bucket time remote_ip requester request_id operation key request_uri http_status error_code bytes_sent object_size total_time turn_around_time referer user_agent version_id host_id signature_version cipher_suite authentication_type host_header tls_version access_point_arn acl_required',
      17,
    ),
    is: (field, fields) =>
      fields >= 17 &&
      /^[0-9a-f]{4,64}$/.test(field(0)) &&
      /^\d\d\/[A-Z][a-z]{2}\/\d{4}:/.test(field(2)) &&
      /^[A-Z0-9]+\.[A-Z]/.test(field(6)),
  },
];

/** Logs of AWS load balancers (application, classic) and of S3. */
export const accessAws: LogFormat = {
  id: 'access-aws',
  title: 'AWS load balancer or S3 access log',
  example: [
    'https 2024-02-10T16:42:07.186641Z app/my-lb/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.66:9000 0.086 0.048 0.037 200 200 34 366 "GET https://www.example.com:443/a?b=1 HTTP/1.1" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/t/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "www.example.com" "-" 0 2024-02-10T16:42:07.000000Z "forward" "-" "-" "10.0.0.66:9000" "200" "-" "-"',
    'http 2024-02-10T16:42:08.000000Z app/my-lb/50dc6c495c0c9188 [2001:db8::1]:2817 - -1 -1 -1 460 - 0 0 "- - - " "-" - - - "-" "-" "-" 0 2024-02-10T16:42:08.000000Z "-" "-" "-" "-" "-" "-" "-"',
    '',
  ].join('\n'),
  detect(head) {
    const service = serviceOf(head);
    if (service === null) return { confidence: 0, why: 'its fields are not those of an AWS load balancer or of S3' };
    return { confidence: 0.97, why: `its fields are those of an ${service.title}` };
  },
  open(head, options) {
    const service = serviceOf(head) ?? services[0];
    return openedWithColumns(service.title, head, (sink, columns) => new AwsReader(sink, columns, service.layout, options.timeZone));
  },
};

function serviceOf(head: Uint8Array): Service | null {
  const fields = new QuotedFields();
  for (const line of headLines(head).slice(0, 20)) {
    fields.scan(line, 0, line.length, 32);
    const field = (place: number): string => Buffer.from(line.subarray(fields.starts[place], fields.ends[place])).toString('latin1');
    const service = services.find(({ is }) => is(field, fields.count));
    if (service !== undefined) return service;
  }
  return null;
}

class AwsReader extends FieldsReader {
  constructor(sink: RecordSink, columns: readonly RequestColumn[], layout: FieldLayout, zone: string | undefined) {
    super(sink, columns, zone);
    this.use(layout);
  }

  protected line(bytes: Uint8Array, start: number, end: number): Taken {
    return this.record(bytes, start, end);
  }
  /** Load balancers write the whole address, with scheme, host and port. A name that the client said in TLS (domain_name) comes behind it and counts. */
  protected override put(target: Target, bytes: Uint8Array, start: number, end: number): Problem | null {
    if (target.how !== 'request' || end <= start || isDash(bytes, start, end)) return super.put(target, bytes, start, end);
    this.row.request(bytes, start, end, true);
    return null;
  }
}
