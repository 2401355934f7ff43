import { describe, expect, it } from 'vitest';
import type { Cell } from '../contract/records.ts';
import { at, row } from './testing-access-json.ts';

describe('what networks of delivery log as JSON', () => {
  const samples: readonly (readonly [string, object, Record<string, Cell>])[] = [
    [
      'Cloudflare (Logpush)',
      {
        ClientIP: '203.0.113.7',
        ClientRequestBytes: 900,
        ClientRequestHost: 'www.example.com',
        ClientRequestMethod: 'GET',
        ClientRequestPath: '/x',
        ClientRequestProtocol: 'HTTP/2',
        ClientRequestReferer: 'https://example.org/',
        ClientRequestURI: '/x?a=1',
        ClientRequestUserAgent: 'curl/8.5.0',
        ClientSrcPort: 4711,
        EdgeEndTimestamp: '2024-02-10T16:42:08Z',
        EdgeResponseBodyBytes: 500,
        EdgeResponseBytes: 512,
        EdgeResponseStatus: 200,
        EdgeStartTimestamp: 1_707_583_327_000_000_000,
        RayID: '3a6050bcbe121a87',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        orig_p: 4711,
        vhost: 'www.example.com',
        method: 'GET',
        path: '/x',
        query: 'a=1',
        protocol: 'HTTP/2',
        status: 200,
        bytes: 512,
        request_bytes: 900,
        referrer: 'https://example.org/',
        agent: 'curl/8.5.0',
        EdgeResponseBodyBytes: 500,
        RayID: '3a6050bcbe121a87',
      },
    ],
    [
      'Akamai (DataStream 2)',
      {
        reqTimeSec: '1707583327.000',
        cliIP: '203.0.113.7',
        statusCode: '200',
        bytes: '512',
        proto: 'HTTPS',
        reqHost: 'www.example.com',
        reqMethod: 'GET',
        reqPath: '/x',
        queryStr: 'a=1',
        reqPort: '443',
        UA: 'curl/8.5.0',
        referer: '-',
        edgeIP: '198.51.100.1',
      },
      {
        ts: at,
        orig_h: '203.0.113.7',
        resp_h: '198.51.100.1',
        resp_p: 443,
        vhost: 'www.example.com',
        method: 'GET',
        path: '/x',
        query: 'a=1',
        status: 200,
        bytes: 512,
        agent: 'curl/8.5.0',
      },
    ],
    [
      'AWS WAF, which has no status',
      {
        timestamp: at / 1000,
        action: 'BLOCK',
        httpRequest: { clientIp: '203.0.113.7', uri: '/x', args: 'a=1', httpVersion: 'HTTP/1.1', httpMethod: 'GET', requestId: 'id' },
      },
      { ts: at, orig_h: '203.0.113.7', method: 'GET', path: '/x', query: 'a=1', protocol: 'HTTP/1.1', action: 'BLOCK' },
    ],
    [
      'Fastly, whose request is the method',
      {
        time_start: at / 1000,
        time_end: at / 1000 + 27,
        client_ip: '203.0.113.7',
        request: 'GET',
        protocol: 'HTTP/1.1',
        host: 'www.example.com',
        url: '/x?a=1',
        request_user_agent: 'curl/8.5.0',
        response_status: '200',
        response_body_size: 512,
      },
      { ts: at, orig_h: '203.0.113.7', method: 'GET', path: '/x', query: 'a=1', status: 200, bytes: 512, agent: 'curl/8.5.0' },
    ],
  ];
  it.each(samples)('%s', (_, record, expected) => {
    expect(row(record)).toMatchObject(expected);
  });
});
