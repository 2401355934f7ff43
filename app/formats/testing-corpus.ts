import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FormatOptions } from '../contract/formats.ts';
import { formatById, formats } from './registry.ts';
import { readLog } from './testing.ts';
import type { LogFormat } from './types.ts';

/** The real logs beside the checkout. */
const data = join(import.meta.dirname, '../../../shared/data');
export const haveData = existsSync(join(data, 'MANIFEST.md'));

/** A log to be changed: one character a byte. */
export interface Sample {
  readonly title: string;
  readonly format: LogFormat;
  readonly options: FormatOptions;
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

/** Real files of every form there is. */
const real: readonly (readonly [file: string, format: string, options?: FormatOptions])[] = [
  ['zeek/zat-tsv/conn.log', 'zeek-conn'],
  ['zeek/iot23-malware-34-1/conn.log.labeled.gz', 'zeek-conn'],
  ['zeek/odd/conn_separator_comma.log', 'zeek-conn'],
  ['zeek/odd/conn_columns_change_midfile.log', 'zeek-conn'],
  ['zeek/slips-test10/dns.log', 'zeek-tsv'],
  ['zeek/zat-tsv/http.log', 'zeek-tsv'],
  ['zeek/zat-tsv/files.log', 'zeek-tsv'],
  ['zeek/odd/ssh_separator_two_bars.log', 'zeek-tsv'],
  ['zeek/rita-server/hour-2024-04-19T20-json/conn.log', 'zeek-json'],
  ['zeek/zed-sample/ssl.json.gz', 'zeek-json'],
  ['zeek/rita-http-json/http.log.gz', 'zeek-json'],
  ['tstat/v3.3.0-levels/log_tcp_complete.level03', 'tstat'],
  ['tstat/v3.1.3/log_tcp_complete_classes.txt.gz', 'tstat'],
  ['tstat/v3.3.0/log_udp_complete.gz', 'tstat'],
  ['tstat/v2.4/log_tcp_nocomplete.gz', 'tstat'],
  ['web/apache_combined_10k.log.gz', 'access'],
  ['web/apache_common_10k.log.gz', 'access'],
  ['web/attacks_crowdsec.log', 'access'],
  ['web/scan_acunetix_quoted.log.gz', 'access'],
  ['web/formats/nginx_json.log', 'access-json'],
  ['web/formats/iis.log', 'access-w3c'],
];

const nginx = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" $request_time';

/** Formats of which there is no real file here: lines of their own, as their documents have them. */
const written: readonly (readonly [title: string, format: string, lines: readonly string[], options?: FormatOptions])[] = [
  [
    'nginx, a log format that is given',
    'access',
    [
      '192.0.2.7 - - [10/Feb/2024:17:42:07 +0100] "GET /a?b=1 HTTP/1.1" 200 512 "-" 0.012',
      '2001:db8::1 - al ice [10/Feb/2024:17:42:08 +0100] "POST /x HTTP/2.0" 502 0 "https://a.example/ \\x22y\\x22" 1.5',
    ],
    { logFormat: nginx },
  ],
  [
    'a table with a mapping',
    'csv',
    ['when;a;b;bytes;note', '19/04/2024 20:00:01;10.0.0.1;192.0.2.1;12;"x; ""y"""', '20/04/2024 21:00:01;::1;192.0.2.2;-;'],
    {
      timeZone: 'Europe/Berlin',
      mapping: {
        timeFormat: '%d/%m/%Y %H:%M:%S',
        kind: 'connection',
        columns: [
          { from: 'when', to: 'ts' },
          { from: 'a', to: 'orig_h' },
          { from: 'b', to: 'resp_h' },
          { from: 'bytes', to: 'orig_bytes', type: 'count' },
        ],
      },
    },
  ],
  [
    'eve.json, its DNS events',
    'suricata-eve',
    [
      '{"timestamp":"2024-04-19T20:01:05.000200+0200","event_type":"dns","src_ip":"10.0.0.1","src_port":4,"dest_ip":"192.0.2.53","dest_port":53,"proto":"UDP","dns":{"type":"query","rrname":"a.example","answers":[{"rdata":"192.0.2.1"}]}}',
      '{"timestamp":"2024-04-19T20:01:06.5+0200","event_type":"dns","src_ip":"::1","dns":{"rrname":"\\u00e4","id":7,"deep":{"er":{"est":[1,{"a":[]}]}}}}',
    ],
    { eventType: 'dns' },
  ],
];

/** Up to `most` lines of every form of log: the example of each format, lines written here, and real ones where they are beside the checkout. */
export function samples(most: number): readonly Sample[] {
  const examples = formats.map((format) => sampleOf(`${format.id}, its example`, format, format.example, {}, most));
  const own = written.map(([title, id, lines, options = {}]) => sampleOf(title, formatById(id), `${lines.join('\n')}\n`, options, most));
  if (!haveData) return [...examples, ...own];
  return [...examples, ...own, ...real.map(([file, id, options = {}]) => sampleOf(file, formatById(id), load(file), options, most))];
}

function load(file: string): string {
  const bytes = readFileSync(join(data, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
}

function sampleOf(title: string, format: LogFormat, log: string, options: FormatOptions, most: number): Sample {
  const lines = log.split(/\r?\n/).filter((line) => line !== '');
  // its header: every line before its first record
  let count = 0;
  while (count < lines.length && readLog(format, bytesOf(lines.slice(0, count + 1)), 65_536, false, options).figures.rows === 0) count++;
  return { title, format, options, head: lines.slice(0, count), rows: lines.slice(count, count + most) };
}

/** Lines as the bytes of a log. */
export function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1');
}
