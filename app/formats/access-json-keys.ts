import { count, port, text, took, type Target } from './access-values.ts';

/** What servers call the parts of a request in their JSON logs, in small letters; names of nested objects are joined by dots. */

const time: Target = { how: 'time', written: 'any' };
const client: Target = { how: 'host', column: 'orig_h' };

function all(target: Target, names: string): readonly (readonly [string, Target])[] {
  return names.split(' ').map((name) => [name, target] as const);
}

/**
 * nginx's variables under their own names and what people call them; Caddy (`request.remote_ip`, `request.headers.User-Agent`), Traefik
 * (`ClientHost`, `DownstreamStatus`), Envoy, Apache with JSON in its LogFormat.
 */
const known: ReadonlyMap<string, Target> = new Map<string, Target>([
  ...all(time, 'time_iso8601 time_local timestamp @timestamp time ts msec date datetime startutc start_time'),
  ...all(
    client,
    'remote_addr remote_ip client_ip clientip client ip remote_host request.remote_ip request.client_ip clienthost c_ip src_ip downstream_remote_address',
  ),
  ...all(port('orig_p'), 'remote_port request.remote_port clientport client_port'),
  ...all({ how: 'host', column: 'resp_h' }, 'server_addr server_ip'),
  ...all(port('resp_p'), 'server_port requestport'),
  ...all(text('user'), 'remote_user user user_id clientusername username'),
  ...all({ how: 'vhost' }, 'host vhost server_name http_host request.host requesthost authority domain virtual_host'),
  ...all({ how: 'request' }, 'request request_line'),
  ...all(text('method'), 'method request_method request.method requestmethod verb http_method'),
  ...all({ how: 'target' }, 'uri request_uri url path request.uri requestpath uri_path x-envoy-original-path'),
  ...all({ how: 'query' }, 'args query_string query'),
  ...all(text('protocol'), 'protocol server_protocol request.proto requestprotocol http_version request.protocol'),
  ...all({ how: 'status' }, 'status status_code http_status downstreamstatus response_code response'),
  ...all(count('bytes'), 'body_bytes_sent bytes_sent bytes size downstreamcontentsize response_size length bytes_out response_bytes'),
  ...all(count('request_bytes'), 'request_length bytes_read requestcontentsize bytes_received bytes_in request_bytes'),
  ...all(text('referrer'), 'http_referer http_referrer referer referrer request.headers.referer request_referer'),
  ...all({ how: 'agent' }, 'http_user_agent user_agent useragent user-agent agent request.headers.user-agent request_user-agent'),
  ...all(text('forwarded_for'), 'http_x_forwarded_for x_forwarded_for x-forwarded-for request.headers.x-forwarded-for'),
  ...all(took('seconds'), 'request_time duration elapsed response_time latency'),
  ...all(took('milliseconds'), 'duration_ms latency_ms request_time_ms response_time_ms generation_time_milli took_ms'),
]);

/** Traefik counts nanoseconds, under a name that is Caddy's but for its capital. */
export function jsonTarget(path: string): Target | null {
  if (path === 'Duration') return took('nanoseconds');
  return known.get(path.toLowerCase()) ?? null;
}

/** Whether lines with these keys are requests: a time, a client, and what was asked for or answered. */
export function areRequests(paths: readonly string[]): boolean {
  const found = new Set(paths.map((path) => jsonTarget(path)?.how));
  const columns = paths.map(jsonTarget).filter((target) => target?.how === 'host' && target.column === 'orig_h');
  const asked = found.has('request') || found.has('target');
  return found.has('time') && columns.length > 0 && asked && (found.has('status') || found.has('agent') || found.has('request'));
}
