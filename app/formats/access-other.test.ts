import { describe, expect, it } from 'vitest';
import { rows } from './testing-access-other.ts';

describe("Amazon's services", () => {
  it('reads a classic load balancer', () => {
    const log =
      '2024-02-10T16:42:07.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -\n';
    expect(rows(log)).toMatchObject({
      title: 'AWS classic load balancer log',
      rows: [
        {
          orig_h: '192.168.131.39',
          orig_p: 2817,
          status: 200,
          bytes: 29,
          target_processing_time: 1048,
          vhost: 'www.example.com',
          resp_p: 80,
          path: '/',
          agent_name: 'curl',
        },
      ],
    });
  });

  it.each([
    ['with SNI', '"GET https://www.example.com:443/a?b=1 HTTP/1.1"', '"sni.example.com"', ['sni.example.com', 443, '/a', 'b=1']],
    ['without SNI', '"GET http://www.example.com:80/a/b HTTP/1.1"', '"-"', ['www.example.com', 80, '/a/b', null]],
    ['without a path', '"GET http://www.example.com:80?b=1 HTTP/1.1"', '"-"', ['www.example.com', 80, '/', 'b=1']],
    ['at an address', '"GET http://[2001:db8::5]:8080/x://y HTTP/1.1"', '"-"', ['[2001:db8::5]', 8080, '/x://y', null]],
    ['as no load balancer writes it', '"GET /a HTTP/1.1"', '"-"', [null, null, '/a', null]],
  ])('tells virtual host and path from the whole address that a load balancer writes: %s', (_, request, name, expected) => {
    const log = `https 2024-02-10T16:42:07.186641Z app/my-lb/50 192.0.2.7:2817 10.0.0.66:9000 0.086 0.048 0.037 200 200 34 366 ${request} "curl/8.5.0" - - arn "Root=1" ${name} "-" 0 2024-02-10T16:42:07.000000Z "forward" "-" "-" "10.0.0.66:9000" "200" "-" "-"\n`;
    const [row] = rows(log).rows;
    expect([row['vhost'] ?? null, row['resp_p'] ?? null, row['path'], row['query'] ?? null]).toEqual(expected);
  });

  it('reads S3', () => {
    const log = `${'79a5'.repeat(16)} amzn-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 arn:aws:iam::1:user/me 3E57427F3EXAMPLE REST.GET.OBJECT a/b.txt "GET /amzn-bucket/a/b.txt?x=1 HTTP/1.1" 200 - 113 113 7 6 "-" "S3Console/0.4" - s9lz SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-bucket.s3.us-west-1.amazonaws.com TLSV1.2 - -\n`;
    expect(rows(log)).toMatchObject({
      title: 'Amazon S3 server access log',
      rows: [
        {
          ts: Date.UTC(2019, 1, 6, 0, 0, 38) * 1000,
          orig_h: '192.0.2.3',
          path: '/amzn-bucket/a/b.txt',
          query: 'x=1',
          bytes: 113,
          object_size: 113,
          duration: 7000,
          operation: 'REST.GET.OBJECT',
        },
      ],
    });
  });
});

it("reads Google Cloud Storage's usage logs", () => {
  const header =
    '"time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status","cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent","s_request_id","cs_operation","cs_bucket","cs_object"\n';
  const line =
    '"1707583327123456","192.0.2.7","1","","GET","/bucket/a""b?x=1","200","10","4711","45000","storage.googleapis.com","","curl/8.5.0","AEnB2U","GET_Object","bucket","a""b"\n';
  const { format, rows: read, rejects } = rows(`${header}${line}"cut","short"\n"170758\n`);
  expect([format.id, rejects]).toEqual(['access-csv', ['TOO_FEW_FIELDS', 'BAD_QUOTES']]);
  expect(read).toMatchObject([
    {
      ts: Date.UTC(2024, 1, 10, 16, 42, 7) * 1000 + 123_456,
      orig_h: '192.0.2.7',
      method: 'GET',
      path: '/bucket/a"b',
      query: 'x=1',
      status: 200,
      request_bytes: 10,
      bytes: 4711,
      duration: 45_000,
      vhost: 'storage.googleapis.com',
      agent: 'curl/8.5.0',
      cs_operation: 'GET_Object',
      cs_object: 'a"b',
    },
  ]);
});

describe('logs that begin with the time', () => {
  const at = Date.UTC(2024, 1, 10, 16, 42, 7) * 1000;
  const agent = { agent: 'curl/8.5.0', agent_name: 'curl', agent_kind: 'tool' };
  it("reads Envoy's default format, whatever stands before it", () => {
    const behind = '"192.0.2.7,10.0.0.1" "curl/8.5.0" "id-1" "www.example.com:443" "10.0.0.5:80"';
    const log = `[2024-02-10T16:42:07.000Z] "GET /a?b=1 HTTP/2" 503 UF,URX 34 91 30 - ${behind}\n`;
    const tcp = '[2024-02-10T16:42:07.000Z] "- - -" 0 - 87 254 4 - "-" "-" "-" "-" "172.27.0.2:80"\n';
    const { format, title, rows: read, rejects } = rows(log + tcp + `ACCESS ${log}`);
    expect([format.id, title, rejects]).toEqual(['access-time-first', 'Envoy access log', []]);
    expect(read[0]).toEqual({
      ts: at,
      orig_h: '192.0.2.7',
      forwarded_for: '192.0.2.7,10.0.0.1',
      method: 'GET',
      path: '/a',
      query: 'b=1',
      protocol: 'HTTP/2',
      status: 503,
      response_flags: 'UF,URX',
      request_bytes: 34,
      bytes: 91,
      duration: 30_000,
      ...agent,
      request_id: 'id-1',
      vhost: 'www.example.com',
      resp_p: 443,
      upstream_host: '10.0.0.5:80',
    });
    expect(read[1]).toEqual({ ts: at, request_bytes: 87, bytes: 254, duration: 4000, upstream_host: '172.27.0.2:80' });
    expect(read[2]).toEqual(read[0]);
  });

  it.each([
    ['200 - via_upstream - "-"', { response_code_details: 'via_upstream' }],
    ['200 - "-" "-"', {}],
  ])("reads Istio's: %s", (answer, expected) => {
    const line = `[2024-02-10T16:42:07.000Z] "GET /a HTTP/1.1" ${answer} 0 178 2 1 "-" "curl/8.5.0" "id-1" "details:9080" "10.0.2.10:9080" inbound|9080|| 127.0.0.6:47889 10.0.2.10:9080 [2001:db8::7]:39696 outbound_.9080_._.details default\n`;
    const { title, rows: read, rejects } = rows(line.repeat(2));
    expect([title, rejects]).toEqual(['Envoy access log (Istio)', []]);
    expect(read[0]).toMatchObject({
      ts: at,
      orig_h: '2001:db8::7',
      orig_p: 39_696,
      resp_h: '10.0.2.10',
      resp_p: 9080,
      status: 200,
      bytes: 178,
      duration: 2000,
      upstream_service_time: 1000,
      vhost: 'details',
      upstream_cluster: 'inbound|9080||',
      route_name: 'default',
      ...expected,
    });
  });

  it("reads Nginx Proxy Manager's, of both kinds", () => {
    const front = '[10/Feb/2024:17:42:07 +0100]';
    const log = [
      `${front} HIT 200 200 - GET https www.example.com "/a?b=1" [Client 192.0.2.7] [Length 1543] [Gzip 2.45] [Sent-to 10.0.0.15] "curl/8.5.0" "https://a.example/"\n`,
      `${front} - - 499 - GET https www.example.com "/" [Client 2001:db8::7] [Length 0] [Gzip -] [Sent-to 10.0.0.15] "-" "-"\n`,
      `${front} 444 - GET https 198.51.100.1 "/.env" [Client 192.0.2.7] [Length 0] [Gzip -] "-" "-"\n`,
    ].join('');
    const { title, rows: read, rejects } = rows(log);
    expect([title, rejects]).toEqual(['Nginx Proxy Manager access log', []]);
    expect(read).toEqual([
      {
        ts: at,
        orig_h: '192.0.2.7',
        method: 'GET',
        path: '/a',
        query: 'b=1',
        status: 200,
        bytes: 1543,
        vhost: 'www.example.com',
        scheme: 'https',
        cache_status: 'HIT',
        upstream_status: '200',
        gzip: '2.45',
        sent_to: '10.0.0.15',
        referrer: 'https://a.example/',
        ...agent,
      },
      {
        ts: at,
        orig_h: '2001:db8::7',
        method: 'GET',
        path: '/',
        status: 499,
        bytes: 0,
        vhost: 'www.example.com',
        scheme: 'https',
        sent_to: '10.0.0.15',
      },
      { ts: at, orig_h: '192.0.2.7', method: 'GET', path: '/.env', status: 444, bytes: 0, vhost: '198.51.100.1', scheme: 'https' },
    ]);
  });

  it("reads mod_ssl's log of requests", () => {
    const log = [
      '[10/Feb/2024:17:42:07 +0100] 192.0.2.7 TLSv1.3 TLS_AES_256_GCM_SHA384 "GET /a?b=1 HTTP/1.1" 1375\n',
      '[10/Feb/2024:17:42:07 +0100] client.example.net - - "-" -\n',
    ].join('');
    const { title, rows: read, rejects } = rows(log);
    expect([title, rejects]).toEqual(['TLS request log of Apache', []]);
    expect(read).toEqual([
      {
        ts: at,
        orig_h: '192.0.2.7',
        ssl_protocol: 'TLSv1.3',
        ssl_cipher: 'TLS_AES_256_GCM_SHA384',
        method: 'GET',
        path: '/a',
        query: 'b=1',
        protocol: 'HTTP/1.1',
        bytes: 1375,
      },
      { ts: at, orig_h: 'client.example.net' },
    ]);
  });
});

describe('JSON', () => {
  it('reads Caddy', () => {
    const log =
      '{"level":"info","ts":1707583327.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.7","remote_port":"41342","client_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"localhost","uri":"/a?b=1","headers":{"User-Agent":["curl/7.82.0"],"Accept":["*/*","text/html"]},"tls":{"resumed":false}},"bytes_read":0,"user_id":"","duration":0.000929675,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}\n';
    expect(rows(log).rows).toMatchObject([
      {
        ts: 1_707_583_327_500_000,
        orig_h: '192.0.2.7',
        orig_p: 41_342,
        method: 'GET',
        path: '/a',
        query: 'b=1',
        protocol: 'HTTP/2.0',
        vhost: 'localhost',
        status: 200,
        bytes: 10_900,
        request_bytes: 0,
        duration: 930,
        agent: 'curl/7.82.0',
        agent_name: 'curl',
        logger: 'http.log.access',
        'request.headers.Accept': '*/*,text/html',
      },
    ]);
  });

  it('reads Traefik', () => {
    const log =
      '{"ClientAddr":"192.0.2.7:55555","ClientHost":"192.0.2.7","ClientPort":"55555","ClientUsername":"-","DownstreamContentSize":19,"DownstreamStatus":404,"Duration":92131,"RequestHost":"example.com","RequestMethod":"GET","RequestPath":"/x?y","RequestProtocol":"HTTP/1.1","RouterName":"web@docker","StartUTC":"2024-02-10T16:42:07.123456789Z","request_User-Agent":"Go-http-client/1.1","level":"info","time":"2024-02-10T16:42:08Z"}\n';
    expect(rows(log).rows).toMatchObject([
      {
        ts: Date.UTC(2024, 1, 10, 16, 42, 7) * 1000 + 123_457,
        orig_h: '192.0.2.7',
        orig_p: 55_555,
        path: '/x',
        query: 'y',
        status: 404,
        bytes: 19,
        duration: 92,
        vhost: 'example.com',
        RouterName: 'web@docker',
        time: '2024-02-10T16:42:08Z',
      },
    ]);
  });

  it('keeps what two keys say twice, what changes its kind, and what is no request', () => {
    const line = (more: string): string =>
      `{"time":"2024-02-10T16:42:07Z","remote_addr":"192.0.2.7","request":"GET / HTTP/1.1","status":200${more}}\n`;
    const log =
      line(',"uri":"/index.php","size":5,"bytes":6,"x":1') +
      line(',"x":"one","path":"/second","_line":"7","__proto__":"p","x":3') +
      '{"remote_addr":"192.0.2.7"}\n[1]\n{"time":"2024-02-10T16:42:07Z","remote_addr":"192.0.2.8"}\n';
    const { rows: read, rejects } = rows(log);
    expect(rejects).toEqual(['NO_TIME', 'NOT_AN_OBJECT']);
    expect(read).toHaveLength(3);
    expect(read[0]).toMatchObject({ path: '/', uri: '/index.php', bytes: 5, log_bytes: 6, x: 1 });
    expect(read[1]).toMatchObject({ path: '/', log_path: '/second', log__line: '7', x_text: 'one', x: 3 });
  });
});

it.each([
  ['[10/Feb/2024:16:42:07 +0000] "www.example.com" "GET /car HTTP/1.1" 200 32482 60771 "192.0.2.7"'],
  ['192.0.2.7,2024-02-10-16.42.07,200,231,182,-,"GET","GET /x HTTP/1.1","","-","curl/8.5.0"'],
  ['2024-02-10T16:42:07Z www auth example.com 192.0.2.7 - - "GET / HTTP/2.0" 302 163 "-" "curl" "-" 0.073 -'],
])("says of a format that is nobody else's how to give it: %s", (line) => {
  expect(() => rows(`${line}\n`.repeat(3))).toThrow(/a log of a web server in a format of its own\. .*--log-format/);
});

it('says that a log of requests has no times', () => {
  const line = 'INFO:     192.0.2.7:51514 - "GET /a HTTP/1.1" 200 OK\n';
  expect(() => rows(line.repeat(3))).toThrow(/a log of requests that does not say when they were\. .*Docker/);
  expect(() => rows(`1707583327.123 ${line}`.repeat(3))).toThrow(/a log of a web server in a format of its own/);
});

it('refuses a log of HAProxy in a format of its own by its name', () => {
  expect(() => rows('Sep 25 06:05:27 web1 haproxy[6801]: 192.0.2.7 "POST /user/ HTTP/1.1" 72ms\n')).toThrow(/HAProxy/);
});
