import { ownName } from './access-variables.ts';
import { columnOf, count, port, text, took, type Target } from './access-values.ts';
import { w3cTargets } from './access-w3c.ts';

/**
 * What servers call the parts of a request in their JSON logs. Names are compared in small letters and without `_` and `-`, so `remoteIP` is `remote_ip`;
 * names of nested objects are joined by dots.
 */

/** What a key is; some are told by the rest of the record, or by their value. */
export type JsonTarget =
  | Target
  /** A whole address: `https://host:443/path?query`. */
  | { readonly how: 'address' }
  /** `bytes_read`: what a proxy read from the server for the client; Caddy's is the body of the request. */
  | { readonly how: 'fetched' }
  /** How long it took, in a unit that the name does not tell. */
  | { readonly how: 'spent' }
  /** The same in the fields of the W3C format, and in those of Azure. */
  | { readonly how: 'spent w3c' | 'spent azure' }
  /** `requestTime`: when it came (AWS API Gateway), or how long it took. */
  | { readonly how: 'time or spent' };

/** What keys say of the record that they stand in: bits, for all keys of a record. */
export const MARK = {
  time: 1,
  client: 2,
  asked: 4,
  status: 8,
  method: 16,
  /** Caddy: an object `request`, or a logger that is named. */
  caddy: 32,
  nested: 64,
  envoy: 128,
  iis: 256,
  /** Azure's Front Door and second Application Gateway count seconds, the first one milliseconds. */
  azureSeconds: 512,
  logger: 1024,
} as const;

export interface JsonKey {
  readonly path: string;
  /** Null: a column of the log's own. */
  readonly target: JsonTarget | null;
  /** The column that the target fills, or would. */
  readonly column: string;
  /** The target, where neither the rest of the record nor the value changes it. */
  readonly plain: Target | null;
  /** The column of the log's own for it. */
  readonly own: string;
  /** It counts only where no other key is the same thing. */
  readonly late: boolean;
  readonly marks: number;
}

const time: Target = { how: 'time', written: 'any' };
const client: Target = { how: 'host', column: 'orig_h' };

function all(target: JsonTarget, names: string): readonly (readonly [string, JsonTarget])[] {
  return names.split(' ').map((name) => [name, target] as const);
}

/**
 * nginx's variables under their own names and what people call them (Splunk, Datadog, Logstash); Caddy and Kong (`request.remote_ip`), Traefik
 * (`ClientHost`), Cloudflare (`EdgeStartTimestamp`), Fastly (`time_start`), Envoy and Istio, HAProxy, Varnish, Apache with JSON in its LogFormat, AWS API Gateway (`$context`), Google's HttpRequest, Azure's access
 * logs, the Elastic Common Schema.
 */
const known: ReadonlyMap<string, JsonTarget> = new Map<string, JsonTarget>([
  ...all(
    time,
    'timeiso8601 timelocal timestamp @timestamp time ts msec date datetime startutc starttime startedat timestart reqtimesec requesttimeepoch edgestarttimestamp edgeendtimestamp eventtime',
  ),
  ...all(
    client,
    'remoteaddr remoteip clientip client ip remotehost clienthost cip cliip src srcip sourceip downstreamremoteaddress remoteaddress clientaddress clientaddr request.remoteip request.clientip source.address source.ip client.address client.ip network.client.ip',
  ),
  ...all(port('orig_p'), 'remoteport request.remoteport clientport clientsrcport sourceport source.port client.port network.client.port'),
  ...all({ how: 'host', column: 'resp_h' }, 'serveraddr serverip downstreamlocaladdress edgeserverip edgeip destip destination.ip'),
  ...all(port('resp_p'), 'serverport requestport reqport destport destination.port'),
  ...all(text('user'), 'remoteuser user userid clientusername username user.name authuser'),
  ...all(
    { how: 'vhost' },
    'host vhost servername httphost request.host requesthost clientrequesthost reqhost authority domain virtualhost domainname properties.hostname request.headers.host url.domain',
  ),
  ...all({ how: 'request' }, 'request requestline'),
  ...all(text('method'), 'method requestmethod clientrequestmethod reqmethod request.method verb httpmethod http.request.method'),
  ...all(
    { how: 'target' },
    'uri requesturi clientrequesturi request.uri url path requestpath clientrequestpath reqpath uripath urlpath xenvoyoriginalpath http.url url.original url.path resourcepath',
  ),
  ...all({ how: 'address' }, 'httprequest.requesturl properties.requesturi request.url'),
  ...all({ how: 'query' }, 'args querystring querystr query uriquery urlquery requestquery url.query'),
  ...all(
    text('protocol'),
    'protocol serverprotocol request.proto requestproto requestprotocol clientrequestprotocol httpversion request.protocol proto http.version',
  ),
  ...all(
    { how: 'status' },
    'status statuscode httpstatus httpstatuscode downstreamstatus edgeresponsestatus responsecode response responsestatus',
  ),
  ...all({ how: 'status' }, 'response.status http.response.statuscode'),
  ...all(
    count('bytes'),
    'bodybytessent bytessent bytes size downstreamcontentsize responsesize length bytesout responsebytes responsebodysize responselength sentbytes edgeresponsebytes edgeresponsebodybytes',
  ),
  ...all(count('bytes'), 'response.size http.response.body.bytes http.response.bytes network.byteswritten'),
  ...all(
    count('request_bytes'),
    'requestlength requestcontentsize bytesreceived bytesin requestbytes requestsize clientrequestbytes receivedbytes bytesuploaded',
  ),
  ...all(count('request_bytes'), 'request.size http.request.bytes network.bytesread'),
  ...all({ how: 'fetched' }, 'bytesread'),
  ...all(
    text('referrer'),
    'httpreferer httpreferrer referer referrer request.headers.referer requestreferer clientrequestreferer http.request.referrer http.referer',
  ),
  ...all(
    { how: 'agent' },
    'httpuseragent useragent agent ua request.headers.useragent requestuseragent clientrequestuseragent useragent.original',
  ),
  ...all(text('forwarded_for'), 'httpxforwardedfor xforwardedfor request.headers.xforwardedfor'),
  ...all(took('seconds'), 'requesttime'),
  ...all({ how: 'spent' }, 'duration elapsed responsetime latency'),
  ...all(
    took('milliseconds'),
    'durationms latencyms requesttimems responsetimems elapsedms generationtimemilli tookms latencies.request responselatency',
  ),
  ...all(took('microseconds'), 'durationus responsetimemicroseconds responsetimeus requesttimeus'),
  ...all(took('nanoseconds'), 'durationns event.duration'),
  ...all({ how: 'spent azure' }, 'properties.timetaken'),
]);

/** Objects around the whole record of a request. */
const around = /^(?:properties|httprequest|http|nginx|apache|haproxy|accesslog|access)\./;

/** Names that are something else in another writing. */
const written: ReadonlyMap<string, JsonTarget> = new Map<string, JsonTarget>([
  // Traefik counts nanoseconds, under a name that is Caddy's but for its capital
  ['Duration', took('nanoseconds')],
  // AWS API Gateway: $context.requestTime
  ['requestTime', { how: 'time or spent' }],
]);

/** When another program took note of it, when it was over, what is but a part, and the pattern that a path fits. */
const late: ReadonlySet<string> = new Set(['eventtime', 'edgeendtimestamp', 'edgeresponsebodybytes', 'resourcepath']);

const marked: ReadonlyMap<string, number> = new Map<string, number>([
  ['logger', MARK.caddy | MARK.logger],
  ...'responseflags responsecodedetails upstreamcluster upstreamservicetime xenvoyupstreamservicetime'
    .split(' ')
    .map((name) => [name, MARK.envoy] as const),
  ...'scwin32status scsubstatus ssitename scomputername'.split(' ').map((name) => [name, MARK.iis] as const),
  ...'properties.clientresponsetime properties.serverrouted properties.trackingreference'
    .split(' ')
    .map((name) => [name, MARK.azureSeconds] as const),
]);

/** What a key is, by its path. */
export function jsonKey(path: string): JsonKey {
  const lower = path.toLowerCase();
  const plain = lower.replace(/[_-]/g, '');
  const target = written.get(path) ?? known.get(plain) ?? w3cTarget(lower) ?? known.get(plain.replace(around, '')) ?? null;
  const nested = plain.startsWith('request.') ? MARK.nested | MARK.caddy : 0;
  const marks = nested | (marked.get(plain) ?? 0) | (target === null ? 0 : marksOf(target));
  const column = target === null ? '' : columnOfJson(target);
  return { path, target, column, plain: plainTarget(lower, target), own: ownName(path), late: late.has(plain), marks };
}

function plainTarget(lower: string, target: JsonTarget | null): Target | null {
  // agents of the W3C format are escaped in a way of their own
  if (target?.how === 'agent') return lower.startsWith('cs') ? null : target;
  const isPlain = target?.how === 'text' || target?.how === 'count' || target?.how === 'port' || target?.how === 'host';
  return isPlain || target?.how === 'vhost' || target?.how === 'query' || target?.how === 'status' ? target : null;
}

/** Fields of the W3C extended format under their own names: CloudFront, and IIS by way of a collector. */
function w3cTarget(lower: string): JsonTarget | null {
  if (lower === 'time-taken') return { how: 'spent w3c' };
  return lower.startsWith('c') || lower.startsWith('s') ? (w3cTargets.get(lower) ?? null) : null;
}

function marksOf(target: JsonTarget): number {
  const column = columnOfJson(target);
  if (column === 'ts') return MARK.time;
  if (column === 'orig_h') return MARK.client;
  if (column === 'status') return MARK.status;
  if (column === 'method') return MARK.method;
  return column === 'path' || column === 'request' ? MARK.asked : 0;
}

/** The column that a target fills, or would. */
export function columnOfJson(target: JsonTarget): string {
  switch (target.how) {
    case 'address':
      return 'path';
    case 'fetched':
      return 'bytes';
    case 'spent':
    case 'spent w3c':
    case 'spent azure':
      return 'duration';
    case 'time or spent':
      return 'ts';
    default:
      return columnOf(target);
  }
}

/** What a key is in a record with these marks; null for a column of the log's own. `whole`: its value is a number without a fraction. */
export function settled(target: Exclude<JsonTarget, { readonly how: 'address' }>, marks: number, whole: boolean): Target | null {
  switch (target.how) {
    case 'fetched':
      return count((marks & MARK.caddy) === 0 ? 'bytes' : 'request_bytes');
    case 'spent':
      if ((marks & MARK.envoy) !== 0) return took('milliseconds');
      // nobody says of what unit a whole number is
      return (marks & MARK.caddy) !== 0 || !whole ? took('seconds') : null;
    case 'spent w3c':
      return took((marks & MARK.iis) === 0 ? 'seconds' : 'milliseconds');
    case 'spent azure':
      return took((marks & MARK.azureSeconds) === 0 ? 'milliseconds' : 'seconds');
    case 'time or spent':
      return took('seconds');
    default:
      return target;
  }
}

/** Whether lines with these keys are requests: a time, a client, and what was asked for or answered. */
export function areRequests(keys: readonly JsonKey[]): boolean {
  const marks = keys.reduce((sum, key) => sum | key.marks, 0);
  const has = (all: number): boolean => (marks & all) === all;
  if (!has(MARK.time | MARK.client)) return false;
  if (keys.some(({ target }) => target?.how === 'request') || has(MARK.method | MARK.status)) return true;
  return has(MARK.asked) && (has(MARK.status) || has(MARK.method) || keys.some(({ target }) => target?.how === 'agent'));
}
