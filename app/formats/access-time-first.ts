import { FieldsReader, QuotedFields, type FieldLayout } from './access-fields.ts';
import { endOf, isDash } from './access-line-bytes.ts';
import { openedWithColumns, type Taken } from './access-reader.ts';
import type { RequestColumn } from './request-columns.ts';
import { count, text, took, type Target } from './access-values.ts';
import type { Problem } from './line-outcome.ts';
import { headLines } from './table-head.ts';
import type { LogFormat, RecordSink } from './types.ts';

/** A log whose lines begin with the time in brackets: which field is what is told by its place. */
interface Layout {
  readonly title: string;
  readonly layout: FieldLayout;
  readonly beginning: RegExp;
  /** How many fields its lines have. */
  readonly fields: number;
}

const special: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['time', { how: 'time', written: 'common' }],
  ['request', { how: 'request' }],
  ['response_code', { how: 'status' }],
  ['bytes_received', count('request_bytes')],
  ['bytes_sent', count('bytes')],
  ['duration', took('milliseconds')],
  ['upstream_service_time', took('milliseconds', 'upstream_service_time')],
  ['forwarded_for', text('forwarded_for')],
  ['user_agent', { how: 'agent' }],
  ['authority', { how: 'vhost' }],
  ['downstream_local_address', { how: 'host', column: 'resp_h' }],
  ['downstream_remote_address', { how: 'host', column: 'orig_h' }],
  ['client', { how: 'host', column: 'orig_h' }],
  ['status', { how: 'status' }],
  ['host', { how: 'vhost' }],
  ['uri', { how: 'target' }],
  ['length', count('bytes')],
]);

function layoutOf(names: string): FieldLayout {
  const fields = names.split(' ').map((name, i) => ({ name, target: special.get(name) ?? text(name === '-' ? `extra_${i}` : name) }));
  return { delimiter: 32, fields, least: fields.length };
}

const begin = 'time request response_code response_flags';
const middle = 'bytes_received bytes_sent duration upstream_service_time forwarded_for user_agent request_id authority upstream_host';
const end = 'upstream_cluster upstream_local_address downstream_local_address downstream_remote_address requested_server_name route_name';
const ofProxyManager = /^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:]+ [+-]\d{4}\] [^"\n]* - \S+ \S+ \S+ "[^\n]*" \[Client [^\]\n]*\] \[Length /;
const ofEnvoy = /^(?:ACCESS )?\[\d{4}-\d\d-\d\dT[\d:.]+Z\] "[^\n]*" \d{1,3} \S+ /;

const layouts: readonly Layout[] = [
  {
    // https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string
    title: 'Envoy access log',
    layout: layoutOf(`${begin} ${middle}`),
    beginning: ofEnvoy,
    fields: 13,
  },
  {
    // https://istio.io/latest/docs/tasks/observability/logs/access-log/#default-access-log-format
    title: 'Envoy access log (Istio)',
    layout: layoutOf(`${begin} response_code_details connection_termination_details upstream_transport_failure_reason ${middle} ${end}`),
    beginning: ofEnvoy,
    fields: 22,
  },
  {
    // Istio before 1.9
    title: 'Envoy access log (Istio)',
    layout: layoutOf(`${begin} dynamic_metadata upstream_transport_failure_reason ${middle} ${end}`),
    beginning: ofEnvoy,
    fields: 21,
  },
  {
    // https://github.com/NginxProxyManager/nginx-proxy-manager, log-proxy.conf: of hosts that are passed on
    title: 'Nginx Proxy Manager access log',
    layout: layoutOf('time cache_status upstream_status status - method scheme host uri client length gzip sent_to user_agent referrer'),
    beginning: ofProxyManager,
    fields: 15,
  },
  {
    title: 'Nginx Proxy Manager access log',
    layout: layoutOf('time status - method scheme host uri client length gzip user_agent referrer'),
    beginning: ofProxyManager,
    fields: 12,
  },
  {
    // https://httpd.apache.org/docs/current/mod/mod_ssl.html#logformats
    title: 'TLS request log of Apache',
    layout: layoutOf('time client ssl_protocol ssl_cipher request bytes_sent'),
    beginning: /^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:]+ [+-]\d{4}\] \S+ (?:SSLv\d|TLSv[\d.]+|-) \S+ "/,
    fields: 6,
  },
];

/**
 * Logs that begin with the time: Envoy's default format, Istio's, mod_ssl's ssl_request_log and Nginx Proxy Manager's. Envoy itself names no client but who
 * is forwarded for.
 */
export const accessTimeFirst: LogFormat = {
  id: 'access-time-first',
  title: 'Access log that begins with the time (Envoy, Istio, Nginx Proxy Manager, ssl_request_log)',
  example: [
    '[2024-02-10T16:42:07.123Z] "GET /a?b=1 HTTP/1.1" 200 - 0 512 12 11 "192.0.2.7" "curl/8.5.0" "9fcc7101-13bd-9753-98d6-820806088d9d" "www.example.com" "10.0.0.5:80"',
    '[2024-02-10T16:42:08.000Z] "POST /login HTTP/2" 503 UF 34 91 30 - "2001:db8::1,10.0.0.1" "curl/8.5.0" "58436667-bf70-4fd0-9fe9-cdadadecfd55" "www.example.com:443" "-"',
    '',
  ].join('\n'),
  detect(head) {
    const { best, lines, tried } = found(head);
    if (best === null) return { confidence: 0, why: 'its lines do not begin with a time as those of Envoy do' };
    return {
      confidence: 0.6 + (0.37 * lines) / tried,
      why: `${lines} of its first ${tried} lines have the fields of this log: ${best.title}`,
    };
  },
  open(head, options) {
    const { title, layout } = found(head).best ?? layouts[0];
    return openedWithColumns(title, head, (sink, columns) => new TimeFirstReader(sink, columns, layout, options.timeZone));
  },
};

/** The layout that most of the first lines have. */
function found(head: Uint8Array): { readonly best: Layout | null; readonly lines: number; readonly tried: number } {
  const fields = new QuotedFields();
  const counts = layouts.map(() => 0);
  const lines = headLines(head).slice(0, 50);
  for (const line of lines) {
    const written = Buffer.from(line).toString('latin1');
    const from = prefixEnd(line, 0, line.length);
    fields.scan(line, from, line.length, 32);
    const place = layouts.findIndex(({ beginning, fields: wanted }) => fields.count === wanted && beginning.test(written));
    if (place >= 0) counts[place]++;
  }
  const most = Math.max(...counts);
  return { best: most === 0 ? null : layouts[counts.indexOf(most)], lines: most, tried: lines.length };
}

const access = Buffer.from('ACCESS ');

/** Where the time begins: Ambassador writes a word before it. */
function prefixEnd(bytes: Uint8Array, start: number, end: number): number {
  return end - start > access.length && access.every((byte, i) => bytes[start + i] === byte) ? start + access.length : start;
}

const words = ['Client ', 'Length ', 'Gzip ', 'Sent-to '].map((word) => Buffer.from(word));

/** How long the word is that says what stands in brackets: `[Client 192.0.2.7]`. */
function wordBefore(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start - 1] !== 91) return 0;
  const word = words.find((one) => end - start >= one.length && one.every((byte, i) => bytes[start + i] === byte));
  return word?.length ?? 0;
}

const noRequest = Buffer.from('- - -');

class TimeFirstReader extends FieldsReader {
  /** A field is the client. */
  #named = false;
  /** What most lines have. */
  readonly #usual: FieldLayout;

  constructor(sink: RecordSink, columns: readonly RequestColumn[], layout: FieldLayout, zone: string | undefined) {
    super(sink, columns, zone);
    this.#usual = layout;
    this.#use(layout);
  }

  protected line(bytes: Uint8Array, start: number, end: number): Taken {
    const from = prefixEnd(bytes, start, end);
    this.#choose(bytes, from, end);
    return this.record(bytes, from, end);
  }

  /** Several programs may write into one log: a line that has as many fields as another layout is of that. */
  #choose(bytes: Uint8Array, start: number, end: number): void {
    const { fields } = this;
    fields.scan(bytes, start, end, 32);
    const isUsual = fields.count === this.#usual.fields.length;
    // no line hangs upon the one before it
    const layout = (isUsual ? undefined : layouts.find((one) => one.fields === fields.count)?.layout) ?? this.#usual;
    if (layout !== this.layout) this.#use(layout);
  }

  #use(layout: FieldLayout): void {
    this.#named = layout.fields.some(({ target }) => target.how === 'host' && target.column === 'orig_h');
    this.use(layout);
  }

  protected override put(target: Target, bytes: Uint8Array, from: number, end: number): Problem | null {
    const start = from + wordBefore(bytes, from, end);
    if (target.how === 'request') {
      // a connection that is passed on has none
      if (
        end > start &&
        !isDash(bytes, start, end) &&
        !noRequest.equals(bytes.subarray(start, end)) &&
        !this.row.request(bytes, start, end)
      )
        this.tally('no http');
      return null;
    }
    if (!this.#named && target.how === 'text' && target.column === 'forwarded_for' && end > start && !isDash(bytes, start, end))
      this.row.host('orig_h', bytes, start, endOf(bytes, 44, start, end));
    return super.put(target, bytes, start, end);
  }
}
