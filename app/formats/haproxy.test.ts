import { expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { haproxyTcp } from './haproxy-tcp.ts';
import { haproxy } from './haproxy.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';
import type { LogFormat } from './types.ts';

function rows(format: LogFormat, log: string): Record<string, Cell>[] {
  const { sink, figures } = readLog(format, log);
  expect(sink.rejects).toEqual([]);
  expect(figures.rows + figures.comments).toBe(figures.lines);
  return sink.records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));
}

const ts = Date.UTC(2009, 1, 6, 12, 14, 14, 655) * 1000;
/** The examples of the manual, 8.2.2 to 8.2.4. */
const http =
  '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"';
const https = `${http} 0/0/0/0/0 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384`;
const tcp = '10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0';
const request = {
  ts,
  orig_h: '10.0.1.2',
  orig_p: 33_317,
  frontend: 'http-in',
  backend: 'static',
  server: 'srv1',
  time_request: 10_000,
  time_queue: 0,
  time_connect: 30_000,
  time_response: 69_000,
  duration: 109_000,
  status: 200,
  bytes: 2750,
  termination_state: '----',
  actconn: 1,
  feconn: 1,
  beconn: 1,
  srv_conn: 1,
  retries: 0,
  srv_queue: 0,
  backend_queue: 0,
  captured_request_headers: '1wt.eu',
  method: 'GET',
  path: '/index.html',
  protocol: 'HTTP/1.1',
};

it.each([
  ['', {}],
  ['Feb  6 12:14:14 localhost haproxy[14389]: ', { log_host: 'localhost', process: 'haproxy', pid: '14389' }],
  ['<134>1 2009-02-06T12:14:14.655+00:00 web1 haproxy 30456 - - ', { log_host: 'web1', process: 'haproxy', pid: '30456' }],
  ['2009-02-06T12:14:14.655+00:00 web1 haproxy[30456] ', { log_host: 'web1', process: 'haproxy', pid: '30456' }],
  ['2009-02-06T12:14:14.655+00:00 - haproxy[30456] ', { process: 'haproxy', pid: '30456' }],
  ['web1 | ', { before: 'web1 |' }],
])("reads option httplog's requests behind %j", (before, sender) => {
  const log = `${before}${http}\n`;
  expect(detectFormat(Buffer.from(log), 'h.log').format).toBe(haproxy);
  expect(rows(haproxy, log)).toEqual([{ ...request, ...sender }]);
});

it('reads what TLS was like, what was captured, and what never came about', () => {
  const log = [
    https,
    '::1:42228 [06/Feb/2009:12:14:14.655] tls~ tls/<NOSRV> -1/-1/-1/-1/+12 -1 +0 a#7Cb c PR-- 1/1/0/0/+3 0/0 {say #22hi#22 \\ x\\} "<BADREQ>"',
    'unix:1 [06/Feb/2009:12:14:14.655] h b/s 0/0/0/0/0 404 5 - - ---- 1/1/0/0/0 0/0 "GET /a#22q#22\\ HTTP/1.1" own fields',
    '10.0.1.2:1 [06/Feb/2009:12:14:14.655] h b/s 0/0/0/0/0 200 5 - - ---- 1/1/0/0/0 0/0 "GET /long/xxx',
    tcp,
  ].join('\n');
  const read = readLog(haproxy, `${log}\n`);
  const [first, second, third, fourth] = rows(haproxy, `${log}\n`);
  expect(first).toMatchObject({ ...request, fc_err: '0', ssl_fc_is_resumed: '0', ssl_sni: '1wt.eu', ssl_version: 'TLSv1.3' });
  expect(first.ssl_cipher).toBe('TLS_AES_256_GCM_SHA384');
  expect(second).toEqual({
    ...{ ts, orig_h: '::1', orig_p: 42_228, frontend: 'tls~', backend: 'tls', server: '<NOSRV>', duration: 12_000, bytes: 0 },
    ...{ captured_request_cookie: 'a|b', captured_response_cookie: 'c', termination_state: 'PR--', captured_headers: 'say "hi" \\ x\\' },
    ...{ actconn: 1, feconn: 1, beconn: 0, srv_conn: 0, retries: 3, srv_queue: 0, backend_queue: 0, request: '<BADREQ>' },
  });
  expect(third).toMatchObject({ log_orig_h: 'unix:1', path: '/a"q"\\', status: 404, extra_1: 'own fields' });
  expect(fourth).toMatchObject({ method: 'GET', path: '/long/xxx' });
  const remarks = haproxy.open(Buffer.from(log), {}).remarks(read.figures.tallies).join(' ');
  expect(remarks).toMatch(/1 line of option tcplog counted as comments.*1 line ended within the request/);
  for (const every of [1, 2, 3]) expect(outcome(readPieces(haproxy, `${log}\n`, every))).toEqual(outcome(read));
});

it("reads option tcplog's connections", () => {
  const log = [
    `Feb  6 12:12:56 localhost haproxy[14387]: ${tcp}`,
    '[2001:db8::1]:7 [06/Feb/2009:12:12:51.443] fnt fnt/<NOSRV> -1/-1/+5 +212 SC 0/0/0/0/+3 0/0',
    'unix:1 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0',
    https,
  ].join('\n');
  expect(detectFormat(Buffer.from(`${log}\n`), 't.log').format).toBe(haproxyTcp);
  const [first, second, third] = rows(haproxyTcp, `${log}\n`);
  expect(first).toEqual({
    ...{ ts: Date.UTC(2009, 1, 6, 12, 12, 51, 443) * 1000, log_host: 'localhost', orig_h: '10.0.1.2', orig_p: 33_313 },
    ...{ frontend: 'fnt', backend: 'bck', server: 'srv1', time_queue: 0, time_connect: 0, duration: 5_007_000, bytes: 212 },
    ...{ termination_state: '--', actconn: 0, feconn: 0, beconn: 0, srv_conn: 0, retries: 3, srv_queue: 0, backend_queue: 0 },
  });
  expect(second).toMatchObject({ orig_h: '2001:db8::1', orig_p: 7, server: '<NOSRV>', duration: 5000, bytes: 212, retries: 3 });
  expect(second.time_queue).toBeUndefined();
  expect(third.orig_h).toBeUndefined();
});

it('rejects what is no session', () => {
  const others = [
    'Feb  6 12:14:14 localhost haproxy[14389]: Proxy b started.',
    '10.0.1.2:51166 [06/Feb/2009:12:14:14.655] tls/1: SSL handshake failure',
    http.replace('2009:12', '2009:32'),
    http.replace('10/0/30/69/109', '10/0/30/69'),
  ];
  const { sink } = readLog(haproxy, `${http}\n${others.join('\n')}\n`);
  expect(sink.rejects.map(({ reason }) => reason)).toEqual(['NO_SESSION', 'NO_SESSION', 'BAD_TIME', 'NO_SESSION']);
  const whats = sink.rejects.map(({ what }) => what);
  expect([whats[0], whats[1], whats[3]]).toEqual([
    'it is no session, but says: Proxy b started.',
    'it is no session, but says: SSL handshake failure',
    "it is neither of HAProxy's option httplog nor of option tcplog",
  ]);
});
