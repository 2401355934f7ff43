import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { accessJson } from './access-json.ts';
import { access } from './access.ts';
import { detectFormat } from './registry.ts';
import { outcome, readLog, readPieces } from './testing.ts';

const at = Date.UTC(2024, 1, 10, 16, 42, 7) * 1000;

const plain = (records: readonly ReadonlyMap<string, Cell>[]): Record<string, Cell>[] =>
  records.map((record) => Object.fromEntries([...record].filter(([name, cell]) => cell !== null && !name.startsWith('_'))));

/** What a log becomes that is recognised as JSON of a web server. */
function read(log: string): {
  readonly rows: readonly Record<string, Cell>[];
  readonly rejects: readonly string[];
  readonly whats: readonly string[];
  readonly said: string;
} {
  expect(detectFormat(Buffer.from(log), 'a.log').format.id).toBe('access-json');
  const { sink, figures } = readLog(accessJson, log);
  expect(figures.rows + figures.rejected + figures.comments).toBe(figures.lines);
  return {
    rows: plain(sink.records),
    rejects: sink.rejects.map(({ reason }) => reason),
    whats: sink.rejects.map(({ what }) => what),
    said: accessJson.open(Buffer.from(log), {}).remarks(figures.tallies).join('\n'),
  };
}

const json = (...records: readonly object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join('');

function row(record: object): Record<string, Cell> {
  const { rows, rejects } = read(json(record));
  expect(rejects).toEqual([]);
  return rows[0];
}

describe('what servers log as JSON', () => {
  const samples: readonly (readonly [string, object, Record<string, Cell>])[] = [
    [
      'Apache, as its LogFormat is widely copied',
      {
        time: '[10/Feb/2024:17:42:07 +0100]',
        process: '352',
        filename: '/var/www/x',
        remoteIP: '203.0.113.7',
        host: 'www.example.org',
        request: '/x',
        query: '?a',
        method: 'GET',
        status: '404',
        userAgent: 'curl/8.5.0',
        referer: '-',
      },
      { ts: at, orig_h: '203.0.113.7', vhost: 'www.example.org', method: 'GET', path: '/x', query: 'a', status: 404, agent_name: 'curl' },
    ],
    [
      'Apache for Logstash',
      {
        '@timestamp': '2024-02-10T17:42:07+0100',
        '@version': '1',
        clientip: '203.0.113.7',
        duration: 1415,
        status: 200,
        request: '/x?a',
        urlpath: '/x',
        urlquery: '?a',
        bytes: 512,
        method: 'GET',
        site: 'www.example.org',
        referer: '-',
        useragent: 'curl/8.5.0',
      },
      { ts: at, orig_h: '203.0.113.7', method: 'GET', path: '/x', query: 'a', status: 200, bytes: 512, log_duration: 1415 },
    ],
    [
      'nginx for Datadog',
      {
        'http.url': '/x?a',
        'http.version': 'HTTP/1.1',
        'http.status_code': 200,
        'http.method': 'GET',
        'http.referer': '',
        'http.useragent': 'curl/8.5.0',
        time_local: '2024-02-10T17:42:07+01:00',
        remote_addr: '203.0.113.7',
        remote_user: '',
        body_bytes_sent: '512',
        request_time: 0.012,
        'X-Forwarded-For': '198.51.100.1, 203.0.113.7',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        method: 'GET',
        path: '/x',
        query: 'a',
        protocol: 'HTTP/1.1',
        status: 200,
        bytes: 512,
        duration: 12_000,
        agent: 'curl/8.5.0',
        forwarded_for: '198.51.100.1, 203.0.113.7',
      },
    ],
    [
      'nginx for Splunk',
      {
        time: '1707583327.000',
        src_ip: '203.0.113.7',
        http_method: 'GET',
        uri_path: '/x',
        uri_query: 'a',
        dest_port: 443,
        status: 200,
        bytes_out: 512,
        bytes_in: 79,
        response_time_microseconds: 1415,
        http_referrer: 'https://example.org/',
        http_user_agent: 'curl/8.5.0',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        method: 'GET',
        path: '/x',
        query: 'a',
        resp_p: 443,
        bytes: 512,
        request_bytes: 79,
        duration: 1415,
        referrer: 'https://example.org/',
      },
    ],
    [
      'nginx as an ingress of Kubernetes',
      {
        time: '2024-02-10T16:42:07+00:00',
        remote_addr: '203.0.113.7',
        x_forwarded_for: '198.51.100.1',
        request_id: '1f',
        bytes_sent: 512,
        request_time: 0.012,
        status: 200,
        vhost: 'www.example.org',
        request_proto: 'HTTP/2.0',
        path: '/x',
        request_query: 'a=1',
        request_length: 79,
        duration: 0.012,
        method: 'GET',
        http_referrer: '',
        http_user_agent: 'curl/8.5.0',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        vhost: 'www.example.org',
        protocol: 'HTTP/2.0',
        path: '/x',
        query: 'a=1',
        method: 'GET',
        bytes: 512,
        request_bytes: 79,
        duration: 12_000,
        forwarded_for: '198.51.100.1',
      },
    ],
    [
      'Envoy',
      {
        start_time: '2024-02-10T16:42:07.000Z',
        route_name: 'default',
        method: 'POST',
        path: '/x?a',
        protocol: 'HTTP/2',
        response_code: 204,
        response_flags: '-',
        bytes_received: 154,
        bytes_sent: 512,
        duration: 226,
        upstream_service_time: '100',
        x_forwarded_for: '203.0.113.7',
        user_agent: 'curl/8.5.0',
        authority: 'www.example.org',
        upstream_host: '10.0.2.1:80',
        downstream_local_address: '10.0.0.5:443',
        downstream_remote_address: '203.0.113.7:4711',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        orig_p: 4711,
        resp_h: '10.0.0.5',
        resp_p: 443,
        path: '/x',
        query: 'a',
        status: 204,
        bytes: 512,
        request_bytes: 154,
        duration: 226_000,
        vhost: 'www.example.org',
      },
    ],
    [
      'HAProxy',
      {
        time: '10/Feb/2024:16:42:07.000',
        client_ip: '203.0.113.7',
        client_port: 35_054,
        method: 'GET',
        path: '/x',
        uri: '/x?a=1',
        status: 200,
        bytes_read: 203,
        bytes_uploaded: 46,
      },
      { ts: at, orig_h: '203.0.113.7', orig_p: 35_054, path: '/x', query: 'a=1', bytes: 203, request_bytes: 46, uri: '/x?a=1' },
    ],
    [
      'Varnish',
      {
        time: '2024-02-10T16:42:07+0000',
        client: '203.0.113.7',
        method: 'GET',
        url: '/x',
        query: '?a=1',
        proto: 'HTTP/1.1',
        status: 200,
        bytes: 293,
        host: 'localhost',
        hit: 'miss',
      },
      { ts: at, orig_h: '203.0.113.7', path: '/x', query: 'a=1', protocol: 'HTTP/1.1', bytes: 293, vhost: 'localhost' },
    ],
    [
      'lighttpd',
      {
        time: '[10/Feb/2024:16:42:07 +0000]',
        remote_addr: '203.0.113.7',
        vhost: 'www.example.org',
        request: 'GET /x?a HTTP/1.1',
        status: '200',
        bytes: '512',
        referrer: '-',
        agent: 'curl/8.5.0',
      },
      { ts: at, orig_h: '203.0.113.7', vhost: 'www.example.org', method: 'GET', path: '/x', query: 'a', status: 200, bytes: 512 },
    ],
    [
      'IIS by way of NXLog',
      {
        EventReceivedTime: '2024-02-10T17:43:00.000000+01:00',
        SourceModuleName: 'iis_logs',
        date: '2024-02-10',
        time: '16:42:07',
        'c-ip': '203.0.113.7',
        'cs-username': null,
        's-ip': '10.0.0.5',
        's-port': '80',
        'cs-method': 'GET',
        'cs-uri-stem': '/index.htm',
        'cs-uri-query': null,
        'sc-status': '200',
        'cs(User-Agent)': 'Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)',
        'sc-substatus': '0',
        'time-taken': '15',
        EventTime: '2024-02-10T17:42:07.000000+01:00',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        resp_h: '10.0.0.5',
        resp_p: 80,
        method: 'GET',
        path: '/index.htm',
        status: 200,
        agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
        duration: 15_000,
      },
    ],
    [
      'CloudFront',
      {
        date: '2024-02-10',
        time: '16:42:07',
        'x-edge-location': 'SEA19-C1',
        'sc-bytes': '900',
        'c-ip': '2001:db8::5',
        'cs-method': 'GET',
        'cs(Host)': 'd111111abcdef8.cloudfront.net',
        'cs-uri-stem': '/favicon.ico',
        'sc-status': '502',
        'cs(Referer)': '-',
        'cs(User-Agent)': 'Mozilla/5.0%20(X11)',
        'cs-uri-query': 'a=1',
        'time-taken': '0.102',
        'c-port': '25260',
        'cs-protocol': 'https',
        'cs-bytes': '675',
      },
      {
        ts: at,
        orig_h: '2001:db8::5',
        orig_p: 25_260,
        method: 'GET',
        vhost: 'd111111abcdef8.cloudfront.net',
        path: '/favicon.ico',
        query: 'a=1',
        status: 502,
        bytes: 900,
        request_bytes: 675,
        duration: 102_000,
        agent: 'Mozilla/5.0 (X11)',
        'cs-protocol': 'https',
      },
    ],
    [
      'Kong',
      {
        response: { size: 9982, headers: { server: 'gunicorn' }, status: 200 },
        route: { updated_at: 1_726_782_477, paths: ['/example-route'], name: 'example_route' },
        tries: [{ balancer_start: 1_726_783_839_539, ip: '34.237.204.224', port: 80 }],
        client_ip: '203.0.113.7',
        request: {
          headers: { accept: '*/*', 'user-agent': 'HTTPie/3.2.3', host: 'localhost:8000' },
          uri: '/example-route?a',
          size: 139,
          method: 'GET',
          querystring: {},
          url: 'http://localhost:8000/example-route',
        },
        started_at: 1_707_583_327_000,
        latencies: { kong: 1, proxy: 171, request: 173 },
        service: { host: 'example.com', port: 80, path: '/anything', protocol: 'http' },
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        method: 'GET',
        path: '/example-route',
        query: 'a',
        status: 200,
        bytes: 9982,
        request_bytes: 139,
        duration: 173_000,
        vhost: 'localhost',
        agent: 'HTTPie/3.2.3',
        'service.path': '/anything',
      },
    ],
    [
      'AWS API Gateway',
      {
        requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
        ip: '203.0.113.7',
        caller: '-',
        user: '-',
        requestTime: '10/Feb/2024:16:42:07 +0000',
        httpMethod: 'GET',
        resourcePath: '/pets/{id}',
        path: '/test/pets/7',
        status: '200',
        protocol: 'HTTP/1.1',
        responseLength: '53',
        responseLatency: 21,
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        method: 'GET',
        path: '/test/pets/7',
        resourcePath: '/pets/{id}',
        status: 200,
        protocol: 'HTTP/1.1',
        bytes: 53,
        duration: 21_000,
      },
    ],
    [
      'a load balancer of Google Cloud',
      {
        insertId: '1',
        jsonPayload: { statusDetails: 'response_sent_by_backend', remoteIp: '203.0.113.7' },
        httpRequest: {
          requestMethod: 'GET',
          requestUrl: 'https://www.example.org:8443/x?a=1',
          requestSize: '364',
          status: 200,
          responseSize: '512',
          userAgent: 'curl/8.5.0',
          remoteIp: '203.0.113.7',
          serverIp: '10.128.0.2',
          latency: '0.004512s',
        },
        resource: { type: 'http_load_balancer', labels: { zone: 'global' } },
        timestamp: '2024-02-10T16:42:07Z',
        severity: 'INFO',
        receiveTimestamp: '2024-02-10T16:42:09Z',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        resp_h: '10.128.0.2',
        resp_p: 8443,
        method: 'GET',
        vhost: 'www.example.org',
        path: '/x',
        query: 'a=1',
        status: 200,
        bytes: 512,
        request_bytes: 364,
        duration: 4512,
      },
    ],
    [
      'Azure Application Gateway',
      {
        timeStamp: '2024-02-10T16:42:07+00:00',
        resourceId: '/SUBSCRIPTIONS/1',
        operationName: 'ApplicationGatewayAccess',
        category: 'ApplicationGatewayAccessLog',
        properties: {
          instanceId: 'appgw_2',
          clientIP: '203.0.113.7',
          clientPort: 45_057,
          httpMethod: 'GET',
          originalRequestUriWithArgs: '/x?a=1',
          requestUri: '/x',
          requestQuery: 'a=1',
          userAgent: 'curl/8.5.0',
          httpStatus: 200,
          httpVersion: 'HTTP/1.1',
          receivedBytes: 184,
          sentBytes: 466,
          clientResponseTime: 0,
          timeTaken: 0.034,
          serverRouted: '20.38.102.4:443',
          originalHost: 'www.example.org',
          host: 'inner.example.org',
        },
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        orig_p: 45_057,
        method: 'GET',
        path: '/x',
        query: 'a=1',
        protocol: 'HTTP/1.1',
        status: 200,
        bytes: 466,
        request_bytes: 184,
        duration: 34_000,
        vhost: 'inner.example.org',
      },
    ],
    [
      'Azure Front Door',
      {
        time: '2024-02-10T16:42:07.0000000Z',
        category: 'FrontDoorAccessLog',
        properties: {
          trackingReference: '0abc',
          httpMethod: 'GET',
          httpVersion: '2.0.0.0',
          requestUri: 'https://www.example.org:443/img/a.jpg?w=1',
          requestBytes: '1364',
          responseBytes: '512',
          userAgent: 'curl/8.5.0',
          clientIp: '203.0.113.7',
          clientPort: '52340',
          socketIp: '203.0.113.7',
          timeTaken: '0.006',
          httpStatusCode: '200',
        },
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        orig_p: 52_340,
        vhost: 'www.example.org',
        resp_p: 443,
        path: '/img/a.jpg',
        query: 'w=1',
        status: 200,
        bytes: 512,
        request_bytes: 1364,
        duration: 6000,
      },
    ],
    [
      'the Elastic Common Schema',
      {
        '@timestamp': '2024-02-10T16:42:07.000Z',
        source: { address: '203.0.113.7', ip: '203.0.113.7' },
        url: { original: '/x?a=1', path: '/x' },
        http: {
          request: { method: 'GET', referrer: 'https://example.org/' },
          response: { status_code: 200, body: { bytes: 512 } },
          version: '1.1',
        },
        user_agent: { original: 'curl/8.5.0', name: 'curl' },
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        method: 'GET',
        path: '/x',
        query: 'a=1',
        status: 200,
        bytes: 512,
        protocol: '1.1',
        referrer: 'https://example.org/',
        agent: 'curl/8.5.0',
      },
    ],
  ];
  it.each(samples)('%s', (_, record, expected) => {
    expect(row(record)).toMatchObject(expected);
  });
});

describe('when it was', () => {
  it.each([
    ['as Caddy writes it on the wall', { ts: '2024/02/10 16:42:07' }],
    ['the same with a fraction', { ts: '2024/02/10 16:42:07.000' }],
    ['in milliseconds', { timestamp: at / 1000 }],
    ['in brackets', { time: '[10/Feb/2024:17:42:07 +0100]' }],
    ['a day and a time of day, in either order', { time: '16:42:07', date: '2024-02-10' }],
    ['twice', { time_iso8601: '2024-02-10T16:42:07Z', msec: '1707583999.000' }],
    ['once more, by who collected it', { EventTime: '2024-02-10T18:00:00Z', time: '2024-02-10T16:42:07Z' }],
    ['by nobody else', { EventTime: '2024-02-10T16:42:07Z' }],
  ])('%s', (_, times) => {
    expect(row({ ...times, clientip: '203.0.113.7', request: '/x', status: 200 })['ts']).toBe(at);
  });

  it('is rejected where it is a time of day alone', () => {
    const whole = { time: '2024-02-10T16:42:07Z', clientip: '203.0.113.7', request: '/x', status: 200 };
    expect(read(json(whole, { ...whole, time: '16:42:07' })).rejects).toEqual(['BAD_TIME']);
  });
});

describe('a request in parts', () => {
  const base = { time: '2024-02-10T16:42:07Z', clientip: '203.0.113.7', status: 200 };
  it.each([
    ['a path beside its method', { request: '/x', method: 'GET' }, { method: 'GET', path: '/x' }],
    ['the method first', { method: 'GET', request: '/x?a=1' }, { method: 'GET', path: '/x', query: 'a=1' }],
    ['a path without a method', { request: '/x?a=1' }, { path: '/x', query: 'a=1' }],
    ['a path with blanks', { request: '/with space in it', method: 'GET' }, { method: 'GET', path: '/with space in it' }],
    ['no path at all', { request: '*', method: 'OPTIONS' }, { method: 'OPTIONS', path: '*' }],
    [
      'a request line beside its method',
      { request: 'GET /x HTTP/1.1', method: 'GET' },
      { method: 'GET', path: '/x', protocol: 'HTTP/1.1' },
    ],
    ['what is no request', { request: '\u0016\u0003' }, { request: '\\x16\\x03' }],
    ['the query first', { args: 'a=1', uri: '/x' }, { path: '/x', query: 'a=1' }],
    ['what HAProxy could not read', { method: '<BADREQ>', path: '<BADREQ>' }, { request: '<BADREQ>' }],
  ])('%s', (_, parts, expected) => {
    const { method, path, query, protocol, request } = row({ ...base, ...parts });
    expect(JSON.parse(JSON.stringify({ method, path, query, protocol, request }))).toEqual(expected);
  });
});

describe('how long it took', () => {
  const base = { time: '2024-02-10T16:42:07Z', clientip: '203.0.113.7', request: '/x', status: 200 };
  it.each([
    [{ duration: 0.012 }, 12_000, undefined],
    [{ duration: 12 }, undefined, 12],
    [{ duration: '12ms' }, 12_000, undefined],
    [{ latency: '1.5s' }, 1_500_000, undefined],
    [{ elapsed: '250µs' }, 250, undefined],
    [{ duration_ms: 12 }, 12_000, undefined],
    [{ requestTime: 0.012 }, 12_000, undefined],
  ])('%j', (more, duration, own) => {
    const read = row({ ...base, ...more });
    expect([read['duration'], read['log_duration']]).toEqual([duration, own]);
  });
});

describe('lines that are no strict JSON', () => {
  const line = (path: string, agent = '-'): string =>
    `{"time":"2024-02-10T16:42:07+0000","remoteIP":"127.0.0.1","request":"${path}","query":"","method":"GET","status":"404","userAgent":"${agent}"}\n`;

  it('with bytes as Apache escapes them are read as the text formats read them', () => {
    const values: readonly string[] = [
      '/\\xc3\\xbc/\\xc3\\xa9',
      '/latin\\xfc\\xe9',
      '/ctl\\x01\\v\\a',
      '/a\\"q\\"\\xc3\\xbc\\\\',
      '/unknown\\q\\xg1',
      '/tab\\there\\x22',
    ];
    const { rows, rejects, said } = read(values.map((value) => line(value)).join(''));
    expect(rejects).toEqual([]);
    const text = values.map((value) => `127.0.0.1 - - [10/Feb/2024:16:42:07 +0000] "GET ${value} HTTP/1.1" 404 1\n`).join('');
    expect(rows.map(({ path }) => path)).toEqual(plain(readLog(access, text).sink.records).map(({ path }) => path));
    expect(rows.map(({ path }) => path).slice(0, 4)).toEqual(['/ü/é', '/latin\\xfc\\xe9', '/ctl\\x01\\x0b\\x07', '/a"q"ü\\']);
    expect(said).toContain('6 lines were no strict JSON');
  });

  it('with backslashes as HAProxy leaves them are read too', () => {
    const { rows, rejects, said } = read(line('/') + line('/back\\slash\\') + line('/x\\', 'y\\'));
    expect(rejects).toEqual([]);
    expect(rows.map(({ path, agent, status }) => [path, agent, status])).toEqual([
      ['/', undefined, 404],
      ['/back\\slash\\', undefined, 404],
      ['/x\\', 'y\\', 404],
    ]);
    expect(said).toContain('2 lines were no strict JSON');
  });

  it('with values that are not there, and a comma too many, are read as if they said null', () => {
    const line = (more: string): string =>
      `{"time":"2024-02-10T16:42:07Z","remote_addr":"203.0.113.7","request":"GET / HTTP/1.1","status":200${more}}\n`;
    const { rows, rejects, said } = read(
      line('') + line(',"bytes":-,"upstream_time": ,"x":1') + line(',"upstream_time":') + line(', "bytes": - ') + line(',"x":2, '),
    );
    expect(rejects).toEqual([]);
    expect(rows.map(({ bytes, upstream_time, x }) => [bytes, upstream_time, x])).toEqual([
      [undefined, undefined, undefined],
      [undefined, undefined, 1],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
      [undefined, undefined, 2],
    ]);
    expect(said).toContain('4 lines were no strict JSON');
    const broken = [',"a":,,"b":1', ',"a":- 1', ':', ',"a"-', ',,'];
    expect(read(line('') + broken.map(line).join('')).rejects).toEqual(broken.map(() => 'BAD_JSON'));
  });

  it('do not let a client write members of its own', () => {
    const forged = 'x\\",\\"status\\":\\"200\\",\\"method\\":\\"PUT\\xfc';
    const { rows } = read(line('/x', forged));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ status: 404, method: 'GET', agent: forged });
  });

  it('stay rejected where they cannot be understood', () => {
    const broken = [
      '{"time":"2024-02-10T16:42:07Z","remoteIP":"127.0.0.1","request":"a"b","status":"200"}',
      '{"time":\\x41}',
      '{"a":"\\xfc"',
      '{]',
    ];
    const { rows, rejects, said } = read(line('/x') + broken.map((one) => `${one}\n`).join('') + line('/y'));
    expect([rows.length, rejects]).toEqual([2, ['BAD_JSON', 'BAD_JSON', 'BAD_JSON', 'BAD_JSON']]);
    expect(said).not.toContain('strict');
  });

  it('are cut where the file ends within them', () => {
    const whole = line('/x', 'a\\xfc}');
    for (let length = 1; length < whole.length - 1; length++) {
      const { sink } = readLog(accessJson, line('/') + whole.slice(0, length));
      expect([sink.records.length, sink.rejects.map(({ reason }) => reason)]).toEqual([1, ['TRUNCATED']]);
    }
  });

  it('are the same in pieces of any size', () => {
    const log = line('/') + line('/\\xfc') + line('/a\\') + line('/b') + line('/\\xc3\\xbc');
    for (const every of [1, 2, 3]) expect(outcome(readPieces(accessJson, log, every))).toEqual(outcome(readLog(accessJson, log)));
  });
});

describe("Caddy's log of everything", () => {
  const message = (more: object): object => ({ level: 'info', ts: 1_707_583_300.5, ...more });
  const handled = (logger: string, more: object = {}): object => ({
    level: 'info',
    ts: 1_707_583_327,
    logger,
    msg: 'handled request',
    request: { remote_ip: '203.0.113.7', remote_port: '4711', proto: 'HTTP/1.1', method: 'GET', host: 'localhost', uri: '/x', headers: {} },
    bytes_read: 46,
    user_id: '',
    duration: 0.000001,
    size: 12,
    status: 200,
    ...more,
  });

  it('has requests, and messages that are none', () => {
    const { rows, rejects, whats } = read(
      json(
        message({ msg: 'using provided configuration', config_file: 'Caddyfile' }),
        message({ logger: 'http', msg: 'automatic HTTPS is disabled', server_name: 'srv0' }),
        handled('http.log.access.log0'),
        handled('http.log.error.log0', { level: 'error', msg: 'dial tcp: refused', status: 502 }),
        handled('http.log.access', { duration: 1 }),
      ),
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ ts: at, orig_h: '203.0.113.7', path: '/x', bytes: 12, request_bytes: 46, duration: 1 });
    expect(rows[1]).toMatchObject({ duration: 1_000_000 });
    expect(rows.flatMap((one) => Object.keys(one))).not.toContain('config_file');
    expect(rejects).toEqual(['NO_REQUEST', 'NO_REQUEST', 'NO_REQUEST']);
    expect(whats).toEqual([
      'it is no request, but says: using provided configuration',
      'it is no request, but a message of http: automatic HTTPS is disabled',
      'it is no request, but a message of http.log.error.log0: dial tcp: refused',
    ]);
  });

  it('does not set the first time, nor columns, by what is no request', () => {
    const log = json(message({ msg: 'using provided configuration', config_file: 'x' }), handled('http.log.access'));
    const { sink, figures } = readLog(accessJson, log);
    expect(figures.first).toBe(at);
    expect(sink.records[0].has('config_file')).toBe(false);
  });
});

describe('JSON behind the beginning of a syslog message', () => {
  const request = JSON.stringify({
    time_local: '10/Feb/2024:16:42:07 +0000',
    remote_addr: '203.0.113.7',
    request: 'GET /x HTTP/1.1',
    status: '200',
  });
  it.each([
    ['as RFC 3164 has it', 'Feb 10 16:42:07 localhost nginx: '],
    ['with a priority', '<190>Feb 10 16:42:07 nginx: '],
    ['as rsyslog writes files', '2024-02-10T16:42:07+00:00 localhost nginx: '],
    ['as RFC 5424 has it', '<190>1 2024-02-10T16:42:07+00:00 localhost nginx - - -  '],
    ['with the mark of CEE', 'Feb 10 16:42:07 localhost nginx[12]: @cee: '],
  ])('%s', (_, prefix) => {
    const { rows, rejects } = read(`${prefix}${request}\n`.repeat(3));
    expect(rejects).toEqual([]);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ ts: at, orig_h: '203.0.113.7', method: 'GET', path: '/x', status: 200, before: prefix.trim() });
  });

  it('leaves other messages to syslog', () => {
    const message = 'Feb 10 16:42:07 localhost app: {"level":"info","msg":"hello"}\n';
    expect(detectFormat(Buffer.from(message.repeat(3)), 'a.log').format.id).toBe('syslog');
  });
});
