import { field, type FieldDescription } from './field-description.ts';

/**
 * A request as web servers log it, in the order it is shown. Addresses have the names they have everywhere: `orig_h` is the client. The other
 * names are the servers' own words (https://httpd.apache.org/docs/current/mod/mod_log_config.html, https://nginx.org/en/docs/http/ngx_http_log_module.html).
 */
export const requestFields: readonly FieldDescription[] = [
  field('ts', 'time', 'number', true, 'Time of the request, as the server logged it'),
  field('orig_h', 'addr', 'host', true, 'Client: the address, or the name, that the request came from'),
  field('orig_p', 'port', 'number', false, "Client's port"),
  field('vhost', 'string', 'term', true, 'Virtual host: the name that the request was for'),
  field('user', 'string', 'term', true, 'User as whom the client was known to the server'),
  field('method', 'string', 'term', true, 'Method of the request (GET, POST, ...)'),
  field('path', 'string', 'term', true, 'What was asked for, up to the question mark'),
  field('query', 'string', 'text', true, 'What was asked for, behind the question mark'),
  field('protocol', 'string', 'term', false, 'Protocol and its version'),
  field('status', 'count', 'number', true, 'Status of the answer (200 is a success, 404 not found, ...)'),
  field('bytes', 'count', 'number', true, 'Bytes of the answer, as the server counts them'),
  field('duration', 'interval', 'number', true, 'How long the server took'),
  field('referrer', 'string', 'term', true, 'Page that the client says it came from'),
  field('agent', 'string', 'term', true, 'What the client says it is (User-Agent)'),
  field('agent_name', 'string', 'term', true, 'Program that the agent names'),
  field('agent_os', 'string', 'term', false, 'Operating system that the agent names'),
  field('agent_kind', 'enum', 'term', true, 'Kind of program: browser, app, tool, bot, scanner; what the agent says may be a lie'),
  field('request', 'string', 'text', true, 'Request line as it was logged, where it is no HTTP'),
  field('ident', 'string', 'term', false, "Client's user by identd (RFC 1413)"),
  field('request_bytes', 'count', 'number', false, 'Bytes of the request, as the server counts them'),
  field('resp_h', 'addr', 'host', false, 'Server: the address that answered'),
  field('resp_p', 'port', 'number', false, "Server's port"),
  field('forwarded_for', 'string', 'term', false, 'Addresses that proxies say the request came through (X-Forwarded-For)'),
];

/** What people and other tools call a column of requests. */
export const requestAliases: ReadonlyMap<string, string> = new Map([
  ...['client', 'client_ip', 'clientip', 'c-ip', 'remote_addr', 'remote_host', 'remote_ip', 'ip', 'host', 'src'].map(
    (name) => [name, 'orig_h'] as const,
  ),
  ...['uri', 'url', 'cs-uri-stem', 'request_uri', 'uri_path', 'file', 'page'].map((name) => [name, 'path'] as const),
  ...['query_string', 'args', 'cs-uri-query', 'params'].map((name) => [name, 'query'] as const),
  ...['ua', 'user_agent', 'useragent', 'user-agent', 'http_user_agent', 'cs(user-agent)'].map((name) => [name, 'agent'] as const),
  ...['referer', 'http_referer', 'cs(referer)'].map((name) => [name, 'referrer'] as const),
  ...['server_name', 'http_host', 'virtual_host', 'domain', 'site', 'cs-host'].map((name) => [name, 'vhost'] as const),
  ...['status_code', 'code', 'sc-status', 'response'].map((name) => [name, 'status'] as const),
  ...['size', 'length', 'body_bytes_sent', 'bytes_sent', 'sc-bytes', 'resp_bytes'].map((name) => [name, 'bytes'] as const),
  ...['request_time', 'time_taken', 'time-taken', 'latency', 'took'].map((name) => [name, 'duration'] as const),
  ...['verb', 'cs-method', 'request_method'].map((name) => [name, 'method'] as const),
  ...['username', 'remote_user', 'cs-username', 'auth'].map((name) => [name, 'user'] as const),
  ...['http_version', 'version', 'server_protocol', 'cs-version'].map((name) => [name, 'protocol'] as const),
  ...['browser', 'bot', 'program'].map((name) => [name, 'agent_name'] as const),
  ['os', 'agent_os'],
  ['kind', 'agent_kind'],
  ['xff', 'forwarded_for'],
  ['time', 'ts'],
]);
