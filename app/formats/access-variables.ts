import { describeColumn } from './fields.ts';
import { columnOf, count, port, text, took, type Target } from './access-values.ts';

/** What the variables and directives of servers' log formats are to Flowcase. */

const time = (written: string): Target => ({ how: 'time', written });
const client: Target = { how: 'host', column: 'orig_h' };
const server: Target = { how: 'host', column: 'resp_h' };

/** Variables of nginx (https://nginx.org/en/docs/varindex.html), without their dollar. Others become columns of the log's own. */
const nginx: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['remote_addr', client],
  ['remote_port', port('orig_p')],
  ['remote_user', text('user')],
  ['time_local', time('common')],
  ['time_iso8601', time('common')],
  ['msec', time('seconds')],
  ['request', { how: 'request' }],
  ['request_method', text('method')],
  ['request_uri', { how: 'target' }],
  ['uri', text('path')],
  ['document_uri', text('path')],
  ['args', { how: 'query' }],
  ['query_string', { how: 'query' }],
  ['server_protocol', text('protocol')],
  ['status', { how: 'status' }],
  ['body_bytes_sent', count('bytes')],
  ['bytes_sent', count('bytes')],
  ['request_length', count('request_bytes')],
  ['http_referer', text('referrer')],
  ['http_user_agent', { how: 'agent' }],
  ['http_x_forwarded_for', text('forwarded_for')],
  ['proxy_add_x_forwarded_for', text('forwarded_for')],
  ['host', { how: 'vhost' }],
  ['http_host', { how: 'vhost' }],
  ['server_name', { how: 'vhost' }],
  ['server_addr', server],
  ['server_port', port('resp_p')],
  ['request_time', took('seconds')],
]);

/** Letters of Apache's directives (https://httpd.apache.org/docs/current/mod/mod_log_config.html#formats). */
const apache: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['h', client],
  ['a', client],
  ['A', server],
  ['l', text('ident')],
  ['u', text('user')],
  ['t', time('common')],
  ['r', { how: 'request' }],
  ['s', { how: 'status' }],
  ['b', count('bytes')],
  ['B', count('bytes')],
  ['O', count('bytes')],
  ['I', count('request_bytes')],
  ['D', took('microseconds')],
  ['T', took('seconds')],
  ['m', text('method')],
  ['U', text('path')],
  ['q', { how: 'query' }],
  ['H', text('protocol')],
  ['v', { how: 'vhost' }],
  ['V', { how: 'vhost' }],
  ['p', port('resp_p')],
  ['f', text('filename')],
  ['P', text('process')],
  ['k', count('keepalive')],
  ['L', text('log_id')],
  ['X', text('connection_status')],
  ['R', text('handler')],
  ['S', count('bytes_transferred')],
]);

const headers: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['referer', text('referrer')],
  ['user-agent', { how: 'agent' }],
  ['host', { how: 'vhost' }],
  ['x-forwarded-for', text('forwarded_for')],
]);

const timeWords: ReadonlyMap<string, string> = new Map([
  ['sec', 'seconds'],
  ['msec', 'milliseconds'],
  ['usec', 'microseconds'],
]);
const tookWords: ReadonlyMap<string, Target> = new Map([
  ['s', took('seconds')],
  ['ms', took('milliseconds')],
  ['us', took('microseconds')],
]);

const momentTarget = (argument: string): Target => time(timeWords.get(argument) ?? argument);

export function nginxTarget(name: string): Target {
  return nginx.get(name) ?? ownTarget(name);
}

/** The longest name of a column. */
const LONGEST = 200;

/** A name for a column of the log's own: that of no column which Flowcase knows. */
export function ownName(name: string): string {
  const taken = name === '' || name.startsWith('_') || describeColumn(name, 'request') !== undefined;
  return (taken ? `log_${name}` : name).slice(0, LONGEST);
}

/** A column of the log's own. */
export function ownTarget(name: string): Target {
  return text(ownName(name));
}

/** `%{argument}letter` */
export function apacheTarget(letter: string, argument: string | null): Target {
  if (argument === null) return apache.get(letter) ?? ownTarget(`field_${letter}`);
  switch (letter) {
    case 'i':
      return headers.get(argument.toLowerCase()) ?? ownTarget(argument);
    case 't':
      return momentTarget(argument.replace(/^(begin|end):/, ''));
    case 'T':
      return tookWords.get(argument.toLowerCase()) ?? took('seconds');
    case 'p':
      return argument === 'remote' ? port('orig_p') : port('resp_p');
    case 'a':
    case 'h':
      return client;
    default:
      return ownTarget(argument);
  }
}

/** The same target where its column is free; else a column of the log's own, named after the variable. */
export function freeTarget(target: Target, name: string, taken: Set<string>): Target {
  const column = columnOf(target);
  if (!taken.has(column)) {
    taken.add(column);
    return target;
  }
  const base = ownName(name);
  let own = base;
  for (let i = 2; taken.has(own); i++) own = `${base}_${i}`;
  taken.add(own);
  return text(own);
}
