import { areRequests, jsonKey, type JsonKey } from './access-json-keys.ts';
import { JsonLine } from './access-json-line.ts';
import { JsonAccessReader, LOOSE } from './access-json-reader.ts';
import { openedWithColumns } from './access-reader.ts';
import { plural } from '../contract/format.ts';
import type { JsonScanner } from './json-scanner.ts';
import { headLines } from './table-head.ts';
import type { LogFormat } from './types.ts';

const OPEN = 123;

/**
 * Access logs as JSON, an object a line: nginx with `escape=json`, Apache, Caddy, Traefik, Envoy, clouds, and what people build like them; also behind the
 * beginning of a syslog message, and where strings are not quite JSON (JsonLine). Keys are known by their names (access-json-keys.ts); every other one
 * becomes a column of the log's own. Of two keys that are the same thing, the first in the line counts.
 */
export const accessJson: LogFormat = {
  id: 'access-json',
  title: 'Web access log (JSON)',
  example: [
    '{"time_iso8601":"2024-02-10T17:42:07+01:00","remote_addr":"192.0.2.7","remote_user":"","host":"www.example.com","request":"GET /a?b=1 HTTP/1.1","status":200,"body_bytes_sent":512,"request_time":0.012,"http_referer":"","http_user_agent":"curl/8.5.0"}',
    '{"time_iso8601":"2024-02-10T17:42:08+01:00","remote_addr":"2001:db8::1","remote_user":"alice","host":"www.example.com","request":"POST /login HTTP/2.0","status":302,"body_bytes_sent":0,"request_time":0.250,"http_referer":"https://www.example.com/","http_user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0"}',
    '',
  ].join('\n'),
  detect(head) {
    const object = new JsonLine();
    const lines = headLines(head).slice(0, 50);
    const requests = lines.filter((line) => object.read(line, 0, line.length, false) && areRequests(keysOf(object.scanner)));
    if (requests.length === 0) return { confidence: 0, why: 'its lines are no JSON with a time, a client and a request' };
    const share = requests.length / lines.length;
    const why = `${requests.length} of its first ${lines.length} lines are JSON with a time, a client and a request`;
    // lines of JSON are no syslog; requests in syslog's messages are more than messages
    const behind = requests.filter((line) => line[0] !== OPEN).length * 2 > requests.length;
    return { confidence: behind ? 0.5 + 0.46 * share : 0.4 + 0.45 * share, why };
  },
  open(head, options) {
    const log = openedWithColumns('Web access log (JSON)', head, (sink, columns) => new JsonAccessReader(sink, columns, options.timeZone));
    return { ...log, remarks: (tallies) => [...looseRemarks(tallies), ...log.remarks(tallies)] };
  },
};

/** Keys of the object that was read; none of an event of Suricata's. */
function keysOf({ names, keys, count }: JsonScanner): JsonKey[] {
  const paths = Array.from(keys.subarray(0, count), (key) => names.path(key));
  return paths.includes('event_type') ? [] : paths.map(jsonKey);
}

function looseRemarks(tallies: ReadonlyMap<string, number>): string[] {
  const count = tallies.get(LOOSE) ?? 0;
  if (count === 0) return [];
  const [were, they] = count === 1 ? ['was', 'it was'] : ['were', 'they were'];
  return [
    `${plural(count, 'line')} ${were} no strict JSON (bytes as \\xHH, backslashes that escape nothing, values that are not there): ${they} read all the same, \\xHH as the byte.`,
  ];
}
