import { describe, expect, it } from 'vitest';
import { accessJson } from './access-json.ts';
import { detectFormat } from './registry.ts';
import { readLog } from './testing.ts';
import { at, read, json, row } from './testing-access-json.ts';

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
    // more than nine seconds, in nanoseconds
    [{ Duration: 10_002_425_284 }, 10_002_425, undefined],
  ])('%j', (more, duration, own) => {
    const read = row({ ...base, ...more });
    expect([read['duration'], read['log_duration']]).toEqual([duration, own]);
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
